"""What reading a spreadsheet gives, and what it refuses."""

from dataclasses import dataclass, field

WORKBOOK = "xlsx"

ENCODINGS: dict[str, str] = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252 (Western Europe)",
    "cp1250": "Windows-1250 (Central Europe)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "cp850": "DOS 850 (Western Europe)",
    "mac_roman": "Mac Roman",
}
"""Encodings of text files a person may choose from, by codec name, with their labels."""

DELIMITERS: dict[str, str] = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
"""Characters that may stand between cells, with their labels."""


class TableError(Exception):
    """The file cannot be taken as a table. `message` is a sentence for the person who sent it."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class TableLimits:
    """How much of a spreadsheet is taken. Sizes are in bytes, lengths in characters.

    `cells` and `characters` bound the whole table: in a workbook one long text can be pointed at from
    every cell, so the size of the file says little about the size of what is in it. `parts` and `elements`
    bound the files and the XML elements inside a workbook, filled or not.
    """

    file_bytes: int = 25 * 1024 * 1024
    columns: int = 200
    rows: int = 100_000
    cells: int = 2_000_000
    cell_characters: int = 20_000
    characters: int = 50_000_000
    unpacked_bytes: int = 200 * 1024 * 1024
    unpacked_ratio: int = 100
    parts: int = 5_000
    elements: int = 6_500_000


DEFAULT_LIMITS = TableLimits()


@dataclass(frozen=True, slots=True)
class Records:
    """The filled rows of a file as they stand there, still of different lengths.

    `numbers` counts rows as a spreadsheet program does, from 1. `problems` are cells whose text is not a
    value, by position in `rows` and column. `last_text` says for a workbook, by column, the last position
    with anything but a number; a text file cannot tell, so there it is None.
    """

    rows: list[list[str]]
    numbers: list[int]
    problems: dict[tuple[int, int], str]
    encoding: str
    delimiter: str | None = None
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    last_text: dict[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A spreadsheet as rows of text, all as long as the header.

    Cells are NFC text without control characters except tab and newline; dates and numbers of a workbook
    are written canonically (`12`, `1.5`, `2026-11-21`). `row_numbers` says where each row stands in the
    file, counted from 1 as spreadsheet programs do. `problems` are cells that hold no usable value (a
    formula without a stored result, an error), by (position in `rows`, column), with a sentence each.
    `encoding` is a codec name or "xlsx"; `delimiter` is None for a workbook; `sheet` and `sheets` are the
    sheet that was read and the ones there are. `numeric_columns` hold numbers written with a point for
    certain, so nobody needs to guess their decimal style.
    """

    header: list[str]
    rows: list[list[str]]
    row_numbers: list[int]
    encoding: str
    delimiter: str | None
    has_header: bool
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    numeric_columns: frozenset[int] = frozenset()
    problems: dict[tuple[int, int], str] = field(default_factory=dict[tuple[int, int], str])

    @property
    def encoding_label(self) -> str:
        """The encoding in words people know."""
        return "Excel workbook" if self.encoding == WORKBOOK else ENCODINGS.get(self.encoding, self.encoding)

    @property
    def delimiter_label(self) -> str:
        """What stands between the cells, in a word; for a workbook the name of its sheet."""
        if self.delimiter is None:
            return f"sheet “{self.sheet}”"
        return DELIMITERS.get(self.delimiter, f"“{self.delimiter}”")

    @property
    def summary(self) -> str:
        """How the file was read, as in "UTF-8, comma, header found"."""
        header = "header found" if self.has_header else "no header"
        return f"{self.encoding_label}, {self.delimiter_label}, {header}"

    def column(self, index: int) -> list[str]:
        """All cells of one column."""
        return [row[index] for row in self.rows]


MOST_ROWS = 1_048_576
"""The last row a spreadsheet can have, blank or not."""

TOO_MUCH = "This file holds more than fits at once; split it into several files."


def counted(number: int) -> str:
    """Write a whole number with spaces between thousands: 1 000."""
    return f"{number:,}".replace(",", " ")
