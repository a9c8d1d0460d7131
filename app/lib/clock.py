"""The one place that asks what time it is."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def today_in(time_zone: str) -> date:
    """The day it is in a time zone."""
    return now().astimezone(ZoneInfo(time_zone)).date()
