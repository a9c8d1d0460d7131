"""Units that were scanned onto an event that takes nothing yet: remembered, promised to nobody.

A unit can be bound only to what takes stock, or a draft would keep it from an event that does. So a draft
notes in the change log which tags were scanned, and once it is held, requested or confirmed those that are
free then are bound. Of a line that has become smaller only the first tags count.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from app.db.models import Allocation, Change, Equipment, Event, Rental, Unit
from app.db.models.unit import GONE
from app.domain.events.allocation import allocate_also
from app.lib.changes import Entry, record_all
from app.lib.errors import Conflict
from app.lib.unit_of_work import UnitOfWork

_NOTED = "rental.units_noted"


@dataclass(frozen=True, slots=True)
class ScannedUnit:
    """A unit by its tag; `stock` is how many there are of its equipment."""

    id: int
    asset_tag: str
    equipment_id: int
    is_gone: bool
    stock: int


async def unit_tagged(reading: AsyncConnection, words: str) -> ScannedUnit | None:
    """The unit that has these words as its tag, unless something is called so, too."""
    folded = func.fold(words)
    namesake = aliased(Equipment)
    called_so = select(namesake.id).where(
        (func.fold(namesake.sku) == folded) | (func.fold(namesake.name) == folded),
        namesake.deleted_at.is_(None),
    )
    statement = (
        select(Unit.id, Unit.asset_tag, Unit.equipment_id, Unit.state.in_(GONE), Equipment.quantity)
        .join(Equipment, Equipment.id == Unit.equipment_id)
        .where(func.fold(Unit.asset_tag) == folded, Unit.deleted_at.is_(None))
        .where(Equipment.deleted_at.is_(None), ~Equipment.archived, ~called_so.exists())
        .limit(2)
    )
    found = (await reading.execute(statement)).all()
    return ScannedUnit(*found[0]) if len(found) == 1 else None


def latest_units() -> Select[str, dict[str, Any]]:
    """What the log says last about the units of a rental in the statement around: its action and fields."""
    return (
        select(Change.action, Change.fields)
        .where(Change.entity == Rental.entity, Change.entity_id == Rental.id, Change.fields.has_key("units"))
        .order_by(Change.version.desc())
        .limit(1)
    )


async def tags_on_event(reading: AsyncConnection, event_id: int, equipment_id: int) -> dict[int, list[str]]:
    """The tags of the units that are on an event already, bound or noted, by line."""
    bound = (
        select(func.array_agg(aggregate_order_by(Unit.asset_tag, Allocation.id)))
        .join(Allocation, Allocation.unit_id == Unit.id)
        .where(Allocation.rental_id == Rental.id)
        .scalar_subquery()
    )
    last = latest_units().lateral()
    statement = (
        select(Rental.id, Rental.quantity, bound.label("bound"), last.c.action, last.c.fields)
        .outerjoin(last, true())
        .where(Rental.event_id == event_id, Rental.deleted_at.is_(None))
        .where(Rental.equipment_id == equipment_id)
    )
    return {
        row.id: row.bound or noted(row.action, row.fields, row.quantity)
        for row in await reading.execute(statement)
    }


def noted(action: str | None, fields: Mapping[str, Any] | None, quantity: int) -> list[str]:
    """The tags that a line remembers, by what the log says last about its units."""
    return list((fields or {})["units"][1])[:quantity] if action == _NOTED else []


async def note(work: UnitOfWork, rental: Rental, before: Sequence[str], tag: str) -> None:
    """Remember that a unit was scanned onto a line that takes no stock yet."""
    rental.version += 1
    await work.session.flush()
    await record_all(work, [Entry(rental, _NOTED, {"units": (list(before), [*before, tag])})])


async def bind_noted(work: UnitOfWork, event: Event) -> None:
    """Bind what was scanned onto an event that takes stock from now on, as far as it is free."""
    last = latest_units().lateral()
    statement = (
        select(Rental.id, Rental.quantity, Rental.equipment_id, last.c.action, last.c.fields)
        .join(last, last.c.action == _NOTED)
        .where(Rental.event_id == event.id, Rental.deleted_at.is_(None), ~Rental.optional)
        .order_by(Rental.id)
    )
    for row in (await work.session.execute(statement)).all():
        tags = noted(row.action, row.fields, row.quantity)
        units = await work.session.scalars(
            select(Unit.id)
            .where(Unit.equipment_id == row.equipment_id, Unit.asset_tag.in_(tags))
            .where(Unit.deleted_at.is_(None), Unit.state.not_in(GONE))
            .order_by(Unit.id)
        )
        for unit_id in units.all():
            try:
                await allocate_also(work, row.id, [unit_id])
            except Conflict:
                # promised elsewhere, or out of service: the line takes any other one
                continue
