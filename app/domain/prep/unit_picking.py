"""Which units a tap means that names none: those to take next, and those that were taken last."""

from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import and_, bindparam, func, or_, select

from app.db.models import Equipment, Event, Movement, Rental, Unit
from app.domain.events.demand import Line, block_period
from app.domain.prep.codes import Found
from app.domain.prep.ledger import hold_units, unit_counts
from app.domain.prep.policy import DISPATCHED, PREP_STEPS, Counts, steps_of
from app.domain.prep.queries import BenchLine, lines_to_scan
from app.domain.prep.unit_queries import HERE, units_to_pick
from app.lib.errors import Conflict, NotFound
from app.lib.periods import Period
from app.lib.sentences import counted
from app.lib.unit_of_work import UnitOfWork

Taking: TypeAlias = tuple[Rental, Period]

# not the whole equipment: it has the tags of all its units in it
_TAKING = (
    select(
        Rental,
        Equipment.kind,
        Equipment.prep_minutes.label("usual_prep"),
        Equipment.turnaround_minutes.label("usual_turnaround"),
    )
    .join(Equipment, Equipment.id == Rental.equipment_id)
    .execution_options(populate_existing=True)
)
_LINES_FIRST = (
    select(Rental.id)
    .where(
        or_(
            and_(Rental.event_id == bindparam("event_id"), Rental.equipment_id == bindparam("equipment_id")),
            Rental.id == bindparam("taken_from"),
        )
    )
    .order_by(Rental.id)
    .with_for_update(key_share=True)
    .cte("lines")
)
# the count is there before the unit is looked for, and with it the locks of all that is counted
_HOLD_TO_SCAN = (
    select(Unit)
    .where(
        Unit.id == bindparam("unit_id"),
        Unit.deleted_at.is_(None),
        select(func.count()).select_from(_LINES_FIRST).scalar_subquery() >= 0,
    )
    .with_for_update(of=Unit, key_share=True)
    .execution_options(populate_existing=True)
)


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A line that a scanned unit may go on: how it takes it, and the steps of prep that the shop takes."""

    line: BenchLine
    taking: Taking
    steps: tuple[str, ...]


async def period_of(work: UnitOfWork, event: Event, line: BenchLine) -> Taking:
    """The rental behind a line, and when it takes its gear, prep and turnaround in it."""
    row = (await work.session.execute(_TAKING.where(Rental.id == line.id))).one()
    usual = _usual(row.kind, row.usual_prep, row.usual_turnaround)
    return row.Rental, block_period(event, Line(row.Rental, usual))


async def hold_to_scan(work: UnitOfWork, event_id: int, unit: Found, *, taken_from: int | None) -> Unit:
    """Lock the lines of an event that a unit may go on and the line it is `taken_from`, then the unit.

    In the order of `hold_lines` and `hold_units`. Raises NotFound.
    """
    asked = {"event_id": event_id, "equipment_id": unit.equipment_id, "taken_from": taken_from}
    found = await work.session.scalar(_HOLD_TO_SCAN, {"unit_id": unit.id, **asked})
    if found is None:
        raise NotFound("A record does not exist, or was deleted.")
    return found


async def lines_to_take(work: UnitOfWork, event: Event, equipment_id: int) -> list[OpenLine]:
    """The lines of an event that a unit of this equipment may go on, in the order of the event."""
    return [
        OpenLine(line, _taking(event, row), steps_of(row["steps"]))
        for line, row in await lines_to_scan(work.session, event.id, equipment_id)
    ]


def _taking(event: Event, row: Any) -> Taking:
    rental = _rental(row)
    usual = _usual(row["kind"], row["usual_prep"], row["usual_turnaround"])
    return rental, block_period(event, Line(rental, usual))


def _rental(row: Any) -> Rental:
    return Rental(
        id=row["id"],
        event_id=row["event_id"],
        equipment_id=row["equipment_id"],
        quantity=row["quantity"],
        start_at=row["start_at"],
        end_at=row["end_at"],
        prep_minutes=row["prep_minutes"],
        turnaround_minutes=row["turnaround_minutes"],
    )


def _usual(kind: str, prep_minutes: int, turnaround_minutes: int) -> Equipment:
    return Equipment(kind=kind, prep_minutes=prep_minutes, turnaround_minutes=turnaround_minutes)


async def next_units(work: UnitOfWork, event: Event, line: BenchLine, step: str, quantity: int) -> list[Unit]:
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
