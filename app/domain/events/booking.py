"""Booking: bringing the reservations of an event in line with its rentals, or refusing as a whole."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4

from sqlalchemy import select

from app.db.models import Equipment, Event, Rental, Reservation
from app.domain.availability.queries import Window
from app.domain.availability.service import Demand, add_demand, lock_stock, require_free, write_demand
from app.domain.availability.shortage import Shortage
from app.domain.events import policy
from app.domain.events.allocation import follow
from app.domain.events.demand import Line, demands_of
from app.domain.events.overbooked_lines import end_what_fits, grown_overbookings
from app.lib import editing
from app.lib.clock import now
from app.lib.unit_of_work import SYSTEM, UnitOfWork


async def rebook(
    work: UnitOfWork, event: Event, *, check_all: bool = False, overbook_reason: str = ""
) -> None:
    """Write what a locked event wants now, and refuse when that takes more than there is.

    Only what grows is checked, so that giving back is always possible; `check_all` checks everything (to
    confirm). With `overbook_reason` lines that are short are booked all the same, under the name of
    whoever acts. What was overbooked before stays so for as much as it was then: more of it is checked, and
    where it fits the overbooking ends. Raises Shortage; then nothing is booked.
    """
    lines = await lines_of(work, event)
    await _hold_still(
        work, event, {line.equipment.id for line in lines} | await _equipment_of(work, [event.id])
    )
    wanted = demands_of(event, lines)
    more = await grown_overbookings(work, event.id, wanted)
    asked = [replace(one, overbooked=one.overbooked and one.rental_id not in more) for one in wanted]
    grown = await write_demand(work, event.id, asked)
    consuming = [one for one in asked if one.state != "pencil" and not one.overbooked]
    windows = [Window(one.equipment_id, one.period) for one in consuming] if check_all else grown
    try:
        await require_free(work, windows, asking=event.id)
    except Shortage as shortage:
        reason = overbook_reason or work.short_as_before
        if not reason:
            raise
        await _overbook(work, lines, asked, shortage, reason)
    await end_what_fits(work, event, lines)
    settled = demands_of(event, lines)
    if settled != asked:
        await write_demand(work, event.id, settled)
    await follow(work, event, lines)


async def book_added(
    work: UnitOfWork, event: Event, lines: Sequence[Line], *, overbook_reason: str = ""
) -> None:
    """Book lines that were just added to a locked event, and refuse when they take more than there is.

    What else the event has stays as it is, so this costs the same however much that is. Raises Shortage.
    """
    if overbook_reason:
        await rebook(work, event, overbook_reason=overbook_reason)
        return
    await _hold_still(work, event, {line.equipment.id for line in lines})
    await require_free(work, await add_demand(work, event.id, demands_of(event, lines)), asking=event.id)


async def lines_of(work: UnitOfWork, event: Event) -> list[Line]:
    """The live rentals of an event with their equipment, in order."""
    rows = await work.session.execute(
        select(Rental, Equipment)
        .join(Equipment, Equipment.id == Rental.equipment_id)
        .where(Rental.event_id == event.id, Rental.deleted_at.is_(None))
        .order_by(Rental.position, Rental.id)
        .execution_options(populate_existing=True)
    )
    return [Line(rental, equipment) for rental, equipment in rows]


async def release_expired(
    work: UnitOfWork, *, equipment_ids: set[int] | None = None, besides: int | None = None
) -> list[int]:
    """End every hold and request whose time is over, of these equipment or of all, but not of the event
    `besides`. Returns the events.

    An event somebody is working on is left for the next time: it counts as held until then.
    """
    statement = (
        select(Event)
        .where(Event.status.in_((policy.HELD, policy.REQUESTED)), Event.hold_expires_at <= now())
        .order_by(Event.id)
        .with_for_update(skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    )
    if equipment_ids is not None:
        touching = select(Reservation.event_id).where(Reservation.equipment_id.in_(sorted(equipment_ids)))
        statement = statement.where(Event.id.in_(touching), Event.id != besides)
    expired = (await work.session.scalars(statement)).all()
    if not expired:
        return []
    by_itself = UnitOfWork(work.session, SYSTEM, moment=work.moment, operation=uuid4())
    await lock_stock(
        work, (equipment_ids or set()) | await _equipment_of(work, [event.id for event in expired])
    )
    for event in expired:
        status = policy.status_after(event.status, policy.EXPIRE)
        await editing.edit(
            by_itself,
            event,
            {"status": status, "hold_expires_at": None},
            version=None,
            action="event.hold_expired",
        )
        lines = await lines_of(work, event)
        await end_what_fits(by_itself, event, lines)
        await write_demand(work, event.id, demands_of(event, lines))
        await follow(work, event, lines)
    return [event.id for event in expired]


async def _hold_still(work: UnitOfWork, event: Event, equipment_ids: set[int]) -> None:
    """Lock the stock of what the event has or wants; what is held too long is let go first."""
    if not await release_expired(work, equipment_ids=equipment_ids, besides=event.id):
        await lock_stock(work, equipment_ids)


async def _equipment_of(work: UnitOfWork, event_ids: list[int]) -> set[int]:
    rows = await work.session.scalars(
        select(Reservation.equipment_id).where(Reservation.event_id.in_(event_ids)).distinct()
    )
    return set(rows)


async def _overbook(
    work: UnitOfWork, lines: Sequence[Line], asked: Sequence[Demand], shortage: Shortage, reason: str
) -> None:
    """Let the lines that are short be so on purpose; what comes back so keeps the reason it has."""
    short = {one.equipment_id: one.stretches for one in shortage.shortages}
    concerned = {
        one.rental_id
        for one in asked
        if not one.overbooked
        and any(stretch.period.overlaps(one.period) for stretch in short.get(one.equipment_id, ()))
    }
    for line in lines:
        if line.rental.id in concerned and not (work.short_as_before and line.rental.overbook_reason):
            line.rental.overbooked_by_id = work.actor.id
            await editing.edit(
                work, line.rental, {"overbook_reason": reason}, version=None, action="rental.overbooked"
            )
