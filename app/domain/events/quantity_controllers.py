"""How many a line has, changed in its row."""

from typing import Any

from litestar import Request, Response, post
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import Rental
from app.domain.events import line_queries, queries, rentals
from app.domain.events.descriptions import RENTAL_FIELDS
from app.domain.events.fields import QUANTITY_READERS
from app.domain.events.line_forms import QuantityForm
from app.lib.fields import read_fields
from app.web.deletions import keep_alive
from app.web.forms import form_text
from app.web.htmx import Toast, wants_partial
from app.web.merging import merge_answer, saved_toast
from app.web.overbooking import take_reason
from app.web.parameters import PathId, Work
from app.web.permissions import RENTAL_WRITE
from app.web.render import partial, redirect


@post("/rentals/{rental_id:int}/quantity", capability=RENTAL_WRITE, include_in_schema=False)
async def set_quantity(request: Request[Any, Any, Any], work: Work, rental_id: PathId) -> Response[str]:
    """Change how many; more of it has to be free."""
    form = await form_text(request)
    reason, answer = take_reason(request, form), merge_answer(form)
    await keep_alive(request, work, (Rental, rental_id), answer, RENTAL_FIELDS)
    reading = await work.session.connection()
    rental = await line_queries.rental_by_id(reading, rental_id)
    event = await queries.event_by_id(reading, rental.event_id)
    with QuantityForm(request, rental, event).saving(answer):
        values = read_fields(answer.typed, QUANTITY_READERS).checked("quantity")
        edit = await rentals.edit_rental(
            work, rental_id, values, version=answer.version, overbook_reason=reason
        )
    return await _row(request, reading, event, rental_id, saved_toast(request, edit, RENTAL_FIELDS))


async def _row(
    request: Request[Any, Any, Any],
    reading: AsyncConnection,
    event: queries.EventFacts,
    rental_id: int,
    toast: Toast,
) -> Response[str]:
    """The row as it is now; without scripts the page of the event."""
    if not wants_partial(request):
        return redirect(request, f"/events/{event.id}", toast=toast)
    now_there = await line_queries.rental_by_id(reading, rental_id)
    return partial(request, "events/_done.html", toast=toast, event=event, rental=now_there)


HANDLERS = [set_quantity]
