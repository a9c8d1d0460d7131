"""What is done with an event: holding, requesting and confirming it, other steps, taking them back."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from app.domain.events import policy, queries, service
from app.domain.events.cautions import caution_of_hold, cautions_of_confirming
from app.domain.events.fields import STATUS_STATES
from app.domain.events.refusals import done, refusing
from app.domain.events.step_forms import ASKED, StepForm, read_step
from app.domain.maintenance.descriptions import zone_of
from app.lib.clock import now
from app.lib.errors import NotFound
from app.web.htmx import Toast
from app.web.overbooking import reason_of
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import RENTAL_CONFIRM, RENTAL_READ, RENTAL_WRITE
from app.web.state import viewer_of


@get("/events/{event_id:int}/steps/{step:str}", capability=RENTAL_READ, include_in_schema=False)
async def step_page(
    request: Request[Any, Any, Any], reading: Connection, event_id: PathId, step: FromPath[str]
) -> Response[str]:
    """What may be said along with a step: a dialog, or a page."""
    if step not in ASKED:
        raise NotFound("There is no such step.")
    event = await queries.event_by_id(reading, event_id)
    until = event.hold_expires_at or policy.usual_hold_end(event.out_start, event.out_end, now())
    typed = {"expires_at": f"{until.astimezone(zone_of(request)):%Y-%m-%dT%H:%M}"}
    return StepForm(request, event, step, typed).show()


@post("/events/{event_id:int}/hold", capability=RENTAL_WRITE, include_in_schema=False)
async def hold(request: Request[Any, Any, Any], work: Work, event_id: PathId) -> Response[str]:
    """Hold the stock of an event for a while; holding again moves the end."""
    form = await read_step(request, work, event_id, policy.HOLD)
    with form.refusing():
        said = form.said()
        caution = caution_of_hold(form.event, said.get("expires_at"))
        if form.asks_first(caution):
            return form.show(caution=caution)
        reason = reason_of(request, said.get("overbook_reason", ""))
        event = await service.hold(
            work,
            event_id,
            expires_at=said.get("expires_at"),
            overbook_reason=reason,
            may_confirm=viewer_of(request).can(RENTAL_CONFIRM),
        )
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
    form = await read_step(request, work, event_id, policy.COUNTER)
    with form.refusing():
        said = form.said()
        caution = caution_of_hold(form.event, said.get("expires_at"))
        if form.asks_first(caution):
            return form.show(caution=caution)
        event = await service.counter(
            work, event_id, said.get("reason", ""), expires_at=said.get("expires_at")
        )
    undo = f"/events/{event_id}/hold/deletion"
    return done(request, event_id, Toast("Countered", event.name, undo_url=undo))


@post("/events/{event_id:int}/confirmation", capability=RENTAL_CONFIRM, include_in_schema=False)
async def confirm(request: Request[Any, Any, Any], work: Work, event_id: PathId) -> Response[str]:
    """Confirm an event: all it rents is firm, or nothing is. What is odd about it is asked first."""
    form = await read_step(request, work, event_id, policy.CONFIRM)
    caution = " ".join(await cautions_of_confirming(work.session, form.event))
    if form.asks_first(caution) and policy.CONFIRM in form.event.steps:
        return form.show(caution=caution)
    with form.refusing():
        reason = reason_of(request, form.said().get("overbook_reason", ""))
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
    if step not in policy.TAKEN_BACK:
        raise NotFound("There is no such step.")
    form = await read_step(request, work, event_id, step)
    with form.refusing():
        event = await service.take_step(work, event_id, step, reason=form.said().get("reason", ""))
    undo = f"/events/{event_id}/steps/{step}/deletion"
    return done(request, event_id, Toast(STATUS_STATES[event.status][0], event.name, undo_url=undo))


@post("/events/{event_id:int}/steps/{step:str}/deletion", capability=RENTAL_CONFIRM, include_in_schema=False)
async def undo_step(
    request: Request[Any, Any, Any], work: Work, event_id: PathId, step: FromPath[str]
) -> Response[str]:
    """Undo one of these: the event is what it was before, or it is said what is short by now."""
    status = policy.TAKEN_BACK.get(step)
    if status is None:
        raise NotFound("There is no such step.")
    with refusing(request, event_id, {}, may_overbook=False):
        event = await service.take_back(work, event_id, status)
    return done(request, event_id, Toast("Taken back", event.name))


HANDLERS = [
    step_page, hold, release, ask, withdraw, counter, reopen, confirm, undo_confirmation, take_step,
    undo_step,
]  # fmt: skip
