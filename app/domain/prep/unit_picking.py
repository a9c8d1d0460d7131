"""Which units a tap means that names none: those to take next, and those that were taken last."""

from sqlalchemy import select

from app.db.models import Equipment, Event, Movement, Rental, Unit
from app.domain.events.demand import Line, block_period
from app.domain.prep.ledger import hold_units, unit_counts
from app.domain.prep.policy import DISPATCHED, PREP_STEPS, Counts
from app.domain.prep.queries import BenchLine
from app.domain.prep.unit_queries import HERE, units_to_pick
from app.lib.errors import Conflict
from app.lib.periods import Period
from app.lib.sentences import counted
from app.lib.unit_of_work import UnitOfWork


async def period_of(work: UnitOfWork, event: Event, line: BenchLine) -> tuple[Rental, Period]:
    """The rental behind a line, and when it takes its gear, prep and turnaround in it."""
    rows = await work.session.execute(
        select(Rental, Equipment)
        .join(Equipment, Equipment.id == Rental.equipment_id)
        .where(Rental.id == line.id)
        .execution_options(populate_existing=True)
    )
    rental, equipment = rows.one()
    return rental, block_period(event, Line(rental, equipment))


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
