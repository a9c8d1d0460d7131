"""Reading what people type into fields: from text to values, with a sentence for whatever does not fit.

A reader takes the text and returns the value or raises FieldError. The same readers serve forms, cells
edited in a table and imports, so that the same words mean the same everywhere.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from app.lib.errors import InvalidInput

Reader = Callable[[str], Any]

LARGEST_ID = 2**63 - 1
# moments outside of these are slips of the hand, and some cannot be moved to another time zone
SENSIBLE_YEARS = range(1900, 3000)

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_AMOUNT = r"\d+(?:\.\d*)?|\.\d+"
# Python refuses to read numbers of some thousand digits
_MOST_DIGITS = 30
# as many digits as every bigint holds
_ID = re.compile(r"\d{1,18}", re.ASCII)


class FieldError(ValueError):
    """What is wrong with one field, in words."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(slots=True)
class Fields:
    """What was typed, what it means, and what is wrong with it, by field name."""

    typed: dict[str, str] = field(default_factory=dict[str, str])
    values: dict[str, Any] = field(default_factory=dict[str, Any])
    errors: dict[str, str] = field(default_factory=dict[str, str])

    def checked(self, *required: str) -> dict[str, Any]:
        """The values, when nothing is wrong. Raises InvalidInput, also for a `required` field not sent."""
        missing = {name: "This is missing." for name in required if name not in self.typed}
        if self.errors or missing:
            raise InvalidInput(self.errors | missing)
        return self.values


def read_fields(typed: Mapping[str, str], readers: Mapping[str, Reader]) -> Fields:
    """Read every field that was sent and has a reader; all errors at once."""
    outcome = Fields()
    for name, reader in readers.items():
        if name not in typed:
            continue
        outcome.typed[name] = typed[name]
        try:
            outcome.values[name] = reader(clean(typed[name]))
        except FieldError as error:
            outcome.errors[name] = error.message
    return outcome


def clean(text: str) -> str:
    """Text as we keep it: NFC, no control characters, no white space around."""
    return _CONTROL.sub("", unicodedata.normalize("NFC", text.replace("\r\n", "\n"))).strip()


def words(maximum: int, *, required: str = "") -> Reader:
    """Text of at most `maximum` characters; `required` is the sentence for none."""

    def read(text: str) -> str:
        if required and not text:
            raise FieldError(required)
        if len(text) > maximum:
            raise FieldError(f"Use at most {maximum} characters; this has {len(text)}.")
        return text

    return read


def choice(options: tuple[str, ...]) -> Reader:
    """One of a few known words."""

    def read(text: str) -> str:
        if text not in options:
            raise FieldError("Choose one of the list.")
        return text

    return read


def whole_number(minimum: int, maximum: int, *, optional: bool = False) -> Reader:
    """A whole number between two bounds."""

    def read(text: str) -> int | None:
        if not text:
            if optional:
                return None
            raise FieldError("Write a number.")
        bare = text.replace(" ", "").replace("\u2009", "")
        if not re.fullmatch(r"[+-]?\d+", bare, re.ASCII):
            raise FieldError("Write a whole number, like 12.")
        if len(bare) > _MOST_DIGITS or not minimum <= int(bare) <= maximum:
            raise FieldError(f"Write a number between {minimum:,} and {maximum:,}.")
        return int(bare)

    return read


def decimal_number(scale: int, maximum: Decimal, *, example: str) -> Reader:
    """An optional amount of at least 0 with at most `scale` decimals; comma or point."""

    def read(text: str) -> Decimal | None:
        if not text:
            return None
        bare = re.sub(r"[\s\u2009\u00a0']", "", text)
        if "," in bare and "." in bare:
            thousands = "," if bare.rindex(",") < bare.rindex(".") else "."
            bare = bare.replace(thousands, "")
        bare = bare.replace(",", ".")
        if re.fullmatch(f"[-\N{MINUS SIGN}]({_AMOUNT})", bare, re.ASCII):
            raise FieldError(f"Write a number that is not below 0, like {example}.")
        if not re.fullmatch(_AMOUNT, bare, re.ASCII):
            raise FieldError(f"Write a number, like {example}.")
        try:
            value = Decimal(bare)
        except InvalidOperation as error:
            raise FieldError(f"Write a number, like {example}.") from error
        if value > maximum:
            raise FieldError(f"At most {maximum:,} fits.")
        rounded = value.quantize(Decimal(1).scaleb(-scale))
        if rounded != value:
            raise FieldError(f"Use at most {scale} decimals." if scale else "Use no decimals.")
        return rounded

    return read


def required_number(scale: int, maximum: Decimal, *, example: str) -> Reader:
    """A number of at least 0 that has to be there."""
    read_number = decimal_number(scale, maximum, example=example)

    def read(text: str) -> Decimal:
        found: Decimal | None = read_number(text)
        if found is None:
            raise FieldError(f"Write a number, like {example}.")
        return found

    return read


def word_list(maximum: int, longest: int) -> Reader:
    """Words separated by commas or semicolons, each once, in the order typed."""

    def read(text: str) -> list[str]:
        found: list[str] = []
        for part in re.split(r"[,;\n]", text):
            word = " ".join(part.split())
            if word and word not in found:
                found.append(word)
        if len(found) > maximum:
            raise FieldError(f"Use at most {maximum} tags.")
        for word in found:
            if len(word) > longest:
                raise FieldError(f"Use at most {longest} characters in a tag.")
        return found

    return read


def boolean(text: str) -> bool:
    """A checkbox."""
    return text in {"1", "true", "on", "yes"}


def reference(*, required: str = "") -> Reader:
    """The id of another record, or nothing."""

    def read(text: str) -> int | None:
        if not text:
            if required:
                raise FieldError(required)
            return None
        found = identifier(text)
        if found is None:
            raise FieldError("Choose one of the list.")
        return found

    return read


def day(*, required: str = "") -> Reader:
    """Read a day, as a date field of a browser sends it; an empty one is None unless it is `required`."""

    def read(text: str) -> date | None:
        if not text and not required:
            return None
        try:
            found = date.fromisoformat(text)
        except ValueError as error:
            raise FieldError(required or "Write a day like 2026-11-21.") from error
        if found.year not in SENSIBLE_YEARS:
            raise FieldError(f"Write a date between {SENSIBLE_YEARS.start} and {SENSIBLE_YEARS.stop - 1}.")
        return found

    return read


def day_in(text: str | None) -> date | None:
    """The day in an address; None for whatever is none."""
    try:
        return day()(text or "")
    except FieldError:
        return None


def identifier(text: str | None) -> int | None:
    """The id in an address or a form; None for whatever is none."""
    return int(text) if text and _ID.fullmatch(text) else None


def identifiers(text: str, most: int) -> list[int]:
    """The ids of a list with commas, each once, at most `most`; whatever is none is left out."""
    found = (identifier(part.strip()) for part in text.split(","))
    return list(dict.fromkeys(key for key in found if key is not None))[:most]


def local_instant(zone: ZoneInfo, *, required: str = "") -> Reader:
    """A day, or a day and a time, on the clock of the shop."""

    def read(text: str) -> datetime | None:
        if not text:
            if required:
                raise FieldError(required)
            return None
        try:
            local = datetime.fromisoformat(text).replace(tzinfo=zone)
        except ValueError as error:
            raise FieldError("Write a date, like 2026-11-26.") from error
        if local.year not in SENSIBLE_YEARS:
            raise FieldError(f"Write a date between {SENSIBLE_YEARS.start} and {SENSIBLE_YEARS.stop - 1}.")
        return local.astimezone(UTC)

    return read
