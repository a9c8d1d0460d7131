"""Labels for equipment and units, ready for the printer."""

from typing import Any

from anyio import to_thread
from litestar import Request, Response, get
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.inventory import item_queries
from app.domain.inventory.label_formats import DEFAULT_FORMAT, FORMATS
from app.domain.inventory.labels import Label, layout
from app.web.permissions import EQUIPMENT_READ
from app.web.render import page
from app.web.state import runtime

MOST_LABELS = 1000


@get("/inventory/labels", capability=EQUIPMENT_READ, include_in_schema=False)
async def labels(request: Request[Any, Any, Any], reading: AsyncConnection) -> Response[str]:
    """Labels of `ids` (serialized equipment gets those of its units) or `units`, at most 1000."""
    query = request.query_params
    ids, units = _numbers(query.getall("ids", [])), _numbers(query.getall("units", []))
    rows = await item_queries.label_rows(reading, ids, units, MOST_LABELS)
    label_format = FORMATS.get(query.get("format", ""), DEFAULT_FORMAT)
    skip = min(next(iter(_numbers(query.getall("skip", []))), 0), label_format.per_page - 1)
    found = [_label(row, _company(request)) for row in rows]
    return page(
        request,
        "inventory/labels.html",
        format=label_format,
        formats=tuple(FORMATS.values()),
        pages=await to_thread.run_sync(layout, found, label_format, skip),
        count=len(found),
        skip=skip,
        back_url=f"/inventory/{ids[0]}" if len(ids) == 1 and not units else "/inventory",
        kept=[
            (name, ",".join(map(str, numbers)))
            for name, numbers in (("ids", ids), ("units", units))
            if numbers
        ],
    )


def _label(row: Any, company: str) -> Label:
    return Label(row.code, row.name, company, tuple(filter(None, (row.serial_number,))))


def _company(request: Request[Any, Any, Any]) -> str:
    company = runtime(request).company
    return company.name if company else ""


def _numbers(texts: list[str]) -> list[int]:
    """Ids from the query, separated by commas or repeated; whatever is no id is left out."""
    parts = [part for text in texts for part in text.split(",")]
    numbers = [int(part) for part in parts if part.isascii() and part.isdigit() and len(part) < 19]  # noqa: PLR2004 - digits of bigint
    return list(dict.fromkeys(numbers))[:MOST_LABELS]


LABEL_HANDLERS = [labels]
