"""The order of an event's lines: lines and groups are moved, groups get another name."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromQuery

from app.domain.events import line_moves, line_queries, queries
from app.domain.events.controllers import lines_context
from app.domain.events.line_forms import chosen_lines
from app.domain.events.line_order import DOWN, UP
from app.domain.events.refusals import done
from app.lib.errors import InvalidInput
from app.lib.fields import clean, identifier
from app.lib.sentences import counted
from app.lib.unit_of_work import UnitOfWork
from app.web.forms import form_list, form_text, rejecting
from app.web.htmx import Toast, wants_partial
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import RENTAL_WRITE
from app.web.render import page, partial, redirect


@post("/rentals/{rental_id:int}/position", capability=RENTAL_WRITE, status_code=200, include_in_schema=False)
async def move_line(request: Request[Any, Any, Any], work: Work, rental_id: PathId) -> Response[str]:
    """Move a line: a `step` up or down, in front of the line `before`, or behind the line `after`."""
    typed = await form_text(request)
    other_id = identifier(typed.get("after") or typed.get("before"))
    if other_id is None:
        rental = await line_moves.move_line(work, rental_id, _step(typed))
    else:
        behind = "after" in typed
        rental = await line_moves.move_line_beside(work, rental_id, other_id, behind=behind)
    return await _lines(request, work, rental.event_id)


@post(
    "/events/{event_id:int}/groups/position",
    capability=RENTAL_WRITE,
    status_code=200,
    include_in_schema=False,
)
async def move_group(request: Request[Any, Any, Any], work: Work, event_id: PathId) -> Response[str]:
    """Move a group a step up or down."""
    typed = await form_text(request)
    await line_moves.move_group(work, event_id, clean(typed.get("heading", "")), _step(typed))
    return await _lines(request, work, event_id)


@get("/events/{event_id:int}/groups/name", capability=RENTAL_WRITE, include_in_schema=False)
async def group_page(
    request: Request[Any, Any, Any], reading: Connection, event_id: PathId, heading: FromQuery[str] = ""
) -> Response[str]:
    """The form for another name of a group."""
    event = await queries.event_by_id(reading, event_id)
    return _group_form(request, event, clean(heading), clean(heading), {})


@post("/events/{event_id:int}/groups/name", capability=RENTAL_WRITE, include_in_schema=False)
async def rename_group(request: Request[Any, Any, Any], work: Work, event_id: PathId) -> Response[str]:
    """Give all lines of a group another heading."""
    typed = await form_text(request)
    heading, name = clean(typed.get("heading", "")), clean(typed.get("name", ""))
    event = await queries.event_by_id(await work.session.connection(), event_id)
    with rejecting(lambda errors: _group_form(request, event, heading, name, errors)):
        count = await line_moves.rename_group(work, event_id, heading, name)
    undo = f"/operations/{work.operation}/undo"
    return done(request, event_id, Toast(name or "No heading", counted(count, "line"), undo_url=undo))


@post("/events/{event_id:int}/rentals/heading", capability=RENTAL_WRITE, include_in_schema=False)
async def put_chosen_under(request: Request[Any, Any, Any], work: Work, event_id: PathId) -> Response[str]:
    """Put the chosen lines under a heading, or under none."""
    chosen = chosen_lines(await form_list(request, "ids"))
    heading = clean((await form_text(request)).get("heading", ""))
    count = await line_moves.put_under(work, event_id, chosen, heading)
    undo = f"/operations/{work.operation}/undo" if count else None
    return done(request, event_id, Toast(heading or "No heading", counted(count, "line"), undo_url=undo))


def _step(typed: dict[str, str]) -> str:
    step = typed.get("step", "")
    if step not in (UP, DOWN):
        raise InvalidInput({"step": "Say up or down."})
    return step


def _group_form(request: Any, event: Any, heading: str, name: str, errors: dict[str, str]) -> Response[str]:
    return page(
        request,
        "events/group.html",
        partial="events/_group.html",
        status=422 if errors else 200,
        event=event,
        heading=heading,
        name=name,
        errors=errors,
    )


async def _lines(request: Any, work: UnitOfWork, event_id: int) -> Response[str]:
    if not wants_partial(request):
        return redirect(request, f"/events/{event_id}")
    reading = await work.session.connection()
    event = await queries.event_by_id(reading, event_id)
    lines = await line_queries.lines_of_event(reading, event)
    return partial(request, "events/_lines.html", event=event, **lines_context(lines))


HANDLERS = [move_line, move_group, group_page, rename_group, put_chosen_under]
