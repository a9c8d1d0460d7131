"""Taking a change back: the same edit with its sides swapped, where nobody has touched the fields since."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import DateTime, Numeric, select

from app.db.base import Editable
from app.db.models import (
    Category,
    Change,
    Company,
    Equipment,
    Maintenance,
    SavedView,
    Unit,
    User,
)
from app.lib import editing
from app.lib.clock import now
from app.lib.editing import Edit
from app.lib.errors import Conflict, NotFound
from app.lib.unit_of_work import UnitOfWork

MODELS: dict[str, type[Editable]] = {
    model.entity: model for model in (Category, Company, Equipment, Maintenance, SavedView, Unit, User)
}


async def undo_change(work: UnitOfWork, change_id: int) -> tuple[Editable, Edit]:
    """Take one change back. Raises NotFound, or Conflict naming the fields that were changed since."""
    change = await work.session.get(Change, change_id)
    if change is None or change.entity not in MODELS or not change.fields:
        raise NotFound("There is nothing to undo.")
    subject = await editing.lock(work, MODELS[change.entity], change.entity_id, deleted=True)
    already = await work.session.scalar(select(Change.id).where(Change.undoes_id == change.id).limit(1))
    if already is not None:
        raise Conflict("This was undone already.")
    if change.version == 1:
        edit = await editing.edit(
            work,
            subject,
            {"deleted_at": now()},
            version=1,
            strategy=editing.Strategy.FAIL,
            undoes_id=change.id,
        )
        return subject, edit
    return subject, await _swap(work, subject, change)


async def _swap(work: UnitOfWork, subject: Editable, change: Change) -> Edit:
    fields: Mapping[str, list[Any]] = change.fields
    later = await editing.changes_since(work, subject, change.version)
    touched = sorted({one.field for one in later} & set(fields))
    if touched:
        names = " and ".join(sorted({one.actor_name for one in later if one.field in touched}))
        raise Conflict(
            f"{names} changed {', '.join(name.replace('_', ' ') for name in touched)} since. "
            "Edit the record instead."
        )
    values = {name: from_wire(type(subject), name, before) for name, (before, _after) in fields.items()}
    return await editing.edit(work, subject, values, version=None, undoes_id=change.id)


async def undo_operation(work: UnitOfWork, operation: str) -> tuple[int, list[str]]:
    """Take back all changes of one intent (a bulk action, an import), newest first.

    Returns how many were taken back and, as sentences, what could not be.
    """
    ids = (
        await work.session.scalars(
            select(Change.id).where(Change.operation == operation).order_by(Change.id.desc())
        )
    ).all()
    undone, problems = 0, list[str]()
    for change_id in ids:
        try:
            async with work.session.begin_nested():
                await undo_change(work, change_id)
            undone += 1
        except (Conflict, NotFound) as error:
            problems.append(error.message)
    return undone, problems


def from_wire(model: type[Editable], name: str, value: Any) -> Any:
    """The Python value that a wire value of this field stands for."""
    if value is None:
        return None
    kind = model.__table__.columns[name].type
    if isinstance(kind, Numeric):
        return Decimal(value)
    if isinstance(kind, DateTime) or "DateTime" in type(kind).__name__:
        return datetime.fromisoformat(value)
    return value
