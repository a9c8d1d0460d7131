"""One scan, one verdict: what the code is, whether it may go on this event, and what follows."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from app.db.models import BenchAction, Rental
from app.domain.events.unit_binding import let_go
from app.domain.prep.case_scans import scan_case
from app.domain.prep.codes import LONGEST, Found, PaperCode, read_paper_code
from app.domain.prep.counting import counted_verdict, put_off_line, require_confirmed, take_units
from app.domain.prep.judging import (
    AGAINST_PROMISES,
    EITHER,
    WRONG_EVENT,
    Meant,
    extra,
    judge_unit,
    not_on_list,
    unknown,
)
from app.domain.prep.ledger import (
    Act,
    Tap,
    enabled_steps,
    movement,
    perform,
)
from app.domain.prep.policy import PREP_STEPS, moves_to
from app.domain.prep.queries import BenchLine, lines_of_equipment
from app.domain.prep.revisions import changes_since
from app.domain.prep.shared_event import AnyEvent, share_event, share_event_and_find
from app.domain.prep.unit_picking import hold_to_scan, lines_to_take
from app.domain.prep.unit_queries import UnitFacts, facts_of_unit
from app.domain.prep.verdicts import Offer, Verdict, verdict
from app.domain.prep.ways_out import Wanted, ways_out
from app.lib.changes import record_plain
from app.lib.errors import Conflict, InvalidInput
from app.lib.periods import Period
from app.lib.sentences import counted
from app.lib.unit_of_work import UnitOfWork

_HOLD = (
    select(Rental.id)
    .where(Rental.event_id == bindparam("event_id"), Rental.equipment_id == bindparam("equipment_id"))
    .order_by(Rental.id)
    .with_for_update(key_share=True)
)


async def scan(
    work: UnitOfWork,
    act: Act,
    event_id: int,
    code: str,
    *,
    step: str,
    case_id: int | None = None,
    force: str = "",
    reason: str = "",
    near: bool = False,
) -> Verdict:
    """Judge what was scanned for an event at a prep step, and count it where nothing stands against it.

    `force` is the verdict that is overruled (judging.FORCED); against a promise that takes a `reason`, and
    that the person may do it is for the caller to know. `case_id` is the case things are packed into; `near`
    has other units suggested in the order of places.
    Raises NotFound, InvalidInput, Conflict for an event that is not confirmed.
    """
    code = code.strip()
    if step not in PREP_STEPS:
        raise InvalidInput({"step": "This is no step of prep."})
    if not 0 < len(code) <= LONGEST:
        raise InvalidInput({"code": "Scan a code, or type one."})
    if force in AGAINST_PROMISES and not reason:
        raise InvalidInput({"reason": "Say why it is taken from the others."})

    async def body(action: BenchAction) -> Verdict:
        paper = read_paper_code(code)
        if paper is not None:
            return await judge_paper(work, await share_event(work, event_id), paper)
        event, found = await share_event_and_find(work, event_id, code)
        require_confirmed(event)
        if found is None:
            return unknown(code)
        if found.kind == "case":
            return await scan_case(work, action, event, found.id)
        if found.kind == "equipment":
            return await _scan_equipment(work, action, event, found.id, case_id)
        return await scan_unit(work, action, event, found, Meant(case_id, force, reason, near))

    return await perform(work, act, "scan", body, event_id=event_id, step=step, code=code)


async def judge_paper(work: UnitOfWork, event: AnyEvent, paper: PaperCode) -> Verdict:
    """What a scanned paper is worth: whether it is this event's, and how many changes old."""
    if paper.event_id != event.id:
        offer = Offer("Open that event", "open", {"href": f"/prep/{paper.event_id}"}, "arrow-right")
        return verdict("paper", f"This {paper.name} belongs to another event.", tone="amber", offers=(offer,))
    since = await changes_since(work.session, event.id, paper.revision)
    if not since:
        return verdict("paper", f"This {paper.name} is up to date.", title="Up to date", tone="green")
    offer = Offer(
        "Show what changed", "open", {"href": f"/prep/{event.id}/changes?since={paper.revision}"}, "history"
    )
    title = f"{counted(len(since), 'change')} old"
    said = "; ".join(dict.fromkeys(change.label for change in since[-3:]))
    return verdict(
        "paper", f"This {paper.name} is out of date: {said}.", title=title, tone="amber", offers=(offer,)
    )


