"""Commands: demo, run, serve, worker, migrate and the rest. `python -m app --help` lists them."""

import asyncio
import contextlib
import errno
import os
import secrets
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from granian import Granian
from granian.constants import Interfaces, Loops
from granian.log import LogLevels

from app.config import Settings, SettingsError, load_settings
from app.db import migrations
from app.db.embedded import DirectoryLock, EmbeddedPostgres, EmbeddedPostgresError
from app.db.engine import create_engine, sessions_of
from app.lib.unit_of_work import SYSTEM, unit_of_work

BACKLOG, BACKPRESSURE = 8192, 20000
# in seconds
PATIENCE = 3.0


@click.group()
def main() -> None:
    """AV-RENTALS: rental software for audio, lighting and video gear."""


@main.command()
def demo() -> None:
    """Serve the sample company from a throw-away database."""
    folder = Path(tempfile.mkdtemp(prefix="av-rentals-demo-"))
    os.environ.setdefault("DATA_DIR", str(folder))
    settings = _settings(DATA_DIR=os.environ["DATA_DIR"], DATABASE_URL="")
    password = settings.demo_password or secrets.token_urlsafe(9)
    try:
        with _alone(settings), _database(settings, throw_away=True) as ready:
            asyncio.run(_load_demo(ready, password))
            _say_demo(ready, password)
            _serve(ready)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@main.command()
def run() -> None:
    """Serve your own data, kept in DATA_DIR or in DATABASE_URL."""
    settings = _settings()
    with _alone(settings), _database(settings) as ready:
        link = asyncio.run(_setup_link(ready))
        click.echo(f"\n  AV-RENTALS   {_address(ready)}")
        if link:
            click.echo(f"  Set it up    {link}\n  The link works once, for 24 hours.")
        click.echo("  Stop         Ctrl-C\n")
        _serve(ready)


@main.command()
def worker() -> None:
    """Work off background jobs, beside the server."""
    from app.jobs.worker import run_worker

    run_worker(_settings())


@main.command()
def migrate() -> None:
    """Bring the database at DATABASE_URL (or the embedded one) up to date."""
    with _database(_settings()):
        click.echo("The database is up to date.")


@main.command()
@click.argument("archive", type=click.Path(path_type=Path, dir_okay=False, resolve_path=True))
def backup(archive: Path) -> None:
    """Write the database and the files into ARCHIVE, a new tar file. The server may be running."""
    from app import backups

    with _told_plainly():
        backups.back_up(_settings(), archive)
    click.echo(f"Everything is in {archive}. Keep it where only you can read it.")


@main.command()
@click.argument("archive", type=click.Path(path_type=Path, dir_okay=False, resolve_path=True))
def restore(archive: Path) -> None:
    """Fill an empty database and DATA_DIR from ARCHIVE. Stop the server first."""
    from app import backups

    with _told_plainly():
        backups.restore(_settings(), archive)
    click.echo("Restored. Start the server: it brings the database up to date.")


@contextlib.contextmanager
def _told_plainly() -> Generator[None]:
    from app.backups import BackupError

    try:
        yield
    except (BackupError, EmbeddedPostgresError) as error:
        raise click.ClickException(str(error)) from error


@main.command("check-migrations")
def check_migrations() -> None:
    """Fail when the models and the migrations differ. Uses a throw-away database."""
    with _throw_away() as settings:
        migrations.check(_url(settings))


@main.command("make-migration")
@click.argument("message")
def make_migration(message: str) -> None:
    """Write a migration for what changed in the models. Uses a throw-away database."""
    with _throw_away() as settings:
        migrations.make_migration(_url(settings), message)


@contextlib.contextmanager
def _throw_away() -> Generator[Settings]:
    with (
        tempfile.TemporaryDirectory(prefix="av-rentals-") as folder,
        _database(_settings(DATA_DIR=folder, DATABASE_URL=""), throw_away=True) as settings,
    ):
        yield settings


def _settings(**overrides: str) -> Settings:
    try:
        return load_settings({**os.environ, **overrides})
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


def _url(settings: Settings) -> str:
    if settings.database_url is None:
        raise click.ClickException("There is no database.")
    return settings.database_url


