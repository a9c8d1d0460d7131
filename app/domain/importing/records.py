"""The record of an import: holding it for a step, and telling everybody how far it is."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.db.models import Change, DataImport, User
from app.domain.importing.kinds import AnyKind
from app.lib.changes import record_plain
from app.lib.errors import NotFound
from app.lib.unit_of_work import Actor, UnitOfWork, unit_of_work

ACTIVE = ("queued", "running", "stopping")
FINISHED = ("done", "failed", "stopped")


async def hold(work: UnitOfWork, import_id: int, kind: AnyKind | None = None) -> DataImport:
    """Load an import, perhaps one of a kind only, and hold it until the transaction ends. Raises NotFound."""
    statement = (
        select(DataImport)
        .where(DataImport.id == import_id, *([DataImport.kind == kind.name] if kind else []))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    found = (await work.session.execute(statement)).scalar_one_or_none()
    if found is None:
        raise NotFound("This import does not exist.")
    return found


@dataclass(frozen=True, slots=True)
class Intent:
    """In whose name an import works, and the operation its changes belong to."""

    sessions: async_sessionmaker[AsyncSession]
    import_id: int
    actor: Actor
    operation: UUID

    @classmethod
    async def of(cls, sessions: async_sessionmaker[AsyncSession], import_id: int) -> "Intent":
        """Look up who started an import. Raises NotFound."""
        async with sessions() as session:
            statement = (
                select(User, DataImport.operation)
                .join(DataImport, DataImport.user_id == User.id)
                .where(DataImport.id == import_id)
            )
            found = (await session.execute(statement)).one_or_none()
        if found is None:
            raise NotFound("This import does not exist.")
        user, operation = found
        actor = Actor(id=user.id, name=user.label, role=user.role, request_id=f"import-{import_id}")
        return cls(sessions, import_id, actor, operation)

    @asynccontextmanager
    async def step(self, operation: UUID | None = None) -> AsyncGenerator[tuple[UnitOfWork, DataImport]]:
        """A transaction that holds the record of the import, so that no other worker does the same."""
        async with unit_of_work(self.sessions, self.actor, operation or self.operation) as work:
            yield work, await hold(work, self.import_id)


async def log(work: UnitOfWork, record: DataImport, action: str) -> None:
    """Write down in the change log that an import was begun, finished, stopped."""
    newest = select(func.max(Change.version)).where(
        Change.entity == record.entity, Change.entity_id == record.id
    )
    version = (await work.session.scalar(newest) or 0) + 1
    await record_plain(
        work,
        action=f"{record.entity}.{action}",
        entity=record.entity,
        entity_id=record.id,
        version=version,
        label=record.filename,
        fields={},
    )


async def tell(work: UnitOfWork, record: DataImport, done: int, total: int) -> None:
    """Move the bars on all open pages, once the transaction is committed."""
    payload = {"kind": "progress", "entity": record.entity, "id": record.id, "done": done, "total": total}
    await work.session.execute(select(func.pg_notify("signal", json.dumps(payload))))


def add_to_report(record: DataImport, **entries: Any) -> None:
    """Set entries of the report; the others stay."""
    record.report = {**record.report, **entries}
