"""Files that belong to an event. Pictures are made anew, everything else is kept as it came."""

import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from sqlalchemy import select

from app.db.models import Attachment, Event
from app.lib import editing
from app.lib.batches import create_all
from app.lib.commands import Commands
from app.lib.errors import InvalidInput
from app.lib.fields import clean
from app.lib.file_store import FileStore
from app.lib.photos import PhotoError, process_photo_async
from app.lib.rules import Rules, Write, register
from app.lib.unit_of_work import UnitOfWork

MOST_BYTES = 20 * 2**20
MOST_FILES = 10
LONGEST_NAME = 200
WRITABLE = ("name",)

_UNKNOWN = "application/octet-stream"


class AttachmentRules(Rules[Attachment]):
    """A file has a name, and belongs to an event that is there."""

    async def check(self, work: UnitOfWork, writes: Sequence[Write[Attachment]]) -> None:
        """Raises InvalidInput."""
        for write in writes:
            if not 1 <= len(write.after["name"]) <= LONGEST_NAME:
                raise InvalidInput({"name": "Give it a name of at most 200 characters."})
            event = select(Event.id).where(Event.id == write.subject.event_id, Event.deleted_at.is_(None))
            if write.is_new and await work.session.scalar(event) is None:
                raise InvalidInput({"files": "This event does not exist."})


register(Attachment.entity, AttachmentRules())

_ATTACHMENTS = Commands(Attachment, WRITABLE)

rename_attachment = _ATTACHMENTS.edit
"""Give a file another name. Raises NotFound, EditConflict, InvalidInput."""
delete_attachment = _ATTACHMENTS.delete
"""Delete a file so that it can be restored. Raises NotFound, EditConflict."""
restore_attachment = _ATTACHMENTS.restore
"""Take a delete back. Raises NotFound, InvalidInput when the event is gone."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent."""

    name: str
    data: bytes


async def add_attachments(
    work: UnitOfWork, files: FileStore, event_id: int, uploads: Sequence[Upload]
) -> Sequence[Any]:
    """Keep files with an event, all of them or none.

    Raises NotFound, and InvalidInput with a sentence at `files` for what cannot be kept.
    """
    await editing.lock(work, Event, event_id)
    if not uploads:
        raise InvalidInput({"files": "Choose at least one file."})
    if len(uploads) > MOST_FILES:
        raise InvalidInput({"files": f"Choose at most {MOST_FILES} files at once."})
    for upload in uploads:
        _refuse(upload)
    return await create_all(work, [await _kept(files, event_id, upload) for upload in uploads])


def _refuse(upload: Upload) -> None:
    name = upload.name[:60]
    if not upload.data:
        raise InvalidInput({"files": f"{name} is empty."})
    if len(upload.data) > MOST_BYTES:
        raise InvalidInput({"files": f"{name} is too large: at most {MOST_BYTES // 2**20} MB fit."})


async def _kept(files: FileStore, event_id: int, upload: Upload) -> Attachment:
    name = _name(upload.name)
    if not _is_picture(upload.data):
        kept = await files.put_async(upload.data, ".bin")
        return _attachment(event_id, name, kept, mimetypes.guess_type(name)[0] or _UNKNOWN, len(upload.data))
    try:
        photo = await process_photo_async(upload.data)
    except PhotoError as error:
        raise InvalidInput({"files": f"{upload.name[:60]}: {error.message}"}) from error
    kept = await files.put_async(photo.full, ".webp", photo.variants)
    stem = PurePath(name).stem[: LONGEST_NAME - 5]
    return _attachment(event_id, f"{stem}.webp", kept, "image/webp", len(photo.full))


def _attachment(event_id: int, name: str, file: str, media_type: str, size: int) -> Attachment:
    return Attachment(event_id=event_id, name=name, file=file, media_type=media_type, size=size)


def _name(given: str) -> str:
    """The name of a file without its folders, shortened before its ending."""
    name = clean(given.replace("\\", "/").rsplit("/", 1)[-1]) or "File"
    ending = PurePath(name).suffix[:20]
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - len(ending)] + ending


def _is_picture(data: bytes) -> bool:
    png, jpeg = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
    return data.startswith((png, jpeg)) or (data.startswith(b"RIFF") and data[8:12] == b"WEBP")
