"""How the fields of a quote are read from what people type, and the words of its states."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from app.db.models.pricing import BASES
from app.db.models.terms import LANGUAGES, ROUNDINGS
from app.lib.fields import (
    FieldError,
    Reader,
    boolean,
    choice,
    decimal_number,
    local_instant,
    reference,
    words,
)

LONGEST_TITLE, LONGEST_NAME, LONGEST_HEADING, LONGEST_TEXT = 200, 300, 200, 10_000
MOST_QUANTITY, MOST_RATE, MOST_MULTIPLE = Decimal(100_000), Decimal(9_999_999), Decimal(10_000)
_HUNDRED = Decimal(100)
# as it is kept, so that nothing typed is nothing changed
_NOTHING = Decimal("0.000")

VERSION_STATES = {
    "draft": ("Draft", "slate", "pencil"),
    "sent": ("Sent", "amber", "half"),
    "accepted": ("Accepted", "green", ""),
    "declined": ("Declined", "red", "bars"),
    "expired": ("Expired", "slate", "bars"),
    "superseded": ("Replaced", "slate", "ring"),
}
"""Word, tone and shape of each state of a version."""
WITHDRAWN = ("Withdrawn", "slate", "bars")
"""The same of one that the office took back, which counts as expired."""


def is_withdrawn(state: str, decided_at: datetime | None, valid_until: datetime) -> bool:
    """Whether a version was taken back by the office before its time was over."""
    return state == "expired" and decided_at is not None and decided_at < valid_until


BASIS_CHOICES = {
    "day": "a day",
    "week": "a week",
    "hour": "an hour",
    "flat": "once",
    "piece": "a piece",
}
LANGUAGE_CHOICES = {"en": "English", "de": "German"}
ROUNDING_CHOICES = {"rate": "once for each rate of tax", "line": "for each line"}


def version_readers(zone: ZoneInfo) -> dict[str, Reader]:
    """The readers of what is said for a whole version; moments are those of the clock in `zone`."""
    return {
        "title": words(LONGEST_TITLE, required="Say what it is for."),
        "intro": words(LONGEST_TEXT),
        "terms": words(LONGEST_TEXT),
        "valid_until": local_instant(zone),
        "charge_start": local_instant(zone),
        "charge_end": local_instant(zone),
        "price_list_id": reference(),
        "prices_include_tax": boolean,
        "tax_rounding": choice(ROUNDINGS),
        "reverse_charge": boolean,
        "discount_percent": or_nothing(decimal_number(3, _HUNDRED, example="7.5")),
        "discount_amount": or_nothing(decimal_number(3, MOST_RATE, example="150.00")),
        "deposit_percent": or_nothing(decimal_number(3, _HUNDRED, example="30")),
        "language": choice(LANGUAGES),
        "show_images": boolean,
    }


def line_readers() -> dict[str, Reader]:
    """The readers of what is said about a line; empty is what it follows."""
    return {
        "name": or_none(words(LONGEST_NAME)),
        "note": words(LONGEST_TEXT),
        "quantity": decimal_number(2, MOST_QUANTITY, example="2"),
        "basis": or_none(choice(("", *BASES))),
        "rate": decimal_number(4, MOST_RATE, example="45.00"),
        "multiple": decimal_number(4, MOST_MULTIPLE, example="2.5"),
        "discount_percent": or_nothing(decimal_number(3, _HUNDRED, example="10")),
        "discount_amount": or_nothing(decimal_number(3, MOST_RATE, example="50.00")),
        "tax_rate_id": reference(),
        "optional": _optional,
        "hidden": boolean,
        "heading": words(LONGEST_HEADING),
    }


def or_nothing(read: Reader) -> Reader:
    """A number that is 0 where nothing was typed."""

    def reader(text: str) -> Any:
        found = read(text)
        return _NOTHING if found is None else found

    return reader


def or_none(read: Reader) -> Reader:
    """Text that is None where nothing was typed."""

    def reader(text: str) -> Any:
        return read(text) or None

    return reader


def _optional(text: str) -> bool | None:
    """Whether a line is an option; empty is what the rental says."""
    if text in {"", "1", "0"}:
        return None if not text else text == "1"
    raise FieldError("Choose one of the list.")


GROUP_READERS: dict[str, Reader] = {
    name: reader for name, reader in line_readers().items() if name.startswith("discount_")
}
