"""Which units go on which line, bound as late as people like.

A line of four serialized items takes four pieces of "any" from the stock. Binding units to it says which
four: it takes nothing more, but no unit is promised twice for overlapping times, prep and turnaround in them.
The database guards that (`unit_promised_once`); here it is said in words, with the event that has the unit.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress

from sqlalchemy import delete, func, insert, select

from app.db.models import Allocation, Company, Equipment, Event, Movement, Rental, Unit
from app.domain.availability.service import lock_stock
from app.domain.events import policy
from app.domain.events.allocation_queries import UnitChoice, units_to_choose
from app.domain.events.demand import Line, block_period
from app.lib import editing
from app.lib.changes import Entry, record_all
from app.lib.errors import Conflict, InvalidInput, NotFound
from app.lib.periods import Period
from app.lib.sentences import counted
from app.lib.unit_of_work import UnitOfWork


async def allocate(work: UnitOfWork, rental_id: int, unit_ids: Iterable[int]) -> Rental:
    """Bind exactly these units to a line; none at all makes it "any" again.

    Raises NotFound, InvalidInput for units of other equipment or more than the line has, Conflict for
    units that are promised elsewhere or out of service.
    """
    line, period = await _locked(work, rental_id)
    choices = {choice.id: choice for choice in await _choices(work, line, period)}
    wanted = sorted(set(unit_ids))
    if len(wanted) > line.rental.quantity:
        wanted = counted(line.rental.quantity, "unit")
        raise InvalidInput({"unit_ids": f"This line has {wanted}. Choose no more."})
    if not choices.keys() >= set(wanted):
        raise InvalidInput({"unit_ids": f"Choose units of {line.equipment.name}."})
    _require_free([choices[unit_id] for unit_id in wanted])
    await _bind(work, line.rental, wanted, period)
    return line.rental


async def allocate_also(work: UnitOfWork, rental_id: int, unit_ids: Sequence[int]) -> Rental:
    """Bind these units to a line beside those it has. Raises as `allocate` does."""
    line, period = await _locked(work, rental_id)
    choices = await _choices(work, line, period)
    bound = [choice.id for choice in choices if choice.is_bound]
    fresh = [unit_id for unit_id in unit_ids if unit_id not in bound]
    _require_free([choice for choice in choices if choice.id in fresh])
    # a line that becomes smaller lets go what was bound last
    await _bind(work, line.rental, [*bound, *fresh], period)
    return line.rental


async def allocate_rest(work: UnitOfWork, rental_id: int) -> Rental:
    """Bind free units to what is still "any" on a line, those first that were used longest ago.

    Raises NotFound, Conflict when fewer are free than are missing; then nothing is bound.
    """
    line, period = await _locked(work, rental_id)
    choices = await _choices(work, line, period)
    bound = [choice.id for choice in choices if choice.is_bound]
    free = [choice.id for choice in choices if choice.is_free and not choice.is_bound]
    missing = max(line.rental.quantity - len(bound), 0)
    if len(free) < missing:
        raise Conflict(f"{counted(missing, 'unit')} of {line.equipment.name} wanted, {len(free)} free.")
    await _bind(work, line.rental, [*bound, *free[:missing]], period)
    return line.rental


async def bind_when_confirmed(work: UnitOfWork, event: Event) -> None:
    """Where the company wants it so: bind free units to every line of an event that was just confirmed.

    A line that finds too few (one is in repair, say) stays "any": its stock is there, or was overbooked.
    """
    if await work.session.scalar(select(Company.binds_units)) != "confirmation":
        return
    lines = await work.session.scalars(
        select(Rental.id)
        .join(Equipment, Equipment.id == Rental.equipment_id)
        .where(
            Rental.event_id == event.id,
            Rental.deleted_at.is_(None),
            ~Rental.optional,
            Equipment.tracking == "serialized",
        )
        .order_by(Rental.id)
    )
    for rental_id in lines.all():
        with suppress(Conflict):
            await allocate_rest(work, rental_id)


async def follow(work: UnitOfWork, event: Event, lines: Sequence[Line]) -> None:
    """After a locked event was booked anew: units stay bound to its lines where that still fits.

    They move along with the period of their line. A unit that is promised elsewhere by then, or that the
    line has become too small for, is let go, and the line takes "any" again; the change log says so. What is
    in hands already goes first, and what came back is not promised again.
    """
    bound = await _bound_units(work, event.id)
    by_rental = {line.rental.id: line for line in lines if _may_bind(event, line)}
    came_back = await _came_back(work, bound)
    for rental_id, allocations in bound.items():
        line = by_rental.get(rental_id)
        if line is None:
            await _bind(work, await work.session.get_one(Rental, rental_id), [], None)
            continue
        period = block_period(event, line)
        back = came_back.get(rental_id, set[int]())
        bound_still = [one for one in allocations if one.unit_id not in back]
        if len(allocations) > line.rental.quantity or any(
            (one.start_at, one.end_at) != (period.start, period.end) for one in bound_still
        ):
            await _bind(work, line.rental, await _keeps(work, line, period, bound_still, back), period)


async def _keeps(
    work: UnitOfWork, line: Line, period: Period, bound: Sequence[Allocation], back: Collection[int]
) -> list[int]:
    """The units that stay on a line: those in hands first, as many as it takes beside those that are back."""
    free = {choice.id for choice in await _choices(work, line, period) if choice.is_free}
    in_hands = await work.session.scalars(select(Unit.id).where(Unit.rental_id == line.rental.id))
    taken = set(in_hands.all())
    fitting = [one.unit_id for one in bound if one.unit_id in free]
    fitting.sort(key=lambda unit_id: unit_id not in taken)
    return fitting[: max(line.rental.quantity - len(back), 0)]


async def _came_back(work: UnitOfWork, rental_ids: Iterable[int]) -> dict[int, set[int]]:
    """The units that were out with these lines, and are not any more, by line."""
    rows = await work.session.execute(
        select(Movement.rental_id, Movement.unit_id)
        .where(Movement.rental_id.in_(sorted(rental_ids)), Movement.unit_id.is_not(None))
        .where(Movement.step.in_(("returned", "settled")))
        .group_by(Movement.rental_id, Movement.unit_id)
        .having(func.sum(Movement.quantity) > 0)
    )
    found = dict[int, set[int]]()
    for rental_id, unit_id in rows:
        found.setdefault(rental_id, set()).add(unit_id or 0)
    return found


def _may_bind(event: Event, line: Line) -> bool:
    return event.status in policy.BINDING and event.deleted_at is None and not line.rental.optional


async def _locked(work: UnitOfWork, rental_id: int) -> tuple[Line, Period]:
    """Lock the event, its line and the stock, in this order, like every booking."""
    event_id = await work.session.scalar(select(Rental.event_id).where(Rental.id == rental_id))
    if event_id is None:
        raise NotFound("This line does not exist, or was deleted.")
    event = await editing.lock(work, Event, event_id)
    rental = await editing.lock(work, Rental, rental_id)
    await lock_stock(work, [rental.equipment_id])
    line = Line(rental, await work.session.get_one(Equipment, rental.equipment_id))
    if line.equipment.tracking != "serialized":
        raise Conflict(f"{line.equipment.name} is counted: it has no units.")
    if not _may_bind(event, line):
        what = "optional" if rental.optional else policy.STATUS_WORDS[event.status]
        raise Conflict(f"“{rental.label}” is {what}: units are bound to what takes stock.")
    return line, block_period(event, line)


async def _choices(work: UnitOfWork, line: Line, period: Period) -> list[UnitChoice]:
    return await units_to_choose(work.session, line.rental.id, line.equipment.id, period)


def _require_free(choices: Iterable[UnitChoice]) -> None:
    taken = [f"{choice.asset_tag} {choice.why_not}" for choice in choices if not choice.is_free]
    if taken:
        raise Conflict(f"{'; '.join(taken)}.")


async def _bound_units(work: UnitOfWork, event_id: int) -> Mapping[int, list[Allocation]]:
    rows = await work.session.scalars(
        select(Allocation)
        .join(Rental, Rental.id == Allocation.rental_id)
        .where(Rental.event_id == event_id)
        .order_by(Allocation.id)
        .execution_options(populate_existing=True)
    )
    found = dict[int, list[Allocation]]()
    for row in rows:
        found.setdefault(row.rental_id, []).append(row)
    return found


async def _bind(work: UnitOfWork, rental: Rental, unit_ids: Sequence[int], period: Period | None) -> None:
    """Have exactly these units on a line, for this period, and log the tags before and after.

    Those that were out with it and came back stay as they were.
    """
    before = await _tags(work, rental.id)
    back = (await _came_back(work, [rental.id])).get(rental.id, set[int]())
    await work.session.execute(
        delete(Allocation).where(Allocation.rental_id == rental.id, Allocation.unit_id.not_in(back)),
        execution_options={"synchronize_session": False},
    )
    if unit_ids and period is not None:
        rows = [
            {"rental_id": rental.id, "unit_id": unit_id, "start_at": period.start, "end_at": period.end}
            for unit_id in unit_ids
            if unit_id not in back
        ]
        if rows:
            await work.session.execute(insert(Allocation), rows)
    after = await _tags(work, rental.id)
    if before != after:
        rental.version += 1
        await work.session.flush()
        await record_all(work, [Entry(rental, "rental.units_bound", {"units": (before, after)})])


async def _tags(work: UnitOfWork, rental_id: int) -> list[str]:
    tags = await work.session.scalars(
        select(Unit.asset_tag)
        .join(Allocation, Allocation.unit_id == Unit.id)
        .where(Allocation.rental_id == rental_id)
        .order_by(Unit.tag_order)
    )
    return list(tags)
