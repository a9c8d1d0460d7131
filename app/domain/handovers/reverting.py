"""What taking back a dispatch, a check-in or a settlement moves: pieces, stock, promises, reported jobs."""

from collections.abc import Mapping, Sequence

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    and_,
    any_,
    bindparam,
    cast,
    exists,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from app.db.models import Allocation, BenchAction, Equipment, Event, Maintenance, Movement, Unit
from app.domain.availability.facts import undo_hand_out, undo_take_back, undo_use_up
from app.domain.availability.service import lock_stock
from app.domain.events.unit_binding import bind_in_hand
from app.domain.handovers.dispatching import change_stock
from app.domain.maintenance.policy import REPORTED
from app.domain.maintenance.service import delete_job
from app.domain.prep.ledger import Tap, hold_lines, hold_units, place_unit, unit_counts
from app.domain.prep.movements import add_movements
from app.domain.prep.policy import CHECKED, DISPATCHED, MISSING, RETURNED, SETTLED
from app.domain.prep.queries import BenchLine
from app.domain.prep.reversing import follow_undone, put_where_it_belongs, reversal
from app.domain.prep.unit_picking import period_of
from app.lib.batches import lock_all
from app.lib.errors import Conflict
from app.lib.unit_of_work import UnitOfWork

_UNDOES = aliased(Movement)
STANDING = (
    Movement.undoes_id.is_(None),
    ~exists(select(_UNDOES.id).where(_UNDOES.undoes_id == Movement.id)),
)
"""Which movements nobody has taken back."""

_PROMISED_SINCE = text(
    """
    select u.asset_tag, e.name from allocation a join unit u on u.id = a.unit_id
    join rental r on r.id = a.rental_id join event e on e.id = r.event_id
    where a.unit_id = :unit_id and a.rental_id <> :rental_id and a.start_at < :until and a.end_at > :since
    order by a.start_at limit 1
    """
).bindparams(*(bindparam(name, type_=DateTime(timezone=True)) for name in ("since", "until")))


class Undoing:
    """What is taken back, locked: the movements, their lines and units."""

    def __init__(
        self,
        tap: Tap,
        rows: Sequence[Movement],
        lines: Mapping[int, BenchLine],
        units: Mapping[int, Unit],
    ) -> None:
        self.tap, self.rows, self.lines, self.units = tap, rows, lines, units

    def pieces(self, step: str, rental_id: int) -> int:
        """How many pieces of a line took a step in it."""
        return sum(row.quantity for row in self.rows if row.step == step and row.rental_id == rental_id)

    def units_with_lines(self, step: str = "") -> list[tuple[BenchLine, Unit]]:
        """The units that are in it, or took a step in it, each with its line."""
        found = {
            row.unit_id: (self.lines[row.rental_id], self.units[row.unit_id])
            for row in self.rows
            if row.unit_id is not None and step in ("", row.step)
        }
        return list(found.values())

    def of_unit(self, unit_id: int) -> list[Movement]:
        """The movements of one unit."""
        return [row for row in self.rows if row.unit_id == unit_id]

    def reversals(self, reason: str) -> list[Movement]:
        """The movements that take it back."""
        made = [(row, reversal(self.tap.action, row, reason)) for row in self.rows]
        for row, one in made:
            one.handover_id = row.handover_id
        return [one for _, one in made]


async def standing(work: UnitOfWork, wanted: ColumnElement[bool]) -> Sequence[Movement]:
    """The movements that are wanted and that nobody has taken back, last first."""
    rows = await work.session.scalars(select(Movement).where(wanted, *STANDING).order_by(Movement.id.desc()))
    return rows.all()


async def held(work: UnitOfWork, action: BenchAction, event: Event, rows: Sequence[Movement]) -> Undoing:
    """Lock lines, equipment, units and stock, in this order, as everybody does."""
    lines = await hold_lines(work, event.id, {row.rental_id for row in rows})
    equipment = sorted({line.equipment_id for line in lines.values()})
    await lock_all(work, Equipment, equipment)
    units = await hold_units(work, {row.unit_id for row in rows if row.unit_id is not None})
    await lock_stock(work, equipment)
    tap = Tap(work, action, event, lines[rows[0].rental_id])
    return Undoing(tap, rows, lines, units)


async def stay(undoing: Undoing, reason: str) -> list[Movement]:
    """What left in a dispatch is here and waits to leave again."""
    work = undoing.tap.work
    for line, unit in undoing.units_with_lines(DISPATCHED):
        if unit.state != "out" or unit.rental_id != line.id:
            raise Conflict(f"{unit.asset_tag} is {unit.state.replace('_', ' ')} by now.")
    for line in undoing.lines.values():
        pieces = undoing.pieces(DISPATCHED, line.id)
        if line.counts.outstanding - line.counts.missing < pieces:
            raise Conflict(f"{line.name}: some of it is back, missing or settled by now.")
        if line.kind == "consumable":
            await change_stock(work, line.equipment_id, pieces)
            await undo_use_up(work, line.id, pieces)
        else:
            await undo_hand_out(work, line.id, pieces)
    movements = undoing.reversals(reason)
    rows, lines, units = undoing.rows, undoing.lines, undoing.units
    movements += await follow_undone(undoing.tap, rows, lines, units, reason)
    await add_movements(work, movements)
    for line, unit in undoing.units_with_lines(DISPATCHED):
        await put_where_it_belongs(work, line.id, unit)
    return movements


