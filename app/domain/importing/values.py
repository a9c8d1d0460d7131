"""From the text of a cell to the value of a field, or a sentence why not."""

import re
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import cast

from app.domain.importing.numbers import NumberError, parse_number
from app.lib.folding import fold
from app.lib.tabular import counted

MOST_QUANTITY = 1_000_000
MOST_MINUTES = 43_200
MOST_TAGS = 30
LONGEST_TAG = 40

KILOGRAMS: Mapping[str, Decimal] = {
    "kg": Decimal(1), "kgs": Decimal(1), "kilo": Decimal(1), "kilos": Decimal(1), "kilogram": Decimal(1),
    "kilograms": Decimal(1), "kilogramm": Decimal(1), "g": Decimal("0.001"), "gr": Decimal("0.001"),
    "gram": Decimal("0.001"), "grams": Decimal("0.001"), "gramm": Decimal("0.001"), "t": Decimal(1000),
    "to": Decimal(1000), "ton": Decimal(1000), "tons": Decimal(1000), "tonne": Decimal(1000),
    "tonnes": Decimal(1000), "tonnen": Decimal(1000), "lb": Decimal("0.45359237"),
    "lbs": Decimal("0.45359237"), "pound": Decimal("0.45359237"), "pounds": Decimal("0.45359237"),
}  # fmt: skip
WATTS: Mapping[str, Decimal] = {
    "w": Decimal(1), "watt": Decimal(1), "watts": Decimal(1), "va": Decimal(1), "kw": Decimal(1000),
    "kva": Decimal(1000), "kilowatt": Decimal(1000), "kilowatts": Decimal(1000), "mw": Decimal("0.001"),
}  # fmt: skip
MINUTES: Mapping[str, Decimal] = {
    "m": Decimal(1), "min": Decimal(1), "mins": Decimal(1), "minute": Decimal(1), "minutes": Decimal(1),
    "minuten": Decimal(1), "h": Decimal(60), "hr": Decimal(60), "hrs": Decimal(60), "hour": Decimal(60),
    "hours": Decimal(60), "std": Decimal(60), "stunde": Decimal(60), "stunden": Decimal(60),
    "d": Decimal(1440), "day": Decimal(1440), "days": Decimal(1440), "tag": Decimal(1440),
    "tage": Decimal(1440),
}  # fmt: skip

_MEASURE = re.compile(r"(?P<number>[^a-zµ%\"]*[0-9.,])\s*(?P<unit>[a-z]+)?\.?", re.IGNORECASE)
_CLOCK = re.compile(r"([0-9]{1,3}):([0-5][0-9])(?::00)?")
_HOURS_AND_MINUTES = re.compile(r"([0-9]{1,3})\s*h\s*([0-9]{1,2})\s*(?:m|min)?", re.IGNORECASE)
_CURRENCY = r"(?:[€$£¥₣]|eur|usd|gbp|chf|sek|nok|dkk|pln|czk|aud|cad|nzd|jpy|fr\.?|kr\.?|zł|kč)"
_MONEY = re.compile(rf"{_CURRENCY}?\s*(?P<amount>[^a-z€$£]*[0-9.,])(?:[-–—]+)?\s*{_CURRENCY}?", re.IGNORECASE)  # noqa: RUF001
_CENT, _GRAM = Decimal("0.01"), Decimal("0.001")
_MOST_MONEY = Decimal(10) ** 10
_MOST_KILOGRAMS = Decimal(10) ** 7
_MOST_WATTS = 2**31 - 1
_LONGEST_NUMBER = 60
_STRONG_SEPARATOR = re.compile(r"[;|\n]")


