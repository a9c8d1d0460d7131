"""The first page: what the day asks for, of the shop and of this person."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Request, Response, get
from litestar.params import FromQuery
from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import Change
from app.domain.maintenance.queries import SOON, open_jobs
from app.domain.quarantine.queries import desk_counts
from app.domain.today import axis, policy
from app.domain.today.board import addresses, board_of
from app.domain.today.days import CHOICES, Days, days_shown
from app.domain.today.queries import COUNTED_CHANGES, figures_of_today
from app.lib.clock import now
from app.lib.history import changes
from app.web.change_entries import Entry, entries
from app.web.parameters import Connection
from app.web.permissions import ACTIVITY_READ, EQUIPMENT_READ, RENTAL_READ, SIGNED_IN
from app.web.render import page
from app.web.state import CompanyFacts, runtime, viewer_of

SHOWN_JOBS, SHOWN_CHANGES = 8, 8
GEAR = ("equipment", "unit", "maintenance", "category")


@get("/", capability=SIGNED_IN, include_in_schema=False)
async def today(
    request: Request[Any, Any, Any], reading: Connection, show: FromQuery[str] = ""
) -> Response[str]:
    """Figures, the axis of the day, what waits, open maintenance, and first steps while the shop is new."""
    moment, company = now(), runtime(request).company or CompanyFacts()
    days = days_shown(show, moment, ZoneInfo(company.time_zone))
    context = _frame(days, moment)
    if viewer_of(request).can(EQUIPMENT_READ):
        context |= await _shop(request, reading, days)
    if viewer_of(request).can(RENTAL_READ):
        context |= await _plan(request, reading, days)
    return page(request, "today/page.html", partial="today/_page.html", **context)


def _frame(days: Days, moment: datetime) -> dict[str, Any]:
    """What everybody is shown, whatever they may see of the shop."""
    local = days.clock(moment)
    return {
        "days": days,
        "choices": CHOICES,
        "local": local,
        "greeting": policy.greeting(local),
        "figures": None,
        "board": None,
    }


async def _shop(request: Request[Any, Any, Any], reading: AsyncConnection, days: Days) -> dict[str, Any]:
    """Jobs, latest changes, first steps."""
    viewer, moment = viewer_of(request), now()
    figures = await figures_of_today(
        reading, now=moment, today=days.today, midnight=days.start_of(days.today), soon=moment + SOON
    )
    return {
        "figures": figures,
        "undecided": (await desk_counts(reading))[""],
        "most_changes": COUNTED_CHANGES,
        "jobs": await open_jobs(reading, SHOWN_JOBS),
        "entries": await _latest(request, reading),
        "steps": policy.first_steps(viewer, figures),
    }


async def _plan(request: Request[Any, Any, Any], reading: AsyncConnection, days: Days) -> dict[str, Any]:
    """What goes out and comes back, what is late, short and to be prepped, what waits for this person."""
    viewer, moment = viewer_of(request), now()
    asker = policy.asker(viewer)
    return {
        "board": await board_of(reading, days, asker, moment),
        "asker": asker,
        "ticks": axis.ticks(days),
        "now_line": axis.now_line(days, moment),
        **addresses(days),
        "short_address": "/shortages",
        "foreign_clock": str(days.zone) if viewer.time_zone not in ("", str(days.zone)) else "",
    }


async def _latest(request: Request[Any, Any, Any], reading: AsyncConnection) -> list[Entry]:
    """What was changed last, as far as this person may know of it."""
    viewer = viewer_of(request)
    visible: list[ColumnElement[bool]] = []
    if not viewer.can(ACTIVITY_READ):
        visible.append(Change.entity.in_(GEAR))
    rows, _older = await changes(reading, Change.entity != "session", *visible)
    return entries(rows, viewer, {})[:SHOWN_CHANGES]


HANDLERS = [today]