async def are_out_again(undoing: Undoing, reason: str) -> list[Movement]:
    """What came back in a check-in is out, or missing, as before."""
    work = undoing.tap.work
    for line in undoing.lines.values():
        back, checked = undoing.pieces(RETURNED, line.id), undoing.pieces(CHECKED, line.id)
        if line.counts.unchecked < back - checked:
            raise Conflict(f"{line.name}: somebody has checked what came back.")
        if undoing.pieces(MISSING, line.id) > line.counts.missing:
            raise Conflict(f"{line.name}: what was missing is settled by now.")
        if line.kind == "consumable":
            await _take_from_stock(work, line, back)
        elif back:
            _, period = await period_of(work, undoing.tap.event, line)
            await undo_take_back(work, line.id, back, period.end)
    for line, unit in undoing.units_with_lines(RETURNED):
        await _require_here(undoing, line, unit)
    await _drop_jobs(work, undoing.rows)
    for line, unit in undoing.units_with_lines():
        was_missing = sum(one.quantity for one in undoing.of_unit(unit.id) if one.step == MISSING) < 0
        await place_unit(work, unit, MISSING if was_missing else "out", line.id)
        await _promise_again(undoing, line, unit)
    return undoing.reversals(reason)


async def are_owed_again(undoing: Undoing, reason: str) -> list[Movement]:
    """What was charged or written off counts as stock again, and is out or missing as before."""
    work = undoing.tap.work
    for line in undoing.lines.values():
        pieces = undoing.pieces(SETTLED, line.id)
        _, period = await period_of(work, undoing.tap.event, line)
        await undo_take_back(work, line.id, pieces, period.end)
        if not line.serialized:
            await change_stock(work, line.equipment_id, pieces)
    for line, unit in undoing.units_with_lines(SETTLED):
        if unit.state != "lost":
            raise Conflict(f"{unit.asset_tag} is {unit.state.replace('_', ' ')} by now.")
        was_missing = any(one.step == MISSING for one in undoing.of_unit(unit.id))
        await place_unit(work, unit, MISSING if was_missing else "out", line.id)
        await _promise_again(undoing, line, unit)
    return undoing.reversals(reason)


async def _take_from_stock(work: UnitOfWork, line: BenchLine, pieces: int) -> None:
    equipment = await work.session.get_one(Equipment, line.equipment_id)
    if equipment.quantity < pieces:
        raise Conflict(f"{line.name}: only {equipment.quantity} are left of the {pieces} that came back.")
    if pieces:
        await change_stock(work, line.equipment_id, -pieces)


async def _require_here(undoing: Undoing, line: BenchLine, unit: Unit) -> None:
    """Raise Conflict for a unit that has gone on since it came back, or was looked at."""
    if unit.rental_id is not None or unit.state not in ("in_stock", "returned", "quarantine"):
        raise Conflict(f"{unit.asset_tag} is {unit.state.replace('_', ' ')} by now.")
    counts = (await unit_counts(undoing.tap.work, line.id, [unit.id]))[unit.id]
    own = sum(row.quantity for row in undoing.of_unit(unit.id) if row.step == CHECKED)
    if counts.checked > own:
        raise Conflict(f"Somebody has checked {unit.asset_tag} by now.")


async def _drop_jobs(work: UnitOfWork, rows: Sequence[Movement]) -> None:
    """Delete the jobs that were reported with it. Raises Conflict when somebody has worked on one."""
    keys = sorted({row.maintenance_id for row in rows if row.maintenance_id is not None})
    jobs = await work.session.scalars(
        select(Maintenance)
        .where(Maintenance.id == any_(cast(keys, ARRAY(BigInteger))), Maintenance.deleted_at.is_(None))
        .order_by(Maintenance.id)
    )
    for job in jobs.all():
        if job.state != REPORTED:
            raise Conflict(f"“{job.title}” is {job.state.replace('_', ' ')} by now.")
        await delete_job(work, job.id, version=None)


async def _promise_again(undoing: Undoing, line: BenchLine, unit: Unit) -> None:
    """The promise that ended when the unit came back goes on. Raises Conflict when others have one since."""
    work = undoing.tap.work
    rental, period = await period_of(work, undoing.tap.event, line)
    of_unit = and_(Allocation.rental_id == line.id, Allocation.unit_id == unit.id)
    ended = await work.session.scalar(select(func.max(Allocation.end_at)).where(of_unit))
    if ended is not None and ended >= period.end:
        return
    asked = {
        "unit_id": unit.id,
        "rental_id": line.id,
        "since": ended or period.start,
        "until": period.end,
    }
    other = (await work.session.execute(_PROMISED_SINCE, asked)).one_or_none()
    if other is not None:
        raise Conflict(f"{other.asset_tag} is promised to “{other.name}” by now.")
    if ended is None:
        await bind_in_hand(work, rental, unit.id, period)
        return
    await work.session.execute(
        update(Allocation)
        .where(of_unit, Allocation.end_at == ended)
        .values(end_at=period.end)
        .execution_options(synchronize_session=False)
    )
