"""A whole shop in one file, and back: the database as pg_dump writes it, and the photos and uploads.

The dump is taken before the files are read. Files are named after their content and only ever added, so
every file the dump speaks of is in the archive, whatever is saved meanwhile.
"""

import contextlib
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Generator
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from app.config import Settings
from app.db.embedded import EmbeddedPostgres
from app.db.embedded.installation import MAJOR_VERSION, find_installation
from app.jobs.worker import connection_info

DUMP, FILES = "database.dump", "files"
_VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
}
_TABLES = "select count(*) from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"

# another cluster counts transactions from its own beginning: what is restored lies before all it will do
_SETTLE = """
    alter table change disable trigger change_is_append_only;
    update change set xid = '0';
    alter table change enable trigger change_is_append_only;
    update availability set xid = '0';
"""


class BackupError(Exception):
    """A backup cannot be made or restored; the message says why and what to do."""


def back_up(settings: Settings, archive: Path) -> None:
    """Write the database and the files into `archive`, a new tar file. Raises BackupError.

    The application may be running. An archive that is not complete never has the name asked for.
    """
    if archive.exists():
        raise BackupError(f"{archive} is there already.")
    with _database(settings) as conninfo, tempfile.TemporaryDirectory(dir=archive.parent) as folder:
        dump, unfinished = Path(folder) / DUMP, Path(folder) / archive.name
        _run("pg_dump", conninfo, "--format=custom", "--no-owner", "--no-privileges", f"--file={dump}")
        with tarfile.open(unfinished, "w") as tar:
            tar.add(dump, DUMP)
            for path in sorted(settings.files_dir.rglob("[!.]*")):
                # what is purged meanwhile is named by nothing in the dump, or is about to be
                with contextlib.suppress(FileNotFoundError):
                    tar.add(path, f"{FILES}/{path.relative_to(settings.files_dir)}", recursive=False)
        unfinished.chmod(0o600)
        unfinished.rename(archive)


def restore(settings: Settings, archive: Path) -> None:
    """Fill an empty database and the data directory from `archive`. Raises BackupError.

    Stop the application first. Nothing is overwritten: a database with tables in it is refused.
    """
    with _opened(archive) as tar, _database(settings) as conninfo, tempfile.TemporaryDirectory() as folder:
        _refuse_unless_empty(conninfo)
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        files = [member for member in tar.getmembers() if member.name.startswith(f"{FILES}/")]
        tar.extractall(settings.data_dir, files, filter="data")
        tar.extract(DUMP, folder, filter="data")
        _run(
            "pg_restore",
            conninfo,
            "--single-transaction",
            "--no-owner",
            f"--dbname={_name(conninfo)}",
            f"{folder}/{DUMP}",
        )
        with psycopg.connect(conninfo) as connection:
            connection.execute(_SETTLE)


@contextlib.contextmanager
def _opened(archive: Path) -> Generator[tarfile.TarFile]:
    if not archive.is_file() or not tarfile.is_tarfile(archive):
        raise BackupError(f"{archive} is no backup.")
    with tarfile.open(archive) as tar:
        if DUMP not in tar.getnames():
            raise BackupError(f"{archive} is no backup of AV-RENTALS.")
        yield tar


def _refuse_unless_empty(conninfo: str) -> None:
    with psycopg.connect(conninfo) as connection:
        row = connection.execute(_TABLES).fetchone()
    if row is None or row[0]:
        raise BackupError("This database is not empty. Restore into a new one, or into a new DATA_DIR.")


@contextlib.contextmanager
def _database(settings: Settings) -> Generator[str]:
    """The connection string of the database of these settings, started when it is the embedded one."""
    if settings.database_url:
        yield connection_info(settings.database_url)
        return
    server = EmbeddedPostgres(settings.data_dir / "postgres")
    with server:
        server.ensure_database()
        yield connection_info(server.url())


def _name(conninfo: str) -> str:
    return str(conninfo_to_dict(conninfo)["dbname"])


def _run(program: str, conninfo: str, *arguments: str) -> None:
    """Run a PostgreSQL program of the embedded installation; the password travels in the environment."""
    path = next(find_installation().glob(f"*/*{MAJOR_VERSION}/bin/{program}"))
    given = conninfo_to_dict(conninfo)
    environment = {_VARIABLES[name]: str(value) for name, value in given.items() if name in _VARIABLES}
    done = subprocess.run(  # noqa: S603 - a program of ours with arguments of ours
        [path, *arguments], env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BackupError(f"{program} failed: {done.stderr.strip()[-500:]}")
