"""Check-in: gear comes back, whole or in part, over as many sessions as it takes; and what never will."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.db.models import BenchAction, Equipment, Event, Handover, Unit
from app.domain.availability.facts import take_back
from app.domain.availability.service import lock_stock
from app.domain.handovers.coming_back import (
    Coming,
    come_back,
    end_promise,
    require_out,
    write_checked,
    write_moves,
)
from app.domain.handovers.dispatching import change_stock, hold_equipment, new_handover, require_parts
from app.domain.handovers.policy import CHECK_IN, CONDITIONS, MISSING, SETTLEMENTS, Part, is_open
from app.domain.prep.case_contents import follow_cases
from app.domain.prep.ledger import (
    Act,
    Tap,
    hold_lines,
    hold_units,
    movement,
    perform,
    place_unit,
    shelve_unit,
    unit_counts,
)
from app.domain.prep.policy import CHECKED, DAMAGED, DIRTY, FINE, RETURNED, SETTLED, Move
from app.domain.prep.queries import BenchLine, lines_by_id
from app.domain.prep.verdicts import Verdict, verdict
from app.lib import editing
from app.lib.batches import lock_all
from app.lib.clock import now
from app.lib.errors import Conflict, InvalidInput, NotFound
from app.lib.sentences import counted
from app.lib.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Session:
    """Where a check-in is recorded: a session of one's own that goes on, or a new one.

    `at` is when it came back (now unless given); it need not be when the session began.
    """

    handover_id: int | None = None
    at: datetime | None = None
    signed_name: str = ""
    signature: str | None = None
    notes: str = ""


async def check_in(
    work: UnitOfWork,
    act: Act,
    event_id: int,
    parts: Sequence[Part],
    *,
    handover_id: int | None = None,
    at: datetime | None = None,
    signed_name: str = "",
    signature: str | None = None,
    notes: str = "",
) -> Verdict:
    """Record what came back at `at` (now unless given), and in which condition; or that it is missing.

    What is damaged or dirty is out of service, with a job for it. What is missing is still out, and owed.
    With `handover_id` it is added to that session, which the same person began not long ago. Raises NotFound,
    InvalidInput, Conflict when less is out than comes back, or the session is somebody else's or over.
    """
    session = Session(handover_id, at, signed_name, signature, notes)

    async def body(action: BenchAction) -> Verdict:
        return await take_in(work, action, event_id, parts, session)

    return await perform(work, act, "check_in", body, event_id=event_id, step=RETURNED)


async def take_in(
    work: UnitOfWork, action: BenchAction, event_id: int, parts: Sequence[Part], session: Session
) -> Verdict:
    """What an action that checks in does, once it has begun. Raises as `check_in` does."""
    _require(parts)
    moment = session.at or now()
    if moment > now():
        raise InvalidInput({"at": "This is still to come: it cannot be back by then."})
    event = await editing.lock(work, Event, event_id)
    lines = await hold_lines(work, event_id, {part.rental_id for part in parts})
    await hold_equipment(work, lines.values(), parts)
    units = await hold_units(work, {part.unit_id for part in parts if part.unit_id is not None})
    await lock_stock(work, {line.equipment_id for line in lines.values()})
    handover = await _session(work, event_id, session, moment)
    for part in parts:
        line = (await lines_by_id(work.session, [part.rental_id]))[part.rental_id]
        unit = units[part.unit_id] if part.unit_id is not None else None
        await come_back(Coming(Tap(work, action, event, line), handover, moment, part, unit))
    await follow_cases(work, event_id)
    done: dict[str, Any] = {"counted": True, "action_id": action.id, "handover_id": handover.id}
    said = _said(parts, lines, units)
    if all(part.condition == MISSING for part in parts):
        return verdict("missing", said, **done)
    return verdict("right", said, title="Back", **done)


def _said(parts: Sequence[Part], lines: Mapping[int, BenchLine], units: Mapping[int, Unit]) -> str:
    """What came back: a single thing by its name and condition, more of them by their number."""
    back = sum(part.quantity for part in parts if part.condition != MISSING)
    missing = sum(part.quantity for part in parts if part.condition == MISSING)
    if len(parts) == 1:
        (part,) = parts
        name = lines[part.rental_id].name
        unit = units.get(part.unit_id) if part.unit_id is not None else None
        what = f"{name}, {unit.asset_tag}" if unit is not None else f"{part.quantity} × {name}"
        return f"{what}: {CONDITIONS[part.condition].lower()}."
    if not back:
        return f"{counted(missing, 'piece')} missing."
    return f"{counted(back, 'piece')} back" + (f", {missing} missing." if missing else ".")


async def _session(work: UnitOfWork, event_id: int, session: Session, moment: datetime) -> Handover:
    if session.handover_id is not None:
        handover = await work.session.get(Handover, session.handover_id)
        if handover is None or handover.event_id != event_id:
            raise NotFound("This check-in does not exist.")
        if not is_open(handover.kind, handover.actor_id, handover.created_at, work.actor.id):
            raise Conflict(f"Check-in {handover.number} is over, or somebody else's. Begin one of your own.")
        return handover
    return await new_handover(
        work,
        Handover(
            event_id=event_id,
            kind=CHECK_IN,
            at=moment,
            signed_name=session.signed_name,
            signature=session.signature,
            notes=session.notes,
        ),
    )


async def check(work: UnitOfWork, act: Act, event_id: int, parts: Sequence[Part]) -> Verdict:
    """Say in which condition pieces are that came back unchecked. Raises NotFound, InvalidInput, Conflict."""
    _require(parts)
    if any(part.condition not in (FINE, DIRTY, DAMAGED) for part in parts):
        raise InvalidInput({"condition": "Say fine, dirty or damaged."})

    async def body(action: BenchAction) -> Verdict:
        event = await editing.lock(work, Event, event_id)
        lines = await hold_lines(work, event_id, {part.rental_id for part in parts})
        await hold_equipment(work, lines.values(), parts)
        units = await hold_units(work, {part.unit_id for part in parts if part.unit_id is not None})
        await lock_stock(work, {line.equipment_id for line in lines.values()})
        for part in parts:
            line = (await lines_by_id(work.session, [part.rental_id]))[part.rental_id]
            unit = units[part.unit_id] if part.unit_id is not None else None
            await _require_unchecked(work, line, part, unit)
            if unit is not None and unit.state == "returned":
                await shelve_unit(work, unit, "in_stock")
            await write_checked(Tap(work, action, event, line), part, unit)
        pieces = sum(part.quantity for part in parts)
        return verdict("complete", f"{counted(pieces, 'piece')} checked.", counted=True, action_id=action.id)

    return await perform(work, act, "check", body, event_id=event_id, step=CHECKED)


async def settle(work: UnitOfWork, act: Act, event_id: int, parts: Sequence[Part], *, reason: str) -> Verdict:
    """Close the account of pieces that will not come back: charged, or written off. They leave the stock.

    Raises NotFound, InvalidInput without a reason, Conflict when less is out.
    """
    _require(parts)
    if not reason:
        raise InvalidInput({"reason": "Say what became of it."})
    if any(part.settlement not in SETTLEMENTS for part in parts):
        raise InvalidInput({"settlement": "Say whether it is charged."})

    async def body(action: BenchAction) -> Verdict:
        event = await editing.lock(work, Event, event_id)
        lines = await hold_lines(work, event_id, {part.rental_id for part in parts})
        await lock_all(work, Equipment, sorted({line.equipment_id for line in lines.values()}))
        units = await hold_units(work, {part.unit_id for part in parts if part.unit_id is not None})
        await lock_stock(work, {line.equipment_id for line in lines.values()})
        for part in parts:
            line = (await lines_by_id(work.session, [part.rental_id]))[part.rental_id]
            unit = units[part.unit_id] if part.unit_id is not None else None
            await _settle_part(Tap(work, action, event, line), part, unit, reason)
        await follow_cases(work, event_id)
        pieces = sum(part.quantity for part in parts)
        return verdict("complete", f"{counted(pieces, 'piece')} settled.", counted=True, action_id=action.id)

    return await perform(work, act, "settle", body, event_id=event_id, step=SETTLED)


def _require(parts: Sequence[Part]) -> None:
    require_parts(parts, "Say how many, at least one.")
    if any(part.condition not in CONDITIONS for part in parts):
        raise InvalidInput({"condition": "Choose one of the list."})


async def _require_unchecked(work: UnitOfWork, line: BenchLine, part: Part, unit: Unit | None) -> None:
    """Raise Conflict where less came back unchecked than is said."""
    if line.serialized and unit is None:
        raise Conflict(f"{line.name}: say which units. Scan them.")
    counts, what = line.counts, line.name
    if unit is not None:
        counts = (await unit_counts(work, line.id, [unit.id]))[unit.id]
        what = unit.asset_tag
    if counts.unchecked < part.quantity:
        raise Conflict(f"{what}: {counts.unchecked} are to be checked, not {part.quantity}.")


async def _settle_part(tap: Tap, part: Part, unit: Unit | None, reason: str) -> None:
    line = tap.line
    if line.kind == "consumable":
        raise Conflict(f"{line.name} is used up: what does not come back is not owed.")
    require_out(line, Part(part.rental_id, part.quantity, part.unit_id), unit)
    known = int(unit.state == MISSING) if unit else min(part.quantity, line.counts.missing)
    moves = [Move(MISSING, -known)] if known else []
    movements = [
        movement(tap.action, line, move, unit_id=part.unit_id, reason=reason)
        for move in [*moves, Move(SETTLED, part.quantity)]
    ]
    movements[-1].settlement = part.settlement
    await write_moves(tap, movements, part, unit)
    await take_back(tap.work, line.id, part.quantity, now(), now())
    if unit is None:
        await change_stock(tap.work, line.equipment_id, -part.quantity)
        return
    await end_promise(tap, unit.id, now())
    await place_unit(tap.work, unit, "lost", None)
