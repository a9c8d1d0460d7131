"""The lines of an event: how many, everything else they have, taking them off, and why no more is free."""

import re
from typing import Any

from litestar import Request, Response, get, post

from app.db.models import Rental
from app.domain.availability.claims import figure_of
from app.domain.availability.queries import Window
from app.domain.availability.shortage import Shortage
from app.domain.events import line_queries, queries, rentals
from app.domain.events.descriptions import EDITED_LINE, RENTAL_FIELDS, rental_fields
from app.domain.events.fields import QUANTITY_READERS, line_readers
from app.domain.events.refusals import done, refusing
from app.domain.maintenance.descriptions import zone_of
from app.lib.errors import InvalidInput, NotFound
from app.lib.fields import clean, read_fields
from app.lib.periods import FOREVER
from app.lib.sentences import counted
from app.web.deletions import keep_alive
from app.web.descriptions import typed_values
from app.web.edit_forms import EditForm, saving
from app.web.errors import Rejected
from app.web.forms import form_list, form_text
from app.web.htmx import Toast, wants_partial
from app.web.merging import merge_answer, read_version, saved_toast
from app.web.overbooking import reason_of
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import RENTAL_READ, RENTAL_WRITE
from app.web.render import page, partial, redirect

_CHOSEN = re.compile(r"([1-9][0-9]{0,17}):([1-9][0-9]{0,8})", re.ASCII)


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
    reason = reason_of(request, clean(form.pop("overbook_reason", ""))[:500])
    answer, words = merge_answer(form), rental_fields(request)
    await keep_alive(request, work, (Rental, rental_id), answer, words)
    reading = await work.session.connection()
    rental = await line_queries.rental_by_id(reading, rental_id)
    forms = _Forms(request, rental, await line_queries.headings_of(reading, rental.event_id))
    try:
        with saving(request, answer, words, forms.show, target="#modal"):
            values = read_fields(answer.typed, line_readers(zone_of(request))).checked("quantity")
            edit = await rentals.edit_rental(
                work, rental_id, values, version=answer.version, overbook_reason=reason
            )
    except Shortage as shortage:
        refused = forms.show(EditForm(answer.typed, answer.version), shortage)
        raise Rejected(refused) from shortage
    return done(request, rental.event_id, saved_toast(request, edit, RENTAL_FIELDS))


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


@post("/events/{event_id:int}/rentals/deletion", capability=RENTAL_WRITE, include_in_schema=False)
async def remove_chosen(request: Request[Any, Any, Any], work: Work, event_id: PathId) -> Response[str]:
    """Take the chosen lines off an event, unless somebody changed one since the page was loaded."""
    matches = [match for match in map(_CHOSEN.fullmatch, await form_list(request, "ids")) if match]
    if not matches:
        raise InvalidInput({"ids": "Choose at least one line."})
    chosen = {int(match[1]): int(match[2]) for match in matches}
    removed = await rentals.remove_rentals(work, event_id, chosen)
    undo = f"/operations/{work.operation}/undo" if removed else None
    return done(request, event_id, Toast(f"{counted(len(removed), 'line')} removed", undo_url=undo))


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


class _Forms:
    """The form of one line, at first and after every refusal."""

    def __init__(self, request: Request[Any, Any, Any], rental: Rental, headings: list[str]) -> None:
        self._request, self._rental, self._headings = request, rental, headings

    def show(self, form: EditForm, shortage: Shortage | None = None) -> Response[str]:
        """The dialog or page with what was typed, and what is wrong with it."""
        return page(
            self._request,
            "events/line_edit.html",
            partial="events/_line_edit.html",
            status=409 if shortage else form.status,
            **form.context,
            typed=form.typed,
            rental=self._rental,
            headings=self._headings,
            shortages=shortage.shortages if shortage else (),
            forever=FOREVER,
        )


async def _form(request: Any, reading: Any, rental: Rental, form: EditForm) -> Response[str]:
    return _Forms(request, rental, await line_queries.headings_of(reading, rental.event_id)).show(form)


HANDLERS = [edit_page, edit, set_quantity, remove, remove_chosen, restore, why]
