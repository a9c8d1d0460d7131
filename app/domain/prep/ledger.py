"""Writing the ledger of the bench: one action for every tap or scan, counted once however often it is sent.

What an action moves is locked in one order everywhere: the event, its lines, equipment, units, the stock
(docs/bench.md).
"""

import json
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, any_, cast, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import IntegrityError

from app.db.driver import Statement
from app.db.models import BenchAction, Company, Maintenance, Movement, Rental, Unit
from app.domain.maintenance.policy import OPEN, unit_state_after
from app.domain.prep.movements import add_movements, place_prepped
from app.domain.prep.policy import PACKED, Counts, Move, counts_from, steps_of
from app.domain.prep.queries import BenchLine, lines_by_id
from app.domain.prep.shared_event import AnyEvent
from app.domain.prep.unit_queries import AnyUnit
from app.domain.prep.verdicts import Verdict, restored, stored, verdict
from app.lib.batches import Draft, lock_all, write_all
from app.lib.changes import FieldChanges, Note, record_all, record_plain
from app.lib.errors import Conflict, DomainError, NotFound
from app.lib.unit_of_work import UnitOfWork

_BEGIN_PREP = text(
    """
    insert into known_line (rental_id, event_id, equipment_id, quantity, known_by_id)
    select r.id, r.event_id, r.equipment_id, r.quantity, :actor_id from rental r
    where r.event_id = :event_id and r.deleted_at is null and not r.optional
      and not exists (select 1 from known_line where event_id = :event_id)
    on conflict do nothing
    """
)
_ADD_ACTION = text(
    """
    insert into bench_action (nonce, event_id, actor_id, kind, step, code, device, device_at, queued)
    values (:nonce, :event_id, :actor_id, :kind, :step, :code, :device, :device_at, :queued)
    on conflict (nonce) do nothing returning id
    """
)
_ANSWER = Statement(
    """
    update bench_action set answer = :answer, verdict = :verdict, needs_a_look = :needs_a_look
    where id = :id
    """
)
_STEPS = select(Company.prep_steps)
ADDS_UP = "movement_adds_up"


@dataclass(frozen=True, slots=True)
class Tap:
    """One action on one line: the event is held, and so is the line."""

    work: UnitOfWork
    action: BenchAction
    event: AnyEvent
    line: BenchLine


@dataclass(frozen=True, slots=True)
class Act:
    """What a device says about a tap or a scan: its nonce, which device, when, and whether it had to wait."""

    nonce: UUID
    device: str = ""
    device_at: datetime | None = None
    queued: bool = False


async def perform(
    work: UnitOfWork,
    act: Act,
    kind: str,
    body: Callable[[BenchAction], Awaitable[Verdict]],
    *,
    event_id: int | None,
    step: str = "",
    code: str = "",
) -> Verdict:
    """Do one action of the bench, once: sent again with the same nonce, it answers what it answered.

    What is refused raises, and nothing was done; but an action that waited on its device is kept for the
    inbox instead, as whoever tapped has gone on since. Raises Conflict when the nonce is another action's.
    """
    action = await _begin(work, act, kind, event_id=event_id, step=step, code=code)
    if action.answer:
        return restored(action.answer)
    try:
        # what is refused takes all with it, unless it is to be kept
        async with work.session.begin_nested() if act.queued else nullcontext():
            given = await body(action)
    except IntegrityError as error:
        if ADDS_UP not in str(error.orig) or not act.queued:
            raise
        given = verdict("refused", "This does not add up any more: somebody else has counted it meanwhile.")
    except DomainError as refusal:
        if not act.queued:
            raise
        given = verdict("refused", refusal.message)
    await work.session.flush()
    needs_a_look = act.queued and not given.counted and given.kind not in ("again", "left", "paper")
    answer = {"answer": json.dumps(stored(given)), "verdict": given.kind, "needs_a_look": needs_a_look}
    await _ANSWER.rows(work.session, {"id": action.id, **answer})
    if needs_a_look:
        await record_plain(
            work,
            action="prep.waits_for_a_look",
            entity="bench_action",
            entity_id=action.id,
            version=1,
            label=given.title,
            fields={"code": ("", code)},
            parent_entity="event" if event_id else None,
            parent_id=event_id,
        )
    return given


