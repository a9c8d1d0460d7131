"""How prices are read from what people type, and the words of their choices."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any, cast

from app.db.models.pricing import BASES, WEEKENDS
from app.domain.company.policy import currency
from app.lib.fields import (
    FieldError,
    Reader,
    boolean,
    choice,
    decimal_number,
    reference,
    required_number,
    whole_number,
    words,
)

MOST_STEPS, MOST_DAYS = 60, 366
MOST_AMOUNT = Decimal(9_999_999)
MOST_FACTOR = Decimal(10_000)
MOST_FURTHER = Decimal(10)

BASIS_CHOICES = {
    "day": "a day",
    "week": "a week begun",
    "hour": "an hour begun",
    "flat": "once",
    "piece": "a piece, sold",
}
WEEKEND_CHOICES = {
    "days": "Every day counts",
    "one": "Saturday and Sunday are one day",
    "free": "Saturday and Sunday are free",
}
SCOPE_WORDS = {"equipment": "Equipment", "kit": "Kit", "category": "Category", "everything": "Everything"}

_STEP = re.compile(r"(\d{1,4})\s*(?:days?)?\s*[:=×x\t ]\s*(\d+(?:[.,]\d+)?)", re.ASCII)
_FACTOR = decimal_number(4, MOST_FACTOR, example="2.4")

Steps = list[list[Any]]


def steps(text: str) -> Steps:
    """Read a table of factors, one step a line: so many days, and how many times the price of a day."""
    found: list[tuple[int, Decimal]] = []
    for line in re.split(r"[\n;]", text):
        if not line.strip():
            continue
        parts = _STEP.fullmatch(line.strip())
        if parts is None:
            raise FieldError(
                f"Write days and factor on each line, like “3 = 2.4”, not “{line.strip()[:40]}”."
            )
        found.append((int(parts[1]), _FACTOR(parts[2])))
    return checked_steps(found)


def checked_steps(given: Iterable[Sequence[Any]]) -> Steps:
    """Pairs of days and factor as they are kept. Raises FieldError where they do not rise."""
    pairs = [(int(days), Decimal(str(factor))) for days, factor in given]
    if not pairs or len(pairs) > MOST_STEPS:
        raise FieldError(f"Write between 1 and {MOST_STEPS} steps, the first for 1 day.")
    if pairs[0][0] != 1:
        raise FieldError("The first step is for 1 day.")
    if pairs[-1][0] > MOST_DAYS:
        raise FieldError(f"Steps go up to {MOST_DAYS} days.")
    for (before, lower), (days, factor) in pairwise(pairs):
        if days <= before:
            raise FieldError(f"Days rise from step to step: {days} does not follow {before}.")
        if factor < lower:
            raise FieldError(f"{days} days must not cost less than {before} days do.")
    if not all(Decimal(0) <= factor <= MOST_FACTOR for _, factor in pairs):
        raise FieldError(f"A factor is between 0 and {MOST_FACTOR:,}.")
    return [[days, _bare(factor)] for days, factor in pairs]


def steps_text(value: object) -> str:
    """Steps as they are typed, one a line."""
    pairs = cast("Iterable[tuple[int, str]]", value or ())
    return "\n".join(f"{days} = {factor}" for days, factor in pairs)


def _bare(number: Decimal) -> str:
    return f"{number.normalize():f}"


LIST_READERS: dict[str, Reader] = {
    "name": words(100, required="Give the list a name."),
    "currency": currency,
    "notes": words(4000),
    "is_default": boolean,
    "archived": boolean,
}
RULE_READERS: dict[str, Reader] = {
    "basis": choice(BASES),
    "amount": decimal_number(4, MOST_AMOUNT, example="45.00"),
    "factor_table_id": reference(),
    "weekend": choice(WEEKENDS),
    "minimum_days": whole_number(1, MOST_DAYS),
    "minimum_charge": decimal_number(3, MOST_AMOUNT, example="25.00"),
}
FACTOR_READERS: dict[str, Reader] = {
    "name": words(100, required="Give the table a name."),
    "steps": steps,
    "further": required_number(4, MOST_FURTHER, example="0.5"),
}
TAX_READERS: dict[str, Reader] = {
    "name": words(100, required="Give the rate a name."),
    "percent": required_number(3, Decimal(100), example="19"),
    "account": words(40),
    "is_default": boolean,
}
