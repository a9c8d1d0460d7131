"""The selects behind the files of events."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import Attachment, Event
from app.domain.events.api_schemas import AttachmentRecord
from app.lib.conditions import Conditions, all_of, equal
from app.lib.errors import NotFound
from app.web.api_paging import Key, Order
from app.web.api_records import records_of

_KILO = 1024

ATTACHMENTS = records_of(
    Attachment,
    AttachmentRecord,
    within=(Event, Attachment.event_id),
    order=Order(keys={"id": Key(Attachment.id, int)}, default="id", id=Attachment.id),
    path="/api/attachments",
    missing="This file does not exist, or was deleted.",
)


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file of an event; `size` is in bytes."""

    id: int
    version: int
    event_id: int
    name: str
    file: str
    media_type: str
    size: int
    created_at: datetime

    @property
    def thumbnail(self) -> str | None:
        """Where its small picture is, when it is one."""
        return f"/photos/{self.file.replace('.webp', '-64.webp')}" if self.file.endswith(".webp") else None

    @property
    def size_words(self) -> str:
        """How large it is, as people say it."""
        if self.size >= _KILO * _KILO:
            return f"{self.size / _KILO / _KILO:.1f} MB"
        return f"{max(1, round(self.size / _KILO))} KB"


_COLUMNS = (
    Attachment.id, Attachment.version, Attachment.event_id, Attachment.name, Attachment.file,
    Attachment.media_type, Attachment.size, Attachment.created_at,
)  # fmt: skip


async def files_of_event(reading: AsyncConnection, event_id: int) -> list[FileFacts]:
    """The files of an event in the order they came."""
    statement = select(*_COLUMNS).where(Attachment.event_id == event_id, Attachment.deleted_at.is_(None))
    rows = await reading.execute(statement.order_by(Attachment.id))
    return [FileFacts(**row) for row in rows.mappings()]


async def file_by_id(reading: AsyncConnection, attachment_id: int) -> FileFacts:
    """One file of an event that is there. Raises NotFound."""
    statement = (
        select(*_COLUMNS)
        .join(Event, Event.id == Attachment.event_id)
        .where(Attachment.id == attachment_id, Attachment.deleted_at.is_(None), Event.deleted_at.is_(None))
    )
    row = (await reading.execute(statement)).mappings().one_or_none()
    if row is None:
        raise NotFound("This file does not exist, or was deleted.")
    return FileFacts(**row)


def attachment_conditions(*, event_id: int | None = None) -> Conditions:
    """Which files a list shows."""
    return all_of(equal(Attachment.event_id, event_id))
