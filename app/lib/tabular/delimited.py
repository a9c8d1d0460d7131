"""Text files: cells between commas, semicolons, tabs or pipes."""

import csv
import itertools
from collections import Counter
from collections.abc import Iterator
from io import StringIO

from app.lib.tabular.model import DELIMITERS, Records, TableError, TableLimits, counted
from app.lib.tabular.shaping import Collector
from app.lib.tabular.text import FORMULA, clean, is_formula, unprotect, unwrap

_SAMPLE_CHARACTERS = 128 * 1024
_SAMPLE_ROWS = 200
_END = "\x1a"


def read_delimited(text: str, encoding: str, delimiter: str | None, limits: TableLimits) -> Records:
    """Read the rows of a text file. `delimiter` overrules the detection.

    Raises TableError for more than `limits` allow and for a quote that is never closed.
    """
    text, announced = _announced_delimiter(text)
    delimiter = delimiter or announced or detect_delimiter(text)
    if delimiter not in DELIMITERS:
        raise TableError(f"“{delimiter[:1]}” cannot stand between cells; use comma, semicolon, tab or pipe.")
    collector = Collector(limits)
    for number, row in enumerate(_records(text, delimiter, limits), 2 if announced else 1):
        collector.trim(number, row)
        cells = [unprotect(unwrap(clean(cell))) for cell in row]
        problems = {
            column: FORMULA
            for column, cell in enumerate(cells)
            if is_formula(cell) and not row[column].startswith("'")
        }
        collector.add(number, cells, problems)
    return Records(collector.rows, collector.numbers, collector.problems, encoding, delimiter)


def detect_delimiter(text: str) -> str:
    """Say what stands between the cells: what splits most rows into equally many cells.

    Where several do equally well, the one that does so with the first row too, which may be the header;
    then the one giving more cells; then the one less likely inside a number.
    """
    sample = text[:_SAMPLE_CHARACTERS]
    best, best_score = ",", (0.0, False, 0)
    for delimiter in ("\t", ";", "|", ","):
        widths = _widths(sample, delimiter)
        width, rows = Counter(widths).most_common(1)[0] if widths else (0, 0)
        score = (round(rows / max(len(widths), 1), 1), [width] == widths[:1], width)
        if width > 1 and score > best_score:
            best, best_score = delimiter, score
    return best


def _widths(sample: str, delimiter: str) -> list[int]:
    reader = csv.reader(StringIO(sample, newline=""), delimiter=delimiter)
    try:
        rows = list(itertools.islice(reader, _SAMPLE_ROWS))
    except csv.Error:
        return []
    widths = [len(row) for row in rows if any(cell.strip() for cell in row)]
    # The sample may end in the middle of a row.
    return widths[:-1] if len(sample) == _SAMPLE_CHARACTERS and len(widths) > 1 else widths


def _announced_delimiter(text: str) -> tuple[str, str | None]:
    """Take off the line `sep=;` with which Excel announces the delimiter."""
    first, _, rest = text.partition("\n")
    first = first.rstrip("\r")
    if first[:4].lower() == "sep=" and first[4:] in DELIMITERS:
        return rest, first[4:]
    return text, None


def _records(text: str, delimiter: str, limits: TableLimits) -> Iterator[list[str]]:
    lines = itertools.chain(StringIO(text, newline=""), [_END])
    previous: list[str] | None = None
    try:
        for row in csv.reader(lines, delimiter=delimiter):
            if previous is not None:
                yield previous
            previous = row
    except csv.Error:
        raise TableError(
            f"A cell has more than {counted(limits.cell_characters)} characters; "
            "perhaps a quote is never closed."
        ) from None
    # A quote that is never closed swallows the end mark together with every row after the quote.
    if previous != [_END]:
        raise TableError("A quote is opened and never closed, so the rows after it cannot be told apart.")
