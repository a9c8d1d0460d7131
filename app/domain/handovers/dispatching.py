"""Dispatch: gear leaves, whole or in part, and its reservations say so from that moment on."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.db.models import BenchAction, Equipment, Event, Handover, Movement, Unit
from app.domain.availability.facts import hand_out, use_up
from app.domain.availability.service import lock_stock
from app.domain.events.unit_binding import bind_in_hand
from app.domain.handovers.policy import DISPATCH, Gate, GateClosed, Part
from app.domain.handovers.queries import expired_of
from app.domain.prep.acknowledging import office_changes
from app.domain.prep.counting import require_confirmed
from app.domain.prep.ledger import (
    Act,
    Tap,
    enabled_steps,
    hold_lines,
    hold_units,
    movement,
    perform,
    place_unit,
    unit_counts,
    write,
)
from app.domain.prep.policy import DAMAGED, DIRTY, DISPATCHED, Counts, moves_to
from app.domain.prep.queries import BenchLine, lines_of_event
from app.domain.prep.unit_picking import period_of
from app.domain.prep.verdicts import Verdict, verdict
from app.lib import editing
from app.lib.batches import lock_all
from app.lib.clock import now
from app.lib.errors import Conflict, InvalidInput
from app.lib.sentences import counted, signed
from app.lib.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class _Load:
    """What leaves, locked: its lines, its units, and where each of those has been with the event."""

    event: Event
    parts: Sequence[Part]
    lines: Mapping[int, BenchLine]
    units: Mapping[int, Unit]
    been: Mapping[int, Counts]


async def dispatch(
    work: UnitOfWork,
    act: Act,
    event_id: int,
    parts: Sequence[Part],
    *,
    at: datetime | None = None,
    vehicle: str = "",
    signed_name: str = "",
    signature: str | None = None,
    notes: str = "",
    override_reason: str = "",
) -> Verdict:
    """Have these parts of an event leave at `at` (now unless given). What was not prepped counts as prepped.

    With `override_reason` a closed gate is passed: whether the person may do that is for the caller to know.
    Raises NotFound, InvalidInput, Conflict for more than is wanted or units in other hands, GateClosed.
    """
    require_parts(parts, "Choose what leaves.")
    if at is not None and at > now():
        raise InvalidInput({"at": "This is still to come: it cannot have left by then."})

    async def body(action: BenchAction) -> Verdict:
        load = await _load_of(work, event_id, parts)
        overridden = await _pass_gate(work, load, override_reason)
        await lock_stock(work, {line.equipment_id for line in load.lines.values()})
        handover = Handover(
            event_id=event_id,
            kind=DISPATCH,
            at=at or now(),
            vehicle=vehicle,
            signed_name=signed_name,
            signature=signature,
            notes=notes,
            override_reason=overridden,
        )
        return await _depart(work, action, load, await new_handover(work, handover))

    return await perform(work, act, "dispatch", body, event_id=event_id, step=DISPATCHED)


async def gate_of(work: UnitOfWork, event_id: int, unit_ids: Collection[int]) -> Gate:
    """What stops these units, and the event as a whole, from leaving now."""
    lines = await lines_of_event(work.session, event_id)
    changes = await office_changes(work.session, event_id, lines)
    expired = await expired_of(work.session, unit_ids)
    return Gate(
        unacknowledged=tuple(f"{signed(change.difference)} {change.name}" for change in changes),
        expired=tuple(f"{row.asset_tag}, {row.name} until {row.valid_until:%-d %b %Y}" for row in expired),
    )


async def new_handover(work: UnitOfWork, handover: Handover) -> Handover:
    """Add a handover to its event, which is locked, with the next number of its kind."""
    last = await work.session.scalar(
        select(func.max(Handover.number)).where(
            Handover.event_id == handover.event_id, Handover.kind == handover.kind
        )
    )
    handover.number, handover.actor_id = (last or 0) + 1, work.actor.id
    work.session.add(handover)
    await work.session.flush()
    return handover


def require_parts(parts: Sequence[Part], nothing: str) -> None:
    """Raise InvalidInput for parts that cannot be, with the sentence `nothing` where there are none."""
    if not parts or any(part.quantity < 1 for part in parts):
        raise InvalidInput({"parts": nothing})
    tagged = [part.unit_id for part in parts if part.unit_id is not None]
    if any(part.unit_id is not None and part.quantity != 1 for part in parts):
        raise InvalidInput({"quantity": "A unit is one."})
    if len(set(tagged)) < len(tagged):
        raise InvalidInput({"parts": "A unit is in it twice."})


async def hold_equipment(work: UnitOfWork, lines: Collection[BenchLine], parts: Sequence[Part]) -> None:
    """Lock the equipment whose stock changes or that gets a job, before its units, as everybody does."""
    poor = {part.rental_id for part in parts if part.condition in (DIRTY, DAMAGED)}
    needed = {line.equipment_id for line in lines if line.kind == "consumable" or line.id in poor}
    if needed:
        await lock_all(work, Equipment, sorted(needed))


async def _load_of(work: UnitOfWork, event_id: int, parts: Sequence[Part]) -> _Load:
    """Lock all that leaves. Raises NotFound, Conflict for what cannot leave."""
    event = await editing.lock(work, Event, event_id)
    require_confirmed(event)
    lines = await hold_lines(work, event_id, {part.rental_id for part in parts})
    await hold_equipment(work, lines.values(), parts)
    units = await hold_units(work, {part.unit_id for part in parts if part.unit_id is not None})
    been = dict[int, Counts]()
    for line in lines.values():
        been |= await unit_counts(work, line.id, _tags_of(line, parts))
    load = _Load(event, parts, lines, units, been)
    _check(load)
    return load


async def _pass_gate(work: UnitOfWork, load: _Load, override_reason: str) -> str:
    """The reason with which a closed gate was passed, "" for one that is open. Raises GateClosed."""
    gate = await gate_of(work, load.event.id, list(load.units))
    if not gate.is_open and not override_reason:
        raise GateClosed(gate)
    return "" if gate.is_open else override_reason


async def _depart(work: UnitOfWork, action: BenchAction, load: _Load, handover: Handover) -> Verdict:
    movements = await _leave(work, action, load, handover)
    pieces = sum(part.quantity for part in load.parts)
    fields: dict[str, tuple[object, object]] = {DISPATCHED: (0, pieces)}
    if handover.override_reason:
        fields["override_reason"] = ("", handover.override_reason)
    tap = Tap(work, action, load.event, load.lines[load.parts[0].rental_id])
    await write(tap, movements, label=f"Dispatch {handover.number}", fields=fields)
    said = f"{counted(pieces, 'piece')} left."
    return verdict("complete", said, counted=True, action_id=action.id, handover_id=handover.id)


def _check(load: _Load) -> None:
    """Raise Conflict where a line has not so many to leave, or a unit is in other hands."""
    leaving = dict[int, int]()
    for part in load.parts:
        line = load.lines[part.rental_id]
        leaving[line.id] = leaving.get(line.id, 0) + part.quantity
        if line.serialized and part.unit_id is None:
            raise Conflict(f"{line.name}: say which units leave. Scan them first.")
        if part.unit_id is None:
            continue
        unit = load.units[part.unit_id]
        if unit.equipment_id != line.equipment_id:
            raise Conflict(f"{unit.asset_tag} is not a unit of {line.name}.")
        if load.been[part.unit_id].dispatched:
            raise Conflict(f"{unit.asset_tag} was out with this event already.")
        elsewhere = unit.rental_id not in (None, line.id)
        if elsewhere or unit.state not in ("in_stock", "returned", "prepped"):
            raise Conflict(f"{unit.asset_tag} cannot leave: it is {unit.state.replace('_', ' ')}.")
    for rental_id, quantity in leaving.items():
        line = load.lines[rental_id]
        if quantity < 1 or line.counts.dispatched + quantity > line.counts.wanted:
            left = max(line.counts.wanted - line.counts.dispatched, 0)
            raise Conflict(f"{line.name}: {left} may still leave, not {quantity}.")


async def _leave(work: UnitOfWork, action: BenchAction, load: _Load, handover: Handover) -> list[Movement]:
    enabled = await enabled_steps(work)
    movements = list[Movement]()
    for line in load.lines.values():
        pieces = sum(part.quantity for part in load.parts if part.rental_id == line.id)
        if line.serialized:
            rental, period = await period_of(work, load.event, line)
            for unit_id in _tags_of(line, load.parts):
                await bind_in_hand(work, rental, unit_id, period)
                moves = moves_to(DISPATCHED, 1, load.been[unit_id], enabled)
                movements += [movement(action, line, move, unit_id=unit_id) for move in moves]
                await place_unit(work, load.units[unit_id], "out", line.id)
        else:
            moves = moves_to(DISPATCHED, pieces, line.counts, enabled)
            movements += [movement(action, line, move) for move in moves]
        if line.kind == "consumable":
            await use_up(work, line.id, pieces, handover.at)
            await change_stock(work, line.equipment_id, -pieces)
        else:
            await hand_out(work, line.id, pieces, handover.at)
    for one in movements:
        one.handover_id = handover.id
    return movements


def _tags_of(line: BenchLine, parts: Sequence[Part]) -> list[int]:
    return [part.unit_id for part in parts if part.rental_id == line.id and part.unit_id is not None]


async def change_stock(work: UnitOfWork, equipment_id: int, pieces: int) -> None:
    """Add pieces to the stock of locked, counted equipment, or take them from it; never below none."""
    equipment = await work.session.get_one(Equipment, equipment_id)
    quantity = max(equipment.quantity + pieces, 0)
    await editing.edit(work, equipment, {"quantity": quantity}, version=None)
