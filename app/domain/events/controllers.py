"""The pages of events: the list, a new one, one with its gear, its history, editing it."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from zlib import crc32
from zoneinfo import ZoneInfo

from litestar import Request, Response, get, post
from litestar.params import FromQuery
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import Event
from app.domain.availability.shortage import Shortage
from app.domain.events import attachment_queries, line_queries, queries, service
from app.domain.events.cautions import PAST, is_past
from app.domain.events.descriptions import ATTACHMENT_FIELDS, EDITED, RENTAL_FIELDS, event_fields
from app.domain.events.fields import COLOUR_WORDS, STEP_WORDS, event_readers
from app.domain.events.filters import MOVES, SHOWN, cursor_of, read_filter
from app.domain.events.line_order import in_groups
from app.domain.events.overbooking import overbooked_beside
from app.domain.events.short_queries import coming_short_lines, short_lines_among
from app.domain.maintenance.descriptions import company_of, zone_of
from app.lib.clock import now
from app.lib.fields import clean, identifier, read_fields
from app.lib.history import about, changes
from app.lib.periods import FOREVER
from app.web.change_entries import entries
from app.web.deletions import keep_alive
from app.web.descriptions import Fields, typed_values
from app.web.edit_forms import EditForm, saving
from app.web.errors import Rejected
from app.web.forms import form_text
from app.web.htmx import Toast, wants_partial
from app.web.merging import MergeAnswer, merge_answer, saved_toast, sent_version
from app.web.parameters import Connection, FilterId, PathId, Work
from app.web.permissions import RENTAL_DELETE, RENTAL_READ, RENTAL_WRITE
from app.web.render import page, partial, receipt, redirect
from app.web.state import viewer_of
from app.web.visibility import visible_to

PARTS = {
    "lines": "events/_lines.html",
    "facts": "events/_facts.html",
    "overbooked": "events/_overbooked.html",
}
_MOST_LOADED = 19


@dataclass(frozen=True, slots=True)
class _Options:
    """What the form of an event offers to choose from."""

    clients: list[tuple[int, str]]
    people: list[tuple[int, str]]
    contacts: list[tuple[int, str]]
    client_block: str

    def fields(self, request: Any) -> Fields:
        """The descriptions of the fields, with names for ids."""
        return event_fields(request, dict(self.clients), self.people, dict(self.contacts))


@get("/events", capability=RENTAL_READ, include_in_schema=False)
async def events_page(request: Request[Any, Any, Any], reading: Connection) -> Response[str]:
    """Every event, by when its gear goes out; the days are those of the shop."""
    chosen, zone = read_filter(request.query_params), ZoneInfo(company_of(request).time_zone)
    # what a list fetches by itself as it is read stays in it when it is refreshed
    loaded = 1 if chosen.after else min(len(request.query_params.getall("loaded", [])), _MOST_LOADED)
    pages = 1 if chosen.after else 1 + loaded
    moment = now()
    short = await coming_short_lines(reading, moment) if chosen.move == "short" else None
    found, goes_on = await queries.find_events(reading, chosen, zone, pages=pages, only=short)
    further = chosen.query(after=cursor_of(found[-1].out_start, found[-1].id)) if goes_on else None
    return page(
        request,
        "events/list.html",
        partial="events/_rows.html" if chosen.after else "events/_table.html",
        stands_at="" if chosen.after else chosen.query(),
        status=422 if chosen.problem else 200,
        chosen=chosen,
        shown=SHOWN,
        moves=MOVES,
        events=found,
        further=further,
        loaded=loaded,
        short=await short_lines_among(reading, found, moment) if short is None else short,
        equipment=await queries.equipment_named(reading, int(chosen.equipment)) if chosen.equipment else "",
        counts=await queries.count_shown(reading, chosen, zone, short),
        clients=await queries.clients_to_choose(reading, int(chosen.client) if chosen.client else None),
    )


@get("/events/new", capability=RENTAL_WRITE, include_in_schema=False)
async def new_page(
    request: Request[Any, Any, Any], reading: Connection, client: FilterId = None
) -> Response[str]:
    """The form of a new event; `out_start` and `out_end` are dates chosen elsewhere."""
    typed = {"client_id": str(client or ""), "responsible_id": str(viewer_of(request).id)}
    typed |= {name: clean(request.query_params.get(name, ""))[:16] for name in ("out_start", "out_end")}
    return _form(request, await _options(reading, client_id=client), EditForm(typed, 0))


@post("/events/new", capability=RENTAL_WRITE, include_in_schema=False)
async def create(request: Request[Any, Any, Any], work: Work) -> Response[str]:
    """Add an event, as a draft."""
    answer = merge_answer({"version": "0", **await form_text(request)})
    client_id = identifier(answer.typed.get("client_id"))
    options = await _options(await work.session.connection(), client_id=client_id)
    with saving(request, answer, options.fields(request), lambda form: _form(request, options, form)):
        values = read_fields(answer.typed, event_readers(zone_of(request))).checked("name")
        event = await service.create_event(work, values)
    return redirect(request, f"/events/{event.id}", toast=_noting_the_past(Toast("Added", event.name), event))


@get("/events/{event_id:int}", capability=RENTAL_READ, include_in_schema=False)
async def event_page(
    request: Request[Any, Any, Any], reading: Connection, event_id: PathId, part: FromQuery[str] = ""
) -> Response[str]:
    """An event with its gear and what is left of it."""
    event = await queries.event_by_id(reading, event_id)
    if wants_partial(request) and part not in PARTS:
        return partial(request, "events/_head.html", **head_context(event))
    lines = await line_queries.lines_of_event(reading, event)
    if wants_partial(request) and part == "lines":
        return _lines(request, event, lines)
    return page(
        request,
        "events/show.html",
        partial=PARTS.get(part),
        **head_context(event),
        **lines_context(lines),
        overbooked=await overbooked_beside(reading, event_id, lines),
        files=await attachment_queries.files_of_event(reading, event_id),
        error="",
    )


@get("/events/{event_id:int}/history", capability=RENTAL_READ, include_in_schema=False)
async def history_page(
    request: Request[Any, Any, Any], reading: Connection, event_id: PathId, before: FilterId = None
) -> Response[str]:
    """Who changed what about an event and its lines."""
    event = await queries.event_by_id(reading, event_id)
    options = await _options(reading, event)
    rows, older = await changes(
        reading, about("event", event_id), *visible_to(viewer_of(request)), before=before
    )
    described = {"event": options.fields(request), "rental": RENTAL_FIELDS, "attachment": ATTACHMENT_FIELDS}
    return page(
        request,
        "events/history.html",
        **head_context(event),
        entries=entries(rows, viewer_of(request), described, page_of=("event", event_id)),
        older=older,
    )


@get("/events/{event_id:int}/edit", capability=RENTAL_WRITE, include_in_schema=False)
async def edit_page(request: Request[Any, Any, Any], reading: Connection, event_id: PathId) -> Response[str]:
    """The form of an event."""
    event = await queries.event_by_id(reading, event_id)
    typed = typed_values(event, event_fields(request), EDITED)
    return _form(request, await _options(reading, event), EditForm(typed, event.version), event=event)


@post("/events/{event_id:int}/edit", capability=RENTAL_WRITE, include_in_schema=False)
async def edit(request: Request[Any, Any, Any], work: Work, event_id: PathId) -> Response[str]:
    """Save an event, merged with what others saved meanwhile; new dates move its gear or are refused."""
    answer = merge_answer(await form_text(request))
    await keep_alive(request, work, (Event, event_id), answer, event_fields(request))
    reading = await work.session.connection()
    event = await queries.event_by_id(reading, event_id)
    options = await _options(reading, event, client_id=identifier(answer.typed.get("client_id")))
    with _saving(request, options, answer, event):
        values = read_fields(answer.typed, event_readers(zone_of(request))).checked()
        done = await service.edit_event(work, event_id, values, version=answer.version)
    toast = saved_toast(request, done, options.fields(request))
    subject = await work.session.get_one(Event, event_id)
    return redirect(request, f"/events/{event_id}", toast=_noting_the_past(toast, subject))


@post("/events/{event_id:int}/deletion", capability=RENTAL_DELETE, include_in_schema=False)
async def delete(request: Request[Any, Any, Any], work: Work, event_id: PathId) -> Response[str]:
    """Delete an event, unless somebody changed it since the page was loaded."""
    version = await sent_version(request)
    event = await service.delete_event(work, event_id, version=version)
    undo = f"/events/{event_id}/restoration"
    return redirect(request, "/events", toast=Toast("Deleted", event.name, undo_url=undo))


@post("/events/{event_id:int}/restoration", capability=RENTAL_DELETE, include_in_schema=False)
async def restore(request: Request[Any, Any, Any], work: Work, event_id: PathId) -> Response[str]:
    """Take a delete back, if what it held is still free."""
    event = await service.restore_event(work, event_id)
    return receipt(request, f"/events/{event_id}", Toast("Restored", event.name))


def head_context(event: queries.EventFacts) -> Mapping[str, Any]:
    """What the head of an event shows, on each of its tabs."""
    return {"event": event, "step_words": STEP_WORDS, "is_past": is_past(event), "forever": FOREVER}


def lines_context(lines: Sequence[line_queries.EventLine]) -> Mapping[str, Any]:
    """What the list of gear shows: the lines, also in their groups, and what all of them hang on."""
    groups = in_groups(lines)
    frame = ([(heading, [line.id for line in group]) for heading, group in groups],
             [line.rental.name for line in lines if line.short])  # fmt: skip
    return {"lines": lines, "groups": groups, "frame": f"{crc32(repr(frame).encode()):08x}"}


def _lines(
    request: Request[Any, Any, Any], event: queries.EventFacts, lines: Sequence[line_queries.EventLine]
) -> Response[str]:
    """The list of gear; where a page says what it shows, only the rows that are others now."""
    context = lines_context(lines)
    seen = request.query_params.get("seen", "").split(".")
    shown = [line for _, group in context["groups"] for line in group]
    frame = f"{context['frame']}{int(event.is_open)}"
    if request.query_params.get("frame") != frame or len(seen) != len(shown):
        return partial(request, "events/_lines.html", event=event, **context)
    others = [line for line, digest in zip(shown, seen, strict=True) if line.digest != digest]
    response = partial(request, "events/_changed_lines.html", event=event, lines=others)
    response.headers["HX-Reswap"] = "none"
    return response


async def _options(
    reading: AsyncConnection, event: queries.EventFacts | None = None, *, client_id: int | None = None
) -> _Options:
    """What can be chosen; contacts are those of the chosen client, or of the one the event has."""
    of_client, contact_id = (event.client_id, event.contact_id) if event else (None, None)
    return _Options(
        await queries.clients_to_choose(reading, event.client_id if event else None),
        await queries.people_to_choose(reading, event.responsible_id if event else None),
        await queries.contacts_to_choose(reading, client_id or of_client, contact_id),
        await queries.block_of_client(reading, client_id or of_client),
    )


@contextmanager
def _saving(
    request: Any, options: _Options, answer: MergeAnswer, event: queries.EventFacts
) -> Generator[None]:
    """Turn what is refused inside the block into the form again, also new dates for which gear is short."""

    def again(form: EditForm, shortage: Shortage | None = None) -> Response[str]:
        return _form(request, options, form, event=event, shortage=shortage)

    try:
        with saving(request, answer, options.fields(request), again):
            yield
    except Shortage as shortage:
        raise Rejected(again(EditForm(answer.typed, answer.version), shortage)) from shortage


def _form(
    request: Any,
    options: _Options,
    form: EditForm,
    *,
    event: queries.EventFacts | None = None,
    shortage: Shortage | None = None,
) -> Response[str]:
    return page(
        request,
        "events/edit.html" if event else "events/new.html",
        status=409 if shortage else form.status,
        **form.context,
        typed=form.typed,
        event=event,
        clients=options.clients,
        people=options.people,
        colours=list(COLOUR_WORDS.items()),
        contacts=options.contacts,
        client_block=options.client_block,
        shortages=shortage.shortages if shortage else (),
        forever=FOREVER,
    )


def _noting_the_past(toast: Toast, event: Event) -> Toast:
    if not is_past(event):
        return toast
    return replace(toast, text=f"{toast.text} {PAST}".strip(), tone="amber")


HANDLERS = [events_page, new_page, create, event_page, history_page, edit_page, edit, delete, restore]
