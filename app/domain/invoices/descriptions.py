"""How the fields of invoices are called and shown."""

from datetime import date
from typing import Final

from app.domain.invoices.fields import BASIS_WORDS, LANGUAGE_WORDS, STATUS_STATES
from app.web.change_words import Kinds, Words
from app.web.descriptions import (
    NOTHING,
    Field,
    Fields,
    choice_field,
    instant_field,
    measure_field,
    yes_no_field,
)
from app.web.formatting import local_date

EDITED: Final = (
    "title", "intro", "closing", "due_days", "service_start", "service_end", "prices_include_tax",
    "reverse_charge", "discount_percent", "discount_amount", "language",
)  # fmt: skip
EDITED_LINE: Final = (
    "name", "note", "quantity", "basis", "units", "rate", "multiple", "discount_percent", "discount_amount",
    "tax_percent", "heading",
)  # fmt: skip

_STATES: Final = {"draft": STATUS_STATES["draft"][0], "issued": "Issued"}


def _day(value: object) -> str:
    return local_date(date.fromisoformat(str(value))) if value else NOTHING


INVOICE_FIELDS: Final[Fields] = {
    "title": Field("Title"),
    "intro": Field("Words before", "long"),
    "closing": Field("Words after", "long"),
    "due_days": measure_field("To be paid within", "days"),
    "service_start": Field("Service from", shown=_day),
    "service_end": Field("Service until", shown=_day),
    "prices_include_tax": yes_no_field("Prices", "with tax", "without tax"),
    "reverse_charge": yes_no_field("Reverse charge"),
    "discount_percent": measure_field("Discount", "%"),
    "discount_amount": measure_field("Discount amount", ""),
    "language": choice_field("Language", LANGUAGE_WORDS),
    "state": choice_field("State", _STATES),
    "reminders": measure_field("Reminders", ""),
    "reminded_on": Field("Reminded on", shown=_day),
    "deleted_at": instant_field("Deleted"),
}
INVOICE_LINE_FIELDS: Final[Fields] = {
    "name": Field("Name"),
    "note": Field("Note", "long"),
    "quantity": measure_field("Quantity", ""),
    "basis": choice_field("Charged", BASIS_WORDS),
    "units": measure_field("Days, weeks or hours", ""),
    "rate": measure_field("Rate", ""),
    "multiple": measure_field("Times", ""),
    "discount_percent": measure_field("Discount", "%"),
    "discount_amount": measure_field("Discount amount", ""),
    "tax_percent": measure_field("Tax", "%"),
    "heading": Field("Heading"),
    "position": measure_field("Position", ""),
    "deleted_at": instant_field("Deleted"),
}

CHANGE_WORDS: Kinds = {
    "invoice": Words(
        "invoices",
        "/invoices/{}",
        verbs={
            "issued": "issued",
            "reminded": "sent a reminder of",
            "mailed": "mailed",
            "mail_queued": "tried again to mail",
            "mail_delayed": "could not mail yet:",
            "mail_failed": "could not mail",
        },
    ),
    "invoice_line": Words("lines of invoices"),
}
