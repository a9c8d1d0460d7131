"""What the documents say about the repository is so."""

import re
from pathlib import Path

import pytest

from app.config import PROJECT_ROOT

DOCUMENTS = [
    PROJECT_ROOT / "README.md",
    PROJECT_ROOT / "CONTRIBUTING.md",
    *sorted((PROJECT_ROOT / "docs").rglob("*.md")),
]
# made when needed, never committed
MADE = ("static/dist", "test-results", "bench/results", "var")
_PATH = re.compile(
    r"(?<![\w/.-])((?:\.ci|app|bench|docs|migrations|static|templates|tests|tools)/[\w./*{},-]*[\w/*}])"
)
_LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)")
_MAKE = re.compile(r"`make ([a-z-]+)")
_SETTING = re.compile(r"env\.get\(\"([A-Z_]+)\"\)|_(?:integer|boolean)\(env, \"([A-Z_]+)\"")


def paths_of(text: str) -> set[str]:
    """The paths a document names, with `{a,b}` written out."""
    found: set[str] = set()
    for path in _PATH.findall(text):
        braces = re.search(r"\{([^{}]*)\}", path)
        for choice in braces[1].split(",") if braces else [""]:
            whole = path.replace(braces[0], choice) if braces else path
            if "{" not in whole and not whole.startswith(MADE):
                found.add(whole.rstrip("/"))
    return found


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(PROJECT_ROOT)))
def test_paths_and_links_lead_somewhere(document: Path) -> None:
    text = document.read_text("utf-8")
    missing = {path for path in paths_of(text) if not list(PROJECT_ROOT.glob(path))}
    missing |= {link for link in _LINK.findall(text) if not (document.parent / link).exists()}
    assert not missing


def test_the_check_sees_a_path_that_is_not_there() -> None:
    named = paths_of("see `app/nowhere.py`, app/{config,absent}.py and static/dist/app.css")
    assert named == {"app/nowhere.py", "app/config.py", "app/absent.py"}
    assert [path for path in named if list(PROJECT_ROOT.glob(path))] == ["app/config.py"]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(PROJECT_ROOT)))
def test_make_targets_exist(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT_ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(_MAKE.findall(document.read_text("utf-8"))) <= targets


def test_the_readme_explains_every_setting() -> None:
    source = (PROJECT_ROOT / "app/config.py").read_text("utf-8")
    known = {first or second for first, second in _SETTING.findall(source)}
    readme = (PROJECT_ROOT / "README.md").read_text("utf-8")
    assert len(known) >= 17
    assert known == set(re.findall(r"^\| `([A-Z_]+)`", readme, re.MULTILINE))
