"""Writing the change log: one row for every change, in the transaction that makes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import insert

from app.db.base import Editable
from app.db.models.change import Change
from app.lib.clock import now
from app.lib.unit_of_work import UnitOfWork, Written

FieldChanges = Mapping[str, tuple[object, object]]

_INSERT = insert(Change.__table__).returning(  # type: ignore[arg-type]
    Change.__table__.c.id, sort_by_parameter_order=True
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One change for the log: `fields` of `subject` changed from, to, which gave it its present version."""

    subject: Editable
    action: str
    fields: FieldChanges
    undoes_id: int | None = None
    merged_with_id: int | None = None


class Identified(Protocol):
    """A row with a key, which it may get only when it is flushed."""

    id: Any


@dataclass(frozen=True, slots=True)
class Note:
    """Something for the log that is written along with other rows, and is no editable record itself."""

    subject: Identified
    entity: str
    action: str
    label: str
    fields: FieldChanges
    parent: tuple[str, int]


async def record_all(work: UnitOfWork, entries: Sequence[Entry], notes: Sequence[Note] = ()) -> list[int]:
    """Log changes in their order, all of them in one statement. Returns their ids."""
    return await _insert(
        work, [*(_entry_row(work, one) for one in entries), *(_note_row(work, one) for one in notes)]
    )


async def record_plain(
    work: UnitOfWork,
    *,
    action: str,
    entity: str,
    entity_id: int,
    version: int,
    label: str,
    fields: FieldChanges,
    parent_entity: str | None = None,
    parent_id: int | None = None,
    operation: UUID | None = None,
) -> int:
    """Log a change of something that is no editable record (a sign-in, an import). Returns the id."""
    row = _row(
        work,
        action=action,
        entity=entity,
        entity_id=entity_id,
        version=version,
        label=label,
        fields=fields,
        parent_entity=parent_entity,
        parent_id=parent_id,
        operation=operation or work.operation,
    )
    return (await _insert(work, [row]))[0]


async def note(
    work: UnitOfWork, subject: Editable, action: str, fields: FieldChanges = MappingProxyType({})
) -> None:
    """Log what happened to a locked record that stays as it is, with a version: so pages hear of it."""
    subject.version += 1
    subject.updated_at = work.moment or now()
    await work.session.flush()
    await record_all(work, [Entry(subject, action, fields)])


def _entry_row(work: UnitOfWork, entry: Entry) -> dict[str, Any]:
    subject = entry.subject
    parent_entity, parent_id = subject.parent or (None, None)
    return _row(
        work,
        action=entry.action,
        entity=subject.entity,
        entity_id=subject.id,
        version=subject.version,
        label=subject.label,
        fields=entry.fields,
        parent_entity=parent_entity,
        parent_id=parent_id,
        undoes_id=entry.undoes_id,
        merged_with_id=entry.merged_with_id,
    )


def _note_row(work: UnitOfWork, note: Note) -> dict[str, Any]:
    return _row(
        work,
        action=note.action,
        entity=note.entity,
        entity_id=note.subject.id,
        version=1,
        label=note.label,
        fields=note.fields,
        parent_entity=note.parent[0],
        parent_id=note.parent[1],
        # as the rows it stands beside
        undoes_id=None,
        merged_with_id=None,
    )


def _row(work: UnitOfWork, *, fields: FieldChanges, **columns: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "actor_id": work.actor.id,
        "operation": work.operation,
        "request_id": work.actor.request_id,
        "ip": work.actor.ip,
        "fields": {name: list(pair) for name, pair in fields.items()},
        **columns,
    }
    # without a moment of its own the database says when it was, to the microsecond
    return row if work.moment is None else {**row, "at": work.moment}


async def _insert(work: UnitOfWork, rows: list[dict[str, Any]]) -> list[int]:
    if not rows:
        return []
    for row in rows:
        parent = (row["parent_entity"], row["parent_id"]) if row["parent_entity"] else None
        work.written[row["entity"], row["entity_id"]] = Written(row["version"], row["action"], parent)
    return list((await work.session.execute(_INSERT, rows)).scalars())
