"""Every word of a paper is said in every language, and numbers, money and days as they are written there."""

import re
import string
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from app.config import PROJECT_ROOT
from app.db.models.terms import LANGUAGES
from app.domain.documents.wording import LOCALES, TRANSLATIONS, Wording

ENGLISH = Wording("en", "EUR", 2, "Europe/Berlin")
GERMAN = Wording("de", "EUR", 2, "Europe/Berlin")
OTHERS = sorted(set(LOCALES) - {"en"})


def written() -> set[Any]:
    """The words in templates and code, with their plurals, found as pybabel finds them."""
    with (TRANSLATIONS / "babel.ini").open() as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(str(PROJECT_ROOT), methods, options, {**DEFAULT_KEYWORDS, "noted": None})
    return {message for _, _, message, *_ in found}


def translated(language: str) -> dict[Any, Any]:
    path = TRANSLATIONS / language / "LC_MESSAGES/documents.po"
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language)
    assert [message.id for message in catalogue if message.id and message.fuzzy] == []
    return {
        tuple(message.id) if isinstance(message.id, list) else message.id: message.string
        for message in catalogue
        if message.id
    }


def names_in(text: str) -> set[str]:
    return {name for _, name, *_ in string.Formatter().parse(text) if name}


def each(messages: Any) -> Iterator[str]:
    yield from (messages if isinstance(messages, tuple | list) else [messages])


def test_every_language_of_a_quote_is_one_of_papers() -> None:
    assert set(LANGUAGES) == set(LOCALES)


@pytest.mark.parametrize("language", OTHERS)
def test_every_word_is_translated_and_none_is_left_over(language: str) -> None:
    words, known = written(), translated(language)
    assert len(words) > 60
    assert words - set(known) == set()
    assert set(known) - words == set()
    assert [message for message, said in known.items() if not all(each(said))] == []


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_put_into_words_has_the_same_names(language: str) -> None:
    for message, said in translated(language).items():
        wanted = set().union(*(names_in(text) for text in each(message)))
        assert [text for text in each(said) if names_in(text) != wanted] == [], message


def test_words_of_papers_are_extracted_wherever_they_stand() -> None:
    """Babel finds `_("…")` in a template, and no method of an object."""
    folders = [PROJECT_ROOT / "templates/documents", PROJECT_ROOT / "templates/quotes/public"]
    pages = [path for folder in folders for path in sorted(Path(folder).rglob("*.html"))]
    assert len(pages) > 10
    unseen = {
        page.name: found
        for page in pages
        if (found := re.findall(r'\.n?gettext\(\s*"([^"]*)"', page.read_text("utf-8")))
    }
    assert unseen == {}


def test_amounts_are_written_as_in_their_country() -> None:
    amount = Decimal("-1234.5")
    assert (ENGLISH.money(amount), GERMAN.money(amount)) == ("\u2212€1,234.50", "\u22121.234,50\xa0€")
    assert (ENGLISH.amount(amount), GERMAN.amount(amount)) == ("\u22121,234.50", "\u22121.234,50")
    assert (ENGLISH.rate(Decimal("0.125")), GERMAN.rate(Decimal(7))) == ("0.125", "7,00")
    assert (ENGLISH.number(Decimal("2.40")), GERMAN.number(Decimal("2.40"))) == ("2.4", "2,4")
    assert (ENGLISH.percent(Decimal("7.7")), GERMAN.percent(Decimal(19))) == ("7.7%", "19\xa0%")


def test_currencies_have_their_own_decimals() -> None:
    franc = Wording("en", "CHF", 2)
    assert franc.money(Decimal(-100)) == "\u2212CHF\xa0100.00"
    yen, dinar = Wording("en", "JPY", 0), Wording("de", "KWD", 3)
    assert (yen.money(Decimal(1200)), yen.amount(Decimal(1200)), yen.rate(Decimal("0.5"))) == (
        "JP¥1,200",
        "1,200",
        "0.5",
    )
    assert (dinar.amount(Decimal("1.5")), dinar.money(Decimal("1.5"))) == ("1,500", "1,500\xa0KWD")


def test_days_are_those_of_the_sender_and_an_end_is_not_among_them() -> None:
    start, end = datetime(2026, 11, 25, 23, tzinfo=UTC), datetime(2026, 11, 27, 23, tzinfo=UTC)
    assert ENGLISH.period(start, end) == "26\u201327 November 2026"
    assert GERMAN.period(start, end) == "26.\u201327. November 2026"
    assert ENGLISH.period(start, start) == "26 November 2026"
    assert GERMAN.days(date(2026, 11, 28), date(2026, 12, 2)) == "28. November \u2013 2. Dezember 2026"
    assert ENGLISH.days(date(2026, 12, 30), date(2027, 1, 2)) == "30 December 2026 \u2013 2 January 2027"
    assert (ENGLISH.moment(start), GERMAN.moment(start)) == (
        "26 November 2026, 00:00",
        "26. November 2026, 00:00",
    )
    assert (ENGLISH.short_day(end), GERMAN.short_day(end)) == ("28 Nov 2026", "28.11.2026")


def test_an_unknown_language_is_english() -> None:
    stranger = Wording("xx", "EUR", 2)
    assert stranger.gettext("Quote") == "Quote"
    assert stranger.day(date(2026, 1, 2)) == "2 January 2026"


def test_words_for_many() -> None:
    assert [GERMAN.ngettext("{count} day", "{count} days", count) for count in (1, 3)] == ["1 Tag", "3 Tage"]
    assert GERMAN.gettext("for invoice {number}", number="{INV}") == "zu Rechnung {INV}"