class UnusableValueError(ValueError):
    """The text of a cell cannot become a value. `message` follows the label of the field: "is below zero"."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def parse_line(text: str, longest: int) -> str:
    """Read text of one line: white space becomes single spaces."""
    line = " ".join(text.split())
    if len(line) > longest:
        raise UnusableValueError(f"is longer than {counted(longest)} characters")
    return line


def parse_text(text: str, longest: int) -> str:
    """Read text of several lines."""
    if len(text) > longest:
        raise UnusableValueError(f"is longer than {counted(longest)} characters")
    return text.strip()


def parse_quantity(text: str, decimal: str) -> int:
    """Read a count of things, a whole number up to a million."""
    number = _number(text, decimal)
    if number != number.to_integral_value():
        raise UnusableValueError("is not a whole number")
    return int(_between(number, Decimal(MOST_QUANTITY)))


def parse_money(text: str, decimal: str) -> Decimal:
    """Read an amount of money, with or without a sign of currency, rounded to cents: `1.012,50 €`, `95,-`."""
    match = _MONEY.fullmatch(_short(text))
    if match is None:
        raise UnusableValueError("is not a number")
    number = _number(match.group("amount").rstrip(".,"), decimal)
    return _between(number.quantize(_CENT, ROUND_HALF_UP), _MOST_MONEY - _CENT)


def parse_weight(text: str, decimal: str, unit: str = "kg") -> Decimal:
    """Read a weight as kilograms, exact to the gram. `unit` is that of the column."""
    kilograms = _measure(text, decimal, KILOGRAMS, unit)
    return _between(kilograms.quantize(_GRAM, ROUND_HALF_UP), _MOST_KILOGRAMS - _GRAM)


def parse_power(text: str, decimal: str, unit: str = "w") -> int:
    """Read a power as whole watts. `unit` is that of the column."""
    watts = _measure(text, decimal, WATTS, unit)
    return int(_between(watts.quantize(Decimal(1), ROUND_HALF_UP), Decimal(_MOST_WATTS)))


def parse_minutes(text: str, decimal: str, unit: str = "min") -> int:
    """Read a length of time as whole minutes: `90`, `2 h`, `1:30`, `1h30`. `unit` is that of the column."""
    bare = _short(text)
    clock = _CLOCK.fullmatch(bare) or _HOURS_AND_MINUTES.fullmatch(bare)
    if clock:
        minutes = Decimal(int(clock.group(1)) * 60 + int(clock.group(2)))
    else:
        minutes = _measure(bare, decimal, MINUTES, unit).quantize(Decimal(1), ROUND_HALF_UP)
    return int(_between(minutes, Decimal(MOST_MINUTES)))


def parse_choice(text: str, words: Mapping[str, tuple[str, ...]]) -> str:
    """Read one of a few words. `words` maps each value to what people write for it."""
    wanted = " ".join(fold(text).replace("-", " ").replace("_", " ").split())
    for value, spellings in words.items():
        if wanted == value or wanted in spellings:
            return value
    raise UnusableValueError(f"“{text.strip()[:40]}” is not one of {', '.join(words)}")


def parse_tags(text: str) -> tuple[str, ...]:
    """Read tags between `;`, `|` or line breaks; commas separate only where none of these does."""
    separator = _STRONG_SEPARATOR if _STRONG_SEPARATOR.search(text) else re.compile(",")
    return join_tags(tuple(separator.split(text)))


def join_tags(words: tuple[str, ...]) -> tuple[str, ...]:
    """Tidy a list of tags: no empty ones, none twice in another spelling. The first spelling stays."""
    tags: dict[str, str] = {}
    for word in words:
        tag = " ".join(word.split())
        if len(tag) > LONGEST_TAG:
            raise UnusableValueError(f"“{tag[:20]}…” is longer than {LONGEST_TAG} characters")
        if tag:
            tags.setdefault(fold(tag), tag)
    if len(tags) > MOST_TAGS:
        raise UnusableValueError(f"are more than {MOST_TAGS}")
    return tuple(tags.values())


def as_words(value: object) -> tuple[str, ...]:
    """Take a value of a field of several words, such as tags, for what it is; nothing gives no words."""
    return tuple(map(str, cast("Iterable[object]", value))) if isinstance(value, list | tuple) else ()


def _short(text: str) -> str:
    """Refuse what is far too long for a number before any pattern is tried on it."""
    bare = text.strip()
    if len(bare) > _LONGEST_NUMBER:
        raise UnusableValueError("is not a number")
    return bare


def _number(text: str, decimal: str) -> Decimal:
    try:
        return parse_number(text, decimal)
    except NumberError:
        raise UnusableValueError("is not a number") from None


def _measure(text: str, decimal: str, units: Mapping[str, Decimal], unit: str) -> Decimal:
    match = _MEASURE.fullmatch(_short(text))
    if match is None:
        raise UnusableValueError("is not a number")
    written = (match.group("unit") or unit).lower()
    if written not in units:
        raise UnusableValueError(f"has a unit we do not know, “{written[:20]}”")
    return _number(match.group("number"), decimal) * units[written]


def _between(number: Decimal, most: Decimal) -> Decimal:
    if number < 0:
        raise UnusableValueError("is below zero")
    if number > most:
        raise UnusableValueError(f"is more than {counted(int(most))}")
    return number
