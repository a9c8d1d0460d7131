"""Downloading what the inventory table shows."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, Final
from zoneinfo import ZoneInfo

from litestar import Request, Response, get
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from app.domain.inventory.exporting import csv_file, pieces_of, table_of, xlsx_file
from app.domain.inventory.list_queries import exported_rows
from app.domain.inventory.listing import Listing, read_ids
from app.domain.inventory.table_dates import asked_dates, listing_of
from app.lib.clock import now
from app.lib.content_disposition import attachment
from app.lib.errors import InvalidInput, Unavailable
from app.web.permissions import EQUIPMENT_READ
from app.web.state import Runtime, runtime

AT_ONCE: Final = 2
PATIENCE = 10.0

_MOST_IDS: Final = 10_000
_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# writing files is work for the whole process: further exports wait, so that pages need not
_turns = asyncio.Semaphore(AT_ONCE)


@get("/inventory/export", capability=EQUIPMENT_READ, include_in_schema=False)
async def export_inventory(request: Request[Any, Any, Any]) -> Response[Any] | Stream:
    """The rows of the listing in its order, all of them or those with the given `ids`.

    Raises InvalidInput for a format we do not write, and for dates that are none.
    """
    here, (listing, ids), ending = runtime(request), _wanted(request), _ending(request)
    headers = {"Content-Disposition": attachment(_filename(here, ending)), "Cache-Control": "no-store"}
    async with turn():
        file = await _file(here, ending, listing, ids)
    if isinstance(file, bytes):
        return Response(file, media_type=_TYPES[ending], headers=headers)
    return Stream(file, media_type=_TYPES[ending], headers=headers)


def _wanted(request: Request[Any, Any, Any]) -> tuple[Listing, list[int] | None]:
    """The listing, and the ids of the rows where some were chosen."""
    params, listing = request.query_params, listing_of(request)
    if errors := asked_dates(request, listing).errors:
        raise InvalidInput(errors)
    if "ids" not in params:
        return listing, None
    return replace(listing.cleared(), archived="all"), read_ids(params["ids"], _MOST_IDS)


def _ending(request: Request[Any, Any, Any]) -> str:
    ending = request.query_params.get("format") or "xlsx"
    if ending not in _TYPES:
        raise InvalidInput({"format": f"Choose one of these formats: {', '.join(_TYPES)}."})
    return ending


@asynccontextmanager
async def turn() -> AsyncGenerator[None]:
    """Hold one of the AT_ONCE turns to write a file. Raises Unavailable after PATIENCE seconds."""
    try:
        async with asyncio.timeout(PATIENCE):
            await _turns.acquire()
    except TimeoutError:
        message = "Other exports are being written right now. Try again in a moment."
        raise Unavailable(message, retry_after=10) from None
    try:
        yield
    finally:
        _turns.release()


async def _file(
    here: Runtime, ending: str, listing: Listing, ids: Sequence[int] | None
) -> bytes | AsyncGenerator[bytes]:
    """The finished file. The connection is given back before anything is sent: a reader may be slow."""
    async with here.engine.connect() as connection:
        rows = exported_rows(connection, listing, ids)
        if ending == "csv":
            return pieces_of(await csv_file(rows, listing.dates))
        table = await table_of(rows, listing.dates)
    return await xlsx_file(table, listing.dates)


def _filename(here: Runtime, ending: str) -> str:
    zone = here.company.time_zone if here.company else "UTC"
    return f"inventory-{now().astimezone(ZoneInfo(zone)):%Y-%m-%d}.{ending}"


EXPORT_HANDLERS: list[ControllerRouterHandler] = [export_inventory]
