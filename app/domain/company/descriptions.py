"""How the facts about the company are called and shown in merges, in the history and on the activity page."""

from collections.abc import Iterable
from typing import cast

from app.db.models.company import PAPER_SIZES
from app.domain.company.policy import (
    ROUNDING_CHOICES,
    STEP_CHOICES,
    UNIT_CHOICES,
    currency_options,
    locale_options,
)
from app.web.change_words import Kinds, Words
from app.web.descriptions import Field, Fields, choice_field, measure_field, yes_no_field


def _steps(value: object) -> str:
    words = dict(STEP_CHOICES)
    return ", ".join(words.get(step, step) for step in cast("Iterable[str]", value or ()))


def _logo(value: object) -> str:
    return "a picture" if value else "no picture"


COMPANY_FIELDS: Fields = {
    "name": Field("Name"),
    "city": Field("City"),
    "currency": choice_field("Currency", dict(currency_options())),
    "time_zone": Field("Time zone"),
    "locale": choice_field("Language and format", dict(locale_options())),
    "binds_units": choice_field("Units are chosen", dict(UNIT_CHOICES)),
    "prep_steps": Field("Steps of prep", shown=_steps),
    "address": Field("Address", "long"),
    "phone": Field("Phone"),
    "email": Field("E-mail"),
    "website": Field("Website"),
    "tax_number": Field("Tax number"),
    "paper_size": choice_field("Paper", {size: size for size in PAPER_SIZES}),
    "prices_include_tax": yes_no_field("Prices include tax"),
    "tax_rounding": choice_field("Tax is rounded", dict(ROUNDING_CHOICES)),
    "quote_days": measure_field("Quotes are valid for", "days"),
    "deposit_percent": measure_field("Deposit", "%"),
    "due_days": measure_field("Invoices are due after", "days"),
    "terms": Field("Terms", "long"),
    "bank_name": Field("Bank"),
    "iban": Field("IBAN"),
    "bic": Field("BIC"),
    "logo": Field("Logo", shown=_logo, fixed=True),
}

CHANGE_WORDS: Kinds = {
    "company": Words(page="/settings"),
}
