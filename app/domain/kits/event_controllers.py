"""Kits on the page of an event: which there are, how many are free for its dates, and adding them."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromQuery

from app.domain.events.queries import event_by_id
from app.domain.events.refusals import done, refusing
from app.domain.kits import availability, queries
from app.domain.kits.fields import ADDED_READERS
from app.domain.kits.service import add_kit_to_event
from app.lib.fields import clean, read_fields
from app.lib.periods import Period
from app.lib.sentences import counted
from app.web.forms import form_text
from app.web.htmx import Toast
from app.web.overbooking import take_reason
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import RENTAL_WRITE
from app.web.render import page


@get("/events/{event_id:int}/kits", capability=RENTAL_WRITE, include_in_schema=False)
async def kits_for_event(
    request: Request[Any, Any, Any],
    reading: Connection,
    event_id: PathId,
    q: FromQuery[str] = "",
    part: FromQuery[str] = "",
) -> Response[str]:
    """Kits to add, with how many complete ones are free for the dates of the event."""
    event, typed = await event_by_id(reading, event_id), clean(q)[:200]
    kits, more = await queries.kits_to_add(reading, typed)
    free = await availability.free_kits(
        reading, [kit.id for kit in kits], Period(event.out_start, event.out_end)
    )
    template = "kits/_event_kits.html" if part == "kits" else "kits/_event_dialog.html"
    shown: dict[str, Any] = {"event": event, "q": typed, "kits": kits, "more": more, "free": free}
    return page(request, "kits/for_event.html", partial=template, **shown)


@post("/events/{event_id:int}/kits", capability=RENTAL_WRITE, include_in_schema=False)
async def add(request: Request[Any, Any, Any], work: Work, event_id: PathId) -> Response[str]:
    """Add kits; where the event holds stock, all that is in them has to be free."""
    typed = await form_text(request)
    values = read_fields(typed, ADDED_READERS).checked("kit_id", "quantity")
    reason = take_reason(request, typed)
    with refusing(request, event_id, typed):
        lines = await add_kit_to_event(
            work, event_id, values["kit_id"], values["quantity"], overbook_reason=reason
        )
    words = f"{values['quantity']} × {lines[0].heading}: {counted(len(lines), 'line')}"
    return done(request, event_id, Toast("Added", words, undo_url=f"/operations/{work.operation}/undo"))


HANDLERS = [kits_for_event, add]
