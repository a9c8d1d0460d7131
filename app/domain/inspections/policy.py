"""The pure rules of inspections: how long a test is valid, and how a unit stands."""

from calendar import monthrange
from datetime import date, timedelta
from typing import Final

VALID, DUE_SOON, EXPIRED = "valid", "due_soon", "expired"
STATUS_WORDS: Final = {
    VALID: ("Valid", "green", "disc"),
    DUE_SOON: ("Due soon", "amber", "half"),
    EXPIRED: ("Expired", "red", "diamond"),
}


def valid_until(inspected_on: date, months: int) -> date:
    """The last day on which a test that was passed is valid: the day before the same day, months later.

    Where that month is shorter its last day counts: tested on 31 August, valid for six months, until 27
    February.
    """
    year, month = divmod(inspected_on.month - 1 + months, 12)
    year, month = inspected_on.year + year, month + 1
    last = monthrange(year, month)[1]
    return date(year, month, min(inspected_on.day, last)) - timedelta(days=1)


def status_of(until: date, warn_days: int, today: date) -> str:
    """Whether a test is valid on a day, due soon after it, or over."""
    if until < today:
        return EXPIRED
    return DUE_SOON if until - today <= timedelta(days=warn_days) else VALID
