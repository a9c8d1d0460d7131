"""Which currencies, time zones and ways of writing dates a company and its people may choose."""

from functools import cache
from typing import Final
from zoneinfo import available_timezones

from babel import Locale
from babel.core import get_global
from babel.numbers import get_currency_name, get_territory_currencies

from app.lib.bank_accounts import bare, is_bic, is_iban
from app.lib.fields import FieldError, Reader

TODAY: Final = "(now() at time zone (select time_zone from company where id = 1))::date"
"""Today by the clock of the shop, in SQL."""
LOCALES: Final = (
    "en_GB", "en_US", "cs_CZ", "da_DK", "de_AT", "de_CH", "de_DE", "es_ES", "fi_FI", "fr_CH", "fr_FR",
    "it_IT", "nb_NO", "nl_BE", "nl_NL", "pl_PL", "pt_BR", "pt_PT", "sv_SE",
)  # fmt: skip
ROUNDING_CHOICES: Final = (
    ("rate", "Once for each rate of tax"),
    ("line", "For each line"),
)
"""When tax is rounded, as (code, text) for a select."""
UNIT_CHOICES: Final = (
    ("later", "Later: by hand, or when the gear is prepped"),
    ("confirmation", "When an event is confirmed"),
)
"""When the units of serialized gear are chosen, as (code, text) for a select."""
STEP_CHOICES: Final = (("picked", "Pick"), ("tested", "Test"), ("packed", "Pack"), ("loaded", "Load"))
"""The steps of prep a shop may take, as (code, text), in their order; picking always is one."""


@cache
def time_zones() -> tuple[str, ...]:
    """All places of the time zone database, by name, and UTC."""
    places = (name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return (*sorted(places), "UTC")


@cache
def locale_options() -> tuple[tuple[str, str], ...]:
    """Ways of writing dates and numbers, as (code, name) for a select."""
    return tuple((code, Locale.parse(code).get_display_name("en") or code) for code in LOCALES)


@cache
def currency_options() -> tuple[tuple[str, str], ...]:
    """Currencies in use, as (code, text) for a select, by code."""
    territories = get_global("territory_currencies")
    codes = {code for territory in territories for code in get_territory_currencies(territory)}
    return tuple((code, f"{code}, {get_currency_name(code, locale='en')}") for code in sorted(codes))


def time_zone(*, optional: bool) -> Reader:
    """Read the name of a time zone; an empty one when it may be left to the company."""

    def read(text: str) -> str:
        if (optional and not text) or text in time_zones():
            return text
        raise FieldError("Choose a time zone of the list, like Europe/Berlin.")

    return read


def locale(*, optional: bool) -> Reader:
    """Read the code of a locale; an empty one when it may be left to the company."""

    def read(text: str) -> str:
        if (optional and not text) or text in LOCALES:
            return text
        raise FieldError("Choose one of the list.")

    return read


def prep_steps(text: str) -> list[str]:
    """Read the steps of prep, separated by commas, into their order; picking always is one."""
    chosen = {part.strip() for part in text.split(",")} - {""}
    if chosen - dict(STEP_CHOICES).keys():
        raise FieldError("Choose from the list.")
    return [step for step, _ in STEP_CHOICES if step == STEP_CHOICES[0][0] or step in chosen]


def iban(text: str) -> str:
    """Read the number of a bank account, or nothing: without spaces, checked by its check digits."""
    number = bare(text)
    if number and not is_iban(number):
        raise FieldError("This IBAN cannot be: one of its characters is wrong, missing or too many.")
    return number


def bic(text: str) -> str:
    """Read the code of a bank, or nothing."""
    code = bare(text)
    if code and not is_bic(code):
        raise FieldError("A BIC has 8 or 11 characters, like COBADEFFXXX.")
    return code


def currency(text: str) -> str:
    """Read the code of a currency."""
    if text not in dict(currency_options()):
        raise FieldError("Choose a currency of the list.")
    return text
