"""What is free of one item: the dates it is asked about, and the days ahead."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel.dates import format_date
from litestar import Request
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.domain.availability.dates import asked, dates_of, days_period, read_dates, usual_dates
from app.domain.availability.days import FEW, Day, days_ahead
from app.domain.availability.whole_stock import free_of
from app.domain.maintenance.descriptions import company_of, locale_of, zone_of
from app.lib.clock import now

DAYS: Final = 90
_MARKED: Final = (1, 15)
_ROOM_FOR_LABEL: Final = 11


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
        "axis": _axis(ahead.days, locale_of(request)),
        "few": item.quantity // FEW,
        "dates": dates,
        "free": (await free_of(reading, [item.id], dates.period)).get(item.id) if dates else None,
    }


def _axis(days: Sequence[Day], locale: str) -> list[tuple[int, str]]:
    """Where something is written under the days, and what: the first, then the 1st and 15th of each month."""
    found = [(0, format_date(days[0].date, "d MMM", locale=locale))]
    for place, day in enumerate(days):
        if day.date.day in _MARKED and _ROOM_FOR_LABEL <= place <= DAYS - _ROOM_FOR_LABEL:
            pattern = "d MMM" if day.date.day == 1 else "d"
            found.append((place, format_date(day.date, pattern, locale=locale)))
    return found


def _shop(request: Request[Any, Any, Any]) -> ZoneInfo:
    return ZoneInfo(company_of(request).time_zone)


def _today(request: Request[Any, Any, Any]) -> date:
    return now().astimezone(_shop(request)).date()
