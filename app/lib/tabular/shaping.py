"""From rows as they stand in a file to a table with a header: limits, padding, the header itself."""

import re

from app.lib.tabular.model import MOST_ROWS, TOO_MUCH, Records, Table, TableError, TableLimits, counted

_NUMBER = re.compile(r"[\s€$£+-]*\d[\d.,\s]*(?:[-€$£%]|\w{1,3})?\s*")
_PREAMBLE_ROWS = 20
_LETTERS = 26
_LONGEST_NUMBER = 40


class Collector:
    """Takes in rows one by one and refuses the one that is too much, before the next is read.

    Rows without anything in them are passed over; empty cells at the end of a row are cut off.
    """

    def __init__(self, limits: TableLimits) -> None:
        self.limits = limits
        self.rows: list[list[str]] = []
        self.numbers: list[int] = []
        self.problems: dict[tuple[int, int], str] = {}
        self._characters = 0
        self._width = 0

    def trim(self, number: int, cells: list[str]) -> None:
        """Cut the empty cells off the end of a row. Raises TableError for too many that are left.

        Cheap, so it comes before anything is done with every cell.
        """
        while cells and not cells[-1]:
            cells.pop()
        if number > MOST_ROWS:
            raise TableError(TOO_MUCH)
        if len(cells) > self.limits.columns:
            raise TableError(
                f"This file has {counted(len(cells))} columns; at most {counted(self.limits.columns)} fit."
            )

    def add(self, number: int, cells: list[str], problems: dict[int, str]) -> None:
        """Take in one row with the problems of its cells. Raises TableError when a limit is passed."""
        self.trim(number, cells)
        if not any(cell and not cell.isspace() for cell in cells):
            return
        self._check(number, cells)
        position = len(self.rows)
        for column, message in problems.items():
            self.problems[position, column] = message
        self.rows.append(cells)
        self.numbers.append(number)

    def _check(self, number: int, cells: list[str]) -> None:
        limits = self.limits
        # One more than the limit, because the first may turn out to be the header.
        if len(self.rows) > limits.rows:
            raise TableError(
                f"This file has more than {counted(limits.rows)} rows, which is the most that fit."
            )
        longest = max(map(len, cells))
        if longest > limits.cell_characters:
            raise TableError(
                f"Row {counted(number)} has a cell with more than "
                f"{counted(limits.cell_characters)} characters."
            )
        self._width = max(self._width, len(cells))
        self._characters += sum(map(len, cells))
        if self._width * (len(self.rows) + 1) > limits.cells or self._characters > limits.characters:
            raise TableError(TOO_MUCH)


def shape(records: Records, limits: TableLimits, *, has_header: bool | None) -> Table:
    """Make a table of rows: find the header, name its columns, make all rows equally long.

    `has_header` overrules the detection. A title line alone above the header is passed over. Raises
    TableError for a file without any row of data.
    """
    if not records.rows:
        raise TableError("This file is empty.")
    width = max(map(len, records.rows))
    start = 0 if has_header is False else _title_lines(records.rows, width)
    if has_header is None:
        has_header = _looks_like_header(records.rows[start])
    first = start + 1 if has_header else 0
    rows = records.rows[first:]
    if not rows:
        raise TableError("This file has a header and no rows.")
    if len(rows) > limits.rows:
        raise TableError(f"This file has {counted(len(rows))} rows; at most {counted(limits.rows)} fit.")
    for row in rows:
        row.extend([""] * (width - len(row)))
    return Table(
        header=_header(records.rows[start] if has_header else [], width),
        rows=rows,
        row_numbers=records.numbers[first:],
        encoding=records.encoding,
        delimiter=records.delimiter,
        has_header=has_header,
        sheet=records.sheet,
        sheets=records.sheets,
        numeric_columns=_numeric_columns(records, first, width),
        problems={
            (row - first, column): text for (row, column), text in records.problems.items() if row >= first
        },
    )


def _header(names: list[str], width: int) -> list[str]:
    names = [*names, *[""] * (width - len(names))]
    return [" ".join(name.split()) or f"Column {_letters(index)}" for index, name in enumerate(names)]


def _numeric_columns(records: Records, first: int, width: int) -> frozenset[int]:
    last_text = records.last_text
    if last_text is None:
        return frozenset()
    return frozenset(column for column in range(width) if last_text.get(column, -1) < first)


def _title_lines(rows: list[list[str]], width: int) -> int:
    """Count the rows above the header that hold a single cell, such as the title of the list."""
    if width < 3:  # noqa: PLR2004 - with two columns a lone cell is as likely data
        return 0
    for position, row in enumerate(rows[:_PREAMBLE_ROWS]):
        filled = sum(1 for cell in row if cell.strip())
        if filled > 1:
            return position if _looks_like_header(row) and filled * 2 >= width else 0
    return 0


def _looks_like_header(row: list[str]) -> bool:
    """Say whether a row names things: words only, no two alike, hardly a gap."""
    words = [cell.strip() for cell in row if cell.strip()]
    if len(words) * 2 < len(row) or len({word.casefold() for word in words}) < len(words):
        return False
    return not any(len(word) <= _LONGEST_NUMBER and _NUMBER.fullmatch(word) for word in words)


def _letters(index: int) -> str:
    """Name a column as spreadsheet programs do: A, B, …, Z, AA, AB."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, _LETTERS)
        letters = chr(ord("A") + rest) + letters
    return letters