async def _begin(
    work: UnitOfWork, act: Act, kind: str, *, event_id: int | None, step: str, code: str
) -> BenchAction:
    values = {
        "nonce": act.nonce,
        "event_id": event_id,
        "actor_id": work.actor.id,
        "kind": kind,
        "step": step,
        "code": code,
        "device": act.device,
        "device_at": act.device_at,
        "queued": act.queued,
    }
    added = await work.session.scalar(_ADD_ACTION, values)
    if added is not None:
        return BenchAction(**values, id=added)
    known = (await work.session.scalars(select(BenchAction).where(BenchAction.nonce == act.nonce))).one()
    if (known.kind, known.event_id, known.step, known.code) != (kind, event_id, step, code):
        raise Conflict("Something else was sent under this number already.")
    return known


async def hold_lines(work: UnitOfWork, event_id: int, rental_ids: Iterable[int]) -> dict[int, BenchLine]:
    """Lock lines of an event, in id order, and read where they stand. Raises NotFound."""
    wanted = sorted(set(rental_ids))
    await work.session.execute(
        select(Rental.id)
        .where(Rental.id == any_(cast(wanted, ARRAY(BigInteger))))
        .order_by(Rental.id)
        .with_for_update(key_share=True)
    )
    lines = await lines_by_id(work.session, wanted)
    if any(key not in lines or lines[key].event_id != event_id for key in wanted):
        raise NotFound("This line does not exist, or was deleted.")
    return lines


async def hold_units(work: UnitOfWork, unit_ids: Iterable[int]) -> dict[int, Unit]:
    """Lock units, in id order. Raises NotFound."""
    return await lock_all(work, Unit, sorted(set(unit_ids)))


async def enabled_steps(work: UnitOfWork) -> tuple[str, ...]:
    """The steps of prep that the shop takes, in order."""
    return steps_of(await work.session.scalar(_STEPS) or ())


async def unit_counts(work: UnitOfWork, rental_id: int, unit_ids: Sequence[int]) -> dict[int, Counts]:
    """Which steps each of these units has taken on a line, as counts of 0 or 1."""
    rows = await work.session.execute(
        select(Movement.unit_id, Movement.step, Movement.quantity).where(
            Movement.rental_id == rental_id, Movement.unit_id == any_(cast(list(unit_ids), ARRAY(BigInteger)))
        )
    )
    sums: dict[int | None, Counter[str]] = {unit_id: Counter() for unit_id in unit_ids}
    for unit_id, step, quantity in rows:
        sums[unit_id][step] += quantity
    return {unit_id: counts_from(1, sums[unit_id]) for unit_id in unit_ids}


def movement(
    action: BenchAction,
    line: BenchLine,
    move: Move,
    *,
    unit_id: int | None = None,
    case_id: int | None = None,
    reason: str = "",
) -> Movement:
    """A movement of this line, not written yet; only what is packed goes into a case."""
    return Movement(
        action_id=action.id,
        event_id=line.event_id,
        rental_id=line.id,
        equipment_id=line.equipment_id,
        unit_id=unit_id,
        case_id=case_id if move.step == PACKED else None,
        step=move.step,
        quantity=move.quantity,
        reason=reason,
    )


async def write(
    tap: Tap,
    movements: Sequence[Movement],
    *,
    label: str,
    fields: FieldChanges,
    prepped: Sequence[AnyUnit] = (),
) -> None:
    """Add movements to the ledger, with one row of the change log for all of them.

    Locked units that are `prepped` for the line by them are written along with them.
    """
    work, event = tap.work, tap.event
    if tap.line.known is None:
        await work.session.execute(_BEGIN_PREP, {"event_id": event.id, "actor_id": work.actor.id})
    await add_movements(work, movements)
    moved = Note(
        movements[0], "movement", f"prep.{tap.action.kind}", label, fields, parent=("event", event.id)
    )
    await record_all(work, [], [*await place_prepped(work, prepped, tap.line.id), moved])


async def shelve_unit(work: UnitOfWork, unit: Unit, state: str) -> None:
    """Put a locked unit that is here again where its open jobs say it belongs, else into `state`."""
    blocking = await work.session.scalars(
        select(Maintenance.state).where(
            Maintenance.unit_id == unit.id,
            Maintenance.blocks,
            Maintenance.state.in_(OPEN),
            Maintenance.deleted_at.is_(None),
        )
    )
    await place_unit(work, unit, unit_state_after(state, blocking.all()), None)


async def place_unit(work: UnitOfWork, unit: Unit, state: str, rental_id: int | None) -> None:
    """Say where a locked unit is now: its state, and the line it is with."""
    # nothing may be flushed before its state follows: what is with a line is prepped, out or missing
    unit.rental_id = rental_id
    await write_all(work, [Draft(unit, {"state": state})])
