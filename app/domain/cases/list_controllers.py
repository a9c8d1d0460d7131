"""The list of cases: searched, sorted, with where each of them is now."""

from typing import Any

from litestar import Request, Response, get
from litestar.params import FromQuery

from app.domain.cases import queries
from app.domain.cases.filters import KINDS, PLACES, CaseFilter, read_filter
from app.web.parameters import Connection
from app.web.permissions import RENTAL_READ
from app.web.render import page


@get("/cases", capability=RENTAL_READ, include_in_schema=False)
async def cases_page(
    request: Request[Any, Any, Any], reading: Connection, after: FromQuery[str] = ""
) -> Response[str]:
    """The list of cases, or further rows of it."""
    wanted = read_filter(request.query_params)
    cases, following = await queries.list_cases(reading, wanted, after=after)
    total = await queries.count_cases(reading, wanted)
    return page(
        request,
        "cases/list.html",
        partial="cases/_rows.html" if after else "cases/_list.html",
        stands_at="" if after else wanted.url(),
        wanted=wanted,
        kinds=KINDS,
        places=PLACES,
        cases=cases,
        following=following,
        total=total,
        any_case=bool(total) or await queries.count_cases(reading, CaseFilter()) > 0,
    )


HANDLERS = [cases_page]
