"""Editing records together.

An edit names the version it started from. When that is the present one, it is written. When somebody
else was faster, the base is rebuilt from the change log and merged field by field (app.lib.merge); what
fits together is saved, what does not raises EditConflict and changes nothing. What is written in the end
has to obey the rules of the record (app.lib.rules). docs/merging.md explains.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from sqlalchemy import func, select

from app.db.base import Editable
from app.db.models.change import Change
from app.db.models.user import User
from app.lib.batches import Draft, create_all, write_all
from app.lib.clock import now
from app.lib.errors import Conflict, Deleted, EditConflict, FieldChange, InvalidInput, NotFound
from app.lib.merge import Merge, merge
from app.lib.unit_of_work import UnitOfWork
from app.lib.wire import wire_fields

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

    Deleted records are found only with `deleted=True` (to restore them); otherwise what is raised is
    Deleted, which tells who did it.
    """
    statement = (
        select(model)
        .where(model.id == record_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    found = (await work.session.execute(statement)).scalar_one_or_none()
    if found is None:
        raise NotFound("This record does not exist, or was deleted.")
    if found.deleted_at is not None and not deleted:
        raise await deletion_of(work, found)
    return found


async def deletion_of(work: UnitOfWork, subject: Editable) -> Deleted:
    """Who deleted a record, and when."""
    statement = (
        select(Change.actor_id, Change.at, User)
        .outerjoin(User, User.id == Change.actor_id)
        .where(
            Change.entity == subject.entity,
            Change.entity_id == subject.id,
            Change.fields.has_key("deleted_at"),
        )
        .order_by(Change.version.desc())
        .limit(1)
    )
    row = (await work.session.execute(statement)).one_or_none()
    person = row.User.label if row is not None and row.User is not None else "AV-RENTALS"
    at = row.at if row is not None else subject.deleted_at or now()
    actor_id = row.actor_id if row is not None else None
    return Deleted(subject.label, entity=subject.entity, actor_id=actor_id, actor_name=person, at=at)


async def create(work: UnitOfWork, subject: Record, action: str | None = None) -> Record:
    """Insert a new record as version 1, with its change row listing everything that is set."""
    await create_all(work, [subject], action)
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
    wanted = dict(values)
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
        wanted = _wanted(merged, values, mine)
    merged_with = theirs[-1].change_id if theirs else None
    (written,) = await write_all(work, [Draft(subject, wanted, action, undoes_id, merged_with)])
    return Edit(written.fields, theirs, written.change_id)


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


def _wanted(merged: Merge, values: Mapping[str, Any], mine: Mapping[str, object]) -> dict[str, Any]:
    """The Python values to write: mine, except where theirs stands or both are in it.

    A merged list is neither side's Python value, but words are their own wire values. What they changed and
    I did not is left out: it stands in the record already.
    """
    wanted: dict[str, Any] = {}
    for name in merged.mine:
        own = name in merged.conflicts or merged.values[name] == mine[name]
        wanted[name] = values[name] if own else merged.values[name]
    return wanted


async def delete(
    work: UnitOfWork, subject: Editable, *, version: int | None, undoes_id: int | None = None
) -> Edit:
    """Mark a locked record deleted. What somebody just changed is not deleted: EditConflict.

    Raises Conflict for a kind of record that always is there.
    """
    if "deleted_at" not in subject.editable:
        raise Conflict("This cannot be deleted.")
    gone = {"deleted_at": now()}
    return await edit(work, subject, gone, version=version, strategy=Strategy.FAIL, undoes_id=undoes_id)


async def refuse_stale(work: UnitOfWork, subject: Editable, version: int | None) -> None:
    """Raise EditConflict when a locked record has changed since `version`; None is any."""
    await edit(work, subject, {}, version=version, strategy=Strategy.FAIL)


async def restore(work: UnitOfWork, subject: Editable) -> Edit:
    """Bring a locked record back that was deleted; one that is there stays as it is."""
    return await edit(work, subject, {"deleted_at": None}, version=None)


async def present_version(work: UnitOfWork, model: type[Editable], record_id: int) -> int:
    """The version a record has now. Raises NotFound."""
    found = await work.session.scalar(select(func.max(model.version)).where(model.id == record_id))
    if found is None:
        raise NotFound("This record does not exist.")
    return found
