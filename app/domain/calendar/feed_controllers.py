"""Calendars for other programs: making and revoking links, and what is read through them."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.calendar import feed_queries, queries, service
from app.domain.calendar.feed_queries import FeedEvent, FeedFacts
from app.domain.calendar.ical import Entry, calendar_text
from app.domain.events.fields import STATUS_STATES
from app.lib.errors import Conflict, InvalidInput, NotFound
from app.lib.fields import identifier
from app.web.errors import Rejected
from app.web.forms import form_text
from app.web.htmx import Toast
from app.web.parameters import Connection, FilterId, PathId, Work
from app.web.permissions import RENTAL_READ
from app.web.render import page, redirect
from app.web.state import client_ip, public_address, runtime, viewer_of
from app.web.tokens import signature

_ENDING = ".ics"
_FEED_HEADERS = {
    "Cache-Control": "private, no-cache",
    "Content-Disposition": 'inline; filename="calendar.ics"',
    "X-Robots-Tag": "noindex",
}


@get("/calendar/subscriptions", capability=RENTAL_READ, include_in_schema=False)
async def links_page(
    request: Request[Any, Any, Any], reading: Connection, equipment: FilterId = None
) -> Response[str]:
    """The links a person has made, and the form of another."""
    return await _links(request, reading, {"equipment_id": str(equipment or "")})


@post("/calendar/subscriptions", capability=RENTAL_READ, include_in_schema=False)
async def add_link(request: Request[Any, Any, Any], work: Work) -> Response[str]:
    """Make a link and show it, once."""
    typed = await form_text(request)
    reading = await work.session.connection()
    try:
        made = await service.create_feed(
            work, typed.get("scope", ""), identifier(typed.get("equipment_id", ""))
        )
    except InvalidInput as error:
        raise Rejected(await _links(request, reading, typed, error.fields, 422)) from error
    except Conflict as error:
        raise Rejected(await _links(request, reading, typed, {"scope": error.message}, 409)) from error
    address = f"{public_address(request)}/calendar/feeds/{made.secret}{_ENDING}"
    return page(request, "calendar/link.html", address=address, label=made.label)


@post("/calendar/subscriptions/{feed_id:int}/revocation", capability=RENTAL_READ, include_in_schema=False)
async def revoke_link(request: Request[Any, Any, Any], work: Work, feed_id: PathId) -> Response[str]:
    """End a link of one's own."""
    await service.revoke_feed(work, feed_id)
    return redirect(
        request, "/calendar/subscriptions", toast=Toast("Revoked", "This link shows nothing any more.")
    )


@get("/calendar/feeds/{name:str}", public=True, include_in_schema=False)
async def feed(request: Request[Any, Any, Any], reading: Connection, name: FromPath[str]) -> Response[str]:
    """A calendar as its person sees it, for whoever has the link."""
    here = runtime(request)
    await here.rate_limits.count(
        f"calendar:{client_ip(request)}", here.settings.api_rate_limit, "Too many requests."
    )
    if not name.endswith(_ENDING):
        raise NotFound("There is nothing at this address.")
    found = await feed_queries.feed_by_secret(reading, name.removesuffix(_ENDING))
    await feed_queries.note_read(reading, found.id)
    events = await feed_queries.events_of(reading, found)
    shop = here.company.name if here.company else "AV-RENTALS"
    text = calendar_text(_title(found, shop), [_entry(request, event) for event in events])
    return Response(text, media_type="text/calendar", headers=_FEED_HEADERS)


async def _links(
    request: Any,
    reading: AsyncConnection,
    typed: dict[str, str],
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> Response[str]:
    equipment_id = identifier(typed.get("equipment_id", ""))
    name = await queries.name_of_equipment(reading, equipment_id)
    scopes = [(key, words) for key, words in service.SCOPE_WORDS.items() if key != "equipment"]
    if name:
        scopes.insert(0, ("equipment", f"Only {name}"))
    return page(
        request,
        "calendar/links.html",
        status=status,
        feeds=await feed_queries.feeds_of(reading, viewer_of(request).id),
        scopes=scopes,
        scope_words=service.SCOPE_WORDS,
        equipment_id=equipment_id if name else None,
        equipment=name,
        typed=typed,
        errors=errors or {},
    )


def _title(found: FeedFacts, shop: str) -> str:
    words = service.SCOPE_WORDS[found.scope]
    return f"{shop}: {found.equipment_name or words[0].lower() + words[1:]}"


def _entry(request: Any, event: FeedEvent) -> Entry:
    """An event as an entry. Who subscribes to two calendars sees a line and its event as two entries."""
    kind, key = ("event", event.id) if event.rental_id is None else ("rental", event.rental_id)
    installation = signature(runtime(request).settings.secret_key, "calendar", "uid")[:12]
    address = f"{public_address(request)}/events/{event.id}"
    title = f"{event.name}, {event.client_name}" if event.client_name else event.name
    status = STATUS_STATES[event.status][0]
    return Entry(
        uid=f"{kind}-{key}.{installation}@av-rentals",
        summary=title if event.rental_id is None else f"{event.quantity} × {title}",
        start=event.start_at,
        end=event.end_at,
        changed_at=event.updated_at,
        sequence=event.version,
        is_certain=event.status in {"confirmed", "closed"},
        location=event.venue,
        description=f"{status}\n{address}",
        url=address,
    )


HANDLERS = [links_page, add_link, revoke_link, feed]
