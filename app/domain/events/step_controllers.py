"""What is done with an event: holding, requesting and confirming it, other steps, taking them back."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from app.domain.events import policy, queries, service
from app.domain.events.fields import STATUS_STATES, STEP_WORDS, step_readers
from app.domain.events.refusals import done, refusing
from app.domain.maintenance.descriptions import zone_of
from app.lib.clock import now
from app.lib.errors import NotFound
from app.lib.fields import read_fields
from app.web.forms import form_text
from app.web.htmx import Toast
from app.web.overbooking import reason_of
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import RENTAL_CONFIRM, RENTAL_READ, RENTAL_WRITE
from app.web.render import page

ASKED = {
    policy.HOLD: ("expires_at",),
    policy.COUNTER: ("reason", "expires_at"),
    policy.LOSE: ("reason",),
    policy.CANCEL: ("reason",),
    policy.DECLINE: ("reason",),
}
"""What is said along with a step."""

_ADDRESSES = {policy.HOLD: "hold", policy.COUNTER: "counter-offer"}
_EXPLAINED = (policy.COUNTER, policy.DECLINE)

TRANSITIONS = (
    policy.QUOTE, policy.LOSE, policy.CANCEL, policy.CLOSE, policy.DECLINE,
)  # fmt: skip


@get("/events/{event_id:int}/steps/{step:str}", capability=RENTAL_READ, include_in_schema=False)
async def step_page(
    request: Request[Any, Any, Any], reading: Connection, event_id: PathId, step: FromPath[str]
) -> Response[str]:
    """What may be said along with a step: a dialog, or a page."""
    if step not in ASKED:
        raise NotFound("There is no such step.")
    event = await queries.event_by_id(reading, event_id)
    until = event.hold_expires_at or now() + policy.HOLD_TIME
    return page(
        request,
        "events/step.html",
        partial="events/_step.html",
        event=event,
        step=step,
        asked=ASKED[step],
        explained=step in _EXPLAINED,
        action=f"/events/{event_id}/{_ADDRESSES.get(step, f'steps/{step}')}",
        expires_at=f"{until.astimezone(zone_of(request)):%Y-%m-%dT%H:%M}",
        step_words=STEP_WORDS,
    )


@post("/events/{event_id:int}/hold", capability=RENTAL_WRITE, include_in_schema=False)
async def hold(request: Request[Any, Any, Any], work: Work, event_id: PathId) -> Response[str]:
    """Hold the stock of an event for a while; holding again moves the end."""
    typed = await form_text(request)
    said = read_fields(typed, step_readers(zone_of(request))).checked()
    reason = reason_of(request, said.get("overbook_reason", ""))
    with refusing(request, event_id, typed):
        event = await service.hold(work, event_id, expires_at=said.get("expires_at"), overbook_reason=reason)
    undo = f"/events/{event_id}/hold/deletion"
    return done(request, event_id, Toast("Held", event.name, undo_url=undo))


@post("/events/{event_id:int}/hold/deletion", capability=RENTAL_WRITE, include_in_schema=False)
async def release(request: Request[Any, Any, Any], work: Work, event_id: PathId) -> Response[str]:
    """Undo a hold."""
    event = await service.take_back(work, event_id, policy.HELD)
    return done(request, event_id, Toast("Released", event.name))


@post("/events/{event_id:int}/request", capability=RENTAL_WRITE, include_in_schema=False)
async def ask(request: Request[Any, Any, Any], work: Work, event_id: PathId) -> Response[str]:
    """Ask somebody who may to confirm an event; its stock is held for a limited time."""
    with refusing(request, event_id, {}):
        event = await service.request(work, event_id)
    return done(request, event_id, Toast("Requested", event.name))


@post("/events/{event_id:int}/request/deletion", capability=RENTAL_WRITE, include_in_schema=False)
async def withdraw(request: Request[Any, Any, Any], work: Work, event_id: PathId) -> Response[str]:
    """Take a request back: only whoever asked."""
    event = await service.take_step(work, event_id, policy.WITHDRAW)
    return done(request, event_id, Toast("Withdrawn", event.name))


@post("/events/{event_id:int}/reopening", capability=RENTAL_WRITE, include_in_schema=False)
async def reopen(request: Request[Any, Any, Any], work: Work, event_id: PathId) -> Response[str]:
    """Make a draft again of what came to nothing; a draft takes nothing."""
    event = await service.take_step(work, event_id, policy.REOPEN)
    return done(request, event_id, Toast("Reopened", event.name))


@post("/events/{event_id:int}/counter-offer", capability=RENTAL_CONFIRM, include_in_schema=False)
async def counter(request: Request[Any, Any, Any], work: Work, event_id: PathId) -> Response[str]:
    """Answer a request with other terms: the event as it is now is held."""
    typed = await form_text(request)
    said = read_fields(typed, step_readers(zone_of(request))).checked()
    with refusing(request, event_id, typed):
        event = await service.counter(
            work, event_id, said.get("reason", ""), expires_at=said.get("expires_at")
        )
    return done(request, event_id, Toast("Countered", event.name))


@post("/events/{event_id:int}/confirmation", capability=RENTAL_CONFIRM, include_in_schema=False)
async def confirm(request: Request[Any, Any, Any], work: Work, event_id: PathId) -> Response[str]:
    """Confirm an event: all it rents is firm, or nothing is."""
    typed = await form_text(request)
    said = read_fields(typed, step_readers(zone_of(request))).checked()
    reason = reason_of(request, said.get("overbook_reason", ""))
    with refusing(request, event_id, typed):
        event = await service.confirm(work, event_id, overbook_reason=reason)
    undo = f"/events/{event_id}/confirmation/deletion"
    return done(request, event_id, Toast("Confirmed", event.name, undo_url=undo))


@post("/events/{event_id:int}/confirmation/deletion", capability=RENTAL_CONFIRM, include_in_schema=False)
async def undo_confirmation(request: Request[Any, Any, Any], work: Work, event_id: PathId) -> Response[str]:
    """Undo a confirmation: the event is what it was before."""
    event = await service.take_back(work, event_id, policy.CONFIRMED)
    return done(request, event_id, Toast("Taken back", event.name))


@post("/events/{event_id:int}/steps/{step:str}", capability=RENTAL_CONFIRM, include_in_schema=False)
async def take_step(
    request: Request[Any, Any, Any], work: Work, event_id: PathId, step: FromPath[str]
) -> Response[str]:
    """Quote, lose, cancel, close or decline."""
    if step not in TRANSITIONS:
        raise NotFound("There is no such step.")
    said = read_fields(await form_text(request), step_readers(zone_of(request))).checked()
    event = await service.take_step(work, event_id, step, reason=said.get("reason", ""))
    return done(request, event_id, Toast(STATUS_STATES[event.status][0], event.name))


HANDLERS = [step_page, hold, release, ask, withdraw, counter, reopen, confirm, undo_confirmation, take_step]
