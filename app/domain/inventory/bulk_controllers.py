"""What is done with the chosen rows of the inventory table, or with all that match."""

import re
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID, uuid4

from litestar import Request, Response, post
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.inventory.bulk import MOST_ROWS, BulkResult, apply_to_many
from app.domain.inventory.cells import CELLS, read_cell
from app.domain.inventory.list_queries import versions_of
from app.domain.inventory.listing import Listing, listing_of_query
from app.domain.inventory.table_page import table_context
from app.domain.maintenance.descriptions import zone_of
from app.lib.errors import Forbidden, InvalidInput
from app.lib.sentences import counted
from app.lib.unit_of_work import UnitOfWork, unit_of_work
from app.web.forms import form_list, form_text
from app.web.htmx import Toast, is_htmx
from app.web.parameters import Connection
from app.web.permissions import EQUIPMENT_DELETE, EQUIPMENT_WRITE
from app.web.render import page, redirect
from app.web.state import actor_of, runtime, viewer_of

_CHOSEN = re.compile(r"([1-9][0-9]{0,17})(?::([1-9][0-9]{0,8}))?", re.ASCII)
# so many ids still fit into an address
_MOST_IN_ADDRESS: Final = 1000
_DONE: Final = {
    "category": "moved to another category",
    "location": "given a new location",
    "status": "given a new status",
    "archive": "archived",
    "unarchive": "taken out of the archive",
    "delete": "deleted",
}


@post("/inventory/bulk", capability=EQUIPMENT_WRITE, status_code=200, include_in_schema=False)
async def bulk_action(request: Request[Any, Any, Any], reading: Connection) -> Response[str]:
    """Carry out one action on many rows; what could not be done is listed above the table."""
    form = await form_text(request)
    listing = listing_of_query(form.get("query", ""), zone_of(request))
    chosen = None if form.get("matching") == "1" else _chosen(await form_list(request, "ids"))
    action = form.get("action", "")
    if action in {"labels", "export"}:
        return await _elsewhere(request, reading, action, listing, chosen)
    values = _values(request, action, form)
    operation, result = await _applied(request, await _rows(reading, listing, chosen, MOST_ROWS), values)
    return await _done(request, reading, listing, result, _receipt(action, result, operation))


async def _applied(
    request: Request[Any, Any, Any], rows: Sequence[tuple[int, int | None]], values: dict[str, Any] | None
) -> tuple[UUID, BulkResult]:
    """What came of setting the values in these rows, and the operation that all of it is."""
    operation = uuid4()

    def begin() -> AbstractAsyncContextManager[UnitOfWork]:
        return unit_of_work(runtime(request).sessions, actor_of(request), operation)

    return operation, await apply_to_many(begin, rows, values)


def _chosen(texts: list[str]) -> list[tuple[int, int | None]]:
    """Rows as the checkboxes name them: the id, and the version that was seen."""
    found = [match for match in map(_CHOSEN.fullmatch, texts) if match]
    if not found:
        raise InvalidInput({"ids": "Choose at least one item."})
    return [(int(match[1]), int(match[2]) if match[2] else None) for match in found]


async def _rows(
    reading: AsyncConnection, listing: Listing, chosen: list[tuple[int, int | None]] | None, most: int
) -> Sequence[tuple[int, int | None]]:
    """The chosen rows, or all that match: then one more than `most` when there are more."""
    return chosen if chosen is not None else await versions_of(reading, listing, most + 1)


def _values(request: Request[Any, Any, Any], action: str, form: dict[str, str]) -> dict[str, Any] | None:
    """The values an action sets; None deletes. Raises InvalidInput and Forbidden."""
    if action == "delete":
        if not viewer_of(request).can(EQUIPMENT_DELETE):
            raise Forbidden("Your role does not allow deleting. Archive it instead.")
        return None
    if action in {"archive", "unarchive"}:
        return {"archived": action == "archive"}
    if action not in {"category", "location", "status"}:
        raise InvalidInput({"action": "This action is not known."})
    return read_cell(CELLS[action], form.get(action, ""))


def _receipt(action: str, result: BulkResult, operation: UUID) -> Toast:
    count = result.changed
    text = f"{result.unchanged} had it already." if result.unchanged else ""
    undo = f"/operations/{operation}/undo" if count else None
    return Toast(f"{counted(count, 'item')} {_DONE[action]}", text, "" if count else "amber", undo)


async def _done(
    request: Request[Any, Any, Any],
    reading: AsyncConnection,
    listing: Listing,
    result: BulkResult,
    toast: Toast,
) -> Response[str]:
    """The table again, with a report above it of the rows where it could not be done."""
    if not result.failed:
        return redirect(request, listing.url, toast=toast)
    context = await table_context(request, reading, listing)
    count = len(result.failed)
    title = f"{counted(count, 'item')} could not be changed"
    context["report"] = {"title": title, "failed": result.failed}
    response = page(request, "inventory/index.html", toasts=[toast], **context)
    if is_htmx(request):
        response.headers["HX-Push-Url"] = listing.url
    return response


async def _elsewhere(
    request: Request[Any, Any, Any],
    reading: AsyncConnection,
    action: str,
    listing: Listing,
    chosen: list[tuple[int, int | None]] | None,
) -> Response[str]:
    """Labels and exports are other pages: go there with the rows that are meant."""
    if chosen is None and action == "export":
        target = f"/inventory/export?{listing.query}" if listing.query else "/inventory/export"
    else:
        rows = await _rows(reading, listing, chosen, _MOST_IN_ADDRESS)
        if len(rows) > _MOST_IN_ADDRESS:
            raise InvalidInput(
                {"ids": f"At most {_MOST_IN_ADDRESS:,} items at once. Narrow the filter first."}
            )
        pairs = [("ids", ",".join(str(row_id) for row_id, _ in rows))]
        pairs += listing.dates.pairs if listing.dates and action == "export" else []
        target = f"/inventory/{action}?{urlencode(pairs, safe=',:')}"
    if is_htmx(request):
        return Response("", headers={"HX-Redirect": target}, media_type="text/html")
    return redirect(request, target)


BULK_HANDLERS: list[ControllerRouterHandler] = [bulk_action]
