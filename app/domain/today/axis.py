"""The time axis of the page: where on its grid things stand, and in which lane so that none covers another.

A day is drawn from 06:00 to midnight in quarters of an hour, a week in twelfths of a day; what
happens at night stands at the edge. Places are numbers of the position classes (static/css/positions.css).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.today.days import Days

MOST_LANES = 8
_FIRST_HOUR, _HOURS_OF_DAY, _QUARTERS, _MINUTES = 6, 24, 4, 60
_DAY_COLUMNS = (_HOURS_OF_DAY - _FIRST_HOUR) * _QUARTERS
_WEEKDAY_COLUMNS = 12
_HOURS_OF_COLUMN = _HOURS_OF_DAY // _WEEKDAY_COLUMNS
_LENGTH, _SHORTEST = 12, 8


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: its first column, its length in columns and its lane, each from 1."""

    start: int
    length: int
    lane: int


@dataclass(frozen=True, slots=True)
class Tick:
    """A word on the axis; every second hour makes room on narrow screens."""

    start: int
    word: str
    minor: bool = False


@dataclass(frozen=True, slots=True)
class NowLine:
    """Where the present stands: in `column`, and how to go on from there (static/js/today.js).

    `midnight` is the column at which the day would begin, each column lasts `minutes`.
    """

    column: int
    midnight: int
    minutes: int


def ticks(days: Days) -> list[Tick]:
    """The hours of the day, or the days of the week."""
    if days.is_week:
        return [
            Tick(1 + place * _WEEKDAY_COLUMNS, f"{day:%a} {day.day}") for place, day in enumerate(days.each)
        ]
    return [
        Tick(1 + place * _QUARTERS, f"{hour:02}", minor=bool(place % 2))
        for place, hour in enumerate(range(_FIRST_HOUR, _HOURS_OF_DAY))
    ]


def column_of(days: Days, instant: datetime) -> int:
    """The column an instant falls into on the clock of the shop; the edge for what is outside."""
    local = days.clock(instant)
    if days.is_week:
        whole = (local.date() - days.first).days * _WEEKDAY_COLUMNS
        column, last = 1 + whole + local.hour // _HOURS_OF_COLUMN, len(days.each) * _WEEKDAY_COLUMNS
    else:
        quarters = (local.hour - _FIRST_HOUR) * _QUARTERS + local.minute * _QUARTERS // _MINUTES
        column, last = 1 + quarters, _DAY_COLUMNS
        if local.date() != days.first:
            column = 1 if local.date() < days.first else last
    return min(max(column, 1), last)


def now_line(days: Days, moment: datetime) -> NowLine | None:
    """The line of the present; None when it is on none of these days."""
    if not days.first <= days.today <= days.last:
        return None
    if days.is_week:
        midnight = 1 + (days.today - days.first).days * _WEEKDAY_COLUMNS
        return NowLine(column_of(days, moment), midnight, _HOURS_OF_COLUMN * _MINUTES)
    return NowLine(column_of(days, moment), 1 - _FIRST_HOUR * _QUARTERS, _MINUTES // _QUARTERS)


def places(days: Days, instants: Sequence[datetime]) -> list[Place | None]:
    """A place for each of these, given in order of time; None where no lane is left."""
    taken = [0] * MOST_LANES
    found = list[Place | None]()
    for instant in instants:
        start, length = _stretch(days, instant)
        lane = next((number for number, end in enumerate(taken) if end < start), None)
        if lane is None:
            found.append(None)
            continue
        taken[lane] = start + length - 1
        found.append(Place(start, length, lane + 1))
    return found


def _stretch(days: Days, instant: datetime) -> tuple[int, int]:
    """First column and length: in a week the whole day, late in the day less, but enough to be read."""
    column = column_of(days, instant)
    if days.is_week:
        return column - (column - 1) % _WEEKDAY_COLUMNS, _WEEKDAY_COLUMNS
    start = min(column, _DAY_COLUMNS - _SHORTEST + 1)
    return start, min(_LENGTH, _DAY_COLUMNS - start + 1)
