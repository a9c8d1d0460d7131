"""Numbers of a workbook as text: what the cell shows, in one canonical spelling."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!(?:h+|m+|s+)\])[^\]]*\]', re.IGNORECASE)
_DATE_LETTER = re.compile(r"[dmyhs]", re.IGNORECASE)
_ZEROS = re.compile(r"0{2,20}")
_SECONDS_A_DAY = 86_400
_LONGEST_CODE = 255
_LAST_DAY = 2_958_465
_FEBRUARY_1900 = 60


@dataclass(frozen=True, slots=True)
class CellFormat:
    """What a style does to a number: shows it as a date, or with at least `digits` digits."""

    is_date: bool = False
    digits: int = 0


GENERAL = CellFormat()


def cell_format(number: int, code: str) -> CellFormat:
    """Read the format of a cell: a built-in one by its number, or a code such as `dd.mm.yyyy` or `0000`."""
    if not code or len(code) > _LONGEST_CODE:
        return CellFormat(is_date=number in _DATES)
    if _ZEROS.fullmatch(code):
        return CellFormat(digits=len(code))
    return CellFormat(is_date=_DATE_LETTER.search(_LITERAL.sub("", code.partition(";")[0])) is not None)


def number_text(value: str, shown: CellFormat, *, from_1904: bool = False) -> str:
    """Write the number of a cell: `12.0` as 12, `1.1499999999999999` as 1.15, a date as 2026-11-21.

    Raises ValueError for what is no finite number.
    """
    if value.isdecimal() and value.isascii() and not shown.is_date and len(value) < 16:  # noqa: PLR2004
        return value.zfill(shown.digits)
    # Spreadsheet programs calculate with 15 digits and store the 17 of the binary number.
    number = Decimal(format(float(value), ".15g"))
    if not number.is_finite():
        raise ValueError(value)
    if shown.is_date and 0 <= number <= _LAST_DAY:
        return _date_text(number, from_1904=from_1904)
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    text = "0" if text in ("", "-0") else text
    return text.zfill(shown.digits) if text.isdecimal() else text


def _date_text(serial: Decimal, *, from_1904: bool) -> str:
    seconds = round(serial * _SECONDS_A_DAY)
    if from_1904:
        start = datetime(1904, 1, 1)  # noqa: DTZ001 - cells know no time zone
    elif serial < _FEBRUARY_1900:
        start = datetime(1899, 12, 31)  # noqa: DTZ001
    else:
        # The 1900 of spreadsheets has a 29 February, so every later day is one too far.
        start = datetime(1899, 12, 30)  # noqa: DTZ001
    moment = start + timedelta(seconds=seconds)
    if serial < 1:
        return moment.strftime("%H:%M:%S")
    if seconds % _SECONDS_A_DAY == 0:
        return moment.strftime("%Y-%m-%d")
    return moment.strftime("%Y-%m-%d %H:%M:%S")
