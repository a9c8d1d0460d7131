"""Bundle ``static/`` into ``static/dist``: few files, minified, compressed, named by their content.

The same sources always give the same bytes. ``manifest.json`` in the result maps logical names (``app.css``)
to the names on disk (``app.1a2b3c4d.css``) and carries a digest of the sources, so that an unchanged tree is
recognised in milliseconds.
"""

import gzip
import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import brotli
import msgspec
import rjsmin

from app.web.assets.css import inline_imports

PREFIX = "/static/"
LIBRARIES = ("htmx/htmx.min.js", "htmx/hx-sse.min.js", "htmx/hx-preload.min.js")
COPIED = ("img/*", "icons/*.svg", "vendor/inter/*.woff2")
COMPRESSIBLE = {".css", ".js", ".svg", ".webmanifest", ".ico"}
PAGES = {
    "calendar": ("fullcalendar/fullcalendar.js", "fullcalendar/theme.js"),
    "decoder": ("jsqr/jsQR.js",),
}
"""Libraries that stand in front of js/pages/NAME.js; the sheet beside it is css/pages/NAME.css. A script that
grew has its parts in js/pages/NAME/, which come after it in the order of their names."""
SOURCES = (
    "css/**/*.css",
    "js/**/*.js",
    *COPIED,
    *(f"vendor/{name}" for name in (*LIBRARIES, *(name for names in PAGES.values() for name in names))),
    "vendor/fullcalendar/*.css",
)
FIRST_SCRIPT = "core.js"
"""Holds what the other scripts share; every other script stands in the order of its name."""


class Manifest(msgspec.Struct):
    """What was built: a digest of the sources, and logical name to name on disk."""

    sources: str
    files: dict[str, str]


@dataclass(frozen=True, slots=True)
class Assets:
    """The built files: the directory they are in and the name each logical name has there."""

    directory: Path
    files: Mapping[str, str]

    def url(self, logical: str) -> str:
        """Return the address of a file: ``/static/app.1a2b3c4d.css`` for ``app.css``. Unknown: KeyError."""
        return PREFIX + self.files[logical]


def load_assets(static_dir: Path, *, rebuild: bool = True) -> Assets:
    """Return the built files of ``static_dir``, building them first when they are stale.

    With ``rebuild=False`` nothing is written: what was built before is used, however old. Raises
    FileNotFoundError when there is nothing built and nothing may be.
    """
    directory = static_dir / "dist"
    manifest = _read_manifest(directory)
    if rebuild and (manifest is None or manifest.sources != _digest(static_dir)):
        return build(static_dir)
    if manifest is None:
        raise FileNotFoundError(f"{directory} is not built: run python -m app.web.assets")
    return Assets(directory, manifest.files)


def build(static_dir: Path) -> Assets:
    """Bundle, minify, name, compress and write everything; remove what an earlier build left."""
    directory = static_dir / "dist"
    directory.mkdir(exist_ok=True)
    files: dict[str, str] = {}
    add = partial(_add, directory, files)
    for path in _sorted(static_dir, COPIED):
        add(path.name, path.read_bytes())
    add("app.css", inline_imports(static_dir / "css/app.css", lambda path: files[path.name]).encode())
    add("app.js", rjsmin.jsmin(_joined(_scripts(static_dir))).encode())
    add("vendor.js", _joined(static_dir / "vendor" / name for name in LIBRARIES).encode())
    for sheet in _sorted(static_dir, ("css/pages/*.css",)):
        add(sheet.name, inline_imports(sheet, lambda path: files[path.name]).encode())
    for script in _sorted(static_dir, ("js/pages/*.js",)):
        libraries = (static_dir / "vendor" / name for name in PAGES.get(script.stem, ()))
        parts = _sorted(script.parent / script.stem, ("*.js",))
        add(script.name, rjsmin.jsmin(_joined([*libraries, script, *parts])).encode())
    add("manifest.webmanifest", _web_manifest(static_dir / "manifest.webmanifest", files))
    record = Manifest(sources=_digest(static_dir), files=files)
    _write(
        directory / "manifest.json",
        json.dumps(msgspec.to_builtins(record), indent=1, sort_keys=True).encode(),
    )
    _remove_others(directory, set(files.values()))
    return Assets(directory, files)


def _add(directory: Path, files: dict[str, str], logical: str, data: bytes) -> None:
    """Write one file and its compressed siblings, unless files of that content are there already."""
    if logical in files:
        raise ValueError(f"two files are called {logical}")
    stem, _, suffix = logical.rpartition(".")
    name = f"{stem}.{hashlib.sha256(data).hexdigest()[:8]}.{suffix}"
    files[logical] = name
    target = directory / name
    if target.exists():
        return
    if target.suffix in COMPRESSIBLE:
        for ending, packed in ((".br", brotli.compress(data)), (".gz", gzip.compress(data, mtime=0))):
            if len(packed) < len(data):
                _write(directory / (name + ending), packed)
    _write(target, data)


def _write(target: Path, data: bytes) -> None:
    """Put the file in place in one step: another process may be reading or building at the same time."""
    draft = target.with_name(f"{target.name}.{os.getpid()}.tmp")
    draft.write_bytes(data)
    draft.replace(target)


def _remove_others(directory: Path, wanted: set[str]) -> None:
    for path in directory.iterdir():
        base = path.name.removesuffix(".br").removesuffix(".gz")
        if base not in wanted and path.name != "manifest.json" and path.suffix != ".tmp":
            path.unlink(missing_ok=True)


def _web_manifest(path: Path, files: Mapping[str, str]) -> bytes:
    manifest: dict[str, Any] = msgspec.json.decode(path.read_bytes())
    for icon in manifest["icons"]:
        icon["src"] = PREFIX + files[Path(icon["src"]).name]
    return msgspec.json.encode(manifest)


def _scripts(static_dir: Path) -> list[Path]:
    return sorted((static_dir / "js").glob("*.js"), key=lambda path: (path.name != FIRST_SCRIPT, path.name))


def _joined(paths: Iterable[Path]) -> str:
    """Join scripts; the semicolon keeps one from being read as the arguments of the one before."""
    lines = "\n;\n".join(path.read_text("utf-8") for path in paths).splitlines()
    return "\n".join(line for line in lines if not line.startswith("//# sourceMappingURL="))


def _sorted(static_dir: Path, patterns: Iterable[str]) -> list[Path]:
    return sorted({path for pattern in patterns for path in static_dir.glob(pattern) if path.is_file()})


def _digest(static_dir: Path) -> str:
    """Digest the sources and this package: a change of either makes the result stale."""
    digest = hashlib.sha256()
    own = sorted(Path(__file__).parent.glob("*.py"))
    for path in [*_sorted(static_dir, SOURCES), static_dir / "manifest.webmanifest", *own]:
        data = path.read_bytes()
        digest.update(f"{path.name}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()


def _read_manifest(directory: Path) -> Manifest | None:
    """Return the record of the last build, or None when it is missing, unreadable or lacks a file."""
    try:
        manifest = msgspec.json.decode((directory / "manifest.json").read_bytes(), type=Manifest)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    return manifest if all((directory / name).exists() for name in manifest.files.values()) else None
