"""Gear that goes on an event because somebody has it in the hand: one more, or instead of something else.

Both are lines like any other, checked against the stock. The office sees that they came from the bench, and
approves them, as they may cost the client something.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, select

from app.db.models import BenchAction, Equipment, Event, Rental, Substitute
from app.domain.availability.queries import Connection
from app.domain.events.rentals import add_rental, edit_rental, event_and_rental, remove_rental
from app.domain.prep.acknowledging import note_known
from app.domain.prep.counting import counted_verdict, require_confirmed, take_units
from app.domain.prep.ledger import Act, Tap, enabled_steps, hold_lines, hold_units, movement, perform
from app.domain.prep.policy import PREP_STEPS, moves_to
from app.domain.prep.queries import BenchLine, lines_by_id, lines_of_event
from app.domain.prep.unit_queries import HERE
from app.domain.prep.verdicts import Verdict
from app.lib import editing
from app.lib.errors import Conflict, InvalidInput
from app.lib.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Replaceable:
    """A line that a piece in the hand could stand in for: so many of it are still to be picked."""

    rental_id: int
    name: str
    to_pick: int
    approved: bool


async def add_piece(
    work: UnitOfWork,
    act: Act,
    event_id: int,
    equipment_id: int,
    *,
    step: str,
    unit_id: int | None = None,
    case_id: int | None = None,
) -> Verdict:
    """Have an event want one more piece of an equipment, and count that piece at once.

    Raises NotFound, InvalidInput, Conflict, and Shortage when others need it at that time.
    """
    _require_step(step)

    async def body(action: BenchAction) -> Verdict:
        event = await _confirmed(work, event_id)
        line = await _line_with(work, event_id, equipment_id)
        if line is None:
            rental_id = (await add_rental(work, event_id, equipment_id, {"quantity": 1})).id
        else:
            rental_id = line.id
            await edit_rental(work, rental_id, {"quantity": line.counts.wanted + 1}, version=None)
        await _mark(work, rental_id)
        return await _count_one(work, action, event, rental_id, unit_id=unit_id, case_id=case_id)

    code = f"{equipment_id} {unit_id or ''}".strip()
    return await perform(work, act, "add", body, event_id=event_id, step=step, code=code)


async def replace_piece(
    work: UnitOfWork,
    act: Act,
    event_id: int,
    rental_id: int,
    *,
    step: str,
    equipment_id: int,
    unit_id: int | None = None,
    case_id: int | None = None,
) -> Verdict:
    """Have a piece stand in for one of a line that is still to be picked, and count it at once.

    It has to be an approved substitute, or of the same category. Raises as `add_piece` does.
    """
    _require_step(step)

    async def body(action: BenchAction) -> Verdict:
        event = await _confirmed(work, event_id)
        choices = {one.rental_id for one in await replaceable(work.session, event_id, equipment_id)}
        if rental_id not in choices:
            raise Conflict(
                "This cannot stand in for that line: all of it is picked, or it is of another kind."
            )
        await _one_less(work, rental_id)
        there = await _line_with(work, event_id, equipment_id)
        if there is None:
            replaced = await work.session.get_one(Rental, rental_id)
            values = {"quantity": 1, "heading": replaced.heading, "notes": f"Instead of {replaced.name}"}
            new_id = (await add_rental(work, event_id, equipment_id, values)).id
        else:
            new_id = there.id
            await edit_rental(work, new_id, {"quantity": there.counts.wanted + 1}, version=None)
        await _mark(work, new_id)
        return await _count_one(work, action, event, new_id, unit_id=unit_id, case_id=case_id)

    code = f"{rental_id} {equipment_id} {unit_id or ''}".strip()
    return await perform(work, act, "substitute", body, event_id=event_id, step=step, code=code)


async def approve(work: UnitOfWork, rental_id: int) -> Rental:
    """The office agrees to what was added at the bench. Raises NotFound, Conflict."""
    _, rental = await event_and_rental(work, rental_id)
    values = {"added_at_bench": False}
    await editing.edit(work, rental, values, version=None, action="rental.approved")
    return rental


async def replaceable(connection: Connection, event_id: int, equipment_id: int) -> Sequence[Replaceable]:
    """The lines of an event that a piece of this equipment could stand in for, approved ones first."""
    approved = exists().where(
        Substitute.equipment_id == Equipment.id,
        Substitute.substitute_id == equipment_id,
        Substitute.deleted_at.is_(None),
    )
    own = select(Equipment.category_id).where(Equipment.id == equipment_id).scalar_subquery()
    rows = await connection.execute(
        select(Equipment.id, approved.label("approved")).where(
            Equipment.id != equipment_id,
            Equipment.id.in_(select(Rental.equipment_id).where(Rental.event_id == event_id)),
            approved | (Equipment.category_id == own),
        )
    )
    kinds = {row.id: bool(row.approved) for row in rows}
    found = [
        Replaceable(line.id, line.name, line.counts.wanted - line.counts.picked, kinds[line.equipment_id])
        for line in await lines_of_event(connection, event_id)
        if line.equipment_id in kinds and line.counts.wanted > line.counts.picked
    ]
    return sorted(found, key=lambda one: not one.approved)


def _require_step(step: str) -> None:
    if step not in PREP_STEPS:
        raise InvalidInput({"step": "This is no step of prep."})


async def _confirmed(work: UnitOfWork, event_id: int) -> Event:
    event = await editing.lock(work, Event, event_id)
    require_confirmed(event)
    return event


async def _line_with(work: UnitOfWork, event_id: int, equipment_id: int) -> BenchLine | None:
    """The line of an event that takes more of an equipment; accessories follow their own line."""
    lines = await lines_of_event(work.session, event_id)
    wanted = [
        line
        for line in lines
        if line.equipment_id == equipment_id and line.counts.wanted and line.accessory_of_id is None
    ]
    return wanted[0] if wanted else None


async def _one_less(work: UnitOfWork, rental_id: int) -> None:
    line = (await lines_by_id(work.session, [rental_id]))[rental_id]
    if line.counts.wanted > 1:
        await edit_rental(work, rental_id, {"quantity": line.counts.wanted - 1}, version=None)
    else:
        await remove_rental(work, rental_id, version=None)
    await note_known(work, rental_id)


async def _mark(work: UnitOfWork, rental_id: int) -> None:
    """Note that a line came from the bench: the office approves it, the bench knows of it."""
    rental = await work.session.get_one(Rental, rental_id, populate_existing=True)
    values = {"added_at_bench": True}
    await editing.edit(work, rental, values, version=None, action="rental.added_at_bench")
    await note_known(work, rental_id)


async def _count_one(
    work: UnitOfWork,
    action: BenchAction,
    event: Event,
    rental_id: int,
    *,
    unit_id: int | None,
    case_id: int | None,
) -> Verdict:
    line = (await hold_lines(work, event.id, [rental_id]))[rental_id]
    tap = Tap(work, action, event, line)
    if not line.serialized:
        moves = moves_to(action.step, 1, line.counts, await enabled_steps(work))
        return await counted_verdict(tap, [movement(action, line, move, case_id=case_id) for move in moves])
    if unit_id is None:
        raise Conflict(f"{line.name}: scan the unit that goes along.")
    unit = (await hold_units(work, [unit_id]))[unit_id]
    if unit.equipment_id != line.equipment_id or unit.state not in HERE or unit.rental_id is not None:
        raise Conflict(f"{unit.asset_tag} cannot go along: it is {unit.state.replace('_', ' ')}.")
    return await take_units(tap, [unit], case_id=case_id)
