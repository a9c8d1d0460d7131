"""Bringing the lines of an event to what a version says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.db.models import Event, Rental
from app.domain.documents.content import Document
from app.domain.events.booking import lines_of
from app.domain.events.line_order import SPACING
from app.domain.events.rentals import refuse_over
from app.lib import editing
from app.lib.batches import create_all
from app.lib.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Booked:
    """What a rental was when the version was sent, and whether it is one that counts now."""

    rental_id: int
    name: str
    heading: str
    kit_id: int | None
    accessory_of_id: int | None
    values: Mapping[str, Any]


def booked_in(document: Document) -> dict[int, Booked]:
    """What a document promises, by rental; options that were not chosen are promised to nobody."""
    lines = [(line, False) for group in document.groups for line in group.lines]
    lines += [(line, not line.chosen) for line in document.options]
    found = [_booked(kept, optional=optional) for line, optional in lines for kept in line.booked]
    return {one.rental_id: one for one in found}


async def bring_rentals(work: UnitOfWork, event: Event, document: Document) -> None:
    """Have a locked event rent what a document says: quantities, dates, no more and no less.

    What came along with a line that stays is left as it is. Nothing is booked yet. Raises Conflict for what
    has left already, InvalidInput for dates that do not fit.
    """
    refuse_over(event)
    wanted = booked_in(document)
    rentals = await _rentals(work, event.id, set(wanted))
    for rental in rentals.values():
        if not _stays(rental, wanted):
            await editing.delete(work, rental, version=None)
    # what comes back is booked at once, so it has to come last
    for one in sorted(wanted.values(), key=lambda one: _turn(one, rentals.get(one.rental_id))):
        rental = rentals.get(one.rental_id)
        if rental is None:
            await _add_again(work, event, one)
        else:
            await editing.edit(work, rental, {**one.values, "deleted_at": None}, version=None)


def _booked(kept: Mapping[str, Any], *, optional: bool) -> Booked:
    start, end = kept["start_at"], kept["end_at"]
    return Booked(
        rental_id=kept["rental_id"],
        name=kept["name"],
        heading=kept["heading"],
        kit_id=kept["kit_id"],
        accessory_of_id=kept["accessory_of_id"],
        values={
            "equipment_id": kept["equipment_id"],
            "quantity": kept["quantity"],
            "start_at": datetime.fromisoformat(start) if start else None,
            "end_at": datetime.fromisoformat(end) if end else None,
            "optional": optional,
        },
    )


def _stays(rental: Rental, wanted: Mapping[int, Booked]) -> bool:
    """Whether a line is in the version, belongs to one that is, or is gone anyway."""
    return rental.deleted_at is not None or rental.id in wanted or rental.accessory_of_id in wanted


def _turn(one: Booked, rental: Rental | None) -> tuple[bool, bool, int]:
    """What is there first, then what comes back; lines before what goes along with them."""
    is_gone = rental is None or rental.deleted_at is not None
    return is_gone, one.accessory_of_id is not None, one.rental_id


async def _rentals(work: UnitOfWork, event_id: int, wanted: set[int]) -> dict[int, Rental]:
    """The lines of a locked event that are there or were meant, locked."""
    statement = (
        select(Rental)
        .where(Rental.event_id == event_id, Rental.deleted_at.is_(None) | Rental.id.in_(sorted(wanted)))
        .order_by(Rental.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return {rental.id: rental for rental in await work.session.scalars(statement)}


async def _add_again(work: UnitOfWork, event: Event, one: Booked) -> None:
    """Put a line on the event that was removed for good since."""
    last = max((line.rental.position for line in await lines_of(work, event)), default=0)
    added = Rental(
        event_id=event.id,
        name=one.name,
        heading=one.heading,
        kit_id=one.kit_id,
        position=last + SPACING,
        **one.values,
    )
    await create_all(work, [added])
