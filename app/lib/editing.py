"""Editing records together: every write to an Editable goes through here.

An edit names the version it started from. When that is the present one, it is written. When somebody
else was faster, the base is rebuilt from the change log and merged field by field (app.lib.merge); what
fits together is saved, what does not raises EditConflict and changes nothing. docs/merging.md explains.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from sqlalchemy import func, select

from app.db.base import Editable
from app.db.models.change import Change
from app.db.models.user import User
from app.lib.changes import record
from app.lib.clock import now
from app.lib.errors import EditConflict, FieldChange, InvalidInput, NotFound
from app.lib.merge import merge
from app.lib.unit_of_work import UnitOfWork
from app.lib.wire import wire, wire_fields

Record = TypeVar("Record", bound=Editable)


class Strategy(Enum):
    """What to do when the record has changed since the version the edit started from."""

    MERGE = "merge"
    FAIL = "fail"
    OVERWRITE = "overwrite"


@dataclass(frozen=True, slots=True)
class Edit:
    """What an edit did: the fields it changed and the changes of others it was merged with."""

    changed: tuple[str, ...]
    merged_with: tuple[FieldChange, ...] = ()
    change_id: int | None = None

    @property
    def merged_names(self) -> str:
        """The people whose changes were kept beside this edit, as words."""
        return " and ".join(sorted({change.actor_name for change in self.merged_with}))


async def lock(work: UnitOfWork, model: type[Record], record_id: int, *, deleted: bool = False) -> Record:
    """Load a record and hold it until the transaction ends. Raises NotFound.

    Deleted records are found only with `deleted=True` (to restore them).
    """
    statement = (
        select(model)
        .where(model.id == record_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    found = (await work.session.execute(statement)).scalar_one_or_none()
    if found is None or (found.deleted_at is not None and not deleted):
        raise NotFound("This record does not exist, or was deleted.")
    return found


async def create(work: UnitOfWork, subject: Record, action: str | None = None) -> Record:
    """Insert a new record as version 1, with its change row listing everything that is set."""
    subject.version = 1
    subject.created_at = subject.updated_at = work.moment or now()
    work.session.add(subject)
    await work.session.flush()
    fields: dict[str, tuple[object, object]] = {}
    for name in subject.editable:
        value = wire(getattr(subject, name))
        if value not in (None, "", [], False):
            fields[name] = (None, value)
    await record(work, subject, action or f"{subject.entity}.created", fields)
    return subject


async def edit(
    work: UnitOfWork,
    subject: Editable,
    values: Mapping[str, Any],
    *,
    version: int | None,
    strategy: Strategy = Strategy.MERGE,
    action: str | None = None,
    undoes_id: int | None = None,
) -> Edit:
    """Write `values` (Python values by field name) into a locked record.

    `version` is the one the edit started from; None means the present one (for commands that depend on
    no form). Raises EditConflict when others changed the same fields differently, or, with
    Strategy.FAIL, when they changed anything at all; InvalidInput for a version that never was.
    """
    if version is not None and not 1 <= version <= subject.version:
        raise InvalidInput({"version": f"There is no version {version} of this record."})
    mine = wire_fields(values)
    current = wire_fields({name: getattr(subject, name) for name in subject.editable})
    theirs: tuple[FieldChange, ...] = ()
    wanted = mine
    if version is not None and version < subject.version:
        theirs = await changes_since(work, subject, version)
        base = _rewind(current, theirs)
        merged = merge(base, current, mine)
        refused = merged.conflicts if strategy is Strategy.MERGE else ()
        if refused or strategy is Strategy.FAIL:
            raise EditConflict(
                version=subject.version,
                base=base,
                current=current,
                mine=mine,
                conflicts=merged.conflicts,
                theirs=theirs,
            )
        wanted = _wanted(merged.values, mine, merged.conflicts)
    return await _write(
        work, subject, values, wanted, current, theirs=theirs, action=action, undoes_id=undoes_id
    )


async def changes_since(work: UnitOfWork, subject: Editable, version: int) -> tuple[FieldChange, ...]:
    """Every field that was changed after `version`, oldest first."""
    statement = (
        select(Change, User)
        .outerjoin(User, User.id == Change.actor_id)
        .where(Change.entity == subject.entity, Change.entity_id == subject.id, Change.version > version)
        .order_by(Change.version)
    )
    found: list[FieldChange] = []
    for change, actor in await work.session.execute(statement):
        name = actor.label if actor else "AV-RENTALS"
        for field, (before, after) in change.fields.items():
            found.append(
                FieldChange(field, before, after, change.actor_id, name, change.id, change.at.isoformat())
            )
    return tuple(found)


def _rewind(current: Mapping[str, object], theirs: tuple[FieldChange, ...]) -> dict[str, object]:
    """The record as it was before `theirs`."""
    base = dict(current)
    for change in reversed(theirs):
        if change.field in base:
            base[change.field] = change.before
    return base


def _wanted(
    merged: Mapping[str, object], mine: Mapping[str, object], overwritten: tuple[str, ...]
) -> dict[str, object]:
    return {name: mine[name] if name in overwritten else merged[name] for name in mine}


async def _write(
    work: UnitOfWork,
    subject: Editable,
    values: Mapping[str, Any],
    wanted: Mapping[str, object],
    current: Mapping[str, object],
    *,
    theirs: tuple[FieldChange, ...],
    action: str | None,
    undoes_id: int | None,
) -> Edit:
    mine = wire_fields(values)
    fields: dict[str, tuple[object, object]] = {}
    for name, value in wanted.items():
        if value != current[name]:
            fields[name] = (current[name], value)
            # a merged list is neither side's Python value, but words are their own wire values
            setattr(subject, name, values[name] if value == mine[name] else value)
    if not fields:
        return Edit((), theirs)
    subject.version += 1
    subject.updated_at = work.moment or now()
    await work.session.flush()
    change_id = await record(
        work,
        subject,
        action or _action(subject, fields),
        fields,
        undoes_id=undoes_id,
        merged_with_id=theirs[-1].change_id if theirs else None,
    )
    return Edit(tuple(fields), theirs, change_id)


def _action(subject: Editable, fields: Mapping[str, tuple[object, object]]) -> str:
    """Deleting and restoring are edits of `deleted_at` with a name of their own."""
    if "deleted_at" in fields:
        return f"{subject.entity}.{'restored' if fields['deleted_at'][1] is None else 'deleted'}"
    return f"{subject.entity}.updated"


async def delete(work: UnitOfWork, subject: Editable, *, version: int | None) -> Edit:
    """Mark a locked record deleted. What somebody just changed is not deleted: EditConflict."""
    return await edit(work, subject, {"deleted_at": now()}, version=version, strategy=Strategy.FAIL)


async def present_version(work: UnitOfWork, model: type[Editable], record_id: int) -> int:
    """The version a record has now. Raises NotFound."""
    found = await work.session.scalar(select(func.max(model.version)).where(model.id == record_id))
    if found is None:
        raise NotFound("This record does not exist.")
    return found
