"""How the facts about the company are called and shown in merges, in the history and on the activity page."""

from collections.abc import Iterable
from typing import cast

from app.db.models.company import PAPER_SIZES
from app.domain.company.policy import STEP_CHOICES, UNIT_CHOICES, currency_options, locale_options
from app.web.descriptions import Field, Fields, choice_field


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
    "logo": Field("Logo", shown=_logo, fixed=True),
}
