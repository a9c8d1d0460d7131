"""A scanned case at the bench: opened to pack, picked with what it should hold, loaded with what is in it."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import func, select

from app.db.models import BenchAction, Case, CaseItem, Event, Movement
from app.domain.prep.case_contents import Packed, case_of_event, packed_in
from app.domain.prep.ledger import Tap, enabled_steps, hold_lines, movement, write
from app.domain.prep.policy import LOADED, PACKED, PICKED, Move, moves_to
from app.domain.prep.queries import lines_of_event
from app.domain.prep.shared_event import AnyEvent
from app.domain.prep.verdicts import Offer, Verdict, verdict
from app.lib.errors import NotFound
from app.lib.sentences import counted
from app.lib.unit_of_work import UnitOfWork


async def scan_case(work: UnitOfWork, action: BenchAction, event: AnyEvent, case_id: int) -> Verdict:
    """Judge a scanned case. When packing it is the one things go into now; when loading all in it is loaded.

    A permanent case that is picked brings what it should hold, as far as the event wants it. Raises NotFound.
    """
    case = await work.session.get(Case, case_id, populate_existing=True)
    if case is None or case.deleted_at is not None:
        raise NotFound("This case does not exist, or was deleted.")
    if case.event_id not in (None, event.id) and any(
        one.here for one in await packed_in(work.session, case.id, case.event_id)
    ):
        other = await work.session.get_one(Event, case.event_id)
        return verdict("wrong_event", f"Case {case.code} is packed for “{other.name}”.", case_id=case.id)
    if action.step == LOADED:
        return await _load(work, action, event, case)
    if action.step == PICKED and case.kind == "permanent":
        return await _pick_contents(work, action, event, case)
    await case_of_event(work, case.id, event)
    said = f"{case.label}, {case.name}: what you pack goes into it."
    packs_now = action.step == PACKED or PACKED not in await enabled_steps(work)
    offers = () if packs_now else (_pack_into(event, case),)
    return verdict("case", said, case_id=case.id, label=case.code, offers=offers)


def _pack_into(event: AnyEvent, case: Case) -> Offer:
    """The way to the step at which gear goes into a case."""
    return Offer("Pack it now", "open", {"href": f"/prep/{event.id}?step={PACKED}&case_id={case.id}"}, "box")


async def _load(work: UnitOfWork, action: BenchAction, event: AnyEvent, case: Case) -> Verdict:
    rental_ids = {one.rental_id for one in await packed_in(work.session, case.id, event.id)}
    lines = await hold_lines(work, event.id, rental_ids) if rental_ids else {}
    # read again with the lines held: somebody may have been faster
    inside = [one for one in await packed_in(work.session, case.id, event.id) if one.rental_id in lines]
    movements = [
        Movement(
            action_id=action.id,
            event_id=event.id,
            rental_id=one.rental_id,
            equipment_id=one.equipment_id,
            unit_id=one.unit_id,
            case_id=case.id,
            step=LOADED,
            quantity=pieces,
        )
        for one, pieces in await _to_load(work, event.id, inside)
    ]
    if not movements:
        said = "is loaded already" if inside else "is empty"
        return verdict("again", f"Case {case.code} {said}.", case_id=case.id, label=case.code)
    tap = Tap(work, action, event, lines[movements[0].rental_id])
    pieces = sum(one.quantity for one in movements)
    await write(tap, movements, label=case.label, fields={LOADED: (0, pieces)})
    return verdict(
        "case",
        f"{case.label}, {case.name}: {counted(pieces, 'piece')} loaded.",
        counted=True,
        case_id=case.id,
        label=case.code,
        action_id=action.id,
    )


async def _to_load(work: UnitOfWork, event_id: int, inside: Sequence[Packed]) -> list[tuple[Packed, int]]:
    """What of this is not loaded yet, with how many pieces: some may have been loaded one by one."""
    rows = await work.session.execute(
        select(
            Movement.rental_id,
            Movement.unit_id,
            func.coalesce(func.sum(Movement.quantity).filter(Movement.step == PACKED), 0),
            func.coalesce(func.sum(Movement.quantity).filter(Movement.step == LOADED), 0),
        )
        .where(Movement.event_id == event_id, Movement.rental_id.in_({one.rental_id for one in inside}))
        .group_by(Movement.rental_id, Movement.unit_id)
    )
    room = {(rental_id, unit_id): packed - loaded for rental_id, unit_id, packed, loaded in rows}
    found = [(one, min(one.to_load, room.get((one.rental_id, one.unit_id), 0))) for one in inside]
    return [(one, pieces) for one, pieces in found if pieces > 0]


async def _pick_contents(work: UnitOfWork, action: BenchAction, event: AnyEvent, case: Case) -> Verdict:
    items = await work.session.scalars(
        select(CaseItem)
        .where(CaseItem.case_id == case.id, CaseItem.deleted_at.is_(None))
        .order_by(CaseItem.position)
    )
    expected = {item.equipment_id: item.quantity for item in items}
    lines = [line for line in await lines_of_event(work.session, event.id) if line.equipment_id in expected]
    held = await hold_lines(work, event.id, [line.id for line in lines]) if lines else {}
    for one in await packed_in(work.session, case.id, event.id):
        if one.equipment_id in expected:
            expected[one.equipment_id] -= one.quantity
    enabled = await enabled_steps(work)
    movements = list[Movement]()
    for line in held.values():
        room = line.counts.wanted - line.counts.picked
        pieces = 0 if line.serialized else min(expected[line.equipment_id], room)
        if pieces > 0:
            expected[line.equipment_id] -= pieces
            moves = [Move(PICKED, pieces)]
            if PACKED in enabled:
                picked = replace(line.counts, picked=line.counts.picked + pieces)
                moves += moves_to(PACKED, pieces, picked, enabled)
            movements += [movement(action, line, move, case_id=case.id) for move in moves]
    left = [line.name for line in held.values() if line.serialized]
    await case_of_event(work, case.id, event)
    scan_too = f" Scan the units of {', '.join(left)} as well." if left else ""
    if not movements:
        said = f"{case.label}, {case.name}: nothing in it is to be picked.{scan_too}"
        return verdict("case", said, case_id=case.id, label=case.code, tone="amber")
    pieces = sum(one.quantity for one in movements if one.step == PICKED)
    tap = Tap(work, action, event, held[movements[0].rental_id])
    await write(tap, movements, label=case.label, fields={PICKED: (0, pieces)})
    said = f"{case.label}, {case.name}: {counted(pieces, 'piece')} picked.{scan_too}"
    return verdict("case", said, counted=True, case_id=case.id, label=case.code, action_id=action.id)
