"""The cells of one sheet, read as a stream: nothing of the XML is kept."""

import re

from app.lib.tabular.model import MOST_ROWS, TableError
from app.lib.tabular.numbers import GENERAL, CellFormat, number_text
from app.lib.tabular.parts import Attributes, Part, unescape
from app.lib.tabular.shaping import Collector
from app.lib.tabular.text import clean

_NO_RESULT = "This cell is a formula without a stored result"
_MOST_COLUMNS = 16_384
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


class SheetRows(Part):
    """The filled cells of a sheet, row by row into a collector.

    `last_text` is the position of the last row, by column, with anything but a number in it.
    """

    def __init__(
        self, collector: Collector, texts: list[str], formats: list[CellFormat], *, from_1904: bool
    ) -> None:
        super().__init__()
        self.collector = collector
        self.last_text: dict[int, int] = {}
        self._texts = texts
        self._formats = formats
        self._from_1904 = from_1904
        self._number = 0
        self._cells: dict[int, str] = {}
        self._problems: dict[int, str] = {}
        self._column = -1
        self._kind = "n"
        self._style = 0
        self._formula: str | None = None
        self._value: str | None = None
        self._inline: list[str] = []
        self._phonetic = False

    def opened(self, name: str, attrs: Attributes) -> None:
        """Begin a row, a cell, or the text of one."""
        if name in {"v", "f"} or (name == "t" and not self._phonetic):
            self.listen()
        elif name == "c":
            self._open_cell(attrs)
        elif name == "row":
            self._number = int(attrs.get("r", self._number + 1))
            if not 0 < self._number <= MOST_ROWS:
                raise ValueError(self._number)
            self._cells, self._problems, self._column = {}, {}, -1
        elif name == "rPh":
            self._phonetic = True

    def closed(self, name: str) -> None:
        """End what was begun."""
        if name == "v":
            self._value = self.heard()
        elif name == "f":
            self._formula = self.heard()
        elif name == "t" and not self._phonetic:
            self._inline.append(self.heard())
        elif name == "c":
            self._close_cell()
        elif name == "row":
            self._close_row()
        elif name == "rPh":
            self._phonetic = False

    def _open_cell(self, attrs: Attributes) -> None:
        self._column = _column(attrs["r"]) if "r" in attrs else self._column + 1
        if self._column >= _MOST_COLUMNS:
            raise ValueError(self._column)
        self._kind = attrs.get("t", "n")
        self._style = int(attrs.get("s", "0"))
        self._formula = self._value = None
        self._inline = []

    def _close_cell(self) -> None:
        text = self._text()
        if self._formula is not None and not text and self._kind != "str":
            text = f"={clean(self._formula)}"
            self._problems[self._column] = _NO_RESULT
        elif self._kind == "e":
            self._problems[self._column] = f"The spreadsheet has the error {text[:20]} in this cell"
        if text:
            self._cells[self._column] = text
            if self._kind != "n":
                self.last_text[self._column] = len(self.collector.rows)

    def _text(self) -> str:
        if self._kind == "inlineStr":
            return unescape("".join(self._inline))
        value = self._value
        if not value:
            return ""
        if self._kind == "s":
            position = int(value)
            if position < 0:
                raise ValueError(value)
            return self._texts[position]
        if self._kind == "n":
            shown = self._formats[self._style] if self._style < len(self._formats) else GENERAL
            return number_text(value, shown, from_1904=self._from_1904)
        if self._kind == "b":
            return "yes" if value == "1" else "no"
        return unescape(value)

    def _close_row(self) -> None:
        if not self._cells:
            return
        cells = [""] * (max(self._cells) + 1)
        for column, text in self._cells.items():
            cells[column] = text
        self.collector.add(self._number, cells, self._problems)


def _column(reference: str) -> int:
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise TableError("This workbook has a cell outside of any sheet; it cannot be read.")
    column = 0
    for letter in match.group(1):
        column = column * 26 + ord(letter) - 64
    return column - 1
