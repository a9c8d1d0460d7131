"""The first page: how the shop stands today."""

from typing import Any
from zoneinfo import ZoneInfo

from litestar import Request, Response, get
from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import Change
from app.domain.maintenance.queries import SOON, open_jobs
from app.domain.today import policy
from app.domain.today.queries import COUNTED_CHANGES, figures_of_today
from app.lib.clock import now
from app.lib.history import changes
from app.web.change_entries import Entry, entries
from app.web.parameters import Connection
from app.web.permissions import ACTIVITY_READ, EQUIPMENT_READ, SIGNED_IN
from app.web.render import page
from app.web.state import CompanyFacts, runtime, viewer_of

SHOWN_JOBS, SHOWN_CHANGES = 8, 8
GEAR = ("equipment", "unit", "maintenance", "category")


@get("/", capability=SIGNED_IN, include_in_schema=False)
async def today(request: Request[Any, Any, Any], reading: Connection) -> Response[str]:
    """Figures, due and open maintenance, what was changed last, and first steps while the shop is new."""
    viewer, company = viewer_of(request), runtime(request).company or CompanyFacts()
    local = now().astimezone(ZoneInfo(company.time_zone))
    context: dict[str, Any] = {"local": local, "greeting": policy.greeting(local), "figures": None}
    if viewer.can(EQUIPMENT_READ):
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        soon = now() + SOON
        figures = await figures_of_today(reading, now=now(), midnight=midnight, soon=soon)
        context |= {
            "figures": figures,
            "most_changes": COUNTED_CHANGES,
            "jobs": await open_jobs(reading, SHOWN_JOBS),
            "entries": await _latest(request, reading),
            "steps": policy.first_steps(
                viewer, items=figures.item_count, people=figures.people, company_set=bool(figures.company_set)
            ),
        }
    return page(request, "today/page.html", partial="today/_page.html", **context)


async def _latest(request: Request[Any, Any, Any], reading: AsyncConnection) -> list[Entry]:
    """What was changed last, as far as this person may know of it."""
    viewer = viewer_of(request)
    visible: list[ColumnElement[bool]] = []
    if not viewer.can(ACTIVITY_READ):
        visible.append(Change.entity.in_(GEAR))
    rows, _older = await changes(reading, Change.entity != "session", *visible)
    return entries(rows, viewer, {})[:SHOWN_CHANGES]


HANDLERS = [today]
