"""What the page of the inventory table and its parts are rendered with, read from cache and database."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from litestar import Request
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.inventory.cells import CELLS, options, shelf_key
from app.domain.inventory.fields import KIND_WORDS, STATUS_WORDS, TRACKING_WORDS
from app.domain.inventory.listing import Listing, read_cursor, read_listing, write_cursor
from app.domain.inventory.page_queries import page_of
from app.domain.inventory.table_cache import TableCache, counted, known_shelves, known_views, table_cache
from app.domain.inventory.table_dates import dates_context, free_context
from app.domain.inventory.table_view import (
    ARCHIVED_WORDS,
    COLUMNS,
    changed,
    chips,
    filter_words,
    known_columns,
    table_rows,
)
from app.domain.inventory.view_queries import View, chosen_columns
from app.web.permissions import EQUIPMENT_DELETE, EQUIPMENT_WRITE
from app.web.state import runtime, viewer_of

_MOST_OFFERS = 3


async def table_context(
    request: Request[Any, Any, Any], reading: AsyncConnection, listing: Listing
) -> dict[str, Any]:
    """Everything the whole page shows for a listing."""
    cache, viewer = table_cache(runtime(request)), viewer_of(request)
    after = read_cursor(listing, request.query_params.get("after", ""))
    generation = cache.generation
    rows, more = await page_of(reading, listing, after)
    shelves = await known_shelves(cache, reading)
    views = await known_views(cache, reading, viewer.id)
    names = await chosen_columns(reading, viewer.id)
    if after is None and not more:
        cache.keep_count(listing, len(rows), generation)
    return {
        **await row_context(request, reading, listing, rows, known_columns(names)),
        **dates_context(request, listing),
        **more_context(listing, rows, len(rows), more=more),
        "listing": listing,
        "shelf": shelf_key(listing.category, listing.subcategory),
        "after": after,
        "chips": chips(listing, shelves),
        "shelf_options": options(CELLS["category"], shelves),
        "status_options": options(CELLS["status"], shelves),
        **count_context(cache, listing, views, viewer.id),
        "all_columns": COLUMNS,
        "kinds": KIND_WORDS,
        "archived_words": ARCHIVED_WORDS,
        "can_delete": viewer.can(EQUIPMENT_DELETE),
        "empty": None if rows or after else await _emptiness(cache, reading, listing),
        "offers": [] if rows or after else await _offers(cache, reading, listing),
        "report": None,
    }


async def row_context(
    request: Request[Any, Any, Any],
    reading: AsyncConnection,
    listing: Listing,
    rows: Sequence[Row[Any]],
    columns: Sequence[str],
) -> dict[str, Any]:
    """What the rows themselves need: a statement more where the listing has dates."""
    return {
        **await free_context(request, reading, listing, [row.id for row in rows]),
        "rows": table_rows(rows),
        "columns": columns,
        "can_edit": viewer_of(request).can(EQUIPMENT_WRITE),
        "statuses": STATUS_WORDS,
        "kinds": KIND_WORDS,
        "trackings": TRACKING_WORDS,
        "changed": changed,
    }


def more_context(listing: Listing, rows: Sequence[Row[Any]], shown: int, *, more: bool) -> dict[str, Any]:
    """Where the list goes on. `shown` counts the rows of all pages so far."""
    if not more:
        return {"shown": shown, "next_rows": None, "next_page": None}
    cursor = write_cursor(listing, rows[-1].sort_value, rows[-1].id)
    query = f"{listing.query}&after={cursor}" if listing.query else f"after={cursor}"
    return {
        "shown": shown,
        "next_rows": f"/inventory/rows?{query}&shown={shown}",
        "next_page": f"/inventory?{query}",
    }


def count_context(
    cache: TableCache, listing: Listing, views: Sequence[View], viewer_id: int
) -> dict[str, Any]:
    """The counts as far as they are known, and whether any is not."""
    total, found = cache.known_count(listing), tabs(cache, listing, views, viewer_id)
    return {
        "total": total,
        "tabs": found,
        "uncounted": total is None or any(tab["count"] is None for tab in found),
    }


def asked_columns(text: str | None) -> tuple[str, ...] | None:
    """The columns a part of the page asks for, because the table it belongs to has them."""
    return known_columns(text.split(",")) if text else None


def tabs(cache: TableCache, listing: Listing, views: Sequence[View], viewer_id: int) -> list[dict[str, Any]]:
    """All equipment, then the saved views; the one that is shown is current, once for the whole table.

    Views are of no dates: those that are chosen stay.
    """
    everything, shown = Listing(), replace(listing, dates=None)
    found: list[dict[str, Any]] = [
        {"id": None, "name": "All equipment", "listing": everything, "own": False, "shared": False}
    ]
    found += [
        {
            "id": view.id,
            "name": view.name,
            "listing": view_listing(view),
            "own": view.user_id == viewer_id,
            "shared": view.shared,
        }
        for view in views
    ]
    for tab in found:
        tab["current"] = tab["listing"] == shown and (tab["id"] is None or shown != everything)
        tab["href"] = tab["listing"].dated(listing.dates).url
        tab["count"] = cache.known_count(tab["listing"])
    return found


def view_listing(view: View) -> Listing:
    """The filters a saved view stands for."""
    return read_listing(dict(parse_qsl(view.query)))


async def _emptiness(cache: TableCache, reading: AsyncConnection, listing: Listing) -> str:
    """Why there is nothing: no equipment at all, only archived, or the filters."""
    if listing.filters:
        return "filtered"
    return "archived" if await counted(cache, reading, Listing(archived="all")) else "nothing"


async def _offers(cache: TableCache, reading: AsyncConnection, listing: Listing) -> list[dict[str, Any]]:
    """Filters that hide what there is: dropping one of them shows this many rows."""
    shelves = await known_shelves(cache, reading)
    found: list[dict[str, Any]] = []
    for name in listing.filters:
        wider = listing.without(name)
        count = await counted(cache, reading, wider) if wider.filters else 0
        if count:
            value = filter_words(name, getattr(listing, name), shelves)
            found.append({"name": name, "value": value, "count": count, "href": wider.url})
    return sorted(found, key=lambda offer: offer["count"])[:_MOST_OFFERS]
