"""Removing for good what was deleted long ago, in batches of one transaction each.

Deleting only marks a record, so that it can be undone. Once that was long enough ago its row is removed
and the change log says so; the log itself keeps everything. Whatever another row still refers to stays,
by the foreign keys of all tables there are, and so does what tells of business that was done: events beyond
a draft, gear that was ordered from a supplier. A record somebody brings back meanwhile is left alone: it is
held before it is looked at, and one that is held by somebody else is passed over until the next time.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import uuid4

from sqlalchemy import Table, and_, delete, exists, false, not_, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import aliased

from app.db.base import Editable, metadata
from app.db.models import (
    Accessory,
    Address,
    Attachment,
    Availability,
    Category,
    Client,
    Contact,
    Equipment,
    Event,
    GearTemplate,
    GearTemplateLine,
    Kit,
    KitComponent,
    Maintenance,
    Rental,
    Reservation,
    SavedView,
    SubHire,
    Substitute,
    Unit,
)
from app.domain.operations.photo_files import forget_files, forget_photos
from app.lib.changes import Entry, record_all
from app.lib.file_store import FileStore
from app.lib.unit_of_work import SYSTEM, UnitOfWork, unit_of_work

BATCH = 100

# what the engine keeps about a record goes with it, and what says what it goes together with;
# a line that rents it is a reference of its own
_GO_ALONG = {
    model.__table__
    for model in (
        Accessory,
        Availability,
        GearTemplateLine,
        KitComponent,
        Reservation,
        Substitute,
    )
}

# a sub-hire that came to nothing; any other one has cost something
_UNDONE = ("draft", "cancelled")

Sessions = async_sessionmaker[AsyncSession]
Step = Callable[[UnitOfWork, datetime], Awaitable[int]]


async def purge_deleted(sessions: Sessions, files: FileStore, before: datetime) -> int:
    """Remove everything that was deleted before that instant, with its files. Returns how many records.

    Equipment takes its units and its maintenance along, an event its lines and its files, a client its
    contacts and addresses; what is in use elsewhere keeps it.
    """
    steps: tuple[Step, ...] = (
        _purging(SavedView), partial(_purge_attachments, files),
        # what rents, before what is rented and who rents it
        _purging(SubHire, SubHire.status.in_(_UNDONE)), partial(_purge_events, files), _purging(Rental),
        _purging(Contact), _purging(Address), _purge_clients,
        _purging(KitComponent), _purging(Accessory), _purging(Substitute), _purging(GearTemplate),
        _purging(Kit), _purging(Maintenance), partial(_purge_equipment, files), _purging(Unit),
        _purging(Category),
    )  # fmt: skip
    operation, removed = uuid4(), 0
    for step in steps:
        found = True
        while found:
            async with unit_of_work(sessions, SYSTEM, operation) as work:
                found = await step(work, before)
            removed += found
    return removed


def _purging(model: type[Editable], *conditions: Any) -> Step:
    async def purge(work: UnitOfWork, before: datetime) -> int:
        found = await _hold(work, model, before, _unreferenced(model), *conditions)
        await _remove(work, found)
        return len(found)

    return purge


async def _purge_attachments(files: FileStore, work: UnitOfWork, before: datetime) -> int:
    found = await _hold(work, Attachment, before)
    await _remove(work, found)
    await forget_files(work, files, _files_of(found))
    return len(found)


async def _purge_events(files: FileStore, work: UnitOfWork, before: datetime) -> int:
    used_line = exists().where(Rental.event_id == Event.id, not_(_unreferenced(Rental, Rental)))
    unused = _unreferenced(Event, Rental, Attachment)
    found = await _hold(work, Event, before, Event.status == "draft", unused, ~used_line)
    inside = await _inside(work, (Attachment, Rental), "event_id", found)
    await _remove(work, [*inside, *found])
    await forget_files(work, files, _files_of(inside))
    return len(found)


async def _purge_clients(work: UnitOfWork, before: datetime) -> int:
    """One that was merged into another stays as long as that: its address leads there."""
    survivor = aliased(Client)
    leads_on = exists().where(survivor.id == Client.merged_into_id, _is_not_over(survivor, before))
    used_contact = exists().where(Contact.client_id == Client.id, not_(_unreferenced(Contact)))
    unused = _unreferenced(Client, Contact, Address)
    found = await _hold(work, Client, before, unused, ~used_contact, ~leads_on)
    await _remove(work, [*await _inside(work, (Contact, Address), "client_id", found), *found])
    return len(found)


def _is_not_over(record: Any, before: datetime) -> Any:
    return record.deleted_at.is_(None) | (record.deleted_at >= before)


async def _purge_equipment(files: FileStore, work: UnitOfWork, before: datetime) -> int:
    used_unit = exists().where(Unit.equipment_id == Equipment.id, not_(_unreferenced(Unit, Maintenance)))
    found = await _hold(work, Equipment, before, _unreferenced(Equipment, Unit, Maintenance), ~used_unit)
    await _remove(work, [*await _inside(work, (Maintenance, Unit), "equipment_id", found), *found])
    await forget_photos(work, files, [one.id for one in found])
    return len(found)


async def _inside(
    work: UnitOfWork, models: Sequence[type[Editable]], key: str, owners: Sequence[Editable]
) -> list[Editable]:
    """What goes along with records that go, of each model in its order, held as well."""
    inside: list[Editable] = []
    for model in models:
        belongs = getattr(model, key).in_([one.id for one in owners])
        inside += await work.session.scalars(
            select(model).where(belongs).order_by(model.id).with_for_update()
        )
    return inside


def _files_of(records: Iterable[Editable]) -> list[str]:
    return [one.file for one in records if isinstance(one, Attachment)]


async def _hold(
    work: UnitOfWork, model: type[Editable], before: datetime, *conditions: Any
) -> list[Editable]:
    """The next records that can go, held so that nobody brings them back meanwhile."""
    statement = (
        select(model)
        .where(model.deleted_at < before, *conditions)
        .order_by(model.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True, of=model)
    )
    return list((await work.session.scalars(statement)).all())


async def _remove(work: UnitOfWork, records: Sequence[Editable]) -> None:
    """Remove rows, those of one kind together and in the order they are given, and log it."""
    kinds: dict[type[Editable], None] = dict.fromkeys(map(type, records))
    for model in kinds:
        ids = [record.id for record in records if type(record) is model]
        removal = delete(model).where(model.id.in_(ids))
        await work.session.execute(removal, execution_options={"synchronize_session": False})
    for record in records:
        work.session.expunge(record)
        record.version += 1
    await record_all(work, [Entry(record, f"{record.entity}.purged", {}) for record in records])


def _unreferenced(model: type[Editable], *but: type[Editable]) -> Any:
    """No row of another table refers to the record, those of `but` aside."""
    aside = {other.__table__ for other in but} | _GO_ALONG
    tables = (table for table in metadata.sorted_tables if table not in aside)
    return ~_any_of(_references(model.__table__, tables))


def _any_of(conditions: Iterable[Any]) -> Any:
    found = false()
    for condition in conditions:
        found = found | condition
    return found


def _references(target: Any, tables: Iterable[Table]) -> Iterable[Any]:
    for table in tables:
        for constraint in table.foreign_key_constraints:
            if constraint.referred_table is target:
                other = table.alias()
                pairs = [
                    other.c[element.parent.name] == target.c[element.column.name]
                    for element in constraint.elements
                ]
                yield exists().where(and_(*pairs)).correlate(target)
