"""What is done about a unit that is promised elsewhere, other than taking it: one tap each, counted once.

Taking another one and swapping are scans to the ledger: an undo takes them back, the inbox does them again.
"""

from dataclasses import replace

from sqlalchemy import and_, bindparam, insert, or_, select

from app.db.models import Allocation, BenchAction, Rental
from app.domain.events.unit_binding import let_go
from app.domain.prep.codes import Found, find_code
from app.domain.prep.counting import require_confirmed
from app.domain.prep.judging import Meant, put_back, unknown
from app.domain.prep.ledger import Act, hold_units, perform
from app.domain.prep.policy import PREP_STEPS
from app.domain.prep.queries import BenchLine, lines_by_id
from app.domain.prep.scanning import scan_unit
from app.domain.prep.shared_event import SharedEvent, share_event, share_event_and_find
from app.domain.prep.unit_picking import period_of
from app.domain.prep.unit_queries import facts_of_unit
from app.domain.prep.verdicts import Verdict
from app.domain.prep.ways_out import Promise, for_them, place_of, the_promise
from app.lib.changes import record_plain
from app.lib.errors import Conflict, InvalidInput, NotFound
from app.lib.periods import Period
from app.lib.unit_of_work import UnitOfWork

_HOLD_BOTH = (
    select(Rental.id)
    .where(
        or_(
            and_(Rental.event_id == bindparam("event_id"), Rental.equipment_id == bindparam("equipment_id")),
            Rental.id == bindparam("theirs"),
        )
    )
    .order_by(Rental.id)
    .with_for_update(key_share=True)
)


async def take_instead(
    work: UnitOfWork,
    act: Act,
    event_id: int,
    code: str,
    *,
    instead_of: str,
    step: str,
    case_id: int | None = None,
    near: bool = False,
) -> Verdict:
    """Count the free unit `code` instead of the one that was scanned, which stays where it is.

    Where somebody was faster, the one that was scanned is judged again, and the next free one is offered.
    Raises as `scan` does.
    """
    _require_step(step)

    async def body(action: BenchAction) -> Verdict:
        event, found = await share_event_and_find(work, event_id, code)
        require_confirmed(event)
        if found is None or found.kind != "unit":
            return unknown(code)
        async with work.session.begin_nested() as tried:
            given = await scan_unit(work, action, event, found, Meant(case_id))
            if given.counted:
                return given
            # and nobody waits for it any more: units are held in the order of their ids
            await tried.rollback()
        event, scanned = await share_event_and_find(work, event_id, instead_of)
        if scanned is None or scanned.kind != "unit":
            return unknown(instead_of)
        again = await scan_unit(work, action, event, scanned, Meant(case_id, near=near))
        if again.counted:
            raise Conflict(f"{code} is taken by now, but {instead_of} is free. Scan it again.")
        return replace(again, text=f"{code} is taken by now. {again.text}")

    return await perform(work, act, "scan", body, event_id=event_id, step=step, code=code)


async def swap(
    work: UnitOfWork,
    act: Act,
    event_id: int,
    code: str,
    *,
    rental_id: int,
    with_rental_id: int,
    step: str,
    case_id: int | None = None,
) -> Verdict:
    """Count a promised unit, and promise the line that had it (`with_rental_id`) another one instead.

    That is the one our line (`rental_id`) was promised, else one that is free. The other event is told. Where
    no exchange is possible any more, the unit is judged as in a scan. Raises as `scan` does.
    """
    _require_step(step)

    async def body(action: BenchAction) -> Verdict:
        event = await _share_both(work, event_id, with_rental_id)
        require_confirmed(event)
        found = await find_code(work.session, code)
        if found is None or found.kind != "unit":
            return unknown(code)
        await work.session.execute(
            _HOLD_BOTH,
            {"event_id": event_id, "equipment_id": found.equipment_id, "theirs": with_rental_id},
        )
        line = (await lines_by_id(work.session, [rental_id])).get(rental_id)
        if line is None or line.event_id != event_id or line.equipment_id != found.equipment_id:
            raise NotFound("This line does not exist, or was deleted.")
        async with work.session.begin_nested() as tried:
            theirs = await _exchange(work, action, event, line, found=found, with_rental_id=with_rental_id)
            given = await scan_unit(work, action, event, found, Meant(case_id))
            if given.counted:
                return replace(given, text=f"{given.text}. {theirs}") if theirs else given
            await tried.rollback()
        return given

    return await perform(work, act, "scan", body, event_id=event_id, step=step, code=code)


async def leave(work: UnitOfWork, act: Act, event_id: int, code: str) -> Verdict:
    """Note that a scanned unit goes back where it was; nothing moves. Raises NotFound."""

    async def body(_: BenchAction) -> Verdict:
        event, found = await share_event_and_find(work, event_id, code)
        if found is None or found.kind != "unit":
            return unknown(code)
        period = Period(event.out_start, event.out_end)
        facts = await facts_of_unit(work.session, found.id, event, period)
        return put_back(facts, await place_of(work.session, found.id))

    return await perform(work, act, "put_back", body, event_id=event_id, code=code)


async def _share_both(work: UnitOfWork, event_id: int, with_rental_id: int) -> SharedEvent:
    """Hold an event and that of another line, in the order of their ids. Returns the first."""
    other = await work.session.scalar(select(Rental.event_id).where(Rental.id == with_rental_id))
    if other is None:
        raise NotFound("This line does not exist, or was deleted.")
    held = {key: await share_event(work, key) for key in sorted({event_id, other})}
    return held[event_id]


async def _exchange(
    work: UnitOfWork,
    action: BenchAction,
    event: SharedEvent,
    line: BenchLine,
    *,
    found: Found,
    with_rental_id: int,
) -> str:
    """Have two locked lines exchange units, and hold both; what the others get, "" where that cannot be."""
    _, period = await period_of(work, event, line)
    promise = await the_promise(work.session, found.id, event.id, period)
    if promise is None or promise.rental_id != with_rental_id:
        return ""
    may = dict(await for_them(work.session, line, promise))
    units = await hold_units(work, {found.id, *may})
    free = [key for key, _ in await for_them(work.session, line, promise) if key in may]
    if not free or units[found.id].rental_id is not None:
        return ""
    await let_go(work, promise.rental_id, found.id)
    await let_go(work, line.id, free[0])
    await work.session.execute(
        insert(Allocation).values(
            rental_id=promise.rental_id,
            unit_id=free[0],
            start_at=promise.start_at,
            end_at=promise.end_at,
        )
    )
    await _tell_swapped(work, action, promise, units[found.id].asset_tag, may[free[0]])
    return f"“{promise.event}” gets {may[free[0]]}."


async def _tell_swapped(
    work: UnitOfWork, action: BenchAction, promise: Promise, tag: str, other: str
) -> None:
    await record_plain(
        work,
        action="prep.swapped",
        entity="bench_action",
        entity_id=action.id,
        version=1,
        label=tag,
        fields={"units": ([tag], [other])},
        parent_entity="event",
        parent_id=promise.event_id,
    )


def _require_step(step: str) -> None:
    if step not in PREP_STEPS:
        raise InvalidInput({"step": "This is no step of prep."})
