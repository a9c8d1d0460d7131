"""Running the migrations from code: no ini file, one place that knows where they are."""

import asyncio
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from app.config import PROJECT_ROOT


def upgrade(database_url: str, revision: str = "head") -> None:
    """Bring the database to `revision`, each migration in its own transaction."""
    _run(database_url, command.upgrade, revision)


def downgrade(database_url: str, revision: str) -> None:
    """Take the database back to `revision`."""
    _run(database_url, command.downgrade, revision)


def check(database_url: str) -> None:
    """Raise alembic's CommandError when the models and the migrations differ."""
    _run(database_url, command.check)


def make_migration(database_url: str, message: str) -> None:
    """Write a new migration from the difference between the models and the database."""

    def revise(config: Config) -> None:
        command.revision(config, message=message, autogenerate=True)

    _run(database_url, revise)


def _run(database_url: str, operation: Any, *arguments: str) -> None:
    async def connect() -> None:
        engine = create_async_engine(database_url, poolclass=NullPool)
        async with engine.connect() as connection:
            await connection.run_sync(with_connection)
        await engine.dispose()

    def with_connection(connection: Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(PROJECT_ROOT / "migrations"))
        config.set_main_option("version_path_separator", "os")
        config.set_main_option("path_separator", "os")
        config.set_main_option(
            "file_template", "%%(year)d-%%(month).2d-%%(day).2d-%%(hour).2d%%(minute).2d_%%(slug)s"
        )
        config.set_main_option("timezone", "UTC")
        config.attributes["connection"] = connection
        operation(config, *arguments)

    asyncio.run(connect())
