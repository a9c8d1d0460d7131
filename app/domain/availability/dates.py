"""The period somebody asks about: read from an address, written into one, offered in a few usual lengths."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel.dates import format_date

from app.lib.fields import clean, local_instant, read_fields
from app.lib.periods import Period

LONGEST: Final = timedelta(days=3652)
_LONGEST_TEXT: Final = 40
_SATURDAY, _WEEK = 5, 7


@dataclass(frozen=True, slots=True)
class Dates:
    """A period together with its start and end as they stand in an address, on the reader's clock."""

    start: str
    end: str
    period: Period

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The parameters of an address that asks about this period."""
        return [("from", self.start), ("to", self.end)]

    @property
    def query(self) -> str:
        """The same as a query string."""
        return urlencode(self.pairs, safe=":")


@dataclass(frozen=True, slots=True)
class AskedDates:
    """What an address says about dates: as typed, what is wrong with it by field, and the dates, if right."""

    start: str = ""
    end: str = ""
    errors: Mapping[str, str] = field(default_factory=dict[str, str])
    dates: Dates | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """A period that is often asked about."""

    label: str
    dates: Dates


def read_dates(params: Mapping[str, str], zone: ZoneInfo) -> AskedDates:
    """Read `from` and `to`, moments of the clock in `zone`; without both nothing is asked."""
    typed = {name: clean(params.get(name, ""))[:_LONGEST_TEXT] for name in ("from", "to")}
    start, end = typed["from"], typed["to"]
    if not start and not end:
        return AskedDates()
    read = read_fields(typed, {"from": local_instant(zone), "to": local_instant(zone)})
    missing = {"from": "Say from when.", "to": "Say until when."}
    errors = read.errors | {name: words for name, words in missing.items() if not typed[name]}
    if not errors:
        begin, finish = (read.values[name].replace(second=0, microsecond=0) for name in ("from", "to"))
        if finish <= begin:
            errors["to"] = "This has to be after the start."
        elif finish - begin > LONGEST:
            errors["to"] = "More than ten years is too long."
        else:
            return asked(dates_of(Period(begin, finish), zone))
    return AskedDates(start, end, errors)


def asked(dates: Dates) -> AskedDates:
    """What an address says that asks about exactly these dates."""
    return AskedDates(dates.start, dates.end, {}, dates)


def dates_of(period: Period, zone: ZoneInfo) -> Dates:
    """A period as somebody with this clock would type it."""
    return Dates(_typed(period.start, zone), _typed(period.end, zone), period)


def usual_dates(today: date, zone: ZoneInfo) -> list[Choice]:
    """Whole days that are often asked about, seen from `today`."""
    weekend = today + timedelta(days=_SATURDAY - today.weekday() if today.weekday() <= _SATURDAY else -1)
    monday = today + timedelta(days=_WEEK - today.weekday())
    return [
        Choice(label, dates_of(days_period(first, count, zone), zone))
        for label, first, count in (
            ("Today", today, 1),
            ("Tomorrow", today + timedelta(days=1), 1),
            ("This weekend", weekend, 2),
            ("Next week", monday, _WEEK),
        )
    ]


def days_period(first: date, count: int, zone: ZoneInfo) -> Period:
    """So many whole days of the clock in `zone`, however long they are."""
    return Period(midnight(first, zone), midnight(first + timedelta(days=count), zone))


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which a day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def short_range(period: Period, zone: ZoneInfo, locale: str) -> str:
    """The days of a period, short enough for the head of a column: 26 to 28 Nov with a dash."""
    first = period.start.astimezone(zone).date()
    last = (period.end - timedelta(microseconds=1)).astimezone(zone).date()
    begin, end = (format_date(day, "d MMM", locale=locale) for day in (first, last))
    if first == last:
        return end
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}\N{EN DASH}{end}"
    return f"{begin} \N{EN DASH} {end}"


def _typed(instant: datetime, zone: ZoneInfo) -> str:
    return instant.astimezone(zone).strftime("%Y-%m-%dT%H:%M")
