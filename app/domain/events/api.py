"""Events in the API. A booking that does not fit answers 409 with the code SHORTAGE."""

from typing import Any

from litestar import Response, delete, patch, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

from app.domain.events import policy, service
from app.domain.events.api_queries import EVENTS, provide_event_filter
from app.domain.events.api_schemas import (
    ChangedEvent,
    Confirmation,
    CounterOffer,
    EventRecord,
    Hold,
    NewEvent,
    Step,
    WholeEvent,
)
from app.domain.events.cautions import cautions_about
from app.lib.unit_of_work import UnitOfWork
from app.web.api import (
    Answer,
    ApiRequest,
    EditTerms,
    api_router,
)
from app.web.api_routes import Routes
from app.web.overbooking import reason_of
from app.web.parameters import PathId, Work
from app.web.permissions import RENTAL_CONFIRM, RENTAL_DELETE, RENTAL_READ, RENTAL_WRITE
from app.web.state import viewer_of

EVENT = Routes("event", EventRecord, EVENTS, read=RENTAL_READ, write=RENTAL_WRITE)


@post("/events", capability=RENTAL_WRITE)
async def create_event(work: Work, data: JSONBody[NewEvent]) -> Response[Answer[EventRecord]]:
    """Add an event, as a draft."""
    made = await service.create_event(work, data.given())
    return await EVENTS.created(work.session, made.id, await cautions_about(work.session, made.id))


@patch("/events/{event_id:int}", capability=RENTAL_WRITE)
async def change_event(
    request: ApiRequest,
    work: Work,
    event_id: PathId,
    data: JSONBody[ChangedEvent],
    terms: NamedDependency[EditTerms],
) -> Response[Answer[EventRecord]]:
    """Change the fields given; new dates move the rentals, or are refused as a whole."""
    reason = reason_of(request, data.overbook_reason)
    return await _edit(work, event_id, data.given(), terms.version(data.version), terms, reason=reason)


@put("/events/{event_id:int}", capability=RENTAL_WRITE)
async def replace_event(
    request: ApiRequest,
    work: Work,
    event_id: PathId,
    data: JSONBody[WholeEvent],
    terms: NamedDependency[EditTerms],
) -> Response[Answer[EventRecord]]:
    """Replace all fields; those left out go back to their defaults."""
    reason = reason_of(request, data.overbook_reason)
    return await _edit(work, event_id, data.whole(), terms.version(data.version), terms, reason=reason)


@post("/events/{event_id:int}/restoration", capability=RENTAL_DELETE, status_code=200)
async def restore_event(work: Work, event_id: PathId) -> Response[Answer[EventRecord]]:
    """Take a delete back, if what it held is still free."""
    await service.restore_event(work, event_id)
    return await _as_it_stands(work, event_id)


@post("/events/{event_id:int}/hold", capability=RENTAL_WRITE, status_code=200)
async def hold_event(
    request: ApiRequest, work: Work, event_id: PathId, data: JSONBody[Hold | None] = None
) -> Response[Answer[EventRecord]]:
    """Hold the stock of an event for a while; holding again moves the end."""
    said = data or Hold()
    expires_at = said.given().get("expires_at")
    reason = reason_of(request, said.overbook_reason)
    may_confirm = viewer_of(request).can(RENTAL_CONFIRM)
    await service.hold(work, event_id, expires_at=expires_at, overbook_reason=reason, may_confirm=may_confirm)
    return await _as_it_stands(work, event_id)


@delete("/events/{event_id:int}/hold", capability=RENTAL_WRITE, status_code=200)
async def release_event(work: Work, event_id: PathId) -> Response[Answer[EventRecord]]:
    """Undo a hold."""
    await service.take_back(work, event_id, policy.HELD)
    return await _as_it_stands(work, event_id)


@post("/events/{event_id:int}/request", capability=RENTAL_WRITE, status_code=200)
async def request_event(work: Work, event_id: PathId) -> Response[Answer[EventRecord]]:
    """Ask somebody who may to confirm an event; its stock is held for a limited time."""
    await service.request(work, event_id)
    return await _as_it_stands(work, event_id)


@delete("/events/{event_id:int}/request", capability=RENTAL_WRITE, status_code=200)
async def withdraw_request(work: Work, event_id: PathId) -> Response[Answer[EventRecord]]:
    """Take a request back: only whoever asked."""
    await service.take_step(work, event_id, policy.WITHDRAW)
    return await _as_it_stands(work, event_id)


@post("/events/{event_id:int}/counter-offer", capability=RENTAL_CONFIRM, status_code=200)
async def counter_event(
    work: Work, event_id: PathId, data: JSONBody[CounterOffer]
) -> Response[Answer[EventRecord]]:
    """Answer a request with other terms: the event as it is now is held, whoever asked may ask again."""
    await service.counter(work, event_id, data.reason, expires_at=data.given().get("expires_at"))
    return await _as_it_stands(work, event_id)


@post("/events/{event_id:int}/confirmation", capability=RENTAL_CONFIRM, status_code=200)
async def confirm_event(
    request: ApiRequest, work: Work, event_id: PathId, data: JSONBody[Confirmation | None] = None
) -> Response[Answer[EventRecord]]:
    """Confirm an event: all it rents is firm, or nothing is."""
    said = data or Confirmation()
    await service.confirm(work, event_id, overbook_reason=reason_of(request, said.overbook_reason))
    return await _as_it_stands(work, event_id)


@delete("/events/{event_id:int}/confirmation", capability=RENTAL_CONFIRM, status_code=200)
async def undo_confirmation(work: Work, event_id: PathId) -> Response[Answer[EventRecord]]:
    """Undo a confirmation: the event is what it was before."""
    await service.take_back(work, event_id, policy.CONFIRMED)
    return await _as_it_stands(work, event_id)


@post("/events/{event_id:int}/transition", capability=RENTAL_CONFIRM, status_code=200)
async def move_event(work: Work, event_id: PathId, data: JSONBody[Step]) -> Response[Answer[EventRecord]]:
    """Quote, lose, cancel, close, decline, withdraw or reopen."""
    await service.take_step(work, event_id, data.step, reason=data.given().get("reason", ""))
    return await _as_it_stands(work, event_id)


async def _as_it_stands(work: UnitOfWork, event_id: int) -> Response[Answer[EventRecord]]:
    """Answer a write with the event, and with what is odd about it now."""
    return await EVENTS.answer(work.session, event_id, await cautions_about(work.session, event_id))


async def _edit(
    work: UnitOfWork, event_id: int, values: dict[str, Any], version: int, terms: EditTerms, *, reason: str
) -> Response[Answer[EventRecord]]:
    await service.edit_event(
        work, event_id, values, version=version, strategy=terms.strategy, overbook_reason=reason
    )
    return await _as_it_stands(work, event_id)


API = api_router(
    "Events",
    [
        EVENT.listing("List events: filtered, sorted, page by page.", provide_event_filter),
        create_event,
        EVENT.single(),
        change_event,
        replace_event,
        EVENT.deletion(
            service.delete_event, "Delete an event; what it held is free.", capability=RENTAL_DELETE
        ),
        restore_event,
        hold_event,
        release_event,
        request_event,
        withdraw_request,
        counter_event,
        confirm_event,
        undo_confirmation,
        move_event,
    ],
)
