"""The inbox of an event: taps and scans that waited on a device and did not fit any more when they came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from app.db.models import BenchAction
from app.domain.availability.queries import Connection
from app.domain.prep.counting import count
from app.domain.prep.ledger import Act
from app.domain.prep.policy import STEP_WORDS
from app.domain.prep.scanning import scan
from app.domain.prep.taking_back import take_back
from app.domain.prep.unit_taps import put_back_unit
from app.domain.prep.verdicts import Verdict, restored
from app.lib.changes import record_plain
from app.lib.clock import now
from app.lib.errors import Conflict, NotFound
from app.lib.unit_of_work import UnitOfWork
from app.lib.wire import wire
from app.web.viewer import Person

MOST = 200
_WAITING = text(
    """
    select a.id, a.kind, a.step, a.code, a.answer, a.device, a.device_at, a.created_at, a.actor_id,
      coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username, '') as person,
      r.name as line_name
    from bench_action a
    left join user_account u on u.id = a.actor_id
    left join rental r on a.kind = 'count' and r.event_id = a.event_id
      and r.id::text = split_part(a.code, ' ', 1)
    where a.event_id = :event_id and a.needs_a_look and a.looked_at is null
    order by coalesce(a.device_at, a.created_at), a.id limit :most
    """
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One action that did not fit: what it was, whose, when on the device, and why it was not counted."""

    id: int
    what: str
    step: str
    person: Person | None
    device: str
    at: datetime
    came_at: datetime
    why: Verdict


async def waiting_at(connection: Connection, event_id: int) -> Sequence[Waiting]:
    """What waits for a look at an event, oldest first. One statement."""
    rows = await connection.execute(_WAITING, {"event_id": event_id, "most": MOST})
    return [_waiting(row) for row in rows.mappings()]


async def dismiss(work: UnitOfWork, event_id: int, action_id: int) -> None:
    """Note that somebody has looked at an action and wants nothing done. Raises NotFound, Conflict."""
    await _looked_at(work, await _hold(work, event_id, action_id), "prep.dismissed")


async def do_again(work: UnitOfWork, event_id: int, action_id: int, nonce: UUID) -> Verdict:
    """Do now what an action meant, as an action of its own under this nonce; refused, it goes on waiting.

    Raises NotFound, InvalidInput, Conflict, as a tap or scan does.
    """
    waiting = await _hold(work, event_id, action_id)
    given = await _repeat(work, event_id, waiting, Act(nonce, device=waiting.device))
    if given.counted or given.kind in ("again", "case"):
        await _looked_at(work, waiting, "prep.done_again")
    return given


async def _repeat(work: UnitOfWork, event_id: int, action: BenchAction, act: Act) -> Verdict:
    words = action.code.split()
    if action.kind == "scan":
        return await scan(work, act, event_id, action.code, step=action.step)
    if action.kind == "undo":
        return await take_back(work, act, event_id, int(action.code))
    if action.kind == "count" and "unit" in words:
        return await put_back_unit(work, act, event_id, int(words[0]), int(words[2]), step=action.step)
    if action.kind == "count":
        return await count(work, act, event_id, int(words[0]), step=action.step, quantity=int(words[1]))
    raise Conflict("This is done on its own page, not from here.")


async def _hold(work: UnitOfWork, event_id: int, action_id: int) -> BenchAction:
    action = await work.session.scalar(
        select(BenchAction)
        .where(BenchAction.id == action_id, BenchAction.event_id == event_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if action is None or not action.needs_a_look:
        raise NotFound("This does not wait for anybody.")
    if action.looked_at is not None:
        raise Conflict("Somebody has looked at it already.")
    return action


async def _looked_at(work: UnitOfWork, action: BenchAction, how: str) -> None:
    action.looked_at, action.looked_by_id = now(), work.actor.id
    await work.session.flush()
    await record_plain(
        work,
        action=how,
        entity="bench_action",
        entity_id=action.id,
        version=2,
        label=restored(action.answer).title,
        fields={"looked_at": (None, wire(action.looked_at))},
        parent_entity="event",
        parent_id=action.event_id,
    )


def _waiting(row: Any) -> Waiting:
    return Waiting(
        id=row["id"],
        what=_what(row),
        step=STEP_WORDS[row["step"]][0] if row["step"] in STEP_WORDS else "",
        person=Person(row["actor_id"], row["person"]) if row["actor_id"] else None,
        device=row["device"],
        at=row["device_at"] or row["created_at"],
        came_at=row["created_at"],
        why=restored(row["answer"]),
    )


def _what(row: Any) -> str:
    if row["kind"] == "count":
        words = row["code"].split()
        return f"{words[-1].replace('-', chr(0x2212))} {row['line_name'] or 'of a line that is gone'}"
    return "Undo" if row["kind"] == "undo" else f"Scan of {row['code']}"
