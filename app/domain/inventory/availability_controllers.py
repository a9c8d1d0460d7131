"""Why so many of an equipment are free for some dates: the popover, and the same as a page."""

from typing import Any
from zoneinfo import ZoneInfo

from litestar import Request, Response, get
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.availability.explanation import Explanation, explanation_of
from app.domain.inventory.item_dates import item_dates_context
from app.domain.inventory.page_queries import names_of
from app.domain.maintenance.descriptions import company_of, locale_of, zone_of
from app.lib.errors import NotFound
from app.lib.periods import Period
from app.web.parameters import Connection, PathId
from app.web.permissions import EQUIPMENT_READ
from app.web.render import page

_PARTS = {"": "availability/_popover.html", "now": "availability/_explanation.html"}


@get("/inventory/{equipment_id:int}/availability", capability=EQUIPMENT_READ, include_in_schema=False)
async def explain(
    request: Request[Any, Any, Any], reading: Connection, equipment_id: PathId
) -> Response[str]:
    """The figure for `from` to `to` (today, where neither is given) with the moment that decides it."""
    name = (await names_of(reading, [equipment_id])).get(equipment_id)
    if name is None:
        raise NotFound("This equipment does not exist, or was deleted.")
    path = f"/inventory/{equipment_id}/availability"
    context = item_dates_context(request, path, otherwise_today=True)
    asked = context["asked"]
    why_url = f"{path}?{asked.dates.query}" if asked.dates else path
    why = await _why(request, reading, equipment_id, asked.dates.period) if asked.dates else None
    part = _PARTS.get(request.query_params.get("part", ""), _PARTS[""])
    return page(
        request, "inventory/availability.html", partial=part, status=422 if asked.errors else 200,
        equipment_id=equipment_id, name=name, why=why, why_url=why_url, other_dates=why_url, url=path,
        line=None, **context,
    )  # fmt: skip


async def _why(
    request: Request[Any, Any, Any], reading: AsyncConnection, equipment_id: int, period: Period
) -> Explanation | None:
    shop = ZoneInfo(company_of(request).time_zone)
    return await explanation_of(
        reading, equipment_id, period, zone=zone_of(request), shop=shop, locale=locale_of(request)
    )


AVAILABILITY_HANDLERS: list[ControllerRouterHandler] = [explain]
