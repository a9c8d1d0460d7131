"""What prices come to, computed the slow and obvious way: with fractions, and one step after the other.

It shares no code with the engine. Days are counted one by one, by looking at the clock of the shop.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

QUARTER = timedelta(minutes=15)


@dataclass(frozen=True)
class Line:
    """A line: quantity, rate and multiple as fractions, discounts in percent and as an amount."""

    key: str
    quantity: Fraction
    rate: Fraction
    multiple: Fraction
    minimum: Fraction | None
    percent: Fraction
    amount: Fraction
    tax: Fraction
    heading: str
    counted: bool


def half_up(value: Fraction, places: int) -> Fraction:
    """To so many decimals, a half away from zero."""
    scaled = abs(value) * 10**places
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    rounded = whole + (2 * rest >= scaled.denominator)
    return Fraction(rounded if value >= 0 else -rounded, 10**places)


def taken_off(price: Fraction, percent: Fraction, amount: Fraction, places: int) -> Fraction:
    """What a discount takes off: the percentage, then the amount, which stops at nothing."""
    first = half_up(price * percent / 100, places)
    left = price - first
    second = half_up(amount, places)
    if left <= 0:
        second = Fraction(0)
    elif second > left:
        second = left
    return first + second


def price_of(line: Line, places: int) -> Fraction:
    """A line after its own discount."""
    full = half_up(line.quantity * line.rate * line.multiple, places)
    if line.minimum is not None and line.quantity != 0:
        full = max(full, half_up(line.minimum, places))
    return full - taken_off(full, line.percent, line.amount, places)


def net_before_tax(
    lines: Sequence[Line],
    groups: Mapping[str, tuple[Fraction, Fraction]],
    whole: tuple[Fraction, Fraction],
    places: int,
) -> tuple[Fraction, Fraction]:
    """What counted lines come to after groups' discounts, and what is then taken off the whole."""
    subtotal = Fraction(0)
    for heading in {line.heading for line in lines if line.counted}:
        price = sum(
            (price_of(line, places) for line in lines if line.counted and line.heading == heading),
            Fraction(0),
        )
        subtotal += price - taken_off(price, *groups.get(heading, (Fraction(0), Fraction(0))), places)
    return subtotal, taken_off(subtotal, *whole, places)


def days_touched(start: datetime, end: datetime, zone: ZoneInfo) -> list[date]:
    """The days of the shop's calendar in a period, found by walking through it."""
    found: list[date] = []
    moment = start.astimezone(UTC)
    last = end.astimezone(UTC) - timedelta(microseconds=1)
    while moment < last:
        day = moment.astimezone(zone).date()
        if day not in found:
            found.append(day)
        moment += QUARTER
    day = last.astimezone(zone).date()
    return found if day in found else [*found, day]


def days_charged(days: Sequence[date], weekend: str) -> int:
    """How many of them are charged."""
    count = 0
    for day in days:
        name = day.strftime("%a")
        if weekend == "free" and name in {"Sat", "Sun"}:
            continue
        if weekend == "one" and name == "Sun" and day - timedelta(days=1) in days:
            continue
        count += 1
    return max(count, 1)


def factor_of(days: int, steps: Sequence[tuple[int, Fraction]], further: Fraction) -> Fraction:
    """The factor of so many days, grown day by day from the step below and held at the step above."""
    known = dict(steps)
    factor, at = Fraction(0), 0
    for day in range(1, days + 1):
        if day in known:
            factor, at = known[day], day
    grown = factor + (days - at) * further
    above = [known[day] for day in sorted(known) if day > days]
    return min(grown, above[0]) if above else grown
