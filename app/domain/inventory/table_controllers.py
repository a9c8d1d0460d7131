"""The inventory table: the page, its further rows, its counts, rows that changed, columns and views."""

from typing import Any
from urllib.parse import parse_qsl

from litestar import Request, Response, delete, get, post
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.inventory.list_queries import count_of, rows_of
from app.domain.inventory.listing import Listing, read_cursor, read_ids, read_listing
from app.domain.inventory.page_queries import names_of, page_of
from app.domain.inventory.table_cache import counted, known_views, table_cache
from app.domain.inventory.table_dates import free_context, listing_of, listing_shown
from app.domain.inventory.table_page import (
    asked_columns,
    count_context,
    more_context,
    row_context,
    table_context,
    view_listing,
)
from app.domain.inventory.table_view import known_columns
from app.domain.inventory.view_queries import chosen_columns
from app.domain.inventory.views import choose_columns, delete_view, save_view
from app.lib.errors import NotFound
from app.lib.fields import clean
from app.web.forms import form_list, form_text
from app.web.htmx import Toast, is_htmx
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import EQUIPMENT_READ
from app.web.render import page, partial, redirect
from app.web.state import runtime, viewer_of

_MOST_ROWS = 500
_MOST_SHOWN = 10_000_000
_LONGEST_VIEW_NAME = 60


@get("/inventory", capability=EQUIPMENT_READ, include_in_schema=False)
async def inventory(request: Request[Any, Any, Any], reading: Connection) -> Response[str]:
    """The table; htmx gets it without what stands around it, and the address of what it shows."""
    listing = listing_of(request)
    context = await table_context(request, reading, listing)
    status = 422 if context["asked"].errors else 200
    response = page(
        request, "inventory/index.html", partial="inventory/_answer.html", status=status, **context
    )
    if is_htmx(request) and not context["after"]:
        response.headers["HX-Replace-Url"] = listing.url
    return response


@get("/inventory/rows", capability=EQUIPMENT_READ, include_in_schema=False)
async def inventory_rows(request: Request[Any, Any, Any], reading: Connection) -> Response[str]:
    """Further rows (`after`), or those that changed (`ids`) and how many new ones (`new`) match."""
    params = request.query_params
    listing = listing_of(request)
    columns = asked_columns(params.get("columns")) or await _own_columns(request, reading)
    after = read_cursor(listing, params.get("after", ""))
    if after is None:
        return await _changed_rows(request, reading, listing, columns)
    rows, more = await page_of(reading, listing, after)
    shown = _number(params.get("shown", "")) + len(rows)
    return partial(
        request,
        "inventory/_more.html",
        total=table_cache(runtime(request)).known_count(listing),
        **await row_context(request, reading, listing, rows, columns),
        **more_context(listing, rows, shown, more=more),
    )


async def _changed_rows(
    request: Request[Any, Any, Any], reading: AsyncConnection, listing: Listing, columns: tuple[str, ...]
) -> Response[str]:
    ids = read_ids(request.query_params.get("ids", ""), _MOST_ROWS)
    fresh = read_ids(request.query_params.get("new", ""), _MOST_ROWS)
    rows = await rows_of(reading, ids, listing) if ids else []
    return partial(
        request,
        "inventory/_changed.html",
        gone=sorted(set(ids) - {row.id for row in rows}),
        arrived=await count_of(reading, listing, fresh) if fresh else 0,
        says_arrivals="new" in request.query_params,
        list_url=listing.url,
        **await row_context(request, reading, listing, rows, columns),
    )


@get("/inventory/free", capability=EQUIPMENT_READ, include_in_schema=False)
async def inventory_free(request: Request[Any, Any, Any], reading: Connection) -> Response[str]:
    """What is free of these rows (`ids`) for the dates of the table, each in its place."""
    ids, listing = read_ids(request.query_params.get("ids", ""), _MOST_ROWS), listing_of(request)
    names = await names_of(reading, ids) if listing.dates else {}
    context = await free_context(request, reading, listing, list(names))
    return partial(request, "inventory/_frees.html", names=names, **context)


