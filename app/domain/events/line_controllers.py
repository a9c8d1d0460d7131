"""The gear of an event: finding and adding it, how many, taking it off, and why no more is free."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromQuery

from app.domain.availability.queries import Window, figure_of
from app.domain.events import line_queries, queries, rentals
from app.domain.events.fields import LINE_READERS, QUANTITY_READERS
from app.domain.events.refusals import done, refusing
from app.lib.errors import NotFound
from app.lib.fields import clean, read_fields
from app.lib.periods import FOREVER
from app.web.forms import form_text
from app.web.htmx import Toast, wants_partial
from app.web.merging import read_version
from app.web.overbooking import reason_of
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import RENTAL_READ, RENTAL_WRITE
from app.web.render import page, partial, redirect


@get("/events/{event_id:int}/gear", capability=RENTAL_READ, include_in_schema=False)
async def gear(
    request: Request[Any, Any, Any], reading: Connection, event_id: PathId, q: FromQuery[str] = ""
) -> Response[str]:
    """Equipment the words mean, with how many are free for the dates of the event."""
    event = await queries.event_by_id(reading, event_id)
    found = await line_queries.find_gear(reading, event, clean(q)[:200])
    return page(request, "events/gear.html", partial="events/_gear.html", event=event, q=q, found=found)


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
    return done(request, event_id, Toast("Added", line.label))


@post("/rentals/{rental_id:int}/quantity", capability=RENTAL_WRITE, include_in_schema=False)
async def set_quantity(request: Request[Any, Any, Any], work: Work, rental_id: PathId) -> Response[str]:
    """Change how many; more of it has to be free."""
    typed = await form_text(request)
    values = read_fields(typed, QUANTITY_READERS).checked("quantity")
    version = read_version(typed.get("version", ""))
    reason = reason_of(request, clean(typed.get("overbook_reason", ""))[:500])
    reading = await work.session.connection()
    event_id = await line_queries.event_of_rental(reading, rental_id)
    with refusing(request, event_id, typed):
        await rentals.edit_rental(work, rental_id, values, version=version, overbook_reason=reason)
    toast = Toast("Saved")
    if not wants_partial(request):
        return redirect(request, f"/events/{event_id}", toast=toast)
    event = await queries.event_by_id(reading, event_id)
    (line,) = await line_queries.lines_of_event(reading, event, rental_id=rental_id)
    return partial(request, "events/_done.html", toast=toast, event=event, line=line)


@post("/rentals/{rental_id:int}/deletion", capability=RENTAL_WRITE, include_in_schema=False)
async def remove(request: Request[Any, Any, Any], work: Work, rental_id: PathId) -> Response[str]:
    """Take a line off its event, unless somebody changed it since the page was loaded."""
    version = read_version((await form_text(request)).get("version", ""))
    line = await rentals.remove_rental(work, rental_id, version=version)
    undo = f"/rentals/{rental_id}/restoration"
    return done(request, line.event_id, Toast("Removed", line.label, undo_url=undo))


@post("/rentals/{rental_id:int}/restoration", capability=RENTAL_WRITE, include_in_schema=False)
async def restore(request: Request[Any, Any, Any], work: Work, rental_id: PathId) -> Response[str]:
    """Put a removed line back, if it is still free."""
    event_id = await line_queries.event_of_rental(await work.session.connection(), rental_id)
    with refusing(request, event_id, {}):
        line = await rentals.restore_rental(work, rental_id)
    return done(request, event_id, Toast("Put back", line.label))


@get("/rentals/{rental_id:int}/availability", capability=RENTAL_READ, include_in_schema=False)
async def why(request: Request[Any, Any, Any], reading: Connection, rental_id: PathId) -> Response[str]:
    """Why no more is free for a line: the moment that decides, and all that takes the gear then."""
    event = await queries.event_by_id(reading, await line_queries.event_of_rental(reading, rental_id))
    found = await line_queries.lines_of_event(reading, event, rental_id=rental_id)
    if not found:
        raise NotFound("This line does not exist, or was deleted.")
    (line,) = found
    figure = await figure_of(reading, Window(line.equipment.id, line.period))
    return page(
        request,
        "events/why.html",
        partial="events/_why.html",
        event=event,
        line=line,
        figure=figure,
        forever=FOREVER,
    )


HANDLERS = [gear, add, set_quantity, remove, restore, why]
