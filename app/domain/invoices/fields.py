"""How the fields of invoices are read from what people type, and the words of their states."""

from decimal import Decimal
from typing import Any, Final

from app.db.models.pricing import BASES
from app.db.models.terms import LANGUAGES
from app.lib.fields import FieldError, Reader, boolean, choice, day, decimal_number, whole_number, words

LONGEST_TITLE, LONGEST_NAME, LONGEST_HEADING, LONGEST_TEXT = 200, 300, 200, 10_000
MOST_QUANTITY, MOST_RATE, MOST_MULTIPLE = Decimal(100_000), Decimal(9_999_999), Decimal(10_000)
MOST_UNITS, MOST_DAYS = 100_000, 365
HUNDRED: Final = Decimal(100)

STATUS_STATES: Final = {
    "draft": ("Draft", "slate", "pencil"),
    "open": ("Open", "amber", "half"),
    "due": ("Due today", "amber", ""),
    "overdue": ("Overdue", "red", "diamond"),
    "paid": ("Paid", "green", ""),
    "credit": ("Credit note", "plum", "ring"),
    "cancelled": ("Cancelled", "slate", "bars"),
}
"""Word, tone and shape of how an invoice stands."""
LANGUAGE_WORDS: Final = {"en": "English", "de": "German"}
BASIS_WORDS: Final = {"flat": "once", "piece": "a piece", "day": "a day", "week": "a week", "hour": "an hour"}


def _or_zero(read: Reader) -> Reader:
    """A number that is 0 where nothing was typed."""

    def reader(text: str) -> Any:
        found = read(text)
        return Decimal(0) if found is None else found

    return reader


def _filled(read: Reader) -> Reader:
    """A number that has to be there."""

    def reader(text: str) -> Any:
        found = read(text)
        if found is None:
            raise FieldError("Write a number.")
        return found

    return reader


def signed(read: Reader) -> Reader:
    """An amount that may be below 0, which something granted is."""

    def reader(text: str) -> Any:
        bare = text.strip().replace("\N{MINUS SIGN}", "-")
        found = read(bare.removeprefix("-").strip())
        return -found if found is not None and bare.startswith("-") else found

    return reader


def amount(*, example: str = "120.00", places: int = 3) -> Reader:
    """An amount of money, or nothing; `places` are the decimals of its currency where that is known."""
    return decimal_number(places, MOST_RATE, example=example)


INVOICE_READERS: Final[dict[str, Reader]] = {
    "title": words(LONGEST_TITLE, required="Give it a title."),
    "intro": words(LONGEST_TEXT),
    "closing": words(LONGEST_TEXT),
    "due_days": whole_number(0, MOST_DAYS),
    "service_start": day(),
    "service_end": day(),
    "prices_include_tax": boolean,
    "reverse_charge": boolean,
    "discount_percent": _or_zero(decimal_number(3, HUNDRED, example="7.5")),
    "discount_amount": _or_zero(amount()),
    "language": choice(LANGUAGES),
}
LINE_READERS: Final[dict[str, Reader]] = {
    "name": words(LONGEST_NAME, required="Say what it is."),
    "note": words(LONGEST_TEXT),
    "quantity": _filled(decimal_number(2, MOST_QUANTITY, example="2")),
    "basis": choice(BASES),
    "units": whole_number(1, MOST_UNITS),
    "rate": _filled(signed(decimal_number(4, MOST_RATE, example="45.00"))),
    "multiple": _filled(decimal_number(4, MOST_MULTIPLE, example="2.4")),
    "discount_percent": _or_zero(decimal_number(3, HUNDRED, example="10")),
    "discount_amount": _or_zero(amount()),
    "tax_percent": _filled(decimal_number(3, HUNDRED, example="19")),
    "heading": words(LONGEST_HEADING),
}
BEGINNING_READERS: Final[dict[str, Reader]] = {
    "kind": choice(("deposit", "part", "final", "further")),
    "percent": decimal_number(3, HUNDRED, example="30"),
    "amount": amount(),
}
"""What may be said where an invoice is begun."""
