"""Search from anywhere: the palette, its page without scripts, and scanned codes."""

from typing import Any

from litestar import Request, Response, get
from litestar.params import FromQuery
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.events.fields import STATUS_STATES
from app.domain.inventory.fields import UNIT_STATE_WORDS
from app.domain.maintenance.fields import STATE_WORDS
from app.domain.search import queries
from app.domain.search.commands import find_commands
from app.domain.search.policy import LONGEST, marked
from app.lib.fields import clean
from app.web.parameters import Connection
from app.web.permissions import CLIENT_READ, EQUIPMENT_READ, RENTAL_READ
from app.web.render import page, redirect
from app.web.state import viewer_of

RECENT_URLS = {
    "equipment": "/inventory",
    "unit": "/units",
    "maintenance": "/maintenance",
    "client": "/clients",
    "event": "/events",
    "kit": "/kits",
    "case": "/cases",
}
RECENT_ICONS = {
    "equipment": "packages",
    "unit": "barcode",
    "maintenance": "tool",
    "client": "building",
    "event": "calendar-event",
    "kit": "box",
    "case": "archive",
}


@get("/search", capability=EQUIPMENT_READ, include_in_schema=False)
async def search(
    request: Request[Any, Any, Any], reading: Connection, q: FromQuery[str] = ""
) -> Response[str]:
    """Equipment, units, events, clients, maintenance, pages and actions for what was typed."""
    found = await _found(request, reading, q)
    return page(request, "search/page.html", partial="search/_hits.html", **found)


@get("/scan", capability=EQUIPMENT_READ, include_in_schema=False)
async def scan(
    request: Request[Any, Any, Any], reading: Connection, code: FromQuery[str] = ""
) -> Response[str]:
    """Straight to what carries this code; a search with an explanation when nothing does."""
    typed = clean(code)[:LONGEST]
    target = await queries.find_exact(reading, typed) if typed else None
    if target:
        return redirect(request, target)
    found = await _found(request, reading, typed, scanned=typed)
    return page(request, "search/page.html", status=404 if typed else 200, **found)


async def _found(
    request: Request[Any, Any, Any], reading: AsyncConnection, q: str, *, scanned: str = ""
) -> dict[str, Any]:
    typed, viewer = clean(q)[:LONGEST], viewer_of(request)
    pages, actions = find_commands(viewer, typed)
    return {
        "q": typed,
        "scanned": scanned,
        "equipment": await queries.find_equipment(reading, typed) if typed else [],
        "units": await queries.find_units(reading, typed) if typed else [],
        "jobs": await queries.find_jobs(reading, typed) if typed else [],
        "clients": await queries.find_clients(reading, typed) if typed and viewer.can(CLIENT_READ) else [],
        "events": await queries.find_events(reading, typed) if typed and viewer.can(RENTAL_READ) else [],
        "kits": await queries.find_kits(reading, typed) if typed else [],
        "cases": await queries.find_cases(reading, typed) if typed and viewer.can(RENTAL_READ) else [],
        "recent": [] if typed else await queries.recent_records(reading, viewer.id),
        "pages": pages,
        "actions": actions,
        "marked": marked,
        "unit_states": UNIT_STATE_WORDS,
        "job_states": STATE_WORDS,
        "event_states": STATUS_STATES,
        "recent_urls": RECENT_URLS,
        "recent_icons": RECENT_ICONS,
    }


HANDLERS = [search, scan]
