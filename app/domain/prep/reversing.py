"""Taking movements back: what follows from it, and where their units belong then."""

from collections import Counter
from collections.abc import Mapping, Sequence

from app.db.models import BenchAction, Movement, Unit
from app.domain.events.unit_binding import let_go
from app.domain.prep.ledger import Tap, movement, place_unit, shelve_unit, unit_counts
from app.domain.prep.policy import moves_undone
from app.domain.prep.queries import BenchLine
from app.lib.errors import Conflict
from app.lib.unit_of_work import UnitOfWork


def reversal(action: BenchAction, row: Movement, reason: str) -> Movement:
    """The movement that takes one back, not written yet."""
    return Movement(
        action_id=action.id,
        event_id=row.event_id,
        rental_id=row.rental_id,
        equipment_id=row.equipment_id,
        unit_id=row.unit_id,
        case_id=row.case_id,
        step=row.step,
        condition=row.condition,
        settlement=row.settlement,
        quantity=-row.quantity,
        reason=reason,
        undoes_id=row.id,
    )


async def follow_undone(
    tap: Tap,
    rows: Sequence[Movement],
    lines: Mapping[int, BenchLine],
    units: Mapping[int, Unit],
    reason: str,
) -> list[Movement]:
    """The movements that follow when these are undone, for every line and unit. Raises Conflict."""
    undone = dict[tuple[int, int | None], Counter[str]]()
    for row in rows:
        undone.setdefault((row.rental_id, row.unit_id), Counter())[row.step] += row.quantity
    follow = list[Movement]()
    for (rental_id, unit_id), steps in undone.items():
        line, counts, what = lines[rental_id], lines[rental_id].counts, lines[rental_id].name
        if unit_id is not None:
            counts = (await unit_counts(tap.work, rental_id, [unit_id]))[unit_id]
            what = units[unit_id].asset_tag
            if units[unit_id].rental_id != rental_id:
                raise Conflict(f"{what} is not with this line any more.")
        try:
            moves = moves_undone(steps, counts)
        except ValueError as error:
            raise Conflict(f"{what}: this cannot be taken back, as {error}.") from error
        follow += [movement(tap.action, line, move, unit_id=unit_id, reason=reason) for move in moves]
    return follow


async def put_where_it_belongs(work: UnitOfWork, rental_id: int, unit: Unit) -> None:
    """After something was taken back: a unit that is not picked any more is free again."""
    counts = (await unit_counts(work, rental_id, [unit.id]))[unit.id]
    if counts.picked:
        await place_unit(work, unit, "prepped", rental_id)
    else:
        await let_go(work, rental_id, unit.id)
        await shelve_unit(work, unit, "in_stock")
