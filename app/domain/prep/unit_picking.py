"""Which units a tap means that names none: those to take next, and those that were taken last."""

from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import select

from app.db.driver import Statement
from app.db.models import Movement, Unit
from app.domain.events.demand import blocked
from app.domain.events.unit_binding import Taker
from app.domain.prep.codes import Found
from app.domain.prep.ledger import hold_units, unit_counts
from app.domain.prep.policy import DISPATCHED, PREP_STEPS, Counts, steps_of
from app.domain.prep.queries import BenchLine, line_to_take, lines_to_scan
from app.domain.prep.shared_event import AnyEvent
from app.domain.prep.unit_queries import HERE, units_to_pick
from app.lib.errors import Conflict, NotFound
from app.lib.periods import Period
from app.lib.sentences import counted
from app.lib.unit_of_work import UnitOfWork

Taking: TypeAlias = tuple[Taker, Period]

# the count is there before the unit is looked for, and with it the locks of all that is counted
_HOLD_TO_SCAN = Statement(
    """
    with lines as (
      select id from rental
      where (event_id = :event_id and equipment_id = :equipment_id) or id = :taken_from
      order by id for no key update)
    select id, equipment_id, rental_id from unit
    where id = :unit_id and deleted_at is null and (select count(*) from lines) >= 0
    for no key update of unit
    """
)


@dataclass(frozen=True, slots=True)
class HeldUnit:
    """A locked unit, and the line that it is with."""

    id: int
    equipment_id: int
    rental_id: int | None


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A line that a scanned unit may go on: how it takes it, and the steps of prep that the shop takes."""

    line: BenchLine
    taking: Taking
    steps: tuple[str, ...]


async def period_of(work: UnitOfWork, event: AnyEvent, line: BenchLine) -> Taking:
    """How many a line wants, and when it takes its gear, prep and turnaround in it."""
    return _taking(event, line, await line_to_take(work.session, line.id))


async def hold_to_scan(work: UnitOfWork, event_id: int, unit: Found, *, taken_from: int | None) -> HeldUnit:
    """Lock the lines of an event that a unit may go on and the line it is `taken_from`, then the unit.

    In the order of `hold_lines` and `hold_units`. Raises NotFound.
    """
    asked = {"event_id": event_id, "equipment_id": unit.equipment_id, "taken_from": taken_from}
    found = await _HOLD_TO_SCAN.row(work.session, {"unit_id": unit.id, **asked})
    if found is None:
        raise NotFound("A record does not exist, or was deleted.")
    return HeldUnit(*found)


async def lines_to_take(work: UnitOfWork, event: AnyEvent, equipment_id: int) -> list[OpenLine]:
    """The lines of an event that a unit of this equipment may go on, in the order of the event."""
    return [
        OpenLine(line, _taking(event, line, row), steps_of(row["steps"]))
        for line, row in await lines_to_scan(work.session, event.id, equipment_id)
    ]


def _taking(event: AnyEvent, line: BenchLine, row: Any) -> Taking:
    period = blocked(
        Period(row["start_at"] or event.out_start, row["end_at"] or event.out_end),
        kind=row["kind"],
        prep_minutes=row["prep_minutes"],
        turnaround_minutes=row["turnaround_minutes"],
    )
    return Taker(line.id, row["quantity"]), period


async def next_units(
    work: UnitOfWork, event: AnyEvent, line: BenchLine, step: str, quantity: int
) -> list[Unit]:
    """Lock the units to take next: at later steps those that took the one before, when picking free ones.

    Raises Conflict when fewer are here.
    """
    if step != PREP_STEPS[0]:
        on_line = await units_on_line(work, line.id)
        waiting = [key for key, counts in on_line.items() if not counts.at(step) and not counts.dispatched]
        wanted = waiting[:quantity]
    else:
        wanted = []
    if len(wanted) < quantity:
        _, period = await period_of(work, event, line)
        free = [key for key, _ in await units_to_pick(work.session, line.id, line.equipment_id, period)]
        been = await unit_counts(work, line.id, free)
        room = max(line.counts.wanted - line.counts.picked, 0)
        wanted += [key for key in free if not been[key].picked][: min(quantity - len(wanted), room)]
    units = await hold_units(work, wanted)
    here = [unit for unit in units.values() if unit.state in HERE or _is_prepped_for(unit, line)]
    if len(here) < quantity:
        raise Conflict(f"{counted(quantity, 'unit')} of {line.name} wanted, {len(here)} free.")
    return here


def _is_prepped_for(unit: Unit, line: BenchLine) -> bool:
    return unit.rental_id == line.id and unit.state == "prepped"


async def last_units(work: UnitOfWork, line: BenchLine, step: str, quantity: int) -> list[Unit]:
    """Lock the units that took a step last and have not left, at most so many."""
    on_line = await units_on_line(work, line.id)
    taken = [key for key, counts in on_line.items() if counts.at(step) and not counts.at(DISPATCHED)]
    units = await hold_units(work, taken[-quantity:])
    return list(units.values())


async def units_on_line(work: UnitOfWork, rental_id: int) -> dict[int, Counts]:
    """The units that are with a line now, in the order in which they were picked, and the steps they took."""
    rows = await work.session.scalars(
        select(Movement.unit_id)
        .join(Unit, Unit.id == Movement.unit_id)
        .where(Movement.rental_id == rental_id, Unit.rental_id == rental_id)
        .order_by(Movement.id)
    )
    keys = [key for key in dict.fromkeys(rows) if key is not None]
    return await unit_counts(work, rental_id, keys)
