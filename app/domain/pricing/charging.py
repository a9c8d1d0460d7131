"""How long is charged: days on the shop's calendar, begun weeks and hours, factors of many days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

Basis = Literal["day", "week", "hour", "flat", "piece"]
Weekend = Literal["days", "one", "free"]

WEEK = 7
HOUR = timedelta(hours=1)
SATURDAY, SUNDAY = 5, 6
ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Factors:
    """How many times the price of a day so many days cost: rising steps, and `further` days beyond."""

    name: str
    steps: tuple[tuple[int, Decimal], ...]
    further: Decimal = ONE

    def of(self, days: int) -> Decimal:
        """The factor of so many days: that of the step at or below, and `further` for each day above it.

        Between two steps never more than the one above: who brings gear back earlier does not pay more.
        """
        below, factor = max((step for step in self.steps if step[0] <= days), default=(0, Decimal(0)))
        above = min((step for step in self.steps if step[0] > days), default=None)
        grown = factor + (days - below) * self.further
        return grown if above is None else min(grown, above[1])


def days_of(start: datetime, end: datetime, zone: ZoneInfo) -> list[date]:
    """The days of the shop's calendar that `[start, end)` touches. Both are aware; end is after start."""
    first = start.astimezone(zone).date()
    # by the world's clock: on the shop's, an hour may be missing or there twice
    last = (end.astimezone(UTC) - timedelta(microseconds=1)).astimezone(zone).date()
    return [first + timedelta(days=day) for day in range((last - first).days + 1)]


def charged_days(days: Sequence[date], weekend: Weekend) -> int:
    """How many of these consecutive days are charged, at least one.

    "days": all of them. "one": a Sunday after its Saturday is not counted again. "free": neither is counted.
    """
    if weekend == "free":
        return max(1, sum(1 for day in days if day.weekday() < SATURDAY))
    if weekend == "one":
        return sum(1 for at, day in enumerate(days) if day.weekday() != SUNDAY or at == 0)
    return len(days)


@dataclass(frozen=True, slots=True)
class Charge:
    """How many units of a basis are charged: `units` (days, weeks, hours or 1), and by what they multiply.

    `days` are those of the calendar, `counted` those of them that the weekend leaves; 0 where days do not
    matter.
    """

    basis: Basis
    units: int
    multiple: Decimal
    days: int = 0
    counted: int = 0


def charge_of(
    basis: Basis,
    period: tuple[datetime, datetime],
    zone: ZoneInfo,
    *,
    factors: Factors | None = None,
    weekend: Weekend = "days",
    minimum_days: int = 1,
) -> Charge:
    """What a period `[start, end)` multiplies the price of one unit by; flat and by the piece, by one."""
    if basis in {"flat", "piece"}:
        return Charge(basis, 1, ONE)
    if basis == "hour":
        hours = max(1, -((period[0].astimezone(UTC) - period[1].astimezone(UTC)) // HOUR))
        return Charge(basis, hours, Decimal(hours))
    calendar = days_of(*period, zone)
    counted = charged_days(calendar, weekend)
    days = max(minimum_days, counted)
    if basis == "week":
        weeks = -(-days // WEEK)
        return Charge(basis, weeks, Decimal(weeks), len(calendar), counted)
    multiple = factors.of(days) if factors else Decimal(days)
    return Charge(basis, days, multiple, len(calendar), counted)
