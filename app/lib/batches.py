"""Writing records: one after the other or a whole batch with few statements, always under their rules.

Everything that is written to an Editable passes through here: the rules are asked (app.lib.rules), the rows
are written, the change log gets its rows, and what follows is moved along. One record that is refused refuses
its batch: callers put it into a savepoint and fall back to one after the other to learn which one it was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import BigInteger, any_, cast, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.db.base import Editable
from app.lib.changes import Entry, FieldChanges, record_all
from app.lib.clock import now
from app.lib.errors import NotFound
from app.lib.rules import Write, follow, refuse_what_breaks_rules
from app.lib.unit_of_work import UnitOfWork
from app.lib.wire import wire_fields

Record = TypeVar("Record", bound=Editable)

_NOTHING: tuple[object, ...] = (None, "", [], False)


@dataclass(frozen=True, slots=True)
class Draft:
    """Python values by field name that a locked record is to have, and what the log says about that."""

    subject: Editable
    values: Mapping[str, Any]
    action: str | None = None
    undoes_id: int | None = None
    merged_with_id: int | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """The fields a draft changed, and the row of the change log; none when it changed nothing."""

    fields: tuple[str, ...] = ()
    change_id: int | None = None


async def lock_all(work: UnitOfWork, model: type[Record], record_ids: Sequence[int]) -> dict[int, Record]:
    """Load records and hold them until the transaction ends, by id. Raises NotFound when one is missing.

    They are locked in the order of their ids, so that two batches never wait for each other.
    """
    statement = (
        select(model)
        .where(model.id == any_(cast(list(record_ids), ARRAY(BigInteger))), model.deleted_at.is_(None))
        .order_by(model.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    found = {record.id: record for record in await work.session.scalars(statement)}
    if len(found) < len(set(record_ids)):
        raise NotFound("A record does not exist, or was deleted.")
    return found


async def create_all(
    work: UnitOfWork, subjects: Sequence[Editable], action: str | None = None
) -> Sequence[Editable]:
    """Insert new records as version 1, each with its change row listing everything that is set.

    Records of one kind that set the same fields go into the database in one statement. Raises what their
    rules refuse with.
    """
    moment = work.moment or now()
    writes = [Write(subject, {}, _with_defaults(subject)) for subject in subjects]
    await refuse_what_breaks_rules(work, writes)
    for subject in subjects:
        subject.version = 1
        subject.created_at = subject.updated_at = moment
    work.session.add_all(subjects)
    await work.session.flush()
    await record_all(
        work, [Entry(one, action or f"{one.entity}.created", _set_fields(one)) for one in subjects]
    )
    await follow(work, writes)
    return subjects


async def write_all(work: UnitOfWork, drafts: Sequence[Draft]) -> list[Written]:
    """Write drafts into locked records, whatever version these have; what else is pending goes with them.

    Returns for each what it changed; what changes nothing is neither written nor logged. Raises what the
    rules refuse with.
    """
    changes = [_changed_fields(draft) for draft in drafts]
    plans = [(draft, fields) for draft, fields in zip(drafts, changes, strict=True) if fields]
    writes = [_write(draft, fields) for draft, fields in plans]
    await refuse_what_breaks_rules(work, writes)
    moment = work.moment or now()
    for draft, fields in plans:
        for name in fields:
            setattr(draft.subject, name, draft.values[name])
        draft.subject.version += 1
        draft.subject.updated_at = moment
    await work.session.flush()
    ids = iter(await record_all(work, [_entry(draft, fields) for draft, fields in plans]))
    await follow(work, writes)
    return [Written(tuple(fields), next(ids)) if fields else Written() for fields in changes]


def _write(draft: Draft, fields: FieldChanges) -> Write[Editable]:
    before = {name: getattr(draft.subject, name) for name in draft.subject.editable}
    after = before | {name: draft.values[name] for name in fields}
    return Write(draft.subject, before, after, undoes=draft.undoes_id is not None)


def _entry(draft: Draft, fields: FieldChanges) -> Entry:
    action = draft.action or _action(draft.subject, fields)
    return Entry(draft.subject, action, fields, draft.undoes_id, draft.merged_with_id)


def _action(subject: Editable, fields: FieldChanges) -> str:
    """Deleting and restoring are edits of `deleted_at` with a name of their own."""
    if "deleted_at" in fields:
        return f"{subject.entity}.{'restored' if fields['deleted_at'][1] is None else 'deleted'}"
    return f"{subject.entity}.updated"


def _with_defaults(subject: Editable) -> dict[str, Any]:
    """The values a new record will have; what the database adds by itself is not known yet."""
    values: dict[str, Any] = {}
    for name in subject.editable:
        value = getattr(subject, name)
        default = subject.__table__.columns[name].default
        if value is None and default is not None and default.is_scalar:
            value = default.arg  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
        values[name] = value
    return values


def _set_fields(subject: Editable) -> FieldChanges:
    values = wire_fields({name: getattr(subject, name) for name in subject.editable})
    return {name: (None, value) for name, value in values.items() if value not in _NOTHING}


def _changed_fields(draft: Draft) -> FieldChanges:
    before = wire_fields({name: getattr(draft.subject, name) for name in draft.values})
    after = wire_fields(draft.values)
    return {name: (before[name], after[name]) for name in after if before[name] != after[name]}
