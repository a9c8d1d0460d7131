"""One scan on the page of a dispatch: what it has leave. Nothing is written before the page is sent."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models import Case, Event
from app.domain.handovers.cases import parts_to_leave
from app.domain.handovers.queries import HandedLine
from app.domain.prep.case_contents import packed_in
from app.domain.prep.codes import LONGEST, find_code, read_paper_code
from app.domain.prep.judging import judge_unit, unknown
from app.domain.prep.policy import LOADED
from app.domain.prep.scanning import judge_paper
from app.domain.prep.unit_queries import UnitFacts, facts_of_unit
from app.domain.prep.verdicts import Offer, Verdict, verdict
from app.lib.errors import InvalidInput
from app.lib.periods import Period
from app.lib.sentences import counted
from app.lib.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Tick:
    """A unit to tick, or more pieces of the first of these lines that has room."""

    unit_id: int | None = None
    line_ids: tuple[int, ...] = ()
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class Ticked:
    """The verdict on a scan, and what it ticks. `once` names what adds its pieces once only."""

    verdict: Verdict
    ticks: tuple[Tick, ...] = ()
    once: str = ""


async def tick_scanned(work: UnitOfWork, event: Event, lines: Sequence[HandedLine], code: str) -> Ticked:
    """What a code has leave, of the lines of an event that may: a unit, a piece, all in a case.

    What is not of this dispatch is told, with the way to where it belongs. Raises InvalidInput.
    """
    code = code.strip()
    if not 0 < len(code) <= LONGEST:
        raise InvalidInput({"code": "Scan a code, or type one."})
    paper = read_paper_code(code)
    if paper is not None:
        return Ticked(await judge_paper(work, event, paper))
    found = await find_code(work.session, code)
    if found is None:
        return Ticked(unknown(code))
    if found.kind == "case":
        return await _case(work.session, event, found.id, code)
    if found.kind == "equipment":
        return _equipment(event, lines, found.id)
    return await _unit(work.session, event, lines, found.id)


async def _unit(session: AsyncSession, event: Event, lines: Sequence[HandedLine], unit_id: int) -> Ticked:
    facts = await facts_of_unit(session, unit_id, event, Period(event.out_start, event.out_end))
    against = judge_unit(facts, None, None, event_id=event.id, step=LOADED, force="")
    line = next((one for one in lines if any(unit.id == unit_id for unit in one.units)), None)
    if line is None:
        return Ticked(_with_its_dispatch(against, facts) if against else _not_leaving(event, lines, facts))
    tick = Tick(unit_id, (line.id,))
    if against is not None and against.kind == "expired":
        # the gate of the dispatch stops it, unless somebody who may lets it pass
        expired = replace(against, title="Ticked, inspection expired", tone="amber", sound="warning")
        return Ticked(expired, (tick,))
    if against is not None:
        return Ticked(against)
    return Ticked(verdict("right", facts.label, title="Ticked", unit_id=unit_id, rental_id=line.id), (tick,))


def _with_its_dispatch(against: Verdict, facts: UnitFacts) -> Verdict:
    if against.kind != "wrong_event":
        return against
    there = {"href": f"/prep/{facts.with_event_id}/dispatch"}
    return replace(against, offers=(Offer("Dispatch that event", "open", there, "truck"),))


def _not_leaving(event: Event, lines: Sequence[HandedLine], facts: UnitFacts) -> Verdict:
    """In stock, or with this event already."""
    if facts.with_event_id == event.id:
        return verdict("again", f"{facts.label} has left already.", title="Left already", unit_id=facts.id)
    if any(one.line.equipment_id == facts.equipment_id for one in lines):
        said = f"{facts.label} is not picked for this event yet. Scan it there first."
        return verdict("not_on_list", said, title="Not picked yet", unit_id=facts.id, offers=(_pick(event),))
    said = f"{facts.label} is not of what may leave with this event."
    return verdict("not_on_list", said, title="Not of this event", unit_id=facts.id, offers=(_pick(event),))


def _equipment(event: Event, lines: Sequence[HandedLine], equipment_id: int) -> Ticked:
    own = [one for one in lines if one.line.equipment_id == equipment_id]
    if not own:
        said = "None of it is of what may leave with this event."
        return Ticked(verdict("not_on_list", said, title="Not of this event", offers=(_pick(event),)))
    name, first = own[0].line.name, own[0].id
    if own[0].line.serialized:
        said = f"{name} has tags of its own: scan the unit."
        return Ticked(verdict("needs_unit", said, rental_id=first))
    tick = Tick(line_ids=tuple(one.id for one in own))
    return Ticked(verdict("right", name, title="Ticked", rental_id=first), (tick,))


async def _case(session: AsyncSession, event: Event, case_id: int, code: str) -> Ticked:
    connection = await session.connection()
    parts = await parts_to_leave(connection, event.id, case_id)
    if not parts:
        is_packed = bool(await packed_in(connection, case_id, event.id))
        return Ticked(await _case_stays(session, event, case_id, code, is_packed=is_packed))
    ticks = tuple(Tick(part.unit_id, (part.rental_id,), part.quantity) for part in parts)
    said = f"Case {code}: {counted(sum(part.quantity for part in parts), 'piece')}."
    return Ticked(verdict("case", said, title="Ticked", case_id=case_id), ticks, once=f"case-{case_id}")


async def _case_stays(
    session: AsyncSession, event: Event, case_id: int, code: str, *, is_packed: bool
) -> Verdict:
    """Nothing of it may leave: it has left, it is of another event, or it is free."""
    if is_packed:
        return verdict("again", f"Case {code} has left already.", title="Left already", case_id=case_id)
    holder = await session.get(Event, (await session.get_one(Case, case_id)).event_id or 0)
    if holder is not None and holder.id != event.id:
        there = Offer("Dispatch that event", "open", {"href": f"/prep/{holder.id}/dispatch"}, "truck")
        said = f"Case {code} was packed for “{holder.name}”."
        return verdict("wrong_event", said, case_id=case_id, offers=(there,))
    said = f"Case {code} holds nothing of this event."
    inside = Offer("Open the case", "open", {"href": f"/cases/{case_id}"}, "box")
    return verdict("not_on_list", said, title="Not of this event", case_id=case_id, offers=(inside,))


def _pick(event: Event) -> Offer:
    return Offer("Open the pick list", "open", {"href": f"/prep/{event.id}"}, "clipboard-list")
