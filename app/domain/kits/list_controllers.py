"""The list of kits: searched, sorted, with how many complete ones are free."""

from typing import Any

from litestar import Request, Response, get
from litestar.params import FromQuery

from app.domain.kits import availability, queries
from app.domain.kits.filters import ARCHIVED, KitFilter, read_filter
from app.domain.maintenance.descriptions import zone_of
from app.lib.clock import now
from app.web.parameters import Connection
from app.web.permissions import EQUIPMENT_READ
from app.web.render import page


@get("/kits", capability=EQUIPMENT_READ, include_in_schema=False)
async def kits_page(
    request: Request[Any, Any, Any], reading: Connection, after: FromQuery[str] = ""
) -> Response[str]:
    """The list of kits, or further rows of it."""
    zone = zone_of(request)
    wanted = read_filter(request.query_params, zone)
    kits, following = await queries.list_kits(reading, wanted, after=after)
    total = await queries.count_kits(reading, wanted)
    return page(
        request,
        "kits/list.html",
        partial="kits/_rows.html" if after else "kits/_list.html",
        stands_at="" if after else wanted.url(),
        wanted=wanted,
        archived_words=ARCHIVED,
        kits=kits,
        free=await availability.free_kits(reading, [kit.id for kit in kits], wanted.period(zone, now())),
        following=following,
        total=total,
        any_kit=bool(total) or await queries.count_kits(reading, KitFilter(archived="all")) > 0,
    )


HANDLERS = [kits_page]
