"""Reading numbers as people write them: 1,150.50 and 1.150,50 and 1 150.5 are the same.

A number with both characters, or with one of them that cannot stand between thousands, says by itself
which is the decimal one. Only `1.150` and `1,150` do not: there the whole column decides.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

_SPACES = re.compile(r"[\s'’]")  # noqa: RUF001 - the Swiss put apostrophes between thousands
_SPACED = re.compile(r"[+-]?[0-9]{1,3}(?:[\s'’][0-9]{3})+(?:[.,][0-9]*)?")  # noqa: RUF001
_NUMBER = re.compile(r"[+-]?[0-9.,]*[0-9][0-9.,]*")
_DIGITS = re.compile(r"[0-9][0-9.,]*")
_GROUPED = {char: re.compile(rf"[0-9]{{1,3}}(?:\{char}[0-9]{{3}})+") for char in ".,"}
_AMBIGUOUS = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")
_MOST_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class DecimalStyle:
    """Which character stands before the decimals in a column, and what to tell the person about it.

    `note` is empty when there was nothing to decide.
    """

    decimal: str = "."
    note: str = ""


class NumberError(ValueError):
    """The text is no number."""


def detect_decimal_style(values: Iterable[str], *, decimals_likely: bool = False) -> DecimalStyle:
    """Decide for a whole column which character stands before the decimals.

    Cells that can only be read one way vote. Where none can, `1.150` is read as 1 150, or, with
    `decimals_likely` (weights in kilograms), as 1.150; the note then says so, because a person may know
    better. Cells that are no numbers are passed over.
    """
    votes = {".": 0, ",": 0}
    unclear = ""
    for value in values:
        for text in _DIGITS.findall(_SPACES.sub("", value)):
            number = text.rstrip(".,")
            if _AMBIGUOUS.fullmatch(number):
                unclear = unclear or number
            elif decimal := _evident(number):
                votes[decimal] += 1
    if votes["."] or votes[","]:
        decimal = "." if votes["."] >= votes[","] else ","
        notes = ["comma as decimal"] if decimal == "," else []
        # The column settles it, but where thousands are read a glance does no harm.
        if unclear and decimal not in unclear:
            notes.append(_reading(unclear, decimal))
        return DecimalStyle(decimal, "; ".join(notes))
    if not unclear:
        return DecimalStyle()
    mark = "." if "." in unclear else ","
    decimal = mark if decimals_likely else _other(mark)
    return DecimalStyle(decimal, _reading(unclear, decimal))


def parse_number(text: str, decimal: str = ".") -> Decimal:
    """Read one number. `decimal` says how to read what can be read both ways.

    Raises NumberError for everything else in the text, and for separators where none can be.
    """
    bare = text.strip().replace("−", "-")  # noqa: RUF001 - the minus sign of typographers
    if len(bare) > _MOST_CHARACTERS:
        raise NumberError(text)
    if _SPACED.fullmatch(bare):
        bare = _SPACES.sub("", bare)
    if not _NUMBER.fullmatch(bare):
        raise NumberError(text)
    sign = -1 if bare[0] == "-" else 1
    digits = bare.lstrip("+-")
    if digits.isdecimal():
        return Decimal(digits) * sign
    decimal = decimal if _AMBIGUOUS.fullmatch(digits) else _evident(digits)
    if not decimal:
        raise NumberError(text)
    whole, _, rest = digits.partition(decimal)
    grouping = _other(decimal)
    if grouping in whole:
        if not _GROUPED[grouping].fullmatch(whole):
            raise NumberError(text)
        whole = whole.replace(grouping, "")
    if not rest.isdecimal() and rest:
        raise NumberError(text)
    return Decimal(f"{whole or '0'}.{rest}" if rest else whole) * sign


def _evident(number: str) -> str:
    """The decimal character of a number that can be read one way only, or nothing."""
    marks = [char for char in number if char in ".,"]
    if not marks:
        return ""
    if len(marks) == 1:
        return marks[0]
    if len(set(marks)) == 1:
        return _other(marks[0])
    return marks[-1] if marks.count(marks[-1]) == 1 else ""


def _other(mark: str) -> str:
    return "," if mark == "." else "."


def _reading(text: str, decimal: str) -> str:
    number = f"{parse_number(text, decimal):,f}".replace(",", " ")
    return f"“{text}” read as {number}"
