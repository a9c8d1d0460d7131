"""The price of a line that counts: that of the list, with what somebody said instead."""

from dataclasses import replace
from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

from app.db.models import QuoteLine
from app.domain.pricing.charging import Basis, Charge, charge_of
from app.domain.pricing.rating import Rating

TIMED = ("day", "week", "hour")


def effective_rating(
    listed: Rating, row: QuoteLine | None, period: tuple[datetime, datetime], zone: ZoneInfo
) -> Rating:
    """The price of the list with the rate, the basis and the multiple of a row worked in.

    A price given by hand has no least charge: it is what it is.
    """
    if row is None or (row.rate is None and row.basis is None and row.multiple is None):
        return listed
    charge = listed.charge
    if row.basis is not None and row.basis != charge.basis:
        charge = charge_of(cast("Basis", row.basis), period, zone)
    if row.multiple is not None:
        charge = replace(charge, multiple=row.multiple)
    return Rating(listed.rule, listed.rate if row.rate is None else row.rate, charge)


def free_rating(row: QuoteLine, period: tuple[datetime, datetime], zone: ZoneInfo) -> Rating:
    """The price of a free line: once, or for all of the period where it is by the day, week or hour."""
    basis = cast("Basis", row.basis or "flat")
    charge: Charge = charge_of(basis, period, zone)
    if row.multiple is not None:
        charge = replace(charge, multiple=row.multiple)
    return Rating(None, row.rate, charge)
