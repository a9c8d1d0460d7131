"""Statements that go to the driver as they are: what is asked with every scan at the bench.

Around one statement SQLAlchemy works five times as long as asyncpg, and longer than the database does
(docs/bench.md). These go over the same connection, in the same transaction, and fail with the same errors.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

import asyncpg
from sqlalchemy import Connection as SyncConnection
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.db.engine import DirectConnection

# :name, but not the ::type of a cast
_NAME: Final = re.compile(r"(?<!:):([a-z_]+)")
_NOTHING: Final = text("select")
_KEPT: Final = "connection of transaction"


class Statement:
    """SQL with :names, as `text()` takes it.

    Types are those that the database infers. JSON goes in as text, and comes out read.
    """

    def __init__(self, sql: str) -> None:
        self.names: tuple[str, ...] = tuple(dict.fromkeys(_NAME.findall(sql)))
        self.sql: str = _NAME.sub(lambda found: f"${self.names.index(found[1]) + 1}", sql)

    async def rows(
        self, where: AsyncSession | AsyncConnection, values: Mapping[str, Any]
    ) -> list[asyncpg.Record]:
        """What it answers, read by place or by name: `row[0]`, `row["id"]`. Raises DBAPIError."""
        connection = where if isinstance(where, AsyncConnection) else await _connection_of(where)
        driver = await _driver_of(connection)
        given = [values[name] for name in self.names]
        _announce(connection, self.sql, given)
        try:
            return await driver.fetch(self.sql, *given)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            if driver.is_closed():
                # SQLAlchemy has to find out by itself, so that it gives up what else it has in its pool
                await connection.execute(_NOTHING)
            raise _wrapped(self.sql, error) from error

    async def row(
        self, where: AsyncSession | AsyncConnection, values: Mapping[str, Any]
    ) -> asyncpg.Record | None:
        """The first row it answers, or None. Raises DBAPIError."""
        found = await self.rows(where, values)
        return found[0] if found else None


async def _connection_of(session: AsyncSession) -> AsyncConnection:
    """The connection of a session, which stays the same as long as its transaction does."""
    kept = session.info.get(_KEPT)
    if kept is None or kept[0] is not session.sync_session.get_transaction():
        connection = await session.connection()
        session.info[_KEPT] = kept = (session.sync_session.get_transaction(), connection)
    return kept[1]


async def _driver_of(connection: AsyncConnection) -> DirectConnection:
    """The connection of the driver, in a transaction as far as there is to be one."""
    sync = _open(connection)
    driver: DirectConnection = sync.connection.driver_connection  # type: ignore[assignment]
    autocommit = sync.get_execution_options().get("isolation_level") == "AUTOCOMMIT"
    if driver.is_closed() or not (autocommit or driver.is_in_transaction()):
        # SQLAlchemy begins with the first statement of its own, or finds out that the connection is gone
        await connection.execute(_NOTHING)
    return driver


def _announce(connection: AsyncConnection, sql: str, given: list[Any]) -> None:
    """Tell whoever listens to the statements of SQLAlchemy."""
    sync = _open(connection)
    sync.dispatch.before_cursor_execute(sync, None, sql, given, None, False)


def _open(connection: AsyncConnection) -> SyncConnection:
    if connection.sync_connection is None:
        raise RuntimeError("the connection is not open")
    return connection.sync_connection


def _wrapped(sql: str, error: Exception) -> DBAPIError:
    kind = IntegrityError if isinstance(error, asyncpg.IntegrityConstraintViolationError) else DBAPIError
    return kind(sql, None, error, hide_parameters=True)
