"""The photos of a sample stock that is there already: drawn one after the other, while people look around."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from anyio import to_thread
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.db.models import Equipment
from app.lib import editing
from app.lib.file_store import FileStore
from app.lib.photos import process_photo_async
from app.lib.unit_of_work import SYSTEM, unit_of_work
from app.sample.history import opening_catalogue
from app.sample.pictures import Drawing, draw, drawing_for

PHOTOS_TASK = "sample_photos"


async def add_photos(sessions: async_sessionmaker[AsyncSession], files: FileStore) -> None:
    """Give the gear of the sample its photos, as one operation; each is seen as soon as it is there.

    Can be cut off at any time and goes on where it was. Leaves alone what was deleted, renamed or has a
    photo by now.
    """
    operation = uuid4()
    for drawing, skus in _by_drawing().items():
        if await _without_photo(sessions, skus):
            picture = await to_thread.run_sync(draw, drawing)
            photo = await process_photo_async(picture)
            name = await files.put_async(photo.full, ".webp", photo.variants)
            await _give(sessions, skus, name, operation)


def _by_drawing() -> dict[Drawing, list[str]]:
    found: dict[Drawing, list[str]] = {}
    for item in opening_catalogue():
        if drawing := drawing_for(item):
            found.setdefault(drawing, []).append(item.sku)
    return found


async def _without_photo(sessions: async_sessionmaker[AsyncSession], skus: Sequence[str]) -> list[int]:
    statement = select(Equipment.id).where(
        Equipment.sku.in_(skus), Equipment.photo.is_(None), Equipment.deleted_at.is_(None)
    )
    async with sessions() as session:
        return list((await session.scalars(statement.order_by(Equipment.id))).all())


async def _give(
    sessions: async_sessionmaker[AsyncSession], skus: Sequence[str], name: str, operation: UUID
) -> None:
    """Each in a transaction of its own, so that nobody who edits one waits for the others."""
    for equipment_id in await _without_photo(sessions, skus):
        async with unit_of_work(sessions, SYSTEM, operation) as work:
            subject = await editing.lock(work, Equipment, equipment_id, deleted=True)
            if subject.photo is None and subject.deleted_at is None:
                await editing.edit(work, subject, {"photo": name}, version=None)
