"""One PostgreSQL server in its places: made, run once from start to end, asked, and told to stop."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO

from psycopg.conninfo import make_conninfo
from psycopg.pq import PGconn, Ping

from app.db.embedded.account import give, make_private
from app.db.embedded.errors import EmbeddedPostgresError
from app.db.embedded.installation import MAJOR_VERSION
from app.db.embedded.leftovers import end_leftovers
from app.db.embedded.places import PORT, Places, rotated

SUPERUSER = "postgres"
_LOG_BYTES = 10 * 1024 * 1024
_TAIL_BYTES = 2000
_LAUNCHER = Path(__file__).with_name("launch.py")
_POLL_SECONDS = 0.03
_FIXED_SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
}


class Server:
    """Runs PostgreSQL for `places`; all methods may be called from any thread, `serve` from one only."""

    def __init__(self, places: Places, binaries: Path, settings: Mapping[str, str]) -> None:
        self.socket_directory = places.socket_directory()
        # Names every process of this server, so that a later start can find what is left of it.
        self.cluster_name = f"av-rentals-{hashlib.sha256(os.fsencode(places.home)).hexdigest()[:16]}"
        self._places = places
        self._binaries = binaries
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        self._log_start = 0
        self._closing = False
        # Between "are we closing?" and "now it runs" nobody may close.
        self._guard = threading.Lock()

    @property
    def log(self) -> Path:
        """The file PostgreSQL writes its log into."""
        return self._places.log

    def check_version(self) -> None:
        """Raise EmbeddedPostgresError when the existing data were written by another major version."""
        try:
            found = (self._places.data / "PG_VERSION").read_text().strip()
        except FileNotFoundError:
            return
        if found != MAJOR_VERSION:
            raise EmbeddedPostgresError(
                f"The data in {self._places.data} were written by PostgreSQL {found}, and this is "
                f"PostgreSQL {MAJOR_VERSION}. Dump them with a PostgreSQL {found} (pg_dumpall), move that "
                "directory away, start again and load the dump; or set DATABASE_URL to another server."
            )

    def conninfo(self, database: str) -> str:
        """The libpq connection string for `database`."""
        return make_conninfo(
            host=str(self.socket_directory), port=PORT, user=SUPERUSER, dbname=database, connect_timeout=5
        )

    def accepts(self) -> bool:
        """Ask the server whether it takes connections; waits up to five seconds for one that hangs."""
        return PGconn.ping(self.conninfo("postgres").encode()) == Ping.OK

    def follow_owner(self) -> None:
        """Use the socket directory of the server that another process runs, once there is one."""
        self.socket_directory = self._places.recorded_socket_directory() or self.socket_directory

    def take_over(self) -> None:
        """Prepare the files after winning the lock: rotate a long log, hand ours to the server's account."""
        log = self._places.log
        if log.exists() and log.stat().st_size > _LOG_BYTES:
            log.replace(rotated(log))
        give(self._places.lock, self._places.account)

    def serve(self, ready: Callable[[], None]) -> int:
        """Run PostgreSQL until it ends and return its exit status; call `ready` once it takes connections.

        Makes the data directory first when there is none. The calling thread must live until the server
        ends: on Linux the end of the thread ends the server. Raises EmbeddedPostgresError when the data
        directory cannot be made or `close` came first, OSError when the program cannot be started.
        """
        places = self._places
        socket_lock = self.socket_directory / f".s.PGSQL.{PORT}.lock"
        end_leftovers(self.cluster_name, (places.lock_file_of_server, socket_lock))
        places.make_socket_directory(self.socket_directory)
        if not places.data.exists():
            self._initialise()
        quoted = str(self.socket_directory).replace('"', '""')
        options = {**self._settings, **_FIXED_SETTINGS, "cluster_name": self.cluster_name}
        options["unix_socket_directories"] = f'"{quoted}"'
        process = self._spawn("postgres", "-D", str(places.data), *_as_arguments(options))
        while not self.accepts():
            try:
                return process.wait(_POLL_SECONDS)
            except subprocess.TimeoutExpired:
                continue
        ready()
        return process.wait()

    def close(self, number: signal.Signals) -> None:
        """Start nothing from now on, and send what runs the signal `number`; returns at once."""
        with self._guard:
            self._closing = True
            if self._process is not None:
                self._process.send_signal(number)

    def log_tail(self) -> str:
        """The end of what the latest program wrote into the log, for messages."""
        with self._places.log.open("rb") as log:
            size = log.seek(0, os.SEEK_END)
            log.seek(max(self._log_start, size - _TAIL_BYTES))
            return log.read().decode(errors="replace").strip()

    def _initialise(self) -> None:
        """Make the data directory under another name first: half of one is never taken for a whole."""
        places = self._places
        if places.unfinished_data.exists():
            shutil.rmtree(places.unfinished_data)
        make_private(places.unfinished_data, places.account)
        no_sync = ["--no-sync"] if self._settings.get("fsync") == "off" else []
        locale = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        process = self._spawn(
            "initdb", "-D", str(places.unfinished_data), "-U", SUPERUSER, "--auth=trust", *locale, *no_sync
        )
        if process.wait() != 0:
            raise EmbeddedPostgresError(f"PostgreSQL could not make its data directory: {self.log_tail()}")
        places.unfinished_data.rename(places.data)

    def _spawn(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        account = self._places.account
        launcher = [
            sys.executable,
            "-I",
            "-S",
            str(_LAUNCHER),
            str(account.uid),
            str(account.gid),
            str(os.getpid()),
        ]
        with self._guard, self._open_log() as log:
            if self._closing:
                raise EmbeddedPostgresError("PostgreSQL was stopped while it started.")
            self._log_start = log.seek(0, os.SEEK_END)
            self._process = subprocess.Popen(  # noqa: S603 - all of it is ours
                [*launcher, str(self._binaries / program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=_environment(),
                start_new_session=True,
            )
            return self._process

    def _open_log(self) -> BinaryIO:
        """Open the log for appending; a link in its place is refused, since root may be writing."""
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        log = os.fdopen(os.open(self._places.log, flags, 0o600), "ab")
        give(self._places.log, self._places.account)
        return log


def _as_arguments(options: Mapping[str, str]) -> list[str]:
    return [part for name, value in options.items() for part in ("-c", f"{name}={value}")]


def _environment() -> dict[str, str]:
    """The little PostgreSQL needs: our secrets are not its business, and PG* variables would change it."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "TMPDIR") if name in os.environ}
    return {**kept, "LC_ALL": "C"}
