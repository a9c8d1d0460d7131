"""Downloading what the inventory table shows."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

from litestar import Request, Response, get
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from app.domain.inventory.exporting import csv_file, xlsx_file
from app.domain.inventory.list_queries import exported_rows
from app.domain.inventory.listing import Listing, read_ids, read_listing
from app.lib.clock import now
from app.lib.content_disposition import attachment
from app.web.permissions import EQUIPMENT_READ
from app.web.state import Runtime, runtime

_MOST_IDS: Final = 10_000
_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@get("/inventory/export", capability=EQUIPMENT_READ, include_in_schema=False)
async def export_inventory(request: Request[Any, Any, Any]) -> Response[Any] | Stream:
    """The rows of the listing in its order, all of them or those with the given `ids`."""
    params, here = request.query_params, runtime(request)
    listing = read_listing(params)
    ids = read_ids(params["ids"], _MOST_IDS) if "ids" in params else None
    if ids is not None:
        listing = Listing(archived="all", sort=listing.sort, descending=listing.descending)
    ending = "csv" if params.get("format") == "csv" else "xlsx"
    headers = {"Content-Disposition": attachment(_filename(here, ending)), "Cache-Control": "no-store"}
    rows = _rows(here, listing, ids)
    if ending == "csv":
        return Stream(csv_file(rows), media_type=_TYPES[ending], headers=headers)
    return Response(await xlsx_file(rows), media_type=_TYPES[ending], headers=headers)


async def _rows(here: Runtime, listing: Listing, ids: Sequence[int] | None) -> AsyncIterator[Any]:
    """The rows through a connection of their own, which lives as long as the download."""
    async with here.engine.connect() as connection:
        async for row in exported_rows(connection, listing, ids):
            yield row


def _filename(here: Runtime, ending: str) -> str:
    zone = here.company.time_zone if here.company else "UTC"
    return f"inventory-{now().astimezone(ZoneInfo(zone)):%Y-%m-%d}.{ending}"


EXPORT_HANDLERS: list[ControllerRouterHandler] = [export_inventory]
