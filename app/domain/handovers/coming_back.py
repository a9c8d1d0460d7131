"""What one piece, or some, coming back means: movements, stock, promises, and a job for what is not fine."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, update

from app.db.models import Allocation, Equipment, Handover, Movement, Rental, Unit
from app.domain.availability.facts import take_back
from app.domain.handovers.dispatching import change_stock
from app.domain.handovers.policy import MISSING, UNCHECKED, Part, found_again
from app.domain.maintenance.service import report
from app.domain.prep.ledger import Tap, movement, place_unit, shelve_unit, write
from app.domain.prep.policy import CHECKED, DAMAGED, DIRTY, FINE, RETURNED, Move
from app.domain.prep.queries import BenchLine
from app.lib.errors import Conflict


@dataclass(frozen=True, slots=True)
class Coming:
    """A part that comes back to a locked line: in which session, when, and which locked unit it is."""

    tap: Tap
    handover: Handover
    at: datetime
    part: Part
    unit: Unit | None


async def come_back(coming: Coming) -> None:
    """Write that a part came back, or is missing. Raises Conflict where less is out than is said."""
    tap, part, unit, line = coming.tap, coming.part, coming.unit, coming.tap.line
    require_out(line, part, unit)
    if part.condition == MISSING:
        await _report_missing(coming)
        return
    found = int(unit.state == MISSING) if unit else found_again(line.counts, part.quantity)
    moves = [Move(MISSING, -found)] if found else []
    movements = [
        _stamped(
            movement(tap.action, line, move, unit_id=part.unit_id, reason=part.note), coming.handover, part
        )
        for move in [*moves, Move(RETURNED, part.quantity)]
    ]
    await write_moves(tap, movements, part, unit)
    if line.kind == "consumable":
        await change_stock(tap.work, line.equipment_id, part.quantity)
    else:
        await take_back(tap.work, line.id, part.quantity, coming.at, coming.at + await _turnaround(tap, part))
    if unit is not None:
        await end_promise(tap, unit.id, coming.at)
        await shelve_unit(tap.work, unit, "returned" if part.condition == UNCHECKED else "in_stock")
    if part.condition != UNCHECKED:
        await write_checked(tap, part, unit, coming.handover)


def require_out(line: BenchLine, part: Part, unit: Unit | None) -> None:
    """Raise Conflict where less is out than is said, or nobody waits for it."""
    if line.kind == "consumable" and part.condition == MISSING:
        raise Conflict(f"{line.name} is used up: what does not come back is not missing.")
    if line.serialized and unit is None:
        raise Conflict(f"{line.name}: say which units. Scan them.")
    if unit is not None and (unit.rental_id != line.id or unit.state not in ("out", "missing")):
        raise Conflict(f"{unit.asset_tag} is not out with this event: it is {unit.state.replace('_', ' ')}.")
    if unit is not None and part.condition == MISSING and unit.state == MISSING:
        raise Conflict(f"{unit.asset_tag} is reported missing already.")
    expected = line.counts.outstanding - (line.counts.missing if part.condition == MISSING else 0)
    if part.quantity > expected:
        raise Conflict(f"{line.name}: {expected} are out, not {part.quantity}.")


async def write_checked(tap: Tap, part: Part, unit: Unit | None, handover: Handover | None = None) -> None:
    """Write that a part was looked at, with the job that what is damaged or dirty needs."""
    job_id = await _condition_job(tap, part, unit)
    checked = movement(
        tap.action, tap.line, Move(CHECKED, part.quantity), unit_id=part.unit_id, reason=part.note
    )
    checked.condition, checked.maintenance_id = part.condition, job_id
    await write_moves(tap, [_stamped(checked, handover, part)], part, unit)


async def write_moves(tap: Tap, movements: Sequence[Movement], part: Part, unit: Unit | None) -> None:
    """Add the movements of a part to the ledger, with one row of the change log."""
    fields: dict[str, tuple[object, object]] = {
        one.step: (tap.line.counts.at(one.step), tap.line.counts.at(one.step) + one.quantity)
        for one in movements
    }
    if unit is not None:
        fields["units"] = ([], [unit.asset_tag])
    if part.condition in (DIRTY, DAMAGED):
        fields["condition"] = ("", part.condition)
    await write(tap, movements, label=tap.line.name, fields=fields)


async def end_promise(tap: Tap, unit_id: int, at: datetime) -> None:
    """A unit that is back is not promised to this line any longer; before its time began, it never was."""
    of_unit = and_(Allocation.rental_id == tap.line.id, Allocation.unit_id == unit_id)
    await tap.work.session.execute(
        delete(Allocation).where(of_unit, Allocation.start_at >= at),
        execution_options={"synchronize_session": False},
    )
    await tap.work.session.execute(
        update(Allocation)
        .where(of_unit, Allocation.end_at > at)
        .values(end_at=at)
        .execution_options(synchronize_session=False)
    )


async def _report_missing(coming: Coming) -> None:
    tap, part, unit = coming.tap, coming.part, coming.unit
    missing = movement(
        tap.action, tap.line, Move(MISSING, part.quantity), unit_id=part.unit_id, reason=part.note
    )
    await write_moves(tap, [_stamped(missing, coming.handover, part)], part, unit)
    if unit is not None:
        await place_unit(tap.work, unit, MISSING, tap.line.id)


async def _condition_job(tap: Tap, part: Part, unit: Unit | None) -> int | None:
    """Report the job that what is damaged or dirty needs; None for what is fine."""
    if part.condition == FINE:
        return None
    damaged = part.condition == DAMAGED
    job = await report(
        tap.work,
        {
            "equipment_id": tap.line.equipment_id,
            "unit_id": unit.id if unit else None,
            "quantity": part.quantity,
            "title": f"{'Damaged' if damaged else 'Dirty'}: {tap.event.name}"[:200],
            "description": part.note,
            "kind": "repair" if damaged else "preventive",
            "blocks": True,
        },
    )
    return job.id


def _stamped(one: Movement, handover: Handover | None, part: Part) -> Movement:
    one.handover_id = handover.id if handover else None
    one.photo = part.photo
    one.case_id = part.case_id if one.step == RETURNED else None
    return one


async def _turnaround(tap: Tap, part: Part) -> timedelta:
    """How long after its return others may have it; what is out of service waits for its job instead."""
    if part.condition in (DIRTY, DAMAGED):
        return timedelta()
    rental = await tap.work.session.get_one(Rental, tap.line.id)
    equipment = await tap.work.session.get_one(Equipment, tap.line.equipment_id)
    own = rental.turnaround_minutes
    return timedelta(minutes=equipment.turnaround_minutes if own is None else own)
