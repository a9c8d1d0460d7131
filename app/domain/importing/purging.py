"""Uploaded files that nobody imported."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.db.models import DataImport
from app.domain.importing.records import log
from app.lib.file_store import FileStore
from app.lib.unit_of_work import SYSTEM, UnitOfWork, unit_of_work

KEPT = timedelta(days=7)
BATCH = 100


async def purge_uploads(
    sessions: async_sessionmaker[AsyncSession], files: FileStore, moment: datetime
) -> int:
    """Remove uploads that were never imported and are older than KEPT at `moment`, with their files.

    Returns how many. A file that another import was made of stays.
    """
    operation, removed, found = uuid4(), 0, 1
    while found:
        async with unit_of_work(sessions, SYSTEM, operation) as work:
            found = await _purge(work, files, moment - KEPT)
        removed += found
    return removed


async def _purge(work: UnitOfWork, files: FileStore, before: datetime) -> int:
    statement = (
        select(DataImport)
        .where(DataImport.state == "mapping", DataImport.created_at < before)
        .order_by(DataImport.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    found = (await work.session.scalars(statement)).all()
    for record in found:
        await log(work, record, "purged")
        await work.session.delete(record)
    await work.session.flush()
    for name in await _unused(work, [record.file for record in found]):
        work.after_commit(partial(files.delete_async, name))
    return len(found)


async def _unused(work: UnitOfWork, names: Sequence[str]) -> list[str]:
    used = await work.session.scalars(select(DataImport.file).where(DataImport.file.in_(names)))
    return sorted(set(names) - set(used))
