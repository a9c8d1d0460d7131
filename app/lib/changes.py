"""Writing the change log: one row for every change, in the transaction that makes it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol
from uuid import UUID

from app.db.base import Editable
from app.db.driver import Statement
from app.lib.clock import now
from app.lib.unit_of_work import UnitOfWork, Written

FieldChanges = Mapping[str, tuple[object, object]]

# without a moment of its own the database says when a row was written, to the microsecond
_INSERT = Statement(
    """
    insert into change (at, actor_id, action, entity, entity_id, version, label, parent_entity, parent_id,
      fields, operation, undoes_id, merged_with_id, request_id, ip)
    select coalesce(at, clock_timestamp()), actor_id, action, entity, entity_id, version, label,
      parent_entity, parent_id, fields, operation, undoes_id, merged_with_id, request_id, ip
    from rows from (jsonb_to_recordset(:rows) as (at timestamptz, actor_id bigint, action text, entity text,
      entity_id bigint, version integer, label text, parent_entity text, parent_id bigint, fields jsonb,
      operation uuid, undoes_id bigint, merged_with_id bigint, request_id text, ip text)) with ordinality
    order by ordinality
    returning id
    """
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

    @property
    def id(self) -> Any:
        """Its key."""
        ...


@dataclass(frozen=True, slots=True)
class Note:
    """Something for the log that is written along with other rows, by a statement of its own."""

    subject: Identified
    entity: str
    action: str
    label: str
    fields: FieldChanges
    parent: tuple[str, int]
    version: int = 1


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
        version=note.version,
        label=note.label,
        fields=note.fields,
        parent_entity=note.parent[0],
        parent_id=note.parent[1],
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
    row["operation"] = str(row["operation"])
    return row if work.moment is None else {**row, "at": work.moment.isoformat()}


async def _insert(work: UnitOfWork, rows: list[dict[str, Any]]) -> list[int]:
    if not rows:
        return []
    for row in rows:
        parent = (row["parent_entity"], row["parent_id"]) if row["parent_entity"] else None
        work.written[row["entity"], row["entity_id"]] = Written(row["version"], row["action"], parent)
    written = await _INSERT.rows(work.session, {"rows": json.dumps(rows)})
    return [row["id"] for row in written]
