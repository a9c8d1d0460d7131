"""One scan at check-in, one verdict: back, or whose it is and where it belongs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sqlalchemy import text

from app.db.models import BenchAction, Event, Unit
from app.db.models.unit import GONE
from app.domain.handovers.cases import parts_in_case
from app.domain.handovers.checking_in import Session, take_in
from app.domain.handovers.policy import Part
from app.domain.prep.case_contents import packed_in
from app.domain.prep.codes import LONGEST, PaperCode, find_code, read_paper_code
from app.domain.prep.judging import unknown
from app.domain.prep.ledger import Act, perform, unit_counts
from app.domain.prep.policy import RETURNED
from app.domain.prep.queries import lines_by_id, lines_of_equipment
from app.domain.prep.scanning import judge_paper
from app.domain.prep.verdicts import Offer, Verdict, verdict
from app.lib import editing
from app.lib.errors import InvalidInput
from app.lib.sentences import counted
from app.lib.unit_of_work import UnitOfWork

_WHERE_UNIT_WAS = text(
    """
    select u.asset_tag, e.name as equipment, u.state, r.event_id, o.name as event,
      (select m.rental_id from movement m
       where m.unit_id = u.id and m.event_id = :event_id and m.step = 'returned'
       order by m.id desc limit 1) as back_on
    from unit u join equipment e on e.id = u.equipment_id
    left join rental r on r.id = u.rental_id left join event o on o.id = r.event_id
    where u.id = :unit_id
    """
)
_WHO_HAS = text(
    """
    select o.id, o.name, sum(v.quantity) as pieces
    from reservation v join event o on o.id = v.event_id
    where v.equipment_id = :equipment_id and v.state = 'out' and v.event_id <> :event_id
    group by o.id order by o.out_end, o.id limit 2
    """
)


@dataclass(frozen=True, slots=True)
class _Scan:
    """What was scanned, for which event, and where what it brings back is recorded."""

    work: UnitOfWork
    action: BenchAction
    event_id: int
    code: str
    session: Session


async def scan_back(work: UnitOfWork, act: Act, event_id: int, code: str, session: Session) -> Verdict:
    """Judge what was scanned at the check-in of an event, and take it in as fine where it is out with it.

    A case brings all that was packed into it and is out still. Raises NotFound, InvalidInput, Conflict.
    """
    code = code.strip()
    if not 0 < len(code) <= LONGEST:
        raise InvalidInput({"code": "Scan a code, or type one."})

    async def body(action: BenchAction) -> Verdict:
        event = await editing.lock(work, Event, event_id)
        paper = read_paper_code(code)
        if paper is not None:
            return await _paper(work, event, paper)
        found = await find_code(work.session, code)
        if found is None:
            return unknown(code)
        scan = _Scan(work, action, event_id, code, session)
        if found.kind == "case":
            return await _case(scan, found.id)
        if found.kind == "equipment":
            return await _equipment(scan, found.id)
        return await _unit(scan, found.id)

    return await perform(work, act, "check_in", body, event_id=event_id, step=RETURNED, code=code)


async def _paper(work: UnitOfWork, event: Event, paper: PaperCode) -> Verdict:
    if paper.event_id == event.id:
        return await judge_paper(work, event, paper)
    offer = Offer("Check in that event", "open", {"href": _check_in_of(paper.event_id)}, "arrow-right")
    return verdict("paper", f"This {paper.name} belongs to another event.", tone="amber", offers=(offer,))


async def _unit(scan: _Scan, unit_id: int) -> Verdict:
    unit = await scan.work.session.get_one(Unit, unit_id, populate_existing=True)
    if unit.rental_id is not None and unit.state in ("out", "missing"):
        line = (await lines_by_id(scan.work.session, [unit.rental_id]))[unit.rental_id]
        if line.event_id == scan.event_id:
            part = Part(line.id, 1, unit.id)
            what = f"{line.name}, {unit.asset_tag}"
            return await _taken_in(scan, [part], what, unit_id=unit.id)
    asked = {"unit_id": unit_id, "event_id": scan.event_id}
    row = (await scan.work.session.execute(_WHERE_UNIT_WAS, asked)).one()
    return await _not_out_here(scan.work, row, unit)


async def _not_out_here(work: UnitOfWork, row: Any, unit: Unit) -> Verdict:
    what = f"{row.equipment}, {row.asset_tag}"
    if row.state in GONE:
        return verdict("gone", f"{what}: {row.state.replace('_', ' ')}.", unit_id=unit.id)
    if row.event_id is not None and row.state in ("out", "missing"):
        offer = Offer(
            "Check it in there", "open", {"href": _check_in_of(row.event_id, row.asset_tag)}, "arrow-back-up"
        )
        kind = "out" if row.state == "out" else "missing"
        said = f"{what} is {'out with' if kind == 'out' else 'missing from'} “{row.event}”."
        return verdict(kind, said, unit_id=unit.id, offers=(offer,))
    if row.back_on is not None and (await unit_counts(work, row.back_on, [unit.id]))[unit.id].returned:
        return verdict("again", f"{what} is back already.", unit_id=unit.id, rental_id=row.back_on)
    state = row.state.replace("_", " ") + (f" for “{row.event}”" if row.event else "")
    said = f"{what} was not out with this event: it is {state}."
    return verdict("not_on_list", said, title="Not of this event", unit_id=unit.id)


async def _equipment(scan: _Scan, equipment_id: int) -> Verdict:
    lines = await lines_of_equipment(scan.work.session, scan.event_id, equipment_id)
    if lines and lines[0].serialized:
        said = f"{lines[0].name} has tags of its own: scan the unit."
        return verdict("needs_unit", said, rental_id=lines[0].id)
    line = next((one for one in lines if one.counts.outstanding), None)
    if line is not None:
        return await _taken_in(scan, [Part(line.id)], line.name)
    left = [one for one in lines if one.counts.dispatched]
    if left:
        back, out = sum(one.counts.returned for one in left), sum(one.counts.dispatched for one in left)
        said = f"{left[0].name}: {back} of {out} are back, none is out any more."
        return verdict("again", said, rental_id=left[0].id, count=back, wanted=out)
    asked = {"equipment_id": equipment_id, "event_id": scan.event_id}
    others = (await scan.work.session.execute(_WHO_HAS, asked)).all()
    offers = tuple(
        Offer(f"Check in “{one.name}”", "open", {"href": _check_in_of(one.id, scan.code)}, "arrow-back-up")
        for one in others
    )
    whose = " and ".join(f"“{one.name}”" for one in others)
    said = f"It is out with {whose}." if others else "None of it is out."
    return verdict("not_on_list", said, title="Not of this event", offers=offers)


async def _case(scan: _Scan, case_id: int) -> Verdict:
    inside = await packed_in(scan.work.session, case_id, scan.event_id)
    parts = await parts_in_case(scan.work.session, scan.event_id, case_id)
    if not parts:
        said = "is back already" if inside else "was not packed for this event"
        return verdict("again" if inside else "not_on_list", f"Case {scan.code} {said}.", case_id=case_id)
    given = await take_in(scan.work, scan.action, scan.event_id, parts, scan.session)
    pieces = sum(part.quantity for part in parts)
    said = f"Case {scan.code}: {counted(pieces, 'piece')} back, as fine."
    return verdict(
        "case", said, counted=True, case_id=case_id, action_id=scan.action.id, handover_id=given.handover_id
    )


async def _taken_in(scan: _Scan, parts: Sequence[Part], what: str, *, unit_id: int | None = None) -> Verdict:
    given = await take_in(scan.work, scan.action, scan.event_id, parts, scan.session)
    rental_id = parts[0].rental_id
    counts = (await lines_by_id(scan.work.session, [rental_id]))[rental_id].counts
    return verdict(
        "right" if counts.outstanding else "complete",
        what,
        counted=True,
        rental_id=rental_id,
        unit_id=unit_id,
        count=counts.returned,
        wanted=counts.dispatched,
        label=what,
        action_id=scan.action.id,
        handover_id=given.handover_id,
    )


def _check_in_of(event_id: int, code: str = "") -> str:
    return f"/prep/{event_id}/check-in" + (f"?code={quote(code)}" if code else "")
