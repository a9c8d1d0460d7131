"""The calendar in the API: counts of days and the first items of each, so that answers stay small."""

from datetime import datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from litestar import Response, get
from litestar.params import QueryParameter

from app.domain.calendar import policy
from app.domain.calendar.api_schemas import CalendarDay, CalendarItem, CalendarRecord, State
from app.domain.calendar.filters import CalendarFilter
from app.domain.calendar.item_queries import items_between
from app.domain.calendar.items import Item
from app.domain.maintenance.descriptions import zone_of
from app.lib.errors import InvalidInput
from app.lib.fields import SENSIBLE_YEARS
from app.lib.periods import FOREVER
from app.lib.wire import wire
from app.web.api import Answer, ApiRequest, answer, api_router, read_instant
from app.web.parameters import Connection, FilterId
from app.web.permissions import RENTAL_READ

Wanted = Annotated[str, QueryParameter(description="An instant with an offset; its whole day counts.")]
PerDay = Annotated[int, QueryParameter(ge=1, le=policy.MOST_A_DAY, description="Most items of one day.")]
States = Annotated[
    list[State] | None, QueryParameter(name="state", description="Only these, all of them when left out.")
]


@get("/calendar", capability=RENTAL_READ)
async def get_calendar(
    request: ApiRequest,
    reading: Connection,
    *,
    start: Wanted,
    end: Wanted,
    states: States = None,
    category_id: FilterId = None,
    equipment_id: FilterId = None,
    client_id: FilterId = None,
    responsible_id: FilterId = None,
    per_day: PerDay = 8,
) -> Response[Answer[CalendarRecord]]:
    """What stands on at most 62 days, by your clock: events, late gear and repairs."""
    wanted = CalendarFilter(
        state=".".join(states or policy.STATES),
        category=str(category_id or ""),
        equipment=str(equipment_id or ""),
        client=str(client_id or ""),
        person=str(responsible_id or ""),
    )
    zone = zone_of(request)
    bounds = _bounds(start, end, zone)
    shown = await items_between(reading, wanted, bounds, per_day=per_day)
    days = [
        CalendarDay(policy.wall(bound, zone).date().isoformat(), total, at_least)
        for bound, total, at_least in zip(bounds, shown.totals, shown.at_least, strict=False)
    ]
    return answer(CalendarRecord(days, [_record(item) for item in shown.items]))


def _bounds(start: str, end: str, zone: ZoneInfo) -> list[datetime]:
    """The whole days of a period. Raises InvalidInput."""
    begin, finish = read_instant(start, "start"), read_instant(end, "end")
    if begin is None or finish is None:
        raise InvalidInput({"start" if begin is None else "end": "This is required."})
    if finish <= begin:
        raise InvalidInput({"end": "The period ends after it starts."})
    if begin.year not in SENSIBLE_YEARS:
        raise InvalidInput({"start": "Send a moment of our time."})
    if finish - begin > policy.LONGEST:
        raise InvalidInput({"end": f"Ask for at most {policy.LONGEST.days} days."})
    first = policy.wall(begin, zone).date()
    last = policy.wall(finish - timedelta(microseconds=1), zone).date()
    return policy.day_bounds(first, (last - first).days + 1, zone)


def _record(item: Item) -> CalendarItem:
    return CalendarItem(
        kind=item.kind,
        id=item.id,
        version=item.version,
        state=item.state,
        title=item.title,
        client=item.client_name,
        place=item.venue,
        start=str(wire(item.start_at)),
        end=None if item.end_at == FOREVER else str(wire(item.end_at)),
        quantity=item.quantity,
    )


API = api_router("Calendar", [get_calendar])
