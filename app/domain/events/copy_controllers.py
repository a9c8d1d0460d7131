"""Copying an event with its gear to other dates."""

from typing import Any

from litestar import Request, Response, get, post

from app.domain.events import queries
from app.domain.events.copying import copy_event
from app.domain.events.fields import event_readers
from app.domain.maintenance.descriptions import zone_of
from app.lib.fields import read_fields
from app.web.forms import form_text, rejecting
from app.web.htmx import Toast
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import RENTAL_WRITE
from app.web.render import page, redirect

_FIELDS = ("name", "out_start", "out_end")


@get("/events/{event_id:int}/copies", capability=RENTAL_WRITE, include_in_schema=False)
async def copy_page(request: Request[Any, Any, Any], reading: Connection, event_id: PathId) -> Response[str]:
    """The form of a copy: its name and dates."""
    event = await queries.event_by_id(reading, event_id)
    return _form(request, event, {"name": event.name}, {})


@post("/events/{event_id:int}/copies", capability=RENTAL_WRITE, include_in_schema=False)
async def copy(request: Request[Any, Any, Any], work: Work, event_id: PathId) -> Response[str]:
    """Copy an event with its gear, as a draft, and go there."""
    typed = await form_text(request)
    event = await queries.event_by_id(await work.session.connection(), event_id)
    with rejecting(lambda errors: _form(request, event, typed, errors)):
        readers = event_readers(zone_of(request))
        values = read_fields(typed, {name: readers[name] for name in _FIELDS}).checked(*_FIELDS)
        copied = await copy_event(work, event_id, values)
    toast = Toast("Copied", copied.event.name)
    if copied.left_out:
        toast = Toast("Copied without what is archived", f"Left out: {', '.join(copied.left_out)}.", "amber")
    return redirect(request, f"/events/{copied.event.id}", toast=toast)


def _form(request: Any, event: Any, typed: dict[str, str], errors: dict[str, str]) -> Response[str]:
    return page(
        request,
        "events/copy.html",
        partial="events/_copy.html",
        status=422 if errors else 200,
        event=event,
        typed=typed,
        errors=errors,
    )


HANDLERS = [copy_page, copy]
