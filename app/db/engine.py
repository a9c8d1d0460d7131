"""The database engines: one for transactions, one for reading rows without any."""

from typing import TYPE_CHECKING, Any, TypeAlias

import asyncpg
from sqlalchemy import URL
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

PATIENCE = 2.0
COMMAND_PATIENCE = 10.0

if TYPE_CHECKING:
    DirectConnection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
else:
    DirectConnection = asyncpg.Connection


def create_engine(database_url: str, *, pool_size: int = 16, patience: float = PATIENCE) -> AsyncEngine:
    """The engine of the application. Who finds all connections taken waits `patience` seconds for one."""
    return create_async_engine(
        database_url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=patience,
        pool_pre_ping=False,
        # messages of errors end up in logs, what people typed must not
        hide_parameters=True,
        connect_args={
            "timeout": PATIENCE,
            "server_settings": {
                "application_name": "av-rentals",
                "lock_timeout": "5s",
                "idle_in_transaction_session_timeout": "60s",
            },
        },
    )


def reading(engine: AsyncEngine) -> AsyncEngine:
    """The same pool for statements that each stand alone."""
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def sessions_of(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """Sessions whose objects stay readable after the commit."""
    return async_sessionmaker(engine, expire_on_commit=False, autoflush=False)


async def connect_directly(database_url: str) -> DirectConnection:
    """A connection outside the pool, for listening. A command may take COMMAND_PATIENCE seconds."""
    url: URL = make_url(database_url)
    query: dict[str, Any] = dict(url.query)
    host = query.pop("host", None) or url.host
    return await asyncpg.connect(
        host=host,
        port=int(query.pop("port", None) or url.port or 5432),
        user=url.username,
        password=url.password,
        database=url.database,
        ssl=query.pop("ssl", None) or query.pop("sslmode", None),
        timeout=PATIENCE,
        command_timeout=COMMAND_PATIENCE,
        server_settings={"application_name": "av-rentals live"},
    )
