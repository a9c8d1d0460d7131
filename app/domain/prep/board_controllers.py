"""The prep board."""

from typing import Any
from zoneinfo import ZoneInfo

from litestar import Request, Response, get
from litestar.params import FromQuery

from app.domain.prep.board import VIEWS, board_context, board_of
from app.domain.today.days import CHOICES, days_shown
from app.lib.clock import now
from app.web.parameters import Connection
from app.web.permissions import RENTAL_READ
from app.web.render import page
from app.web.state import CompanyFacts, runtime


@get("/prep", capability=RENTAL_READ, include_in_schema=False)
async def board_page(
    request: Request[Any, Any, Any],
    reading: Connection,
    when: FromQuery[str] = "",
    view: FromQuery[str] = "",
) -> Response[str]:
    """What is to be prepped, goes out and comes back today, tomorrow or this week."""
    company, moment = runtime(request).company or CompanyFacts(), now()
    days = days_shown(when, moment, ZoneInfo(company.time_zone))
    view = view if view in VIEWS else ""
    sections = await board_of(reading, days, view, moment)
    return page(
        request,
        "prep/board.html",
        partial="prep/_board.html",
        **board_context(sections, days, view),
        choices=CHOICES,
        people=request.app.state.presence.people,
    )


HANDLERS = [board_page]
