"""Writing tables for spreadsheet programs, so that no text in them can act as a formula."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter  # pyright: ignore[reportMissingTypeStubs]

from app.lib.tabular.text import clean, protect

Cell = str | int | float | Decimal | bool | date | datetime | None
"""What a cell may hold. Instants are written as the wall clock of their own time zone."""

_BOM = b"\xef\xbb\xbf"
_QUOTED = re.compile(r'[",;|\t\n\r]|^\s|\s$')
_CHUNK_CHARACTERS = 64 * 1024
_EXACT_INTEGER = 10**15
_MOST_CHARACTERS = 32_767
_NARROWEST, _WIDEST, _AROUND = 8, 60, 3
_TITLE_LENGTH = 31
_NOT_IN_TITLE = re.compile(r"[\[\]:*?/\\]")


def csv_chunks(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """Write a table as CSV, piece by piece: UTF-8 with byte order mark, commas, CRLF (RFC 4180).

    Text that a spreadsheet program would take for a formula gets an apostrophe in front, which
    `read_table` takes away again; numbers stay numbers. Cells are NFC without control characters.
    """
    yield _BOM
    lines = [_csv_line(header)]
    size = len(lines[0])
    for row in rows:
        line = _csv_line(row)
        lines.append(line)
        size += len(line)
        if size > _CHUNK_CHARACTERS:
            yield "".join(lines).encode()
            lines, size = [], 0
    yield "".join(lines).encode()


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Write a table as CSV in one piece; see `csv_chunks`."""
    return b"".join(csv_chunks(header, rows))


def xlsx_bytes(title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Write a table as a workbook with one sheet called `title`.

    Text is always text and never a formula or a link, numbers are numbers, dates are dates. The header is
    bold, stays in view and filters. Text of more than 32 767 characters, the most a cell can hold, is cut.
    """
    target = BytesIO()
    book: Any = xlsxwriter.Workbook(
        target,
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
         "strings_to_numbers": False, "default_date_format": "yyyy-mm-dd"},
    )  # fmt: skip
    sheet = book.add_worksheet(_sheet_title(title))
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    bold = book.add_format({"bold": True, "bottom": 1})
    for column, name in enumerate(header):
        sheet.write_string(0, column, clean(name), bold)
    widths = [len(name) for name in header]
    last = 0
    for last, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            width = _write(sheet, last, column, cell, moment)
            if column < len(widths) and width > widths[column]:
                widths[column] = width
    for column, width in enumerate(widths):
        sheet.set_column(column, column, min(max(width + _AROUND, _NARROWEST), _WIDEST))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, last, max(len(header) - 1, 0))
    book.close()
    return target.getvalue()


def _csv_line(row: Sequence[Cell]) -> str:
    cells = [_csv_text(cell) for cell in row]
    # A lone empty cell must not look like an empty line.
    return (",".join(cells) if cells != [""] else '""') + "\r\n"


def _csv_text(cell: Cell) -> str:
    if not isinstance(cell, str):
        return _plain(cell)
    text = protect(clean(cell))
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


def _plain(cell: float | Decimal | date | None) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, Decimal):
        return format(cell, "f") if cell.is_finite() else ""
    if isinstance(cell, float):
        return _plain(Decimal(repr(cell)))
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S")
    return str(cell)


def _write(sheet: Any, row: int, column: int, cell: Cell, moment: Any) -> int:
    """Write one cell and say how many characters wide it shows."""
    text = clean(cell)[:_MOST_CHARACTERS] if isinstance(cell, str) else _plain(cell)
    if not text:
        return 0
    if isinstance(cell, datetime):
        sheet.write_datetime(row, column, cell.replace(tzinfo=None, microsecond=0), moment)
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, cell)
    elif isinstance(cell, str | bool | None) or abs(cell) >= _EXACT_INTEGER:
        sheet.write_string(row, column, text)
    else:
        sheet.write_number(row, column, cell)
    return max(map(len, text.split("\n")))


def _sheet_title(title: str) -> str:
    bare = " ".join(_NOT_IN_TITLE.sub(" ", clean(title)).split())
    bare = bare[:_TITLE_LENGTH].strip("' ")
    # Spreadsheet programs keep this one name for themselves.
    return bare if bare and bare.lower() != "history" else "Table"
