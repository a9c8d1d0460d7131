"""The image and the composition name what there is: commands, files, settings."""

import re
from importlib.util import find_spec
from pathlib import Path

import yaml

from app.cli import main
from app.config import load_settings

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
# said in the image, or for work on the code
NOT_PASSED_ON = {
    "HOST", "PORT", "DATA_DIR", "LOG_FORMAT", "DEMO_PASSWORD", "TEMPLATE_RELOAD", "STRIPE_API_BASE",
}  # fmt: skip


def environment(service: str, given: dict[str, str]) -> dict[str, str]:
    """What a service is told when only this is set: `${NAME:-}` is empty, `${NAME:?…}` has to be there."""

    def value(match: re.Match[str]) -> str:
        name, is_required = match[1], match[2].startswith(":?")
        assert name in given or not is_required
        return given.get(name, "")

    told = COMPOSE["services"][service]["environment"]
    return {name: re.sub(r"\$\{(\w+)([^}]*)\}", value, text) for name, text in told.items()}


def test_server_and_worker_are_told_every_setting() -> None:
    settings = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE))
    assert "SMTP_HOST" in settings
    for service in ("app", "worker"):
        assert settings - NOT_PASSED_ON == set(COMPOSE["services"][service]["environment"])


def test_what_is_not_set_is_as_if_it_was_not_there() -> None:
    secrets = {"SECRET_KEY": "k" * 40, "POSTGRES_PASSWORD": "p"}
    told = load_settings(environment("app", secrets))
    named = {name: text for name, text in environment("app", secrets).items() if text}
    assert told == load_settings(named)
    assert (told.mail, told.stripe, told.jobs_in_process) == (None, None, False)
    with_mail = secrets | {"SMTP_HOST": "mail.example", "MAIL_FROM": "hire@shop.example"}
    mail = load_settings(environment("worker", with_mail)).mail
    assert mail is not None
    assert (mail.host, mail.port) == ("mail.example", 587)


def test_commands_modules_and_files_of_the_image_are_there() -> None:
    commands = re.findall(r'"-m", "app", "(\w+)"', DOCKERFILE)
    commands += [words[-1] for one in COMPOSE["services"].values() if (words := one.get("command"))][:1]
    assert sorted(commands) == ["run", "worker"]
    assert set(commands) <= set(main.commands)
    for module in re.findall(r"python -m (app[.\w]*)", DOCKERFILE):
        assert find_spec(f"{module}.__main__")
    kept = [line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").split() if line.startswith("!")]
    assert set(kept) == {"app", "migrations", "static", "templates", "pyproject.toml", "requirements.lock"}
    assert all((ROOT / one).exists() for one in kept)
    assert f"DATA_DIR={COMPOSE['services']['app']['volumes'][0].split(':')[1]}" in DOCKERFILE
