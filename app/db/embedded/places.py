"""Where the files of one embedded server are."""

import hashlib
import os
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from app.db.embedded.account import Account, account_for, make_private
from app.db.embedded.errors import EmbeddedPostgresError

PORT = 5432
# The tightest limit of the systems we run on (macOS: 104 bytes with the closing zero; Linux: 108).
_SOCKET_PATH_BYTES = 103
_POINTER = "location.txt"
_ORIGIN = "origin.txt"
_LASTING_BASE = Path("/var/lib/av-rentals")


@dataclass(frozen=True, slots=True)
class Places:
    """The directory asked for, the directory everything really is in, and the account it belongs to."""

    directory: Path
    home: Path
    account: Account

    @property
    def data(self) -> Path:
        """The data directory of PostgreSQL."""
        return self.home / "data"

    @property
    def unfinished_data(self) -> Path:
        """Where a data directory is made before it is complete and gets its name."""
        return self.home / "data.new"

    @property
    def log(self) -> Path:
        """What PostgreSQL itself has to say."""
        return self.home / "postgres.log"

    @property
    def lock(self) -> Path:
        """The lock file that decides about ownership."""
        return self.home / "lock"

    @property
    def lock_file_of_server(self) -> Path:
        """The file PostgreSQL writes its process id and its socket directory into."""
        return self.data / "postmaster.pid"

    @property
    def spare_base(self) -> Path:
        """A directory of ours that every account reaches, as lasting as the directory asked for."""
        return _spare_base(self.directory)

    def socket_directory(self) -> Path:
        """The directory for the socket: at home if its path is short enough, else below the temporary one.

        Raises EmbeddedPostgresError when no path is short enough.
        """
        name = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]
        below_temporary = (_temporary_base(Path(place)) / name for place in (tempfile.gettempdir(), "/tmp"))  # noqa: S108
        for candidate in (self.home / "run", *below_temporary):
            if _fits(candidate):
                return candidate
        raise EmbeddedPostgresError(
            f"No path short enough for a socket of {self.home}. Set TMPDIR to a directory with a short path."
        )

    def recorded_socket_directory(self) -> Path | None:
        """The socket directory that the running server wrote down, or None while there is no server."""
        try:
            lines = self.lock_file_of_server.read_text().splitlines()
        except FileNotFoundError:
            return None
        return Path(lines[4]) if len(lines) > 4 and lines[4] else None  # noqa: PLR2004 - PostgreSQL's fifth line

    def make_socket_directory(self, directory: Path) -> None:
        """Make the private socket directory chosen before.

        Raises EmbeddedPostgresError when it is somebody else's.
        """
        if directory.parent != self.home:
            make_public_base(directory.parent)
        make_private(directory, self.account)

    def remove(self) -> None:
        """Delete all we made here, and the directories if nothing else is in them."""
        places = [self.socket_directory(), self.data, self.unfinished_data]
        files = [self.log, rotated(self.log), self.home / _ORIGIN, self.directory / _POINTER, self.lock]
        for place in places:
            if place.exists():
                shutil.rmtree(place)
        for file in files:
            file.unlink(missing_ok=True)
        for directory in (self.home, self.directory):
            if directory.exists() and not any(directory.iterdir()):
                directory.rmdir()


def settle(directory: Path) -> Places:
    """Make `directory` and decide where its data live and whose they are.

    Raises EmbeddedPostgresError when no place is safe, and OSError when directories cannot be made.
    """
    directory.mkdir(parents=True, exist_ok=True)
    directory = directory.resolve()
    if os.geteuid() != 0:
        return Places(directory, directory, account_for(directory / "data"))
    pointer = directory / _POINTER
    if pointer.exists():
        home = _follow(pointer)
        return Places(directory, home, account_for(home / "data"))
    account = account_for(directory / "data")
    _open_for_passing(directory)
    if account.reaches(directory):
        return Places(directory, directory, account)
    if (directory / "data").exists():
        raise EmbeddedPostgresError(
            f"PostgreSQL cannot run as root, and the account that owns {directory / 'data'} cannot reach it. "
            f"Grant the search permission (chmod o+x) on the parents of {directory}, or move it elsewhere."
        )
    return Places(directory, _relocate(directory), account)


def make_public_base(base: Path) -> None:
    """Make sure `base` is a directory of ours that others may pass through but not change.

    Raises EmbeddedPostgresError when somebody else put something in its place.
    """
    base.mkdir(parents=True, exist_ok=True)
    info = base.lstat()
    if not stat.S_ISDIR(info.st_mode) or info.st_uid != os.geteuid():
        raise EmbeddedPostgresError(
            f"{base} is not a directory of ours. Remove it, or set TMPDIR to another place."
        )
    base.chmod(0o711)


def rotated(log: Path) -> Path:
    """The name of the previous log."""
    return log.with_name(f"{log.name}.1")


def _fits(directory: Path) -> bool:
    """Say whether clients can name a socket here: a short path without a comma, which separates hosts."""
    socket = directory / f".s.PGSQL.{PORT}"
    return len(os.fsencode(socket)) <= _SOCKET_PATH_BYTES and "," not in str(socket)


def _temporary_base(temporary: Path) -> Path:
    return temporary.resolve() / f"av-rentals-{os.geteuid()}"


def _spare_base(directory: Path) -> Path:
    temporary = Path(tempfile.gettempdir()).resolve()
    return _temporary_base(temporary) if directory.is_relative_to(temporary) else _LASTING_BASE


def _open_for_passing(directory: Path) -> None:
    """Let the account of the server pass through our own directory, which a strict umask may have closed."""
    info = directory.stat()
    if info.st_uid == os.geteuid():
        directory.chmod(stat.S_IMODE(info.st_mode) | 0o011)


def _follow(pointer: Path) -> Path:
    """Read where the data of the pointer's directory live; a directory that was moved keeps its data."""
    if pointer.lstat().st_uid != os.geteuid():
        raise EmbeddedPostgresError(f"{pointer} was not written by this account. Remove it to start empty.")
    home = Path(pointer.read_text().strip())
    origin = home / _ORIGIN
    if not origin.exists():
        raise EmbeddedPostgresError(
            f"{pointer} says that the data are in {home}, and they are not. "
            f"Bring that directory back, or remove {pointer} to start empty."
        )
    before = Path(origin.read_text().strip()) / _POINTER
    if before != pointer:
        if before.exists() and before.read_text() == pointer.read_text():
            raise EmbeddedPostgresError(
                f"{pointer.parent} is a copy of {before.parent} and would share its data. "
                f"Remove {pointer} to start empty."
            )
        origin.write_text(f"{pointer.parent}\n")
    return home


def _relocate(directory: Path) -> Path:
    """Make a home for the data of `directory` elsewhere, with a pointer to it; of two processes one wins."""
    base = _spare_base(directory)
    make_public_base(base)
    home = Path(tempfile.mkdtemp(prefix="postgres-", dir=base))
    home.chmod(0o711)
    (home / _ORIGIN).write_text(f"{directory}\n")
    draft = home / _POINTER
    draft.write_text(f"{home}\n")
    pointer = directory / _POINTER
    try:
        pointer.hardlink_to(draft)
    except FileExistsError:
        (home / _ORIGIN).unlink()
        draft.unlink()
        home.rmdir()
        return _follow(pointer)
    draft.unlink()
    return home
