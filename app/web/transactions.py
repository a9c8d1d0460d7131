"""The transaction of a request, as a dependency: committed after the handler, before the answer leaves."""

from collections.abc import AsyncGenerator
from typing import Any

from litestar import Request
from sqlalchemy.ext.asyncio import AsyncConnection

from app.lib.unit_of_work import UnitOfWork, unit_of_work
from app.web.idempotency import mark_done
from app.web.own_changes import note_written
from app.web.state import actor_of, runtime


async def provide_work(request: Request[Any, Any, Any]) -> AsyncGenerator[UnitOfWork]:
    """A unit of work for handlers that write."""
    async with unit_of_work(runtime(request).sessions, actor_of(request)) as work:
        yield work
        await mark_done(work.session, request.scope)
    note_written(request.scope, work.written)


async def provide_reading(request: Request[Any, Any, Any]) -> AsyncGenerator[AsyncConnection]:
    """A connection for handlers that only read: no transaction around the statements."""
    async with runtime(request).read_engine.connect() as connection:
        yield connection
