"""Labels for equipment and units, ready for the printer."""

from typing import Any

from anyio import to_thread
from litestar import Request, Response, get
from litestar.datastructures import MultiDict

from app.domain.inventory import item_queries
from app.domain.inventory.label_formats import DEFAULT_FORMAT, FORMATS
from app.domain.inventory.labels import Label, layout
from app.lib.fields import identifier, identifiers
from app.web.parameters import Connection
from app.web.permissions import EQUIPMENT_READ
from app.web.render import page
from app.web.state import runtime

MOST_LABELS = 1000


@get("/inventory/labels", capability=EQUIPMENT_READ, include_in_schema=False)
async def labels(request: Request[Any, Any, Any], reading: Connection) -> Response[str]:
    """Labels of `ids` (serialized equipment gets those of its units) or `units`, at most 1000."""
    query = request.query_params
    ids, units = _numbers(query, "ids"), _numbers(query, "units")
    rows = await item_queries.label_rows(reading, ids, units, MOST_LABELS)
    label_format = FORMATS.get(query.get("format", ""), DEFAULT_FORMAT)
    skip = min(identifier(query.get("skip")) or 0, label_format.per_page - 1)
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


def _numbers(query: MultiDict[Any], name: str) -> list[int]:
    """Ids from the query, separated by commas or repeated."""
    return identifiers(",".join(query.getall(name, [])), MOST_LABELS)


LABEL_HANDLERS = [labels]
