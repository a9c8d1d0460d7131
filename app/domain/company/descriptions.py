"""How the facts about the company are called and shown in merges, in the history and on the activity page."""

from app.domain.company.policy import UNIT_CHOICES, currency_options, locale_options
from app.web.descriptions import Field, Fields, choice_field

COMPANY_FIELDS: Fields = {
    "name": Field("Name"),
    "city": Field("City"),
    "currency": choice_field("Currency", dict(currency_options())),
    "time_zone": Field("Time zone"),
    "locale": choice_field("Language and format", dict(locale_options())),
    "binds_units": choice_field("Units are chosen", dict(UNIT_CHOICES)),
}
