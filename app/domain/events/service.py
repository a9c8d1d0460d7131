"""Commands on events. Each re-checks the stock in its transaction, and refuses as a whole or not at all."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.db.models import Change, Event
from app.domain.events import policy
from app.domain.events.allocation import bind_when_confirmed
from app.domain.events.booking import rebook
from app.domain.events.noted_units import bind_noted
from app.domain.events.rules import EventRules, refuse_while_out
from app.lib import editing
from app.lib.clock import now
from app.lib.editing import Edit, Strategy
from app.lib.errors import Conflict, Forbidden, InvalidInput
from app.lib.rules import register
from app.lib.unit_of_work import UnitOfWork

WRITABLE = (
    "name", "client_id", "contact_id", "venue", "venue_address", "out_start", "out_end", "use_start",
    "use_end", "notes", "client_notes", "responsible_id", "tags", "colour",
)  # fmt: skip
_PERIOD = frozenset({"out_start", "out_end"})

register(Event.entity, EventRules())


async def create_event(work: UnitOfWork, values: Mapping[str, Any]) -> Event:
    """Add an event as a draft; name, out_start and out_end are required. Raises InvalidInput."""
    given = {name: values[name] for name in WRITABLE if name in values}
    given.setdefault("responsible_id", work.actor.id)
    return await editing.create(work, Event(status=policy.DRAFT, **given))


async def edit_event(
    work: UnitOfWork,
    event_id: int,
    values: Mapping[str, Any],
    *,
    version: int | None,
    strategy: Strategy = Strategy.MERGE,
    overbook_reason: str = "",
) -> Edit:
    """Change an event, merging with others. New dates move its rentals, or are refused with Shortage.

    Raises NotFound, EditConflict, InvalidInput, Shortage.
    """
    event = await editing.lock(work, Event, event_id)
    given = {name: values[name] for name in WRITABLE if name in values}
    edit = await editing.edit(work, event, given, version=version, strategy=strategy)
    if _PERIOD.intersection(edit.changed):
        await rebook(work, event, overbook_reason=overbook_reason)
    return edit


async def delete_event(work: UnitOfWork, event_id: int, *, version: int | None) -> Event:
    """Delete an event so that it can be restored; what it held is free. Raises NotFound, Conflict."""
    event = await editing.lock(work, Event, event_id)
    await editing.delete(work, event, version=version)
    await rebook(work, event)
    return event


async def restore_event(work: UnitOfWork, event_id: int) -> Event:
    """Take a delete back; what was held or confirmed has to be free still. Raises NotFound, Shortage."""
    event = await editing.lock(work, Event, event_id, deleted=True)
    await editing.restore(work, event)
    return event


async def hold(
    work: UnitOfWork,
    event_id: int,
    *,
    expires_at: datetime | None = None,
    overbook_reason: str = "",
    may_confirm: bool = True,
) -> Event:
    """Hold the stock of an event until `expires_at` (a week from now unless given, at most until its end).

    Holding again moves the expiry. Whoever may not confirm holds for a while only, and does not answer a
    request by holding. Raises NotFound, Forbidden, Conflict, InvalidInput, Shortage.
    """
    event = await editing.lock(work, Event, event_id)
    if event.status == policy.REQUESTED and not may_confirm:
        raise Forbidden("Only somebody who may confirm events answers a request.")
    expires_at = expires_at or policy.latest_hold_end(event.out_end, now())
    _refuse_end(event, expires_at, may_confirm=may_confirm)
    event = await _take_step(work, event_id, policy.HOLD, hold_expires_at=expires_at)
    event.hold_warned_at = None
    await rebook(work, event, check_all=True, overbook_reason=overbook_reason)
    await bind_noted(work, event)
    return event


async def request(work: UnitOfWork, event_id: int, *, expires_at: datetime | None = None) -> Event:
    """Ask for an event to be confirmed; its stock is held for a limited time. Raises as `hold` does."""
    expires_at = expires_at or now() + policy.REQUEST_TIME
    event = await _take_step(work, event_id, policy.REQUEST, hold_expires_at=expires_at)
    event.requested_by_id, event.hold_warned_at = work.actor.id, None
    await rebook(work, event, check_all=True)
    await bind_noted(work, event)
    return event


async def confirm(work: UnitOfWork, event_id: int, *, overbook_reason: str = "") -> Event:
    """Confirm an event: all it rents is firm, or nothing is. Raises NotFound, Conflict, Shortage."""
    event = await _take_step(work, event_id, policy.CONFIRM)
    await rebook(work, event, check_all=True, overbook_reason=overbook_reason)
    await bind_noted(work, event)
    await bind_when_confirmed(work, event)
    return event


async def counter(
    work: UnitOfWork, event_id: int, reason: str, *, expires_at: datetime | None = None
) -> Event:
    """Answer a request with other terms: what the event is now is held, `reason` says what is different.

    Whoever asked may ask again, or let it go. Raises as `hold` does, and InvalidInput without a reason.
    """
    if not reason:
        raise InvalidInput({"reason": "Say what you propose instead."})
    event = await editing.lock(work, Event, event_id)
    expires_at = expires_at or policy.latest_hold_end(event.out_end, now())
    _refuse_end(event, expires_at)
    event = await _take_step(
        work, event_id, policy.COUNTER, "countered", hold_expires_at=expires_at, status_reason=reason
    )
    event.hold_warned_at = None
    await rebook(work, event, check_all=True)
    return event


async def take_step(work: UnitOfWork, event_id: int, step: str, *, reason: str = "") -> Event:
    """Quote, lose, cancel, close, decline, withdraw or reopen. Raises NotFound, Conflict, Forbidden."""
    event = await editing.lock(work, Event, event_id)
    if step in (policy.CANCEL, policy.CLOSE):
        await refuse_while_out(work, event)
    if step == policy.WITHDRAW and event.requested_by_id not in (None, work.actor.id):
        raise Forbidden("Only the person who asked can withdraw the request.")
    if step == policy.DECLINE and not reason:
        raise InvalidInput({"reason": "Say why."})
    event = await _take_step(work, event_id, step, status_reason=reason)
    await rebook(work, event)
    return event


async def take_back(work: UnitOfWork, event_id: int, status: str) -> Event:
    """Undo the step that led to this status: the event is again what it was before.

    Stock it takes again is checked, and units are bound as when it was confirmed. Raises NotFound, Conflict,
    Shortage.
    """
    event = await editing.lock(work, Event, event_id)
    if event.status != status:
        raise Conflict(f"“{event.name}” is {policy.STATUS_WORDS[event.status]}.")
    await refuse_while_out(work, event)
    before, expires_at, reason = await _status_before(work, event)
    if before in (policy.HELD, policy.REQUESTED) and (expires_at is None or expires_at <= now()):
        before, expires_at = policy.QUOTED, None
    await editing.edit(
        work,
        event,
        {"status": before, "hold_expires_at": expires_at, "status_reason": reason},
        version=None,
        action=f"event.{status}_undone",
    )
    await rebook(work, event)
    if status not in policy.BINDING and before in policy.BINDING:
        await bind_noted(work, event)
        if before == policy.CONFIRMED:
            await bind_when_confirmed(work, event)
    return event


def _refuse_end(event: Event, expires_at: datetime, *, may_confirm: bool = True) -> None:
    """Raise InvalidInput where a hold of an event cannot end then."""
    problem = policy.hold_problem(expires_at, event.out_end, now(), may_confirm=may_confirm)
    if problem:
        raise InvalidInput({"expires_at": problem})


async def _take_step(work: UnitOfWork, event_id: int, step: str, what: str = "", **values: Any) -> Event:
    event = await editing.lock(work, Event, event_id)
    status = policy.status_after(event.status, step)
    if status is None:
        raise Conflict(f"“{event.name}” is {policy.STATUS_WORDS[event.status]}: this step does not follow.")
    fields = {"status": status, "status_reason": "", "hold_expires_at": None, **values}
    await editing.edit(work, event, fields, version=None, action=f"event.{what or status}")
    return event


async def _status_before(work: UnitOfWork, event: Event) -> tuple[str, datetime | None, str]:
    """What the event was before its present status, until when it was held then, and what was said of it."""
    rows = await work.session.execute(
        select(Change.action, Change.fields)
        .where(Change.entity == "event", Change.entity_id == event.id, Change.fields.has_key("status"))
        .order_by(Change.version)
    )
    steps = list[tuple[str, str | None, str]]()
    for action, fields in rows:
        if action.endswith("_undone"):
            steps.pop()
        else:
            before, after = fields["status"]
            if before is not None and before != after:
                was = {name: values[0] for name, values in fields.items()}
                steps.append((before, was.get("hold_expires_at"), was.get("status_reason") or ""))
    if not steps:
        return policy.DRAFT, None, ""
    status, expires_at, reason = steps[-1]
    return status, datetime.fromisoformat(expires_at) if expires_at else None, reason
