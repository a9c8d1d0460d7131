"""Dates and times on paper: on the clock of the shop, whoever prints it."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from app.lib.clock import now


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock and the language of the shop."""

    zone: ZoneInfo
    locale: str

    def moment(self, value: datetime | None) -> str:
        """A day and a time: Wed 25 Nov, 07:00, with the year when it is another one; nothing for none."""
        if value is None:
            return ""
        local = value.astimezone(self.zone)
        year = "" if local.year == now().astimezone(self.zone).year else " y"
        return format_datetime(local, f"EEE d MMM{year}, HH:mm", locale=self.locale)

    def printed(self, value: datetime) -> str:
        """When a paper was printed: a day with its year, and a time."""
        return format_datetime(value.astimezone(self.zone), "d MMM y, HH:mm", locale=self.locale)
