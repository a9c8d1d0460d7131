"""The list of tests: which are expired, which are due; as a page and as a file."""

from typing import Any

from anyio import to_thread
from litestar import Request, Response, get
from litestar.params import FromQuery

from app.domain.inspections import queries
from app.domain.inspections.filters import TABS, read_filter
from app.domain.inspections.policy import STATUS_WORDS
from app.lib.content_disposition import attachment
from app.lib.sheets import csv_bytes
from app.web.company import shop_day
from app.web.parameters import Connection
from app.web.permissions import EQUIPMENT_READ
from app.web.render import page

HEADER = ("asset_tag", "equipment", "test", "status", "valid_until", "tested_on", "passed", "location")


@get("/inspections", capability=EQUIPMENT_READ, include_in_schema=False)
async def inspections_page(
    request: Request[Any, Any, Any], reading: Connection, after: FromQuery[str] = ""
) -> Response[str]:
    """Every test a unit has to pass, what expired first on top, or further rows of it."""
    wanted, today = read_filter(request.query_params), shop_day(request)
    tests, following = await queries.due_tests(reading, wanted, today, after=after)
    names = await queries.rule_names(reading)
    return page(
        request,
        "inspections/list.html",
        partial="inspections/_rows.html" if after else "inspections/_list.html",
        stands_at="" if after else wanted.url(),
        wanted=wanted,
        tabs=TABS,
        tests=tests,
        following=following,
        figures=await queries.figures(reading, wanted, today),
        rule_names=names,
        chips=wanted.chips(names),
        places=await queries.places(reading),
        today=today,
    )


@get("/inspections/export", capability=EQUIPMENT_READ, include_in_schema=False)
async def export(request: Request[Any, Any, Any], reading: Connection) -> Response[bytes]:
    """The tests that match, as a CSV file."""
    wanted, today = read_filter(request.query_params), shop_day(request)
    tests, _more = await queries.due_tests(reading, wanted, today, limit=queries.MOST_EXPORTED)
    rows = [
        (
            one.asset_tag, one.equipment_name, one.name, STATUS_WORDS[one.status][0], one.valid_until,
            one.inspected_on, one.passed, one.place,
        )
        for one in tests
    ]  # fmt: skip
    headers = {
        "Content-Disposition": attachment(f"inspections-{today:%Y-%m-%d}.csv"),
        "Cache-Control": "no-store",
    }
    body = await to_thread.run_sync(csv_bytes, HEADER, rows)
    return Response(body, media_type="text/csv; charset=utf-8", headers=headers)


HANDLERS = [inspections_page, export]
