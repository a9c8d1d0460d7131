"""The ways out of a shortage: each one transaction, recorded by a name of its own, refused as a whole.

What they take is checked by booking, like everything else; a way that leads into another shortage is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select

from app.db.models import Change, Equipment, Event, Rental
from app.domain.availability.claims import shortfalls_of
from app.domain.availability.queries import Window
from app.domain.availability.service import lock_stock
from app.domain.events.accessories import included_with
from app.domain.events.booking import rebook
from app.domain.events.demand import Line, block_period
from app.domain.events.policy import demand_state, period_errors
from app.domain.events.rentals import NewLine, add_rentals, event_and_rental
from app.domain.kits.availability import substitutes_of
from app.domain.shortages.standing import Missing, refuse_more, standing_of
from app.lib import editing
from app.lib.changes import record_plain
from app.lib.clock import now
from app.lib.editing import Strategy
from app.lib.errors import Conflict, InvalidInput
from app.lib.periods import Period
from app.lib.undoing import May, undo_operation
from app.lib.unit_of_work import UnitOfWork

_RECEIVER = "receiver"
_AS_BEFORE = "As short as it was before: a way out was taken back"
_KEPT = ("start_at", "end_at", "heading", "position", "notes", "optional", "accessory_of_id", "kit_id")


@dataclass(frozen=True, slots=True)
class Taken:
    """A way out that was taken: the line it put on, changed or took from, and what was missing before."""

    rental: Rental
    before: list[Missing]


async def substitute(
    work: UnitOfWork, rental_id: int, substitute_id: int, pieces: int, *, version: int | None
) -> Taken:
    """Have approved equipment stand in for so many pieces of a line. The line is the new one.

    Raises NotFound, EditConflict, Conflict, InvalidInput, Shortage.
    """
    event, rental = await event_and_rental(work, rental_id)
    out = Period(rental.start_at or event.out_start, rental.end_at or event.out_end)
    approved = {
        one.equipment_id: one for one in await substitutes_of(work.session, rental.equipment_id, out, pieces)
    }
    chosen = approved.get(substitute_id)
    if chosen is None:
        raise InvalidInput({"substitute_id": "This is not approved as a substitute."})
    # a pencil is not checked when it is written, so it is here
    if demand_state(event.status) == "pencil" and not chosen.enough:
        raise InvalidInput({"substitute_id": f"Only {max(0, chosen.free)} of {chosen.name} are free then."})
    await _lock_for(work, event, substitute_id)
    before = await standing_of(work, [event])
    await _less(work, rental, pieces, version, "rental.substituted")
    await rebook(work, event)
    values = {name: getattr(rental, name) for name in _KEPT}
    (added,) = await add_rentals(work, event.id, [NewLine(substitute_id, {**values, "quantity": pieces})])
    return Taken(added, before)


async def reduce(work: UnitOfWork, rental_id: int, pieces: int, *, version: int | None) -> Taken:
    """Take so many pieces off a line; all of them take the line off its event.

    Raises NotFound, EditConflict, Conflict, InvalidInput.
    """
    event, rental = await event_and_rental(work, rental_id)
    before = await standing_of(work, [event])
    await _less(work, rental, pieces, version, "rental.reduced")
    await rebook(work, event)
    return Taken(rental, before)


async def swap(
    work: UnitOfWork, rental_id: int, giver_id: int, pieces: int, *, giver_version: int | None
) -> Taken:
    """Take pieces off the line of another event, which stands less firmly or can do without.

    The line is the one that gave them. Raises NotFound, EditConflict, Conflict, InvalidInput.
    """
    receiver = await work.session.get(Rental, rental_id)
    # both events change: locked in one order, so that two swaps never wait for each other in a circle
    concerned = {giver_id} if receiver is None else {giver_id, receiver.id}
    events = await _locked_events(work, select(Rental.event_id).where(Rental.id.in_(concerned)))
    event, giver = await event_and_rental(work, giver_id)
    if receiver is None or giver.id == receiver.id or giver.equipment_id != receiver.equipment_id:
        raise InvalidInput({"giver_id": "Choose one of the list."})
    before = await standing_of(work, [event])
    await _less(work, giver, pieces, giver_version, "rental.given_up")
    await rebook(work, event)
    if receiver.event_id != event.id and receiver.event_id in events:
        await _tell_receiver(work, events[receiver.event_id], "event.supplied", _told_in(work.operation))
    return Taken(giver, before)


async def undo_way(work: UnitOfWork, operation: UUID, may: May, before: Sequence[Missing]) -> None:
    """Take a way out back as a whole; whoever was told of pieces for an event is told that they are gone.

    What was missing `before` it was taken may be missing again: it is overbooked then, under the name of
    whoever takes it back. Raises NotFound, Forbidden, Conflict where what it gave away is somebody else's.
    """
    told = select(Change.entity_id).where(
        Change.operation == _told_in(operation), Change.action == "event.supplied"
    )
    receivers = (await work.session.scalars(told)).all()
    lines = select(Change.parent_id).where(Change.operation == operation, Change.parent_entity == "event")
    givers = (await work.session.scalars(lines)).all()
    events = await _locked_events(work, {*receivers, *givers})
    work.short_as_before = _AS_BEFORE
    _, problems = await undo_operation(work, operation, may)
    if problems:
        raise Conflict(" ".join(problems))
    await refuse_more(work, (events[key] for key in dict.fromkeys(givers) if key in events), before)
    for event in (events[key] for key in receivers if key in events):
        await _tell_receiver(work, event, "event.supplied_undone", _told_in(work.operation))


async def shift_line(
    work: UnitOfWork, rental_id: int, start: datetime | None, end: datetime | None, *, version: int | None
) -> Taken:
    """Give a line other dates than its event. Raises as `shift_event` does."""
    event, rental = await event_and_rental(work, rental_id)
    _check_period(start, end)
    before = await standing_of(work, [event])
    values = {"start_at": start, "end_at": end}
    await editing.edit(work, rental, values, version=version, strategy=Strategy.FAIL, action="rental.shifted")
    await rebook(work, event)
    await _require_room(work, event, rental)
    return Taken(rental, before)


async def shift_event(
    work: UnitOfWork, rental_id: int, start: datetime | None, end: datetime | None, *, version: int | None
) -> Taken:
    """Move the event of a line, its use along with it. `version` is that of the line.

    Raises NotFound, EditConflict, Conflict, InvalidInput (also where the line would be short then, too),
    Shortage.
    """
    event, rental = await event_and_rental(work, rental_id)
    await editing.refuse_stale(work, rental, version)
    start, end = _check_period(start, end)
    values: dict[str, Any] = {"out_start": start, "out_end": end}
    if event.use_start is not None and event.use_end is not None:
        moved = start - event.out_start
        use_start, use_end = max(start, event.use_start + moved), min(end, event.use_end + moved)
        if use_end <= use_start:
            raise InvalidInput({"end_at": "The use of the event does not fit in there. Edit the event."})
        values |= {"use_start": use_start, "use_end": use_end}
    before = await standing_of(work, [event])
    await editing.edit(work, event, values, version=None, action="event.shifted")
    await rebook(work, event)
    await _require_room(work, event, rental)
    return Taken(rental, before)


async def overbook(work: UnitOfWork, rental_id: int, reason: str, *, version: int | None) -> Taken:
    """Let a line be short on purpose, under the name of whoever acts; a pencil books nothing yet.

    Raises NotFound, EditConflict, Conflict, InvalidInput.
    """
    if not reason:
        raise InvalidInput({"reason": "Say why."})
    event, rental = await event_and_rental(work, rental_id)
    if demand_state(event.status) == "pencil":
        raise Conflict(f"“{event.name}” books nothing yet: overbook it when you hold or confirm it.")
    rental.overbooked_by_id = work.actor.id
    await editing.edit(
        work,
        rental,
        {"overbook_reason": reason},
        version=version,
        strategy=Strategy.FAIL,
        action="rental.overbooked",
    )
    await rebook(work, event)
    return Taken(rental, [])


async def _locked_events(work: UnitOfWork, ids: Any) -> dict[int, Event]:
    """Those of the events that are there by id, locked in the order of their ids."""
    statement = (
        select(Event)
        .where(Event.id.in_(ids), Event.deleted_at.is_(None))
        .order_by(Event.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return {event.id: event for event in await work.session.scalars(statement)}


def _told_in(operation: UUID) -> UUID:
    """The operation under which the receiver of pieces is told: telling is nothing that is taken back."""
    return uuid5(operation, _RECEIVER)


async def _tell_receiver(work: UnitOfWork, event: Event, action: str, operation: UUID) -> None:
    """Note on an event that pieces were found for it, or are gone again: none of its own fields change."""
    event.version += 1
    await work.session.flush()
    await record_plain(
        work,
        action=action,
        entity=event.entity,
        entity_id=event.id,
        version=event.version,
        label=event.label,
        fields={},
        operation=operation,
    )


async def _lock_for(work: UnitOfWork, event: Event, equipment_id: int) -> None:
    """Lock the stock of all that the event has, and of what comes onto it, at once and so in order."""
    along = await included_with(work, [equipment_id])
    present = await work.session.scalars(select(Rental.equipment_id).where(Rental.event_id == event.id))
    coming = {one.equipment_id for one in along.get(equipment_id, ())}
    await lock_stock(work, {equipment_id, *coming, *present})


async def _less(work: UnitOfWork, rental: Rental, pieces: int, version: int | None, action: str) -> None:
    """Take pieces off a locked line, or the line away."""
    if not 1 <= pieces <= rental.quantity:
        raise InvalidInput({"pieces": f"Write a number between 1 and {rental.quantity}."})
    left = rental.quantity - pieces
    values: dict[str, Any] = {"quantity": left} if left else {"deleted_at": now()}
    await editing.edit(work, rental, values, version=version, strategy=Strategy.FAIL, action=action)


def _check_period(start: datetime | None, end: datetime | None) -> tuple[datetime, datetime]:
    errors = period_errors(start, end, "start_at", "end_at")
    if errors or start is None or end is None:
        raise InvalidInput(errors)
    return start, end


async def _require_room(work: UnitOfWork, event: Event, rental: Rental) -> None:
    """Refuse dates at which a line is short as well: booking asks neither pencils nor what is overbooked."""
    equipment = await work.session.get_one(Equipment, rental.equipment_id)
    window = Window(equipment.id, block_period(event, Line(rental, equipment)))
    (found,) = await shortfalls_of(work.session, [window])
    own = rental.quantity if demand_state(event.status) == "pencil" else 0
    if found.free < own:
        raise InvalidInput({"start_at": f"{own - found.free} × {equipment.name} would be short then, too."})