async def _scan_equipment(
    work: UnitOfWork, action: BenchAction, event: AnyEvent, equipment_id: int, case_id: int | None
) -> Verdict:
    await work.session.execute(_HOLD, {"event_id": event.id, "equipment_id": equipment_id})
    lines = await lines_of_equipment(work.session, event.id, equipment_id)
    line = _choose(lines, (action.step,), None)
    if line is None:
        return not_on_list({"equipment_id": str(equipment_id)}, "This is not on the list of this event.")
    if line.serialized:
        return verdict("needs_unit", f"{line.name} has tags of its own: scan the unit.", rental_id=line.id)
    if line.counts.at(action.step) >= line.counts.wanted:
        return extra(line, action.step, line.name, {"equipment_id": str(equipment_id)})
    moves = moves_to(action.step, 1, line.counts, await enabled_steps(work))
    movements = [movement(action, line, move, case_id=case_id) for move in moves]
    return await counted_verdict(Tap(work, action, event, line), movements)


async def scan_unit(
    work: UnitOfWork,
    action: BenchAction,
    event: AnyEvent,
    found: Found,
    meant: Meant,
) -> Verdict:
    """Judge a unit for an event that is held, and count it where nothing is against it. Raises as `scan`."""
    taken_from = found.rental_id if meant.force in (WRONG_EVENT, EITHER) else None
    unit = await hold_to_scan(work, event.id, found, taken_from=taken_from)
    open_lines = {one.line.id: one for one in await lines_to_take(work, event, unit.equipment_id)}
    lines = [one.line for one in open_lines.values()]
    chosen = _choose(lines, (PREP_STEPS[0], action.step), unit.rental_id)
    period = open_lines[chosen.id].taking[1] if chosen else Period(event.out_start, event.out_end)
    facts = await facts_of_unit(work.session, unit.id, event, period, list(open_lines))
    line = _bound_or(chosen, lines, facts)
    counts = facts.counts_on(line.id) if line else None
    taken = counts if line and counts and (facts.rental_id == line.id or counts.dispatched) else None
    against = judge_unit(facts, line, taken, event_id=event.id, step=action.step, force=meant.force)
    if against is not None and line is not None:
        wanted = Wanted(event, line, open_lines[line.id].taking[1], action.step, near=meant.near)
        return await ways_out(work.session, against, facts, wanted)
    if against is not None:
        return against
    if line is None or counts is None:
        values = {"unit_id": str(unit.id), "equipment_id": str(unit.equipment_id)}
        return not_on_list(values, f"{facts.label} is not on the list of this event.", unit_id=unit.id)
    if facts.rental_id not in {None, line.id, found.rental_id, *(one.id for one in lines)}:
        raise Conflict(f"Somebody has just taken {facts.asset_tag}. Scan it again.")
    tap = Tap(work, action, event, line)
    await _free_of_others(tap, facts, period, meant.reason)
    known = open_lines[line.id]
    return await take_units(
        tap, [facts], case_id=meant.case_id, counts={unit.id: counts}, taking=known.taking, steps=known.steps
    )


async def _free_of_others(tap: Tap, facts: UnitFacts, period: Period, reason: str) -> None:
    """Take a unit off every other line that has it, or was promised it for that time."""
    work, line = tap.work, tap.line
    if facts.rental_id not in (None, line.id):
        await put_off_line(work, tap.action, facts.rental_id, facts.id)
    if facts.bound_rental_id not in (None, line.id):
        await let_go(work, facts.bound_rental_id, facts.id)
    told = 0
    while facts.promised_rental_id is not None:
        if facts.promised_event_id != facts.with_event_id:
            told += 1
            await _tell_taken_over(work, tap.action, facts, told, reason)
        await let_go(work, facts.promised_rental_id, facts.id)
        facts = await facts_of_unit(work.session, facts.id, tap.event, period)


async def _tell_taken_over(
    work: UnitOfWork, action: BenchAction, facts: UnitFacts, number: int, reason: str
) -> None:
    """Tell an event, the so-maniest, that a unit it was promised went elsewhere: it takes "any" instead."""
    await record_plain(
        work,
        action="prep.taken_over",
        entity="bench_action",
        entity_id=action.id,
        version=number,
        label=facts.label,
        fields={"units": ([facts.asset_tag], []), "reason": ("", reason)},
        parent_entity="event",
        parent_id=facts.promised_event_id,
    )


def _choose(lines: list[BenchLine], steps: Sequence[str], rental_id: int | None) -> BenchLine | None:
    """The line a piece goes to: where it is already, else the first with room, else the last one wanted."""
    own = [line for line in lines if line.id == rental_id]
    room = [line for line in lines if all(line.counts.at(step) < line.counts.wanted for step in steps)]
    wanted = [line for line in lines if line.counts.wanted]
    return (own or room or wanted[-1:] or [None])[0]


def _bound_or(chosen: BenchLine | None, lines: list[BenchLine], facts: UnitFacts) -> BenchLine | None:
    """The line a unit was promised to at the desk, where it has room; else the one that was chosen."""
    if chosen is not None and facts.rental_id == chosen.id:
        return chosen
    bound = [line for line in lines if line.id == facts.bound_rental_id]
    has_room = bound and bound[0].counts.picked < bound[0].counts.wanted
    return bound[0] if has_room else chosen
