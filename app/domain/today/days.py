"""Which days the page is about, on the calendar of the shop: today, tomorrow or this week."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.domain.availability.dates import midnight
from app.lib.periods import Period

CHOICES = {"": "Today", "tomorrow": "Tomorrow", "week": "This week"}
"""What stands in the address as `show`, and what it is called."""

DAY = timedelta(days=1)
PREP_AHEAD = DAY
"""Gear is prepped by the day before it leaves."""

_DAYS_OF_WEEK = 7


@dataclass(frozen=True, slots=True)
class Days:
    """One day or a week (from Monday) of the shop; `today` is the day it is there now."""

    show: str
    zone: ZoneInfo
    today: date
    first: date
    last: date

    @property
    def period(self) -> Period:
        """From the midnight it begins with to the one it ends with, however long its days are."""
        return Period(self.start_of(self.first), self.start_of(self.last + DAY))

    @property
    def each(self) -> list[date]:
        """The days, in order."""
        return [self.first + count * DAY for count in range((self.last - self.first).days + 1)]

    @property
    def is_week(self) -> bool:
        """Whether it is more than one day."""
        return self.first != self.last

    @property
    def address(self) -> str:
        """The page about these days."""
        return f"/?show={self.show}" if self.show else "/"

    @property
    def prepped_until(self) -> date:
        """What leaves up to this day is to be prepped in these days."""
        return self.last + PREP_AHEAD

    def start_of(self, day: date) -> datetime:
        """The midnight a day of the shop begins with."""
        return midnight(day, self.zone)

    def clock(self, instant: datetime) -> datetime:
        """An instant on the clock of the shop."""
        return instant.astimezone(self.zone)


def days_shown(show: str, moment: datetime, zone: ZoneInfo) -> Days:
    """The days of an address; what is no choice is today."""
    today = moment.astimezone(zone).date()
    if show == "week":
        monday = today - today.weekday() * DAY
        return Days(show, zone, today, monday, monday + (_DAYS_OF_WEEK - 1) * DAY)
    if show == "tomorrow":
        return Days(show, zone, today, today + DAY, today + DAY)
    return Days("", zone, today, today, today)
