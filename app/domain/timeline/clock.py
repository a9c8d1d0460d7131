"""The words for instants on the timeline."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date

from app.domain.availability.dates import dates_of
from app.lib.periods import FOREVER, Period


@dataclass(slots=True)
class Clock:
    """Says instants on the clock of the shop in `zone`; days are worded once, as there are many bars.

    What stands in addresses is read on the clock of the `reader`.
    """

    zone: ZoneInfo
    reader: ZoneInfo
    locale: str
    today: date
    _days: dict[date, str] = field(default_factory=dict[date, str])

    def words(self, moment: datetime) -> str:
        """A day and a time, the year only when it is another one."""
        local = moment.astimezone(self.zone)
        day = local.date()
        if day not in self._days:
            year = "" if day.year == self.today.year else " y"
            self._days[day] = format_date(day, f"EEE d MMM{year}", locale=self.locale)
        return f"{self._days[day]}, {local:%H:%M}"

    def span(self, start: datetime, end: datetime) -> str:
        """From when to when."""
        return f"{self.words(start)} \N{EN DASH} {'open end' if end >= FOREVER else self.words(end)}"

    def query(self, period: Period) -> str:
        """A period as the address of an explanation asks about it, widened to whole minutes."""
        end = period.end + timedelta(seconds=59, microseconds=999_999)
        return dates_of(Period(period.start, end), self.reader).query