@contextlib.contextmanager
def _database(settings: Settings, *, throw_away: bool = False) -> Generator[Settings]:
    """The database of these settings, started when it is the embedded one, and migrated."""
    if settings.database_url:
        migrations.upgrade(settings.database_url)
        yield settings
        return
    tuning = {"fsync": "off", "full_page_writes": "off"} if throw_away else None
    server = EmbeddedPostgres(settings.data_dir / "postgres", settings=tuning)
    try:
        server.start()
        server.ensure_database()
    except EmbeddedPostgresError as error:
        raise click.ClickException(str(error)) from error
    try:
        ready = replace(settings, database_url=server.url())
        migrations.upgrade(_url(ready))
        yield ready
    finally:
        if throw_away:
            server.remove()
        else:
            server.stop()


@contextlib.contextmanager
def _alone(settings: Settings) -> Generator[None]:
    """Refuse to serve beside another server: on the same embedded database, or on the same port.

    Several may share a database of their own, and then DATA_DIR too.
    """
    lock = None if settings.database_url else DirectoryLock(settings.data_dir / "server.lock")
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        if lock and not _soon(lock.acquire):
            raise click.ClickException(
                f"AV-RENTALS is already running on the data in {settings.data_dir} "
                f"(process {lock.holder()}). Stop that one first, or set DATA_DIR to another directory."
            )
    except OSError as error:
        raise click.ClickException(f"{settings.data_dir} cannot be used: {error}.") from error
    try:
        _check_port(settings)
        yield
    finally:
        if lock:
            lock.release()


def _soon(condition: Callable[[], bool]) -> bool:
    """Whether it holds, perhaps after PATIENCE: the workers of a server that was killed notice it and go."""
    given_up = time.monotonic() + PATIENCE
    while not (holds := condition()) and time.monotonic() < given_up:
        time.sleep(0.1)
    return holds


def _check_port(settings: Settings) -> None:
    """The workers share their port, with strangers too: ask for it alone, once, before anything starts."""

    def is_free() -> bool:
        error = _binding_error(settings)
        return error is None or error.errno != errno.EADDRINUSE

    if not _soon(is_free):
        raise click.ClickException(
            f"Port {settings.port} is taken by another program. Set PORT to one that is free."
        )
    if error := _binding_error(settings):
        message = f"{settings.host}:{settings.port} cannot be listened on: {error.strerror}."
        raise click.ClickException(message) from error


def _binding_error(settings: Settings) -> OSError | None:
    try:
        family, kind, *_, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind) as probe:
            if os.name == "posix":
                # connections that have just ended do not count
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        return error
    return None


def _serve(settings: Settings) -> None:
    """Run the server until it is told to stop. Workers read their settings from the environment."""
    os.environ.update(
        DATABASE_URL=_url(settings),
        SECRET_KEY=settings.secret_key,
        DATA_DIR=str(settings.data_dir),
        JOBS_IN_PROCESS="1" if settings.jobs_in_process else "0",
        AV_SERVING="1",
    )
    server: Any = Granian(
        "app.asgi:create_app",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        workers=settings.workers,
        backlog=BACKLOG,
        backpressure=BACKPRESSURE,
        workers_kill_timeout=10,
        respawn_failed_workers=True,
        log_access=False,
        log_level=LogLevels.warning,
    )
    server.serve()


async def _load_demo(settings: Settings, password: str) -> None:
    from app.lib.file_store import FileStore
    from app.sample.loader import load_catalogue, load_company, load_people, store_photos

    photos = await store_photos(FileStore(settings.files_dir))
    engine = create_engine(_url(settings))
    async with unit_of_work(sessions_of(engine), SYSTEM) as work:
        people = await load_people(work, password)
        await load_company(work)
        await load_catalogue(work, people, photos)
    await engine.dispose()


async def _setup_link(settings: Settings) -> str | None:
    from app.domain.setup.service import create_setup_link

    engine = create_engine(_url(settings))
    async with unit_of_work(sessions_of(engine), SYSTEM) as work:
        token = await create_setup_link(work)
    await engine.dispose()
    return f"{_address(settings)}/setup/{token}" if token else None


def _address(settings: Settings) -> str:
    host = "localhost" if settings.host in {"127.0.0.1", "0.0.0.0", "::"} else settings.host  # noqa: S104
    return settings.public_url or f"http://{host}:{settings.port}"


def _say_demo(settings: Settings, password: str) -> None:
    click.echo(f"\n  AV-RENTALS demo: Northlight AV, Hamburg\n\n  Open      {_address(settings)}")
    click.echo("  Sign in   admin, manager, technician, employee or viewer")
    click.echo(f"  Password  {password}\n  Stop      Ctrl-C; everything you change is thrown away\n")
    sys.stdout.flush()
