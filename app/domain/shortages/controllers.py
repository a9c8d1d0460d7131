"""The workbench: every shortage of the coming weeks, who has what is missing, and the ways out."""

from typing import Any
from zoneinfo import ZoneInfo

from litestar import Request, Response, get

from app.domain.events.queries import event_by_id
from app.domain.maintenance.descriptions import company_of, zone_of
from app.domain.shortages import queries
from app.domain.shortages.fields import WAYS
from app.domain.shortages.filters import read_filter
from app.lib.clock import now
from app.lib.errors import InvalidInput
from app.lib.periods import FOREVER
from app.web.parameters import Connection
from app.web.permissions import RENTAL_READ
from app.web.render import page


@get("/shortages", capability=RENTAL_READ, include_in_schema=False)
async def shortages_page(request: Request[Any, Any, Any], reading: Connection) -> Response[str]:
    """What is short, by date; for one equipment, or for one event also what booking it would make short."""
    chosen, moment, problem, period = read_filter(request.query_params), now(), "", None
    try:
        period = chosen.period(moment, ZoneInfo(company_of(request).time_zone))
    except InvalidInput as error:
        problem = error.fields["to"]
    event = await event_by_id(reading, chosen.event_id) if chosen.event_id else None
    return page(
        request,
        "shortages/list.html",
        partial="shortages/_cases.html",
        status=422 if problem else 200,
        problem=problem,
        chosen=chosen,
        period=period,
        event=event,
        equipment_name=await queries.equipment_named(reading, chosen.equipment_id),
        cases=await queries.cases_of(reading, chosen, period, event, moment) if period else [],
        ways=WAYS,
        forever=FOREVER,
        zone=zone_of(request),
    )


HANDLERS = [shortages_page]
