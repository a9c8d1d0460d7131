"""The columns of the timeline: stretches of time by the clock of the shop, and what stands where in them.

A column is a stretch between two instants, so a day on which the clocks change is an hour shorter or
longer where columns are hours, and four quarters like any other where they are quarters of a day.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

from babel.dates import format_date

from app.domain.availability.dates import midnight
from app.lib.periods import Period


@dataclass(frozen=True, slots=True)
class Zoom:
    """How much is shown: so many days, of which so many lie before today; a column is `hours` long."""

    word: str
    days: int
    before: int
    hours: float
    finer: str


ZOOMS = {
    "day": Zoom("Day", 1, 0, 0.25, ""),
    "week": Zoom("Week", 7, 1, 1, "day"),
    "month": Zoom("Month", 30, 3, 6, "week"),
    "quarter": Zoom("Quarter", 91, 7, 12, "month"),
}
_SATURDAY = 5
_HOURS_OF_DAY, _QUARTER_DAY = 24, 6
_BEGINNING_AND_END = 2


class Place(NamedTuple):
    """From which column, counted from one, over how many."""

    first: int
    length: int


@dataclass(frozen=True, slots=True)
class Head:
    """One cell over the columns; `day` is the day it leads to, at the zoom `zoom` (none when empty)."""

    words: str
    place: Place
    period: Period
    day: date
    zoom: str = ""
    is_today: bool = False
    is_weekend: bool = False


@dataclass(frozen=True, slots=True)
class Scale:
    """The columns between `bounds`, ascending instants, on the clock in `zone`."""

    name: str
    first_day: date
    zone: ZoneInfo
    bounds: tuple[datetime, ...]

    @property
    def zoom(self) -> Zoom:
        """How much is shown."""
        return ZOOMS[self.name]

    @property
    def period(self) -> Period:
        """All the time that is shown."""
        return Period(self.bounds[0], self.bounds[-1])

    @property
    def columns(self) -> int:
        """How many columns there are."""
        return len(self.bounds) - 1

    @property
    def last_day(self) -> date:
        """The last day that is shown."""
        return self.first_day + timedelta(days=self.zoom.days - 1)

    def place(self, start: datetime, end: datetime) -> Place:
        """The columns in which some of `[start, end)` lies; what lies outside is cut off."""
        first = min(max(bisect_right(self.bounds, start), 1), self.columns)
        last = min(max(bisect_left(self.bounds, end), first), self.columns)
        return Place(first, last - first + 1)

    def column_of(self, moment: datetime) -> int | None:
        """The column of a moment; None outside."""
        if not self.bounds[0] <= moment < self.bounds[-1]:
            return None
        return bisect_right(self.bounds, moment)

    def weekends(self) -> list[Place]:
        """The columns of the days of weekends; none within a single day."""
        if self.name == "day":
            return []
        return [place for place, of_weekend in self._groups(_of_weekend) if of_weekend]

    def heads(self, today: date, locale: str) -> tuple[list[Head], list[Head]]:
        """The upper and the lower row of heads."""
        upper, lower = _HEADS[self.name]
        return self._heads(upper, today, locale), self._heads(lower, today, locale)

    def _heads(self, row: "_Row", today: date, locale: str) -> list[Head]:
        heads = list[Head]()
        for place, _ in self._groups(row.key):
            start, end = self.bounds[place.first - 1], self.bounds[place.first - 1 + place.length]
            local = start.astimezone(self.zone)
            heads.append(
                Head(
                    (row.words if heads else row.first_words or row.words)(local, locale),
                    place,
                    Period(start, end),
                    local.date(),
                    row.zoom,
                    is_today=row.is_day and local.date() == today,
                    is_weekend=row.is_day and local.weekday() >= _SATURDAY,
                )
            )
        return heads

    def _groups(self, key: Callable[[datetime], Hashable]) -> list[tuple[Place, Hashable]]:
        found = list[tuple[Place, Hashable]]()
        starts = enumerate((bound.astimezone(self.zone) for bound in self.bounds[:-1]), start=1)
        for value, columns in groupby(starts, key=lambda one: key(one[1])):
            numbers = [number for number, _ in columns]
            found.append((Place(numbers[0], len(numbers)), value))
        return found


def scale_of(zoom: str, first_day: date, zone: ZoneInfo) -> Scale:
    """The columns of a zoom from a day on."""
    days = ZOOMS[zoom].days
    bounds = list[datetime]()
    # a place may have skipped a day altogether: then the window is longer, so that something is shown
    while len(bounds) < _BEGINNING_AND_END:
        last_day = first_day + timedelta(days=days)
        bounds = _bounds(ZOOMS[zoom].hours, first_day, last_day, zone)
        days += 1
    return Scale(zoom, first_day, zone, tuple(bounds))


def _bounds(hours: float, first_day: date, last_day: date, zone: ZoneInfo) -> list[datetime]:
    start, end = midnight(first_day, zone), midnight(last_day, zone)
    if hours < _QUARTER_DAY:
        count = max(0, -(-(end - start) // timedelta(hours=hours)))
        return [*(start + number * timedelta(hours=hours) for number in range(count)), end]
    found = {end}
    day = first_day
    while day < last_day:
        for hour in range(0, _HOURS_OF_DAY, int(hours)):
            local = datetime(day.year, day.month, day.day, hour, tzinfo=zone)
            found.add(local.astimezone(end.tzinfo))
        day += timedelta(days=1)
    return sorted(moment for moment in found if moment <= end)


_Words = Callable[[datetime, str], str]
"""What is said of the moment at which a column begins, in a language."""


class _Row(NamedTuple):
    """A row of heads: what belongs under one, its words (and those of the first), where it leads."""

    key: Callable[[datetime], Hashable]
    words: _Words
    zoom: str = ""
    is_day: bool = False
    first_words: _Words | None = None


def _pattern(pattern: str) -> _Words:
    return lambda local, locale: format_date(local, pattern, locale=locale)


def _week(local: datetime, _locale: str) -> str:
    return f"Week {local.isocalendar().week}"


def _month_and_week(local: datetime, locale: str) -> str:
    return f"{format_date(local, 'MMM y', locale=locale)}, week {local.isocalendar().week}"


def _hour(local: datetime, _locale: str) -> str:
    return f"{local:%H}"


def _of_weekend(local: datetime) -> Hashable:
    return local.weekday() >= _SATURDAY and local.isocalendar()[:2]


def _of_day(local: datetime) -> Hashable:
    return local.date()


def _of_hour(local: datetime) -> Hashable:
    # an hour that comes twice has another distance from UTC the second time
    return local.date(), local.hour, local.utcoffset()


def _of_quarter_day(local: datetime) -> Hashable:
    return local.date(), local.hour // _QUARTER_DAY


def _of_week(local: datetime) -> Hashable:
    return local.isocalendar()[:2]


def _of_month(local: datetime) -> Hashable:
    return local.year, local.month


_HEADS: dict[str, tuple[_Row, _Row]] = {
    "day": (_Row(_of_day, _pattern("EEEE d MMMM y"), is_day=True), _Row(_of_hour, _hour)),
    "week": (_Row(_of_day, _pattern("EEE d MMM"), "day", is_day=True), _Row(_of_quarter_day, _hour)),
    "month": (
        _Row(_of_week, _week, "week", first_words=_month_and_week),
        _Row(_of_day, _pattern("EEEEEE d"), "day", is_day=True),
    ),
    "quarter": (_Row(_of_month, _pattern("MMMM y"), "month"), _Row(_of_week, _pattern("d MMM"), "week")),
}


def range_words(first: date, last: date, locale: str) -> str:
    """The days shown as a title: "17 Nov - 16 Dec 2026", or "20 - 26 Nov 2026", with a dash."""
    if first == last:
        return format_date(first, "EEEE d MMMM y", locale=locale)
    month = "" if (first.year, first.month) == (last.year, last.month) else " MMM"
    year = "" if first.year == last.year else " y"
    begin = format_date(first, f"d{month}{year}", locale=locale)
    return f"{begin} \N{EN DASH} {format_date(last, 'd MMM y', locale=locale)}"


def fits(places: Sequence[Place], place: Place) -> bool:
    """Whether a lane with these places has room for one more, which begins no earlier than they do."""
    return not places or places[-1].first + places[-1].length <= place.first
