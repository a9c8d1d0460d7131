"""The embedded PostgreSQL as the rest of the application sees it."""

import contextlib
import sys
from collections.abc import Generator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psycopg
from psycopg import sql

from app.db.embedded.errors import EmbeddedPostgresError
from app.db.embedded.installation import binaries_for, find_installation
from app.db.embedded.lock import DirectoryLock
from app.db.embedded.places import PORT, Places, settle
from app.db.embedded.server import SUPERUSER, Server
from app.db.embedded.watcher import Watcher

_DEFAULT_SETTINGS = {
    "shared_buffers": "128MB",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "idle_in_transaction_session_timeout": "60s",
    "max_prepared_transactions": "0",
}


class EmbeddedPostgres:
    """PostgreSQL below `directory`, kept running between `start` and `stop`.

    `settings` are PostgreSQL's own, by name, and go before our defaults; they count for the process that owns
    the server. Every method blocks: in an event loop, call them from a thread.
    """

    def __init__(self, directory: Path, *, settings: Mapping[str, str] | None = None) -> None:
        """Remember what is wanted; `start` does the rest. Raises EmbeddedPostgresError on Windows."""
        if sys.platform == "win32":
            raise EmbeddedPostgresError(
                "The embedded PostgreSQL runs on Linux and macOS. On Windows, set DATABASE_URL to a server."
            )
        self._directory = directory.absolute()
        self._settings = {**_DEFAULT_SETTINGS, **(settings or {})}
        self._places: Places | None = None
        self._server: Server | None = None
        self._watcher: Watcher | None = None

    def start(self, timeout: float = 60) -> None:
        """Run the server, or share the one another process runs; return when it takes connections.

        `timeout` is in seconds. Does nothing when already started. Raises EmbeddedPostgresError when there is
        no usable PostgreSQL, the data are of another version, or the server does not come up; then nothing of
        it is left running.
        """
        if self._watcher is not None:
            return
        site = find_installation()
        try:
            self._places = places = settle(self._directory)
            self._server = server = Server(
                places, binaries_for(places.account, site, places.spare_base), self._settings
            )
            server.check_version()
        except OSError as error:
            raise EmbeddedPostgresError(
                f"The embedded PostgreSQL cannot use {self._directory}: {error}. "
                "Set DATA_DIR to a directory this account can write to, or set DATABASE_URL."
            ) from error
        watcher = Watcher(server, DirectoryLock(places.lock))
        watcher.start(timeout)
        self._watcher = watcher

    def stop(self) -> None:
        """End the server if this process owns it, with its connections; return when it has ended.

        Normally a fraction of a second. Does nothing when not started, or in a forked child.
        """
        if self._watcher is not None:
            self._watcher.stop()
            self._watcher = None

    def remove(self) -> None:
        """Stop, and delete the data for good, wherever they are. For throw-away servers.

        Raises EmbeddedPostgresError while another process uses them, or when never started.
        """
        places = self._known_places()
        self.stop()
        lock = DirectoryLock(places.lock)
        if not lock.acquire():
            raise EmbeddedPostgresError(f"The data of {self._directory} are in use by another process.")
        try:
            places.remove()
        finally:
            lock.release()

    def url(self, database: str = "av_rentals") -> str:
        """The SQLAlchemy URL of `database` for asyncpg; known once started.

        It names the port too, since a PGPORT in the environment would otherwise change it.
        """
        host = quote(str(self.socket_directory), safe="/")
        return f"postgresql+asyncpg://{SUPERUSER}@/{quote(database, safe='')}?host={host}&port={PORT}"

    @property
    def socket_directory(self) -> Path:
        """Where the socket is: the `host` for any client; known once started."""
        return self._known_server().socket_directory

    @property
    def home(self) -> Path:
        """Where the data and the log really are, which root may have had to move; known once started."""
        return self._known_places().home

    @property
    def running(self) -> bool:
        """Whether it is started and takes connections right now; asks the server."""
        return self._watcher is not None and self._known_server().accepts()

    def ensure_database(self, name: str = "av_rentals") -> None:
        """Create the database `name` unless it exists. Raises EmbeddedPostgresError when that is refused."""
        with self._connected() as connection:
            if connection.execute("select from pg_database where datname = %s", [name]).rowcount:
                return
            # Somebody else may be creating it right now, which PostgreSQL notices early or late.
            with contextlib.suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
                connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))

    def create_database(self, name: str, template: str | None = None) -> None:
        """Create the database `name`, as a copy of `template` if given, to which nobody may be connected.

        Raises EmbeddedPostgresError when it exists already or the template does not.
        """
        command = sql.SQL("create database {}").format(sql.Identifier(name))
        if template is not None:
            command += sql.SQL(" template {}").format(sql.Identifier(template))
        with self._connected() as connection:
            connection.execute(command)

    def drop_database(self, name: str) -> None:
        """Drop the database `name` if it exists, ending its connections. Raises EmbeddedPostgresError."""
        with self._connected() as connection:
            connection.execute(
                sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
            )

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop, whatever happened."""
        self.stop()

    @contextlib.contextmanager
    def _connected(self) -> Generator[psycopg.Connection]:
        """A connection for commands that no transaction may hold; its errors become EmbeddedPostgresError."""
        try:
            with psycopg.connect(self._known_server().conninfo("postgres"), autocommit=True) as connection:
                yield connection
        except psycopg.Error as error:
            raise EmbeddedPostgresError(f"PostgreSQL says: {error}") from error

    def _known_server(self) -> Server:
        if self._server is None:
            raise EmbeddedPostgresError("The embedded PostgreSQL was not started.")
        return self._server

    def _known_places(self) -> Places:
        if self._places is None:
            raise EmbeddedPostgresError("The embedded PostgreSQL was not started.")
        return self._places
