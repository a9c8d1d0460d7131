"""XLSX workbooks: a ZIP of XML parts, opened with suspicion.

Sizes and ratios are checked from the directory of the archive before anything is unpacked, and an
archive that unpacks to more than its directory says is refused by the unpacking itself. Document types,
entities and references to other places are refused. Macros, links and drawings are never opened.
"""

import posixpath
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import IO
from xml.sax import SAXException

import defusedxml.sax
from defusedxml import DefusedXmlException

from app.lib.tabular.model import WORKBOOK, Records, TableError, TableLimits, counted
from app.lib.tabular.numbers import CellFormat
from app.lib.tabular.parts import Part, Relations, SharedTexts, Sheet, Styles, WorkbookIndex
from app.lib.tabular.shaping import Collector
from app.lib.tabular.worksheet import SheetRows

_ENTRY_MARK = b"PK\x01\x02"
_MEGABYTE = 1024 * 1024
_SMALL_PART = 128 * 1024
_BOOK = "xl/workbook.xml"
_DAMAGED = "This workbook is damaged and cannot be read; open it in a spreadsheet program and save it again."
_BROKEN = (
    zipfile.BadZipFile, zlib.error, SAXException, EOFError, KeyError, IndexError, ValueError,
    NotImplementedError, OverflowError, RuntimeError, UnicodeError,
)  # fmt: skip


def read_workbook(data: bytes, limits: TableLimits, sheet: str | None) -> Records:
    """Read one sheet of a workbook: the one asked for, or the first visible one with anything in it.

    Raises TableError for what is no workbook, is damaged, hostile, or more than `limits` allow.
    """
    try:
        _refuse_crowded(data, limits)
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _refuse_bombs(archive, limits)
            return _Workbook(archive, limits).read(sheet)
    except DefusedXmlException:
        raise TableError(
            "This workbook declares document types or entities, which none needs, so it was not opened."
        ) from None
    except _BROKEN:
        raise TableError(_DAMAGED) from None


def _refuse_crowded(data: bytes, limits: TableLimits) -> None:
    # Counted in the raw bytes: reading the directory of a million entries is itself the attack.
    if data.count(_ENTRY_MARK) > limits.parts:
        raise TableError(f"This workbook has more than {counted(limits.parts)} parts, so it was not opened.")


def _refuse_bombs(archive: zipfile.ZipFile, limits: TableLimits) -> None:
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits.unpacked_bytes:
        raise TableError(
            f"This workbook unpacks to {counted(unpacked // _MEGABYTE)} MB; "
            f"at most {counted(limits.unpacked_bytes // _MEGABYTE)} MB fit."
        )
    for entry in entries:
        if entry.flag_bits & 0x1:
            raise TableError("This workbook is protected by a password; save it without one.")
        packed = max(entry.compress_size, 1)
        if entry.file_size > _SMALL_PART and entry.file_size > packed * limits.unpacked_ratio:
            raise TableError(
                f"This workbook unpacks to more than {counted(limits.unpacked_ratio)} times its size, "
                "so it was not opened."
            )


class _Workbook:
    """One opened archive, known to be harmless in size."""

    def __init__(self, archive: zipfile.ZipFile, limits: TableLimits) -> None:
        self._archive = archive
        self._limits = limits
        self._names = set(archive.namelist())
        self._elements = limits.elements

    def read(self, wanted: str | None) -> Records:
        """Read the sheet called `wanted`, or the first visible one that is not empty."""
        index, relations = self._open()
        sheets = [sheet for sheet in index.sheets if relations.worksheet(sheet.relation)]
        visible = [sheet for sheet in sheets if sheet.visible] or sheets
        if not visible:
            raise TableError("This workbook has no sheet with cells.")
        names = tuple(sheet.name for sheet in visible)
        if wanted is not None:
            visible = [sheet for sheet in visible if sheet.name == wanted]
            if not visible:
                raise TableError(f"This workbook has no sheet called “{wanted[:80]}”.")
        texts, formats = self._texts(relations), self._formats(relations)
        # By place, because many sheets pointing at one part would have it read many times.
        places = {_inside(relations.worksheet(sheet.relation) or ""): sheet for sheet in reversed(visible)}
        for place, sheet in reversed(places.items()):
            rows = SheetRows(Collector(self._limits), texts, formats, from_1904=index.from_1904)
            self._parse(place, rows)
            if rows.collector.rows:
                return _records(rows, sheet, names)
        raise TableError("This workbook has no sheet with anything in it.")

    def _open(self) -> tuple[WorkbookIndex, Relations]:
        if _BOOK not in self._names:
            raise TableError(_no_workbook(self._names))
        index, relations = WorkbookIndex(), Relations()
        self._parse(_BOOK, index)
        self._parse("xl/_rels/workbook.xml.rels", relations)
        return index, relations

    def _texts(self, relations: Relations) -> list[str]:
        handler = SharedTexts()
        self._parse_if_there(relations.of_kind("sharedStrings"), handler)
        return handler.texts

    def _formats(self, relations: Relations) -> list[CellFormat]:
        handler = Styles()
        self._parse_if_there(relations.of_kind("styles"), handler)
        return handler.formats()

    def _parse_if_there(self, target: str | None, handler: Part) -> None:
        if target is not None and _inside(target) in self._names:
            self._parse(_inside(target), handler)

    def _parse(self, name: str, handler: Part) -> None:
        handler.elements = self._elements
        with self._archive.open(name) as part:
            _parse_xml(part, handler)
        self._elements = handler.elements


def _parse_xml(part: IO[bytes], handler: Part) -> None:
    parse: Callable[..., None] = defusedxml.sax.parse
    parse(part, handler, forbid_dtd=True, forbid_entities=True, forbid_external=True)


def _inside(target: str) -> str:
    """Resolve the target of a relation of the workbook to the name of a part."""
    return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")


def _records(rows: SheetRows, sheet: Sheet, names: tuple[str, ...]) -> Records:
    collector = rows.collector
    return Records(
        collector.rows,
        collector.numbers,
        collector.problems,
        encoding=WORKBOOK,
        sheet=sheet.name,
        sheets=names,
        last_text=rows.last_text,
    )


def _no_workbook(names: set[str]) -> str:
    if "xl/workbook.bin" in names:
        return "This is a binary workbook (.xlsb); save it as .xlsx or CSV."
    if "mimetype" in names or "content.xml" in names:
        return "This is an OpenDocument file; save it as .xlsx or CSV."
    return "This is not a table we can read: it is an archive without a workbook in it."
