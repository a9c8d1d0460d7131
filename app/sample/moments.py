"""Instants relative to now, as the clock on the wall of the company shows them."""

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from app.sample.company import COMPANY

_ZONE: Final = ZoneInfo(COMPANY.time_zone)
_SATURDAY: Final = 5


def on_day(now: datetime, days: int, clock: str) -> datetime:
    """The instant in UTC when it is `clock` (`HH:MM`) in the company, `days` after the day of `now`.

    Negative days lie in the past. Raises ValueError when `now` is naive.
    """
    hour, minute = clock.split(":")
    day = _local(now) + timedelta(days=days)
    return day.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0).astimezone(UTC)


def on_workday(now: datetime, days: int, clock: str) -> datetime:
    """Like `on_day`, but what would fall on a weekend is on the Monday after it."""
    weekday = (_local(now) + timedelta(days=days)).weekday()
    return on_day(now, days + (7 - weekday if weekday >= _SATURDAY else 0), clock)


def minutes_before(now: datetime, minutes: int) -> datetime:
    """The instant in UTC `minutes` before `now`. Raises ValueError when `now` is naive."""
    return _local(now).astimezone(UTC) - timedelta(minutes=minutes)


def _local(now: datetime) -> datetime:
    if now.tzinfo is None:
        raise ValueError("The present instant must have a time zone.")
    return now.astimezone(_ZONE)
