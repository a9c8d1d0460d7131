"""The lines of an event: all they have of their own, taking them off, and why no more is free."""

from typing import Any
from zoneinfo import ZoneInfo

from litestar import Request, Response, get, post

from app.db.models import Rental
from app.domain.availability.dates import dates_of
from app.domain.availability.explanation import explanation_of
from app.domain.events import line_queries, queries, rentals
from app.domain.events.descriptions import EDITED_LINE, RENTAL_FIELDS, rental_fields
from app.domain.events.fields import line_readers
from app.domain.events.line_forms import LineForm, chosen_lines
from app.domain.events.refusals import done, refusing
from app.domain.maintenance.descriptions import company_of, locale_of, zone_of
from app.lib.errors import NotFound
from app.lib.fields import read_fields
from app.lib.periods import FOREVER
from app.lib.sentences import counted
from app.web.deletions import keep_alive
from app.web.descriptions import typed_values
from app.web.edit_forms import EditForm
from app.web.forms import form_list, form_text
from app.web.htmx import Toast
from app.web.merging import merge_answer, saved_toast, sent_version
from app.web.overbooking import take_reason
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import RENTAL_READ, RENTAL_WRITE
from app.web.render import page


@get("/rentals/{rental_id:int}/edit", capability=RENTAL_WRITE, include_in_schema=False)
async def edit_page(request: Request[Any, Any, Any], reading: Connection, rental_id: PathId) -> Response[str]:
    """The form of a line: a dialog, or a page."""
    rental = await line_queries.rental_by_id(reading, rental_id)
    typed = typed_values(rental, rental_fields(request), EDITED_LINE)
    return await _form(request, reading, rental, EditForm(typed, rental.version))


@post("/rentals/{rental_id:int}/edit", capability=RENTAL_WRITE, include_in_schema=False)
async def edit(request: Request[Any, Any, Any], work: Work, rental_id: PathId) -> Response[str]:
    """Save a line, merged with what others saved meanwhile; more of it has to be free."""
    form = await form_text(request)
    reason = take_reason(request, form)
    answer, words = merge_answer(form), rental_fields(request)
    await keep_alive(request, work, (Rental, rental_id), answer, words)
    reading = await work.session.connection()
    rental = await line_queries.rental_by_id(reading, rental_id)
    forms = LineForm(request, rental, await line_queries.headings_of(reading, rental.event_id))
    with forms.saving(answer, words):
        values = read_fields(answer.typed, line_readers(zone_of(request))).checked("quantity")
        edit = await rentals.edit_rental(
            work, rental_id, values, version=answer.version, overbook_reason=reason
        )
    return done(request, rental.event_id, saved_toast(request, edit, RENTAL_FIELDS))


@post("/rentals/{rental_id:int}/deletion", capability=RENTAL_WRITE, include_in_schema=False)
async def remove(request: Request[Any, Any, Any], work: Work, rental_id: PathId) -> Response[str]:
    """Take a line off its event, unless somebody changed it since the page was loaded."""
    version = await sent_version(request)
    line = await rentals.remove_rental(work, rental_id, version=version)
    undo = f"/rentals/{rental_id}/restoration"
    return done(request, line.event_id, Toast("Removed", line.label, undo_url=undo))


@post("/events/{event_id:int}/rentals/deletion", capability=RENTAL_WRITE, include_in_schema=False)
async def remove_chosen(request: Request[Any, Any, Any], work: Work, event_id: PathId) -> Response[str]:
    """Take the chosen lines off an event, unless somebody changed one since the page was loaded."""
    chosen = chosen_lines(await form_list(request, "ids"))
    removed = await rentals.remove_rentals(work, event_id, chosen)
    undo = f"/operations/{work.operation}/undo" if removed else None
    return done(request, event_id, Toast(f"{counted(len(removed), 'line')} removed", undo_url=undo))


@post("/rentals/{rental_id:int}/restoration", capability=RENTAL_WRITE, include_in_schema=False)
async def restore(request: Request[Any, Any, Any], work: Work, rental_id: PathId) -> Response[str]:
    """Put a removed line back, if it is still free."""
    event_id = await line_queries.event_of_rental(await work.session.connection(), rental_id)
    with refusing(request, event_id, {}, may_overbook=False):
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
    zone, shop = zone_of(request), ZoneInfo(company_of(request).time_zone)
    why = await explanation_of(
        reading, line.equipment.id, line.period,
        zone=zone, shop=shop, locale=locale_of(request), event_id=event.id,
    )  # fmt: skip
    part = "_explanation" if request.query_params.get("part") == "now" else "_popover"
    return page(
        request, "events/why.html", partial=f"availability/{part}.html",
        event=event, line=line, why=why, why_url=f"/rentals/{rental_id}/availability",
        equipment_id=line.equipment.id, name=line.rental.name, other_dates=_other_dates(line, zone),
    )  # fmt: skip


def _other_dates(line: line_queries.EventLine, zone: ZoneInfo) -> str:
    """Where other dates may be asked for than those of the line, which are filled in."""
    address = f"/inventory/{line.equipment.id}/availability"
    return f"{address}?{dates_of(line.period, zone).query}" if line.period.end < FOREVER else address


async def _form(request: Any, reading: Any, rental: Rental, form: EditForm) -> Response[str]:
    return LineForm(request, rental, await line_queries.headings_of(reading, rental.event_id)).show(form)


HANDLERS = [edit_page, edit, remove, remove_chosen, restore, why]
