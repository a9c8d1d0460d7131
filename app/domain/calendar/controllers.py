"""The calendar of everything: the page, what it shows of some days, and events that are dragged."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from litestar import Request, Response, get, post
from litestar.params import FromQuery

from app.db.models import Event
from app.domain.availability.shortage import Shortage
from app.domain.calendar import policy, queries
from app.domain.calendar.filters import CalendarFilter, read_filter
from app.domain.calendar.item_queries import items_between
from app.domain.calendar.views import Span, legend, wire_items
from app.domain.events import service
from app.domain.events.queries import clients_to_choose, people_to_choose
from app.domain.maintenance.descriptions import company_of, zone_of
from app.lib import editing
from app.lib.clock import now
from app.lib.errors import Conflict, InvalidInput
from app.lib.fields import SENSIBLE_YEARS, clean, local_instant, read_fields
from app.lib.periods import FOREVER
from app.web import formatting
from app.web.errors import Rejected
from app.web.formatting import local_datetime
from app.web.forms import form_text
from app.web.htmx import Toast, wants_partial
from app.web.merging import read_version
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import RENTAL_READ, RENTAL_WRITE
from app.web.render import nothing, page
from app.web.state import viewer_of


@get("/calendar", capability=RENTAL_READ, include_in_schema=False)
async def calendar_page(request: Request[Any, Any, Any], reading: Connection) -> Response[str]:
    """A month, a week or a list of what is planned. The calendar itself asks for its days."""
    chosen = read_filter(request.query_params)
    response = page(
        request,
        "calendar/index.html",
        partial="calendar/_head.html",
        chosen=chosen,
        span=span_of(request, chosen),
        views=policy.VIEWS,
        legend=legend(chosen),
        categories=await queries.categories_to_choose(reading),
        clients=await clients_to_choose(reading, chosen.id_of("client")),
        people=await people_to_choose(reading, chosen.id_of("person")),
        equipment=await queries.name_of_equipment(reading, chosen.id_of("equipment")),
    )
    if wants_partial(request) and "shown" in request.query_params:
        response.headers["HX-Replace-Url"] = chosen.query()
    return response


@get("/calendar/items", capability=RENTAL_READ, include_in_schema=False)
async def calendar_items(request: Request[Any, Any, Any], reading: Connection) -> Response[dict[str, Any]]:
    """What stands on the days from `start` up to `end`, for the page."""
    chosen, zone = read_filter(request.query_params), zone_of(request)
    bounds = read_days(request.query_params, zone)
    view = chosen.view or "month"
    read_by(request)
    shown = await items_between(reading, chosen, bounds, per_day=policy.VIEWS[view].per_day)
    return Response(wire_items(shown, bounds, zone, view=view), headers={"Cache-Control": "no-store"})


@post("/calendar/events/{event_id:int}/period", capability=RENTAL_WRITE, include_in_schema=False)
async def move(request: Request[Any, Any, Any], work: Work, event_id: PathId) -> Response[str]:
    """Give an event other dates, with all checks; what is taken back comes as the address alone."""
    typed, zone = {**request.query_params, **await form_text(request)}, zone_of(request)
    read_by(request)
    with refusing_move(request):
        reader = local_instant(zone)
        values = read_fields(typed, {"out_start": reader, "out_end": reader}).checked("out_start", "out_end")
        event = await editing.lock(work, Event, event_id)
        before = (event.out_start, event.out_end)
        values |= _use_moved(event, values["out_start"], values["out_end"], zone)
        await service.edit_event(work, event_id, values, version=read_version(typed.get("version", "")))
    text = f"{event.name}: {local_datetime(event.out_start)} \N{EN DASH} {local_datetime(event.out_end)}"
    return nothing(toast=Toast("Moved", text, undo_url=_way_back(event, before, zone)))


def _use_moved(event: Event, start: datetime, end: datetime, zone: ZoneInfo) -> dict[str, datetime]:
    """When the gear is used, moved along with the event; nothing where that is not said."""
    if not event.use_start or not event.use_end:
        return {}
    before = (event.out_start, event.out_end)
    use = policy.moved_along((event.use_start, event.use_end), before, (start, end), zone)
    return {"use_start": use[0], "use_end": use[1]}


@get("/calendar/equipment", capability=RENTAL_READ, include_in_schema=False)
async def equipment_choices(
    request: Request[Any, Any, Any], reading: Connection, q: FromQuery[str] = ""
) -> Response[str]:
    """Equipment to filter by, as links to the calendar as it is now with it."""
    chosen, found = read_filter(request.query_params), await queries.find_equipment(reading, clean(q)[:200])
    return page(
        request,
        "calendar/equipment.html",
        partial="calendar/_equipment.html",
        chosen=chosen,
        found=found,
        q=q,
    )


def read_by(request: Any) -> None:
    """Have moments written by the clock and in the language of this person, where no page is rendered."""
    formatting.reader.set((zone_of(request), viewer_of(request).locale or company_of(request).locale))


def span_of(request: Any, chosen: CalendarFilter) -> Span:
    """The days the page shows."""
    today = policy.wall(now(), zone_of(request)).date()
    locale = viewer_of(request).locale or company_of(request).locale
    return Span(chosen.view or "month", chosen.day(today), today, locale)


def read_days(given: Mapping[str, str], zone: ZoneInfo) -> list[datetime]:
    """The days of a request, as the instants they begin at. Raises InvalidInput."""
    found: list[date] = []
    for name in ("start", "end"):
        try:
            found.append(date.fromisoformat(given.get(name, "")[:10]))
        except ValueError as error:
            raise InvalidInput({name: "Write a date, like 2026-11-26."}) from error
    start, end = found
    if start.year not in SENSIBLE_YEARS:
        raise InvalidInput({"start": "Write a date of our time."})
    if not start < end <= start + policy.LONGEST:
        raise InvalidInput({"end": f"Ask for 1 to {policy.LONGEST.days} days."})
    return policy.day_bounds(start, (end - start).days, zone)


@contextmanager
def refusing_move(request: Any) -> Generator[None]:
    """Turn a refusal inside the block into the words over the calendar; the transaction rolls back.

    What is refused of taking a move back is told by a toast, like any refusal.
    """
    try:
        yield
    except (Conflict, InvalidInput) as refusal:
        if request.query_params:
            raise
        fields = refusal.fields.values() if isinstance(refusal, InvalidInput) else ()
        answer = page(
            request,
            "calendar/refused.html",
            partial="calendar/_refused.html",
            status=refusal.status,
            shortages=refusal.shortages if isinstance(refusal, Shortage) else (),
            reasons=list(fields) or [refusal.message],
            forever=FOREVER,
        )
        raise Rejected(answer) from refusal


def _way_back(event: Event, before: tuple[datetime, datetime], zone: ZoneInfo) -> str:
    """The address that gives an event the dates it had."""
    start, end = (policy.wall(instant, zone).isoformat() for instant in before)
    query = urlencode({"version": event.version, "out_start": start, "out_end": end})
    return f"/calendar/events/{event.id}/period?{query}"


HANDLERS = [calendar_page, calendar_items, equipment_choices, move]
