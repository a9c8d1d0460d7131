"""Finding gear for an event and adding it: by typing, by scanning, by the button beside a hit."""

import json
from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromQuery
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.events import picker_queries, queries
from app.domain.events.fields import LINE_READERS
from app.domain.events.matching import match_lines
from app.domain.events.noted_units import unit_tagged
from app.domain.events.pasting import Reading, read_list, wanted
from app.domain.events.picking import Picked, meant_exactly, pick, pick_unit
from app.domain.events.refusals import done, refusing
from app.lib.errors import Conflict, InvalidInput
from app.lib.fields import clean, identifier, read_fields
from app.lib.unit_of_work import UnitOfWork
from app.web.errors import Rejected
from app.web.forms import form_text
from app.web.htmx import Toast, toast_header
from app.web.overbooking import take_reason
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
    reason = take_reason(request, typed)
    read = read_fields(typed, LINE_READERS)
    if "quantity" in read.errors:
        reading = await work.session.connection()
        raise Rejected(await _refused_hit(request, reading, event_id, typed, read.errors))
    values = read.checked("equipment_id", "quantity")
    with refusing(request, event_id, typed):
        picked = await pick(
            work, event_id, values["equipment_id"], values["quantity"], overbook_reason=reason
        )
    return done(request, event_id, _receipt(work, picked, reason))


@post("/events/{event_id:int}/picks", capability=RENTAL_WRITE, status_code=200, include_in_schema=False)
async def add_meant(request: Request[Any, Any, Any], work: Work, event_id: PathId) -> Response[str]:
    """Add what was scanned or typed when it can only mean one thing; otherwise show what it may mean."""
    typed = await form_text(request)
    text = clean(typed.get("q", ""))[:_LONGEST]
    reason = take_reason(request, typed)
    reading = await work.session.connection()
    await queries.event_by_id(reading, event_id)
    try:
        with refusing(request, event_id, typed):
            picked = await _pick_meant(work, reading, event_id, text, reason)
    except Conflict as error:
        raise Rejected(await _found(request, reading, event_id, text, problem=error.message)) from error
    if picked is None:
        return await _found(request, reading, event_id, text, unclear=True)
    toast = _receipt(work, picked, reason)
    return _for_the_next(done(request, event_id, toast), toast)


async def _pick_meant(
    work: Work, reading: AsyncConnection, event_id: int, text: str, reason: str
) -> Picked | None:
    """Add the unit with this tag, or what the words can only mean; None where that is not clear."""
    unit = await unit_tagged(reading, text)
    if unit:
        return await pick_unit(work, event_id, unit, overbook_reason=reason)
    quantity, equipment_id = await _meant(reading, text)
    if equipment_id is None:
        return None
    return await pick(work, event_id, equipment_id, quantity, overbook_reason=reason)


def _for_the_next(response: Response[str], toast: Toast) -> Response[str]:
    """Have the page empty its field for the next scan, beside showing the receipt."""
    if "HX-Trigger" in response.headers:
        said = json.loads(toast_header(toast)["HX-Trigger"])
        response.headers["HX-Trigger"] = json.dumps(said | {"picked": {}})
    return response


def _receipt(work: UnitOfWork, picked: Picked, reason: str) -> Toast:
    """What was added, with a way back; an overbooking has its own."""
    return Toast("Added", picked.words, undo_url=None if reason else f"/operations/{work.operation}/undo")


async def _meant(reading: AsyncConnection, text: str) -> tuple[int, int | None]:
    """How many of what: the text as a whole, or with a quantity in front or behind, unless that is odd."""
    for reading_of in wanted(text):
        found = None if reading_of.doubt else await meant_exactly(reading, reading_of.words)
        if found is not None:
            return reading_of.quantity, found
    for match in await match_lines(reading, read_list(text)[:1]):
        # a name without its maker, when nothing else is called so
        if match.sure:
            return match.reading.quantity, match.candidates[0].id
    return 1, None


async def _found(
    request: Request[Any, Any, Any],
    reading: AsyncConnection,
    event_id: int,
    text: str,
    *,
    unclear: bool = False,
    problem: str = "",
) -> Response[str]:
    """What the words may mean; after a scan that added nothing, why."""
    event = await queries.event_by_id(reading, event_id)
    found, meant = list[picker_queries.Gear](), Reading(1, "")
    for reading_of in () if problem else wanted(clean(text)[:_LONGEST]):
        found, meant = await picker_queries.find_gear(reading, event, reading_of.words), reading_of
        if found:
            break
    if unclear and text and not found:
        problem = f"“{text}” is not the name, SKU or tag of anything."
    return page(
        request,
        "events/gear.html",
        partial="events/_gear.html",
        status=200 if found or not problem else 422,
        event=event,
        q=text,
        found=found,
        quantity=meant.quantity,
        doubt=meant.doubt,
        unclear=unclear,
        problem=problem,
        errors={},
    )


async def _refused_hit(
    request: Request[Any, Any, Any],
    reading: AsyncConnection,
    event_id: int,
    typed: Mapping[str, str],
    errors: dict[str, str],
) -> Response[str]:
    """The hit with its quantity as it was typed, and what is wrong with that. Raises InvalidInput."""
    event = await queries.event_by_id(reading, event_id)
    equipment_id = identifier(typed.get("equipment_id"))
    found = await picker_queries.free_of(reading, event, [equipment_id] if equipment_id else [])
    if equipment_id not in found:
        raise InvalidInput(errors)
    return page(
        request,
        "events/gear.html",
        partial="events/_hit_refused.html",
        status=422,
        event=event,
        q="",
        found=[found[equipment_id]],
        gear=found[equipment_id],
        quantity=clean(typed.get("quantity", ""))[:_LONGEST],
        doubt="",
        unclear=False,
        problem="",
        errors=errors,
    )


HANDLERS = [gear, add, add_meant]
