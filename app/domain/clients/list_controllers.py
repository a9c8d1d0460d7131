"""The list of clients: searched, filtered, row by row, as a file."""

from typing import Any, Final
from zoneinfo import ZoneInfo

from anyio import to_thread
from litestar import Request, Response, get
from litestar.params import FromQuery

from app.db.models import Address, Contact
from app.domain.clients import queries
from app.domain.clients.exporting import FORMATS, client_file
from app.domain.clients.filters import CHOICES, ClientFilter, read_filter
from app.lib.clock import now
from app.lib.content_disposition import attachment
from app.lib.errors import InvalidInput
from app.lib.fields import identifiers
from app.web.parameters import Connection
from app.web.permissions import CLIENT_READ
from app.web.render import page, partial
from app.web.state import CompanyFacts, runtime

_MOST_IDS: Final = 200


@get("/clients", capability=CLIENT_READ, include_in_schema=False)
async def clients_page(
    request: Request[Any, Any, Any], reading: Connection, after: FromQuery[str] = ""
) -> Response[str]:
    """The list of clients by name, or further rows of it."""
    wanted = read_filter(request.query_params)
    clients, following = await queries.list_clients(reading, wanted, after=after)
    total = await queries.count_clients(reading, wanted)
    return page(
        request,
        "clients/list.html",
        partial="clients/_rows.html" if after else "clients/_list.html",
        stands_at="" if after else wanted.url(),
        wanted=wanted,
        choices=CHOICES,
        clients=clients,
        following=following,
        total=total,
        any_client=bool(total) or await queries.count_clients(reading, ClientFilter(archived="all")) > 0,
    )


@get("/clients/rows", capability=CLIENT_READ, include_in_schema=False)
async def client_rows(
    request: Request[Any, Any, Any],
    reading: Connection,
    ids: FromQuery[str] = "",
    new: FromQuery[str] = "",
) -> Response[str]:
    """Rows that were changed by others, and how many new ones would be shown now."""
    wanted = read_filter(request.query_params)
    changed, fresh = identifiers(ids, _MOST_IDS), identifiers(new, _MOST_IDS)
    found = {one.id: one for one in await queries.clients_by_id(reading, wanted, [*changed, *fresh])}
    return partial(
        request,
        "clients/_row_changes.html",
        wanted=wanted,
        found=[found[key] for key in changed if key in found],
        gone=[key for key in changed if key not in found],
        arrived=sum(1 for key in fresh if key in found),
    )


@get("/clients/export", capability=CLIENT_READ, include_in_schema=False)
async def export_clients(request: Request[Any, Any, Any], reading: Connection) -> Response[bytes]:
    """All clients that match as a file. Raises InvalidInput for a format we do not write."""
    ending = request.query_params.get("format") or "xlsx"
    if ending not in FORMATS:
        raise InvalidInput({"format": f"Choose one of these formats: {', '.join(FORMATS)}."})
    wanted = read_filter(request.query_params)
    rows = await queries.exported_clients(reading, wanted)
    contacts = await queries.exported_parts(reading, wanted, Contact)
    addresses = await queries.exported_parts(reading, wanted, Address)
    company = runtime(request).company or CompanyFacts()
    name = f"clients-{now().astimezone(ZoneInfo(company.time_zone)):%Y-%m-%d}.{ending}"
    headers = {"Content-Disposition": attachment(name), "Cache-Control": "no-store"}
    body = await to_thread.run_sync(client_file, ending, rows, contacts, addresses)
    return Response(body, media_type=FORMATS[ending], headers=headers)


HANDLERS = [clients_page, client_rows, export_clients]
