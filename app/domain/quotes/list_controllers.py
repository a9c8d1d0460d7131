"""The list of quotes: searched, filtered, sorted, as a file."""

from typing import Any, Final
from zoneinfo import ZoneInfo

from anyio import to_thread
from litestar import Request, Response, get

from app.domain.events.queries import clients_to_choose, people_to_choose
from app.domain.maintenance.descriptions import company_of
from app.domain.pricing.rounding import rounded
from app.domain.pricing.words import places_of
from app.domain.quotes.fields import VERSION_STATES
from app.domain.quotes.filters import SHOWN, read_filter
from app.domain.quotes.list_queries import QuoteRow, count_quotes, find_quotes, totals_of
from app.domain.quotes.words import amounts_in
from app.lib.clock import now
from app.lib.content_disposition import attachment
from app.lib.fields import identifier
from app.lib.sheets import Cell, csv_bytes
from app.web.htmx import wants_partial
from app.web.parameters import Connection
from app.web.permissions import MONEY_READ
from app.web.render import page

_HEADER: Final = (
    "number", "version", "state", "title", "event", "client", "responsible", "made", "sent", "valid_until",
    "currency", "net", "tax", "gross",
)  # fmt: skip


@get("/quotes", capability=MONEY_READ, include_in_schema=False)
async def quotes_page(request: Request[Any, Any, Any], reading: Connection) -> Response[str]:
    """Every quote with the version that counts; the days are those of the shop."""
    chosen, zone = read_filter(request.query_params), ZoneInfo(company_of(request).time_zone)
    found, goes_on = await find_quotes(reading, chosen, zone)
    totals = await totals_of(reading, chosen, zone)
    response = page(
        request,
        "quotes/list.html",
        partial="quotes/_table.html",
        chosen=chosen,
        tabs=SHOWN,
        found=found,
        goes_on=goes_on,
        counts=await count_quotes(reading, chosen, zone),
        totals=[amounts_in(currency)(total) for currency, total in totals],
        amount_in=amounts_in,
        clients=await clients_to_choose(reading, identifier(chosen.client)),
        people=await people_to_choose(reading, identifier(chosen.person)),
    )
    if wants_partial(request):
        response.headers["HX-Replace-Url"] = chosen.query(page=chosen.page)
    return response


@get("/quotes/export", capability=MONEY_READ, include_in_schema=False)
async def export_quotes(request: Request[Any, Any, Any], reading: Connection) -> Response[bytes]:
    """All quotes that match, as CSV."""
    chosen, zone = read_filter(request.query_params), ZoneInfo(company_of(request).time_zone)
    found, _ = await find_quotes(reading, chosen, zone, exported=True)
    name = f"quotes-{now().astimezone(zone):%Y-%m-%d}.csv"
    headers = {"Content-Disposition": attachment(name), "Cache-Control": "no-store"}
    body = await to_thread.run_sync(csv_bytes, _HEADER, [_cells(one, zone) for one in found])
    return Response(body, media_type="text/csv; charset=utf-8", headers=headers)


def _cells(one: QuoteRow, zone: ZoneInfo) -> list[Cell]:
    days = [
        None if moment is None else f"{moment.astimezone(zone):%Y-%m-%d}"
        for moment in (one.created_at, one.sent_at, one.valid_until)
    ]
    places = places_of(one.currency)
    sums = [None if part is None else rounded(part, places) for part in (one.net, one.tax, one.gross)]
    return [
        one.number, one.version_number, VERSION_STATES[one.state][0], one.title, one.event_name,
        one.client_name or "", one.responsible_name or "", *days, one.currency, *sums,
    ]  # fmt: skip


HANDLERS = [quotes_page, export_quotes]
