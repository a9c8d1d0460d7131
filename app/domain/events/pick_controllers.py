"""Finding gear for an event and adding it: by typing, by scanning, by the button beside a hit."""

import json
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromQuery
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.events import picker_queries, queries, rentals
from app.domain.events.fields import LINE_READERS
from app.domain.events.pasting import wanted
from app.domain.events.picking import meant_exactly, pick
from app.domain.events.refusals import done, refusing
from app.lib.fields import clean, read_fields
from app.web.forms import form_text
from app.web.htmx import Toast, toast_header
from app.web.overbooking import reason_of
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import RENTAL_READ, RENTAL_WRITE
from app.web.render import page

_LONGEST = 200


@get("/events/{event_id:int}/gear", capability=RENTAL_READ, include_in_schema=False)
async def gear(
    request: Request[Any, Any, Any], reading: Connection, event_id: PathId, q: FromQuery[str] = ""
) -> Response[str]:
    """Equipment the words mean, with how many are free for the dates of the event."""
    return await _found(request, reading, event_id, q)


@post("/events/{event_id:int}/rentals", capability=RENTAL_WRITE, include_in_schema=False)
async def add(request: Request[Any, Any, Any], work: Work, event_id: PathId) -> Response[str]:
    """Add gear; where the event holds stock, it has to be free."""
    typed = await form_text(request)
    values = read_fields(typed, LINE_READERS).checked("equipment_id", "quantity")
    reason = reason_of(request, clean(typed.get("overbook_reason", ""))[:500])
    with refusing(request, event_id, typed):
        line = await rentals.add_rental(
            work, event_id, values["equipment_id"], {"quantity": values["quantity"]}, overbook_reason=reason
        )
    undo = None if reason else f"/operations/{work.operation}/undo"
    return done(request, event_id, Toast("Added", line.label, undo_url=undo))


@post("/events/{event_id:int}/picks", capability=RENTAL_WRITE, status_code=200, include_in_schema=False)
async def add_meant(request: Request[Any, Any, Any], work: Work, event_id: PathId) -> Response[str]:
    """Add what was scanned or typed when it can only mean one thing; otherwise show what it may mean."""
    typed = await form_text(request)
    text = clean(typed.get("q", ""))[:_LONGEST]
    reason = reason_of(request, clean(typed.get("overbook_reason", ""))[:500])
    reading = await work.session.connection()
    await queries.event_by_id(reading, event_id)
    quantity, equipment_id = await _meant(reading, text)
    if equipment_id is None:
        return await _found(request, reading, event_id, text, unclear=True)
    with refusing(request, event_id, typed):
        line = await pick(work, event_id, equipment_id, quantity, overbook_reason=reason)
    toast = Toast("Added", line.label, undo_url=None if reason else f"/operations/{work.operation}/undo")
    response = done(request, event_id, toast)
    if "HX-Trigger" in response.headers:
        said = json.loads(toast_header(toast)["HX-Trigger"])
        response.headers["HX-Trigger"] = json.dumps(said | {"picked": {}})
    return response


async def _meant(reading: AsyncConnection, text: str) -> tuple[int, int | None]:
    """How many of what: the text as a whole, or with a quantity in front or behind."""
    for reading_of in wanted(text):
        found = await meant_exactly(reading, reading_of.words)
        if found is not None:
            return reading_of.quantity, found
    return 1, None


async def _found(
    request: Request[Any, Any, Any],
    reading: AsyncConnection,
    event_id: int,
    text: str,
    *,
    unclear: bool = False,
) -> Response[str]:
    event = await queries.event_by_id(reading, event_id)
    quantity, found = 1, list[picker_queries.Gear]()
    for reading_of in wanted(clean(text)[:_LONGEST]):
        found = await picker_queries.find_gear(reading, event, reading_of.words)
        quantity = reading_of.quantity
        if found:
            break
    return page(
        request,
        "events/gear.html",
        partial="events/_gear.html",
        event=event,
        q=text,
        found=found,
        quantity=quantity,
        unclear=unclear,
    )


HANDLERS = [gear, add, add_meant]
