"""What becomes of overbooked lines: more of them is asked for anew, and what fits ends it."""

from collections.abc import Sequence
from uuid import uuid4

from sqlalchemy import select

from app.db.models import Event, Reservation
from app.domain.availability.claims import shortfalls_of
from app.domain.availability.queries import Window
from app.domain.availability.service import Demand
from app.domain.events.demand import Line, block_period
from app.domain.events.policy import demand_state
from app.lib import editing
from app.lib.periods import known_end
from app.lib.unit_of_work import UnitOfWork

OVERBOOKING_ENDED = "rental.overbooking_ended"


async def grown_overbookings(work: UnitOfWork, event_id: int, wanted: Sequence[Demand]) -> set[int]:
    """Overbooked lines that want more than stands for them now: their reason was given for less.

    A line that comes back brings its reason along; what was a pencil meanwhile asks anew.
    """
    overbooked = [one for one in wanted if one.overbooked and one.state != "pencil"]
    if not overbooked:
        return set()
    rows = await work.session.scalars(
        select(Reservation).where(Reservation.event_id == event_id).execution_options(populate_existing=True)
    )
    standing: dict[int | None, list[Reservation]] = {}
    for row in rows:
        standing.setdefault(row.rental_id, []).append(row)
    return {one.rental_id for one in overbooked if _is_more(one, standing.get(one.rental_id, []))}


def _is_more(wanted: Demand, standing: Sequence[Reservation]) -> bool:
    if not standing:
        return False
    return (
        any(row.state == "pencil" for row in standing)
        or wanted.quantity > sum(row.quantity for row in standing)
        or wanted.period.start < min(row.start_at for row in standing)
        or wanted.period.end > max(known_end(row.end_at) for row in standing)
    )


async def end_what_fits(work: UnitOfWork, event: Event, lines: Sequence[Line]) -> None:
    """Take the reason off overbooked lines that are not short any more, or that take nothing now.

    That is a change of its own, not part of what led to it: taking that back asks for a reason again.
    """
    state = demand_state(event.status)
    overbooked = [line for line in lines if line.rental.overbook_reason]
    if not overbooked or state is None or event.deleted_at is not None:
        return
    windows = [Window(line.equipment.id, block_period(event, line)) for line in overbooked]
    shortfalls = await shortfalls_of(work.session, windows)
    by_itself = UnitOfWork(work.session, work.actor, moment=work.moment, operation=uuid4())
    for line, shortfall in zip(overbooked, shortfalls, strict=True):
        if state == "pencil" or line.rental.optional or not shortfall.stretches:
            line.rental.overbooked_by_id = None
            await editing.edit(
                by_itself, line.rental, {"overbook_reason": ""}, version=None, action=OVERBOOKING_ENDED
            )
