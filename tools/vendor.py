"""Fetch the third-party front-end files again: styles, font, icons, htmx, calendar, reader of codes, axe.

Run by ``make vendor``. Names and versions stand in PACKAGES and nowhere else. Every file is committed with
its licence; ``static/vendor/vendor.json`` records a SHA-256 for each, which a unit test checks.
"""

import hashlib
import json
import re
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RECORD = ROOT / "static/vendor/vendor.json"
ICON_NAMES = ROOT / "static/icons/icons.txt"
SPRITE = ROOT / "static/icons/icons.svg"
ICONS = "@tabler/icons"
INTER = "static/vendor/inter"
FULLCALENDAR = "static/vendor/fullcalendar"


@dataclass(frozen=True)
class Package:
    """One published package: which of its files are taken, and where in the repository they go."""

    name: str
    version: str
    licence: str
    files: dict[str, str]


PACKAGES = (
    Package(
        "modern-normalize",
        "3.0.1",
        "MIT",
        {
            "modern-normalize.css": "static/vendor/modern-normalize/modern-normalize.css",
            "license": "static/vendor/modern-normalize/LICENSE",
        },
    ),
    Package(
        "@fontsource-variable/inter",
        "5.3.0",
        "OFL-1.1",
        {
            "files/inter-latin-wght-normal.woff2": f"{INTER}/inter-latin-wght-normal.woff2",
            "files/inter-latin-ext-wght-normal.woff2": f"{INTER}/inter-latin-ext-wght-normal.woff2",
            "LICENSE": f"{INTER}/LICENSE",
        },
    ),
    Package(ICONS, "3.51.0", "MIT", {"LICENSE": "static/vendor/tabler-icons/LICENSE"}),
    Package(
        "htmx.org",
        "4.0.1",
        "0BSD",
        {
            "dist/htmx.min.js": "static/vendor/htmx/htmx.min.js",
            "dist/ext/hx-sse.min.js": "static/vendor/htmx/hx-sse.min.js",
            "dist/ext/hx-preload.min.js": "static/vendor/htmx/hx-preload.min.js",
            "LICENSE": "static/vendor/htmx/LICENSE",
        },
    ),
    Package(
        "fullcalendar",
        "7.1.0",
        "MIT",
        {
            "all/global.js": f"{FULLCALENDAR}/fullcalendar.js",
            "themes/classic/global.js": f"{FULLCALENDAR}/theme.js",
            "skeleton.css": f"{FULLCALENDAR}/skeleton.css",
            "themes/classic/theme.css": f"{FULLCALENDAR}/theme.css",
            "themes/classic/palette.css": f"{FULLCALENDAR}/palette.css",
            "LICENSE.md": f"{FULLCALENDAR}/LICENSE",
        },
    ),
    Package(
        "jsqr",
        "1.4.0",
        "Apache-2.0",
        {"dist/jsQR.js": "static/vendor/jsqr/jsQR.js", "LICENSE": "static/vendor/jsqr/LICENSE"},
    ),
    Package(
        "axe-core",
        "4.14.1",
        "MPL-2.0",
        {
            "axe.min.js": "tests/e2e/vendor/axe-core/axe.min.js",
            "LICENSE": "tests/e2e/vendor/axe-core/LICENSE",
            "LICENSE-3RD-PARTY.txt": "tests/e2e/vendor/axe-core/LICENSE-3RD-PARTY.txt",
        },
    ),
)


def packed(package: Package, directory: Path) -> tarfile.TarFile:
    """Download the package with ``npm pack`` (which verifies its integrity) and open it."""
    wanted = f"{package.name}@{package.version}"
    command = ["npm", "pack", "--silent", "--pack-destination", str(directory), wanted]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    return tarfile.open(directory / answer.stdout.split()[-1])


def content(archive: tarfile.TarFile, name: str) -> bytes:
    """Return one file of the package; raises KeyError when the package has no such file."""
    member = archive.extractfile(f"package/{name}")
    if member is None:
        raise KeyError(name)
    return member.read()


def sprite(archive: tarfile.TarFile) -> bytes:
    """Build the SVG sprite: one symbol for each name in icons.txt, in its order."""
    symbols: list[str] = []
    for name in ICON_NAMES.read_text("utf-8").split():
        drawing = content(archive, f"icons/outline/{name}.svg").decode("utf-8")
        inside = re.sub(r".*?<svg[^>]*>|</svg>", "", drawing, flags=re.DOTALL)
        shapes = re.sub(r'<path stroke="none" d="M0 0h24v24H0z" fill="none" ?/>', "", inside)
        shapes = re.sub(r"\s*\n\s*", "", shapes).strip()
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>')
    return ('<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n").encode()


def write(path: str, data: bytes) -> dict[str, str]:
    """Write one file of the repository and return its entry for the record."""
    target = ROOT / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    return {"path": path, "sha256": hashlib.sha256(data).hexdigest()}


def main() -> None:
    """Fetch every package and rewrite the record."""
    record: list[dict[str, object]] = []
    for package in PACKAGES:
        with tempfile.TemporaryDirectory() as directory, packed(package, Path(directory)) as archive:
            files = [write(path, content(archive, name)) for name, path in package.files.items()]
            if package.name == ICONS:
                files.append(write(str(SPRITE.relative_to(ROOT)), sprite(archive)))
        entry = {"name": package.name, "version": package.version, "licence": package.licence, "files": files}
        record.append(entry)
        print(f"{package.name} {package.version}: {len(files)} files")
    RECORD.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
