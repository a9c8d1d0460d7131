"""The list of invoices: filtered, added up, as a file, as a journal."""

from typing import Any
from zoneinfo import ZoneInfo

from anyio import to_thread
from litestar import Request, Response, get

from app.domain.invoices import list_queries
from app.domain.invoices.exporting import FORMATS, invoice_file, journal_file
from app.domain.invoices.filters import TABS, read_filter
from app.domain.pricing.words import amount_words
from app.lib.clock import now
from app.lib.content_disposition import attachment
from app.lib.errors import InvalidInput
from app.web.htmx import wants_partial
from app.web.parameters import Connection
from app.web.permissions import MONEY_READ
from app.web.render import page
from app.web.state import CompanyFacts, runtime

PageRequest = Request[Any, Any, Any]


@get("/invoices", capability=MONEY_READ, include_in_schema=False)
async def invoices_page(request: PageRequest, reading: Connection) -> Response[str]:
    """All invoices and credit notes, by how they stand."""
    wanted = read_filter(request.query_params)
    found, goes_on = await list_queries.find_invoices(reading, wanted)
    response = page(
        request,
        "invoices/list.html",
        partial="invoices/_table.html",
        wanted=wanted,
        tabs=TABS,
        found=found,
        goes_on=goes_on,
        counts=await list_queries.count_tabs(reading, wanted),
        totals=await list_queries.totals(reading, wanted),
        clients=await list_queries.clients_to_choose(reading),
        amount_words=amount_words,
    )
    if wants_partial(request):
        response.headers["HX-Replace-Url"] = wanted.here()
    return response


@get("/invoices/export", capability=MONEY_READ, include_in_schema=False)
async def export_invoices(request: PageRequest, reading: Connection) -> Response[bytes]:
    """All invoices that match as a file. Raises InvalidInput for a format we do not write."""
    ending = request.query_params.get("format") or "csv"
    if ending not in FORMATS:
        raise InvalidInput({"format": f"Choose one of these formats: {', '.join(FORMATS)}."})
    found, _ = await list_queries.find_invoices(reading, read_filter(request.query_params), limit=0)
    body = await to_thread.run_sync(invoice_file, ending, found)
    return _file(request, body, f"invoices-{{day}}.{ending}", FORMATS[ending])


@get("/invoices/journal", capability=MONEY_READ, include_in_schema=False)
async def journal(request: PageRequest, reading: Connection) -> Response[bytes]:
    """What was issued of what matches, for the books: a row for each rate of tax."""
    found = await list_queries.postings(reading, read_filter(request.query_params))
    body = await to_thread.run_sync(journal_file, found)
    return _file(request, body, "journal-{day}.csv", FORMATS["csv"])


def _file(request: PageRequest, body: bytes, name: str, media_type: str) -> Response[bytes]:
    company = runtime(request).company or CompanyFacts()
    day = f"{now().astimezone(ZoneInfo(company.time_zone)):%Y-%m-%d}"
    headers = {"Content-Disposition": attachment(name.format(day=day)), "Cache-Control": "no-store"}
    return Response(body, media_type=media_type, headers=headers)


HANDLERS = [invoices_page, export_invoices, journal]
