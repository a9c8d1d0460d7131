"""The parts of a workbook around its cells: sheets, relations, shared texts, styles. Read as streams."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast
from xml.sax.handler import ContentHandler

from app.lib.tabular.model import TOO_MUCH, TableError
from app.lib.tabular.numbers import CellFormat, cell_format
from app.lib.tabular.text import clean

_MOST_CHARACTERS = 32_767
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_SURROGATE = re.compile("[\ud800-\udfff]")

if TYPE_CHECKING:
    from xml.sax.xmlreader import AttributesImpl

Attributes = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet as the workbook lists it."""

    name: str
    relation: str
    visible: bool


class Part(ContentHandler):
    """Hands out element names without their namespace prefix, and text in one piece.

    `elements` is how many more elements may come; it is set before reading begins.
    """

    def __init__(self) -> None:
        super().__init__()
        self.elements = 0
        self._pieces: list[str] | None = None
        self._length = 0

    def startElement(self, name: str, attrs: "AttributesImpl[str]") -> None:  # noqa: N802 - the interface of SAX
        self.elements -= 1
        if self.elements < 0:
            raise TableError(TOO_MUCH)
        self.opened(name.rpartition(":")[2], cast("Attributes", attrs))

    def endElement(self, name: str) -> None:  # noqa: N802 - the interface of SAX
        self.closed(name.rpartition(":")[2])

    def characters(self, content: str) -> None:
        if self._pieces is not None and self._length <= _MOST_CHARACTERS:
            self._pieces.append(content)
            self._length += len(content)

    def listen(self) -> None:
        """Begin to gather text."""
        self._pieces, self._length = [], 0

    def heard(self) -> str:
        """End gathering and return the text."""
        pieces, self._pieces = self._pieces or [], None
        return "".join(pieces)

    def opened(self, name: str, attrs: Attributes) -> None:
        """Take in the start of an element."""

    def closed(self, name: str) -> None:
        """Take in the end of an element."""


class WorkbookIndex(Part):
    """The list of sheets, and which year dates count from."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[Sheet] = []
        self.from_1904 = False

    def opened(self, name: str, attrs: Attributes) -> None:
        """Take in a sheet or the properties of the workbook."""
        if name == "sheet":
            relation = next((value for key, value in attrs.items() if key.rpartition(":")[2] == "id"), "")
            visible = attrs.get("state", "visible") == "visible"
            self.sheets.append(Sheet(clean(attrs.get("name", "")), relation, visible))
        elif name == "workbookPr":
            self.from_1904 = attrs.get("date1904", "0") in ("1", "true")


class Relations(Part):
    """Which part of the archive each relation points at. What points outside is left out."""

    def __init__(self) -> None:
        super().__init__()
        self._targets: dict[str, tuple[str, str]] = {}

    def opened(self, name: str, attrs: Attributes) -> None:
        """Take in one relation."""
        if name == "Relationship" and attrs.get("TargetMode") != "External":
            kind = attrs.get("Type", "").rpartition("/")[2]
            self._targets[attrs.get("Id", "")] = (kind, attrs.get("Target", ""))

    def worksheet(self, relation: str) -> str | None:
        """The target of a relation if it is a sheet with cells."""
        kind, target = self._targets.get(relation, ("", ""))
        return target if kind == "worksheet" else None

    def of_kind(self, kind: str) -> str | None:
        """The target of the first relation of a kind."""
        return next((target for found, target in self._targets.values() if found == kind), None)


class SharedTexts(Part):
    """The texts that cells point at by their position."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._runs: list[str] = []
        self._phonetic = False

    def opened(self, name: str, attrs: Attributes) -> None:  # noqa: ARG002 - has the shape of all parts
        """Begin a text, a run of it, or its pronunciation, which is no part of it."""
        if name == "si":
            self._runs = []
        elif name == "rPh":
            self._phonetic = True
        elif name == "t" and not self._phonetic:
            self.listen()

    def closed(self, name: str) -> None:
        """End a run or a whole text."""
        if name == "t" and not self._phonetic:
            self._runs.append(self.heard())
        elif name == "rPh":
            self._phonetic = False
        elif name == "si":
            self.texts.append(unescape("".join(self._runs)))


class Styles(Part):
    """How the numbers of cells are shown: as plain numbers, dates, or with zeros at the front."""

    def __init__(self) -> None:
        super().__init__()
        self._codes: dict[int, str] = {}
        self._used: list[int] = []
        self._in_cells = False

    def opened(self, name: str, attrs: Attributes) -> None:
        """Take in the code of a format, or that a cell style uses one."""
        if name == "numFmt":
            self._codes[int(attrs.get("numFmtId", "0"))] = attrs.get("formatCode", "")
        elif name == "cellXfs":
            self._in_cells = True
        elif name == "xf" and self._in_cells:
            self._used.append(int(attrs.get("numFmtId", "0")))

    def closed(self, name: str) -> None:
        """Leave the list of cell styles."""
        if name == "cellXfs":
            self._in_cells = False

    def formats(self) -> list[CellFormat]:
        """What each cell style does to a number, by the position of the style."""
        known = {number: cell_format(number, self._codes.get(number, "")) for number in set(self._used)}
        return [known[number] for number in self._used]


def unescape(text: str) -> str:
    """Undo `_x000D_`, with which workbooks write characters that XML cannot hold, and clean the text."""
    if "_x" in text:
        text = _ESCAPE.sub(lambda match: chr(int(match.group(1), 16)), text)
        if _SURROGATE.search(text):
            text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return clean(text)
