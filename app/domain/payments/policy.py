"""Rules about money that came in: how it comes, and what of an online payment follows what."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from app.domain.pricing.words import amount_words
from app.lib.errors import InvalidInput

BY_HAND: Final = {"transfer": "Bank transfer", "cash": "Cash", "card": "Card"}
"""How money comes in that somebody records."""
METHOD_WORDS: Final = {**BY_HAND, "online": "Online"}
ATTEMPT_WORDS: Final = {
    "open": "not paid yet",
    "processing": "under way",
    "succeeded": "paid",
    "failed": "failed",
    "cancelled": "given up",
}
MOST: Final = Decimal(99_999_999)
LONGEST_AGO: Final = timedelta(days=3660)
FAILED: Final = ":failed"
"""What stands behind the provider's reference where a refund failed and its money came back."""
UNDECIDED: Final = ("open", "processing")
"""States of an attempt after which another may come."""


def check_amount(amount: Decimal | None, places: int) -> Decimal:
    """An amount that can be paid in a currency with so many decimals. Raises InvalidInput."""
    if amount is None or amount <= 0:
        raise InvalidInput({"amount": "Write an amount above 0."})
    if amount > MOST:
        raise InvalidInput({"amount": f"At most {MOST:,} fits."})
    rounded = amount.quantize(Decimal(1).scaleb(-places))
    if rounded != amount:
        raise InvalidInput({"amount": f"Use at most {places} decimals."})
    return rounded


def check_day(received_on: date, today: date) -> None:
    """Money cannot have come in tomorrow. Raises InvalidInput."""
    if received_on > today:
        raise InvalidInput({"received_on": "This day is still to come."})
    if received_on < today - LONGEST_AGO:
        raise InvalidInput({"received_on": "This is more than ten years ago."})


def beyond(left: Decimal, currency: str) -> str:
    """What is said to whoever wants to give back more than is left of a payment."""
    return f"Only {amount_words(left, currency)} is left of it." if left > 0 else "All of it was given back."
