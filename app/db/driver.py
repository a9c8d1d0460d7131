"""Statements that go to the driver as they are: what is asked with every scan at the bench.

Around one statement SQLAlchemy works five times as long as asyncpg, and longer than the database does
(docs/bench.md). These go over the same connection, in the same transaction, and fail with the same errors.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

import asyncpg
from sqlalchemy import Connection as SyncConnection
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from app.db.engine import DirectConnection

# :name, but not the ::type of a cast
_NAME: Final = re.compile(r"(?<!:):([a-z_]+)")
_NOTHING: Final = text("select")
_KEPT: Final = "connections of transaction"
_NONE_KEPT: Final = (None, None, None)


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
        if isinstance(where, AsyncSession):
            connection, driver = await _driver_in(where)
        else:
            connection, driver = where, await _driver_of(where)
        given = [values[name] for name in self.names]
        _announce(_open(connection), self.sql, given)
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

    async def row_alone(self, engine: AsyncEngine, values: Mapping[str, Any]) -> asyncpg.Record | None:
        """The first row it reads, in no transaction, over a connection that is taken for it alone.

        Where that one is gone it is read once more, over another. Raises DBAPIError.
        """
        pooled = await engine.raw_connection()
        driver: DirectConnection = pooled.driver_connection  # type: ignore[assignment]
        try:
            if not driver.is_closed():
                given = [values[name] for name in self.names]
                _announce(engine.sync_engine, self.sql, given)
                return await driver.fetchrow(self.sql, *given)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            if not driver.is_closed():
                raise _wrapped(self.sql, error) from error
        finally:
            # no transaction was begun, so giving it back waits for nothing
            pooled.close()
        # SQLAlchemy finds out by itself what became of its pool
        async with engine.connect() as connection:
            return await self.row(connection, values)


async def _driver_in(session: AsyncSession) -> tuple[AsyncConnection, DirectConnection]:
    """The connections of a session, which stay the same as long as its transaction does."""
    transaction, connection, driver = session.info.get(_KEPT, _NONE_KEPT)
    if transaction is None or transaction is not session.sync_session.get_transaction():
        connection = await session.connection()
        driver = await _driver_of(connection)
        session.info[_KEPT] = session.sync_session.get_transaction(), connection, driver
    return connection, driver


async def _driver_of(connection: AsyncConnection) -> DirectConnection:
    """The connection of the driver, in a transaction as far as there is to be one."""
    sync = _open(connection)
    driver: DirectConnection = sync.connection.driver_connection  # type: ignore[assignment]
    autocommit = sync.get_execution_options().get("isolation_level") == "AUTOCOMMIT"
    if driver.is_closed() or not (autocommit or driver.is_in_transaction()):
        # SQLAlchemy begins with the first statement of its own, or finds out that the connection is gone
        await connection.execute(_NOTHING)
    return driver


def _announce(source: SyncConnection | Engine, sql: str, given: list[Any]) -> None:
    """Tell whoever listens to the statements of SQLAlchemy."""
    listeners = source.dispatch.before_cursor_execute
    if listeners:
        listeners(source, None, sql, given, None, False)


def _open(connection: AsyncConnection) -> SyncConnection:
    if connection.sync_connection is None:
        raise RuntimeError("the connection is not open")
    return connection.sync_connection


def _wrapped(sql: str, error: Exception) -> DBAPIError:
    kind = IntegrityError if isinstance(error, asyncpg.IntegrityConstraintViolationError) else DBAPIError
    return kind(sql, None, error, hide_parameters=True)
