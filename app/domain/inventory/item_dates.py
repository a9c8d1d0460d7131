"""What is free of one item: the dates it is asked about, and the days ahead."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from babel.dates import format_date
from litestar import Request
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.domain.availability.dates import asked, dates_of, days_period, read_dates, usual_dates
from app.domain.availability.days import FEW, days_ahead
from app.domain.availability.whole_stock import free_of
from app.domain.maintenance.descriptions import company_of, locale_of, zone_of
from app.lib.clock import now

DAYS: Final = 90
_MIDDLE: Final = 15
_ROOM_FOR_LABEL, _ROOM_FOR_DAY = 11, 5
"""How many days of the strip a day with its month is as wide as, and a day alone."""


class Mark(NamedTuple):
    """What is written under a day: from there on, or where the strip ends too soon, up to there."""

    place: int
    label: str
    ends_here: bool


def item_dates_context(
    request: Request[Any, Any, Any], path: str, *, otherwise_today: bool = False
) -> dict[str, Any]:
    """What the control for the dates of a page about one item is given."""
    zone, today = zone_of(request), _today(request)
    chosen = read_dates(request.query_params, zone)
    if otherwise_today and not chosen.errors and not chosen.dates:
        chosen = asked(dates_of(days_period(today, 1, _shop(request)), zone))
    return {
        "asked": chosen,
        "dates_action": path,
        "dates_kept": [],
        "dates_choices": [
            (choice.label, f"{path}?{choice.dates.query}", choice.dates == chosen.dates)
            for choice in usual_dates(today, zone)
        ],
        "dates_clear": path,
    }


async def ahead_context(
    request: Request[Any, Any, Any], reading: AsyncConnection | AsyncSession, item: Any
) -> dict[str, Any]:
    """What is free of an item for the dates asked about and on each day ahead: two statements to four."""
    context = item_dates_context(request, f"/inventory/{item.id}")
    ahead = await days_ahead(
        reading, item.id, item.quantity, _today(request), count=DAYS, zone=_shop(request)
    )
    zone, dates = zone_of(request), context["asked"].dates
    return context | {
        "ahead": ahead,
        "day_queries": [dates_of(day.period, zone).query for day in ahead.days],
        "short_queries": [dates_of(stretch.period, zone).query for stretch in ahead.short[:1]],
        "axis": axis_of([day.date for day in ahead.days], locale_of(request)),
        "few": item.quantity // FEW,
        "dates": dates,
        "free": (await free_of(reading, [item.id], dates.period)).get(item.id) if dates else None,
    }


def axis_of(days: Sequence[date], locale: str) -> list[Mark]:
    """What is written under the days: the first, then the 1st of every month, and the 15th where it has room.

    A 1st is named in any case: the first day is said shorter, or not at all, where that comes soon.
    """
    soon = next((place for place, day in enumerate(days) if place and day.day == 1), len(days))
    last = len(days) - _ROOM_FOR_LABEL
    found = list[Mark]()
    for place, day in enumerate(days):
        if place == 0:
            is_named, is_short = soon >= _ROOM_FOR_DAY, soon < _ROOM_FOR_LABEL
        else:
            is_short = day.day == _MIDDLE
            is_named = day.day == 1 or (is_short and _ROOM_FOR_LABEL <= place <= last)
        if is_named:
            label = format_date(day, "d" if is_short else "d MMM", locale=locale)
            found.append(Mark(place, label, ends_here=place > last))
    return found


def _shop(request: Request[Any, Any, Any]) -> ZoneInfo:
    return ZoneInfo(company_of(request).time_zone)


def _today(request: Request[Any, Any, Any]) -> date:
    return now().astimezone(_shop(request)).date()
