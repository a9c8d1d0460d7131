"""Words, numbers, money and dates of papers, in the language of whoever gets them.

What is written in templates and here is English, and looked up in the catalogue of the paper's language;
docs/papers.md says how catalogues are kept. Words of the office's own pages are not among them.
"""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property, lru_cache
from gettext import NullTranslations
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, get_date_format
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_symbol
from babel.support import Translations

from app.config import PROJECT_ROOT

LOCALES: Final[Mapping[str, str]] = {"en": "en_GB", "de": "de_DE"}
"""Where each language of papers is written as its numbers and dates are."""
DOMAIN: Final = "documents"
TRANSLATIONS: Final = PROJECT_ROOT / "app/translations"
MINUS: Final = "\u2212"
HUNDRED: Final = Decimal(100)
# a currency without a sign of its own stands apart: CHF 100.00
_LETTER_BEFORE_FIGURE: Final = re.compile(r"(?<=[A-Za-z])(?=\d)")
# what is without a time is what a day is long
_MOMENT: Final = timedelta(microseconds=1)


def noted(words: str) -> str:
    """The words themselves: they are in the catalogue, and looked up where they are shown."""
    return words


@lru_cache(maxsize=8)
def catalogue(language: str) -> NullTranslations:
    """The words of a language; what is written is English. Compiled from its text when it is first needed."""
    path = TRANSLATIONS / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    if language not in LOCALES or not path.exists():
        return NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as text:
        write_mo(compiled, read_po(text, locale=language, domain=DOMAIN))
    compiled.seek(0)
    return Translations(compiled, DOMAIN)


@dataclass(frozen=True)
class Wording:
    """How one paper speaks. An unknown language is English; days are those of the sender's calendar."""

    language: str
    currency: str
    places: int
    time_zone: str = "UTC"

    @cached_property
    def locale(self) -> str:
        """The locale of its numbers and dates."""
        return LOCALES.get(self.language, LOCALES["en"])

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone of its clock."""
        return ZoneInfo(self.time_zone)

    def gettext(self, words: str, **values: object) -> str:
        """The words in the language of the paper, with values where braces name them."""
        found = catalogue(self.language).gettext(words)
        return found.format(**values) if values else found

    def ngettext(self, one: str, many: str, count: int) -> str:
        """The words for so many, in the language of the paper; `{count}` is how many."""
        return catalogue(self.language).ngettext(one, many, count).format(count=count)

    def money(self, amount: Decimal) -> str:
        """An amount with its currency."""
        text = format_currency(amount, self.currency, locale=self.locale).replace("-", MINUS)
        return _LETTER_BEFORE_FIGURE.sub("\u00a0", text)

    def amount(self, amount: Decimal) -> str:
        """An amount for a column in which the currency goes without saying."""
        return self._decimal(amount, "0" * self.places)

    def sum(self, amount: Decimal) -> str:
        """An amount below a column of amounts: with its currency where that stands in front.

        Behind, it would move the figures out of line with those above.
        """
        money = self.money(amount)
        return money if money[-1].isdigit() else self.amount(amount)

    def rate(self, amount: Decimal) -> str:
        """A price of one: it may have more decimals than the currency has."""
        return self._decimal(amount, "0" * self.places + "#" * max(4 - self.places, 0))

    def number(self, value: Decimal | int) -> str:
        """A quantity or a factor, without zeros that say nothing."""
        return self._decimal(Decimal(value), "####")

    def percent(self, value: Decimal) -> str:
        """So many percent."""
        return format_percent(value / HUNDRED, locale=self.locale, decimal_quantization=False)

    @property
    def sign(self) -> str:
        """The sign of the currency."""
        return get_currency_symbol(self.currency, locale=self.locale)

    def day(self, value: date | datetime) -> str:
        """A day in full."""
        return format_date(self._day_of(value), "long", locale=self.locale)

    def short_day(self, value: date | datetime) -> str:
        """A day in figures, for columns."""
        return format_date(self._day_of(value), "medium", locale=self.locale)

    def moment(self, value: datetime) -> str:
        """A day and a time of day."""
        return f"{self.day(value)}, {format_time(value.astimezone(self.zone), 'HH:mm', locale=self.locale)}"

    def until(self, value: datetime) -> str:
        """The last moment of something; the day is enough where that is its last minute."""
        local = value.astimezone(self.zone)
        return self.day(value) if (local.hour, local.minute) == (23, 59) else self.moment(value)

    def days(self, first: date, last: date) -> str:
        """The days from the first to the last, both among them."""
        if first == last:
            return self.day(first)
        if first.year != last.year:
            return f"{self.day(first)} \u2013 {self.day(last)}"
        day, _, month = get_date_format("long", self.locale).pattern.removesuffix(" y").partition(" ")
        if first.month == last.month:
            return f"{format_date(first, day, self.locale)}\u2013{self.day(last)}"
        return f"{format_date(first, f'{day} {month}', self.locale)} \u2013 {self.day(last)}"

    def period(self, start: datetime, end: datetime) -> str:
        """The days that `[start, end)` touches."""
        return self.days(self._day_of(start), self._day_of(max(start, end - _MOMENT)))

    def _day_of(self, value: date | datetime) -> date:
        return value.astimezone(self.zone).date() if isinstance(value, datetime) else value

    def _decimal(self, value: Decimal, decimals: str) -> str:
        pattern = f"#,##0.{decimals}" if decimals else "#,##0"
        return format_decimal(value, pattern, locale=self.locale).replace("-", MINUS)