@get("/inventory/{equipment_id:int}/row", capability=EQUIPMENT_READ, include_in_schema=False)
async def inventory_row(
    request: Request[Any, Any, Any], reading: Connection, equipment_id: PathId
) -> Response[str]:
    """One row as it is now, whether it matches the filters or not."""
    rows = await rows_of(reading, read_ids(str(equipment_id), 1))
    if not rows:
        raise NotFound("This equipment does not exist, or was deleted.")
    columns = asked_columns(request.query_params.get("columns")) or await _own_columns(request, reading)
    context = await row_context(request, reading, listing_shown(request), rows, columns)
    return partial(request, "inventory/_changed.html", gone=[], says_arrivals=False, **context)


@get("/inventory/count", capability=EQUIPMENT_READ, include_in_schema=False)
async def inventory_count(request: Request[Any, Any, Any], reading: Connection) -> Response[str]:
    """The counts that were not known when the page was rendered: of what is shown, and of the views."""
    cache, listing, viewer = (
        table_cache(runtime(request)),
        listing_of(request),
        viewer_of(request),
    )
    total = await counted(cache, reading, listing)
    views = await known_views(cache, reading, viewer.id)
    for one in (Listing(), *map(view_listing, views)):
        await counted(cache, reading, one)
    context = count_context(cache, listing, views, viewer.id)
    context |= {"total": total, "uncounted": False}
    shown = _number(request.query_params.get("shown", ""))
    return partial(request, "inventory/_counts.html", listing=listing, shown=shown, **context)


@post("/inventory/columns", capability=EQUIPMENT_READ, status_code=200, include_in_schema=False)
async def inventory_columns(
    request: Request[Any, Any, Any], work: Work, reading: Connection
) -> Response[str]:
    """Remember the chosen columns, and show the table with them."""
    columns = known_columns(await form_list(request, "columns"))
    listing = listing_shown(request)
    await choose_columns(work, viewer_of(request).id, columns)
    if not is_htmx(request):
        return redirect(request, "/inventory")
    context = await table_context(request, reading, listing)
    context["columns"] = columns
    return partial(request, "inventory/_answer.html", **context)


@post("/inventory/views", capability=EQUIPMENT_READ, include_in_schema=False)
async def save_inventory_view(request: Request[Any, Any, Any], work: Work) -> Response[str]:
    """Keep the present filters under a name."""
    form = await form_text(request)
    listing = read_listing(dict(parse_qsl(form.get("query", ""))))
    name = " ".join(clean(form.get("name", "")).split())[:_LONGEST_VIEW_NAME]
    viewer = viewer_of(request)
    await save_view(work, viewer.id, name, listing, shared=form.get("shared") == "1")
    work.after_commit(_forgetting_views(request))
    return redirect(request, listing.url, toast=Toast("View saved", name))


@delete("/inventory/views/{view_id:int}", capability=EQUIPMENT_READ, status_code=200, include_in_schema=False)
async def delete_inventory_view(
    request: Request[Any, Any, Any], work: Work, view_id: PathId
) -> Response[str]:
    """Delete one's own view; the equipment stays as it is."""
    view = await delete_view(work, viewer_of(request).id, view_id)
    work.after_commit(_forgetting_views(request))
    undo = f"/operations/{work.operation}/undo"
    return redirect(request, "/inventory", toast=Toast("View deleted", view.name, "", undo))


def _forgetting_views(request: Request[Any, Any, Any]) -> Any:
    async def forget() -> None:
        table_cache(runtime(request)).forget_views()

    return forget


async def _own_columns(request: Request[Any, Any, Any], reading: AsyncConnection) -> tuple[str, ...]:
    return known_columns(await chosen_columns(reading, viewer_of(request).id))


def _number(text: str) -> int:
    return min(int(text), _MOST_SHOWN) if text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004


TABLE_HANDLERS: list[ControllerRouterHandler] = [
    inventory,
    inventory_rows,
    inventory_free,
    inventory_row,
    inventory_count,
    inventory_columns,
    save_inventory_view,
    delete_inventory_view,
]
