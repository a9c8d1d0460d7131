"""The page of a kit put together: what is in it, with what is free for the dates asked about."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from litestar import Request

from app.domain.kits import availability, queries
from app.domain.kits.filters import read_filter
from app.domain.kits.queries import Component, Reading
from app.domain.maintenance.descriptions import zone_of
from app.domain.search.finding import equipment_to_choose
from app.lib.clock import now
from app.lib.fields import clean


async def kit_context(request: Request[Any, Any, Any], reading: Reading, kit_id: int) -> dict[str, Any]:
    """Everything the overview of a kit shows; the address says for which dates. Raises NotFound."""
    zone = zone_of(request)
    kit = await queries.kit_by_id(reading, kit_id)
    components = await queries.components_of(reading, kit_id)
    wanted = read_filter(_asked(request), zone)
    period = wanted.period(zone, now())
    free = await availability.free_kits(reading, [kit_id], period)
    pieces = await availability.free_equipment(reading, [one.equipment_id for one in components], period)
    return {
        "kit": kit,
        "tab": "overview",
        "wanted": wanted,
        "components": components,
        "free": free[kit_id],
        "pieces": pieces,
        "parts_rate": sum_of_rates(components),
    }


async def hits_context(request: Request[Any, Any, Any], reading: Reading, kit_id: int) -> dict[str, Any]:
    """Equipment that may be put into a kit. Raises NotFound."""
    typed = clean(request.query_params.get("q", ""))[:200]
    return {
        "kit": await queries.kit_by_id(reading, kit_id),
        "q": typed,
        "found": await equipment_to_choose(reading, typed, taken=queries.in_kit(kit_id)),
    }


def _asked(request: Request[Any, Any, Any]) -> Mapping[str, str]:
    """The query of the page: after a write its address is the one that htmx names."""
    if request.method == "GET":
        return request.query_params
    return dict(parse_qsl(urlsplit(request.headers.get("hx-current-url", "")).query))


def sum_of_rates(components: list[Component]) -> Decimal:
    """What the parts cost a day one by one; those without a rate cost nothing."""
    return sum((one.quantity * (one.daily_rate or Decimal(0)) for one in components), Decimal(0))
