"""Counting at the bench: so many more of a line, fewer, units taken and put back, an action undone."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal

from sqlalchemy import select

from app.db.models import BenchAction, Event, Movement, Unit
from app.domain.events.unit_binding import bind_in_hand
from app.domain.prep.case_contents import leave_cases, out_of_cases, take_cases
from app.domain.prep.ledger import (
    Act,
    Tap,
    enabled_steps,
    hold_lines,
    hold_units,
    movement,
    perform,
    unit_counts,
    write,
)
from app.domain.prep.policy import (
    PREP_STEPS,
    STEP_WORDS,
    Counts,
    Move,
    moves_back,
    moves_to,
)
from app.domain.prep.queries import BenchLine, lines_by_id
from app.domain.prep.reversing import follow_undone, put_where_it_belongs, reversal
from app.domain.prep.shared_event import AnyEvent, share_event
from app.domain.prep.unit_picking import Taking, last_units, next_units, period_of
from app.domain.prep.unit_queries import AnyUnit
from app.domain.prep.verdicts import Verdict, verdict
from app.lib.errors import Conflict, InvalidInput, NotFound
from app.lib.unit_of_work import UnitOfWork

MOST = 100_000


async def count(
    work: UnitOfWork,
    act: Act,
    event_id: int,
    rental_id: int,
    *,
    step: str,
    quantity: int,
    case_id: int | None = None,
    reason: str = "",
) -> Verdict:
    """Count so many more pieces of a line at a prep step, or, with a negative quantity, fewer.

    Of serialized equipment the units that are suggested first are taken, or those counted last put back.
    Raises NotFound, InvalidInput, Conflict when the event is not confirmed, the line has them all, or they
    have left.
    """
    if step not in PREP_STEPS:
        raise InvalidInput({"step": "This is no step of prep."})
    if quantity == 0 or abs(quantity) > MOST:
        raise InvalidInput({"quantity": "Count at least one piece."})

    async def body(action: BenchAction) -> Verdict:
        event = await share_event(work, event_id)
        line = (await hold_lines(work, event_id, [rental_id]))[rental_id]
        tap = Tap(work, action, event, line)
        if quantity < 0:
            return await _fewer(tap, -quantity, reason, case_id)
        require_confirmed(event)
        require_room(line, step, quantity)
        if line.serialized:
            units = await next_units(work, event, line, step, quantity)
            return await take_units(tap, units, case_id=case_id)
        moves = moves_to(step, quantity, line.counts, await enabled_steps(work))
        movements = [movement(action, line, move, case_id=case_id) for move in moves]
        return await counted_verdict(tap, movements)

    return await perform(
        work, act, "count", body, event_id=event_id, step=step, code=f"{rental_id} {quantity:+d}"
    )


async def undo(work: UnitOfWork, act: Act, event_id: int, action_id: int, *, reason: str = "") -> Verdict:
    """Take back what one action at the bench counted; later steps of the same pieces go with it.

    Raises NotFound, Conflict when some of it has left since, or what was put back is to be counted anew.
    """

    async def body(action: BenchAction) -> Verdict:
        return await undo_counted(work, action, await share_event(work, event_id), action_id, reason)

    return await perform(work, act, "undo", body, event_id=event_id, code=str(action_id))


async def undo_counted(
    work: UnitOfWork, action: BenchAction, event: AnyEvent, action_id: int, reason: str
) -> Verdict:
    """Take back what an action counted for an event that is held. Raises as `undo`."""
    rows = await _movements_of(work, event.id, action_id)
    lines = await hold_lines(work, event.id, {row.rental_id for row in rows})
    units = await hold_units(work, {row.unit_id for row in rows if row.unit_id is not None})
    tap = Tap(work, action, event, lines[rows[0].rental_id])
    # read again with the lines held: somebody may have been faster
    rows = await _movements_of(work, event.id, action_id)
    followed = await follow_undone(tap, rows, lines, units, reason)
    movements = [*(reversal(action, row, reason) for row in rows), *followed]
    await _write(tap, movements, list(units.values()))
    for rental_id, unit_id in dict.fromkeys((row.rental_id, row.unit_id) for row in rows):
        if unit_id is not None:
            await put_where_it_belongs(work, rental_id, units[unit_id])
    return _standing(tap, "back", movements, list(units.values()), step=rows[0].step)


async def take_units(
    tap: Tap,
    units: Sequence[AnyUnit],
    *,
    case_id: int | None = None,
    counts: Mapping[int, Counts] | None = None,
    taking: Taking | None = None,
    steps: Sequence[str] = (),
) -> Verdict:
    """Have locked units take the step of this action, on a locked line, and bind them to it.

    That nothing stands against it has to be known. `counts` of the units on the line, how many it is
    `taking` and for which period, and the `steps` that the shop takes are read where they are not given.
    """
    work, action, line = tap.work, tap.action, tap.line
    steps = steps or await enabled_steps(work)
    if counts is None:
        counts = await unit_counts(work, line.id, [unit.id for unit in units])
    taker, period = taking or await period_of(work, tap.event, line)
    movements = list[Movement]()
    for unit in units:
        await bind_in_hand(work, taker, unit.id, period)
        movements += [
            movement(action, line, move, unit_id=unit.id, case_id=case_id)
            for move in moves_to(action.step, 1, counts[unit.id], steps)
        ]
    await _write(tap, movements, units, prepped=units)
    return _standing(tap, "right", movements, units)


async def put_back_units(
    tap: Tap, units: Sequence[Unit], reason: str = "", *, case_id: int | None = None
) -> Verdict:
    """Take locked units back from the step of this action; not picked any more, they are free again.

    Raises Conflict for one that has not taken the step, or has left.
    """
    work, action, line = tap.work, tap.action, tap.line
    counts = await unit_counts(work, line.id, [unit.id for unit in units])
    movements = list[Movement]()
    for unit in units:
        moves = _moves_back(action.step, 1, counts[unit.id], unit.asset_tag) if unit.id in counts else []
        movements += [movement(action, line, move, unit_id=unit.id, reason=reason) for move in moves]
    await _write(tap, movements, units, case_id=case_id)
    for unit in units:
        await put_where_it_belongs(work, line.id, unit)
    return _standing(tap, "back", movements, units)


async def put_off_line(work: UnitOfWork, action: BenchAction, rental_id: int, unit_id: int) -> None:
    """Take a locked unit off the line of another event, which is locked too, because it is needed here."""
    unit = (await hold_units(work, [unit_id]))[unit_id]
    line = (await lines_by_id(work.session, [rental_id]))[rental_id]
    event = await work.session.get_one(Event, line.event_id)
    counts = (await unit_counts(work, rental_id, [unit.id]))[unit.id]
    moves = _moves_back(PREP_STEPS[0], 1, counts, unit.asset_tag)
    movements = [
        movement(action, line, move, unit_id=unit.id, reason="taken for another event") for move in moves
    ]
    await _write(Tap(work, action, event, line), movements, [unit])
    await put_where_it_belongs(work, rental_id, unit)


async def counted_verdict(tap: Tap, movements: Sequence[Movement]) -> Verdict:
    """Write what was counted, and say where the line stands now."""
    await _write(tap, movements)
    return _standing(tap, "right", movements)


def require_confirmed(event: AnyEvent) -> None:
    """Raise Conflict for an event whose gear is not to be prepped."""
    if event.status != "confirmed":
        raise Conflict(f"“{event.name}” is not confirmed: its gear stays on the shelf.")


async def _fewer(tap: Tap, quantity: int, reason: str, case_id: int | None) -> Verdict:
    action, line = tap.action, tap.line
    moves = _moves_back(action.step, quantity, line.counts, line.name)
    if line.serialized:
        units = await last_units(tap.work, line, action.step, quantity)
        return await put_back_units(tap, units, reason, case_id=case_id)
    movements = [movement(action, line, move, reason=reason) for move in moves]
    await _write(tap, movements, case_id=case_id)
    return _standing(tap, "back", movements)


def _moves_back(step: str, quantity: int, counts: Counts, what: str) -> list[Move]:
    try:
        return moves_back(step, quantity, counts)
    except ValueError as error:
        done = STEP_WORDS[step][1]
        raise Conflict(
            f"{what}: {counts.at(step)} {done}, {counts.dispatched} out. {quantity} cannot go back."
        ) from error


def require_room(line: BenchLine, step: str, quantity: int) -> None:
    here, wanted = line.counts.at(step), line.counts.wanted
    if here + quantity > wanted:
        raise Conflict(
            f"{line.name}: {here} of {wanted} {STEP_WORDS[step][1]}, so {quantity} more are too many."
        )


async def _movements_of(work: UnitOfWork, event_id: int, action_id: int) -> list[Movement]:
    """What an action counted and nobody has taken back. Raises NotFound, Conflict."""
    undone = select(Movement.undoes_id).where(Movement.event_id == event_id, Movement.undoes_id.is_not(None))
    rows = (
        await work.session.scalars(
            select(Movement)
            .where(Movement.action_id == action_id, Movement.event_id == event_id)
            .where(Movement.id.not_in(undone))
            .order_by(Movement.id.desc())
        )
    ).all()
    if not rows:
        raise NotFound("There is nothing to take back: somebody has done it already.")
    if any(row.step not in PREP_STEPS for row in rows):
        raise Conflict("This is not taken back at the bench.")
    return list(rows)


async def _write(
    tap: Tap,
    movements: Sequence[Movement],
    units: Sequence[AnyUnit] = (),
    *,
    case_id: int | None = None,
    prepped: Sequence[AnyUnit] = (),
) -> None:
    """Write movements; what is taken back comes out of its case, that of `case_id` first."""
    line, sums = tap.line, Counter[str]()
    movements = await out_of_cases(tap.work, movements, case_id)
    for one in movements:
        if one.rental_id == line.id:
            sums[one.step] += one.quantity
    fields: dict[str, tuple[object, object]] = {
        step: (line.counts.at(step), line.counts.at(step) + change) for step, change in sums.items()
    }
    if units:
        fields["units"] = ([], [unit.asset_tag for unit in units])
    await take_cases(tap.work, tap.event, movements)
    await write(tap, movements, label=line.name, fields=fields, prepped=prepped)
    await leave_cases(tap.work, tap.event, movements)


def _standing(
    tap: Tap,
    kind: Literal["right", "back"],
    movements: Sequence[Movement],
    units: Sequence[AnyUnit] = (),
    *,
    step: str = "",
) -> Verdict:
    """Where a line, which is locked, stands after what was just counted."""
    action, line, step = tap.action, tap.line, step or tap.action.step
    counted = sum(one.quantity for one in movements if one.rental_id == line.id and one.step == step)
    here, wanted = line.counts.at(step) + counted, line.counts.wanted
    tags = ", ".join(unit.asset_tag for unit in units)
    return verdict(
        "complete" if kind == "right" and here >= wanted else kind,
        f"{line.name}, {tags}" if tags else line.name,
        counted=True,
        rental_id=line.id,
        unit_id=units[0].id if len(units) == 1 else None,
        count=here,
        wanted=wanted,
        label=tags or line.name,
        action_id=action.id,
    )
