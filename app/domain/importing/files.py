"""Reading uploaded files beside the event loop, a few at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from anyio import CapacityLimiter, to_thread

from app.domain.importing.kinds import AnyKind
from app.domain.importing.mapping import ColumnMapping
from app.domain.importing.result import CheckedRow, CheckResult
from app.lib.fields import clean
from app.lib.file_store import FileStore
from app.lib.tabular import DELIMITERS, ENCODINGS, Table, read_table

_LONGEST_NAME = 200
_HEADER_WORDS = {"yes": True, "true": True, "no": False, "false": False}
_XLSX = b"PK\x03\x04"

# reading is work for the processor and holds whole files in memory
_AT_ONCE = CapacityLimiter(2)


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """How a person wants a file to be read; None leaves it to the detection."""

    encoding: str | None = None
    delimiter: str | None = None
    has_header: bool | None = None
    sheet: str | None = None

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "ReadingOptions":
        """Take what is known out of a form or stored JSON, leave the rest."""
        encoding, delimiter = given.get("encoding"), given.get("delimiter")
        header = given.get("has_header")
        return cls(
            encoding=encoding if encoding in ENCODINGS else None,
            delimiter=delimiter if delimiter in DELIMITERS else None,
            has_header=_HEADER_WORDS.get(str(header).lower()),
            sheet=str(given["sheet"])[:_LONGEST_NAME] if given.get("sheet") else None,
        )

    def as_json(self) -> dict[str, Any]:
        """The options as JSON values; `of` is the way back."""
        return {
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "has_header": self.has_header,
            "sheet": self.sheet,
        }


def tidy_name(filename: str) -> str:
    """The name of an uploaded file without folders and invisible characters, at most 200 characters."""
    name = PurePosixPath(clean(filename).replace("\\", "/")).name
    return name[-_LONGEST_NAME:] or "table"


def suffix_of(data: bytes) -> str:
    """Under which suffix the file store keeps this file; the content decides."""
    return ".xlsx" if data.startswith(_XLSX) else ".csv"


async def read_bytes(data: bytes, filename: str, options: ReadingOptions) -> Table:
    """Read a file in a worker thread. Raises TableError."""
    reading = partial(
        read_table,
        data,
        filename,
        encoding=options.encoding,
        delimiter=options.delimiter,
        has_header=options.has_header,
        sheet=options.sheet,
    )
    return await to_thread.run_sync(reading, limiter=_AT_ONCE)


async def read_stored(files: FileStore, file: str, filename: str, options: ReadingOptions) -> Table:
    """Read a file of the store in a worker thread. Raises TableError, FileStoreError."""
    return await read_bytes(await files.read_async(file), filename, options)


async def check(kind: AnyKind, table: Table, mapping: ColumnMapping, known: Any) -> CheckResult[CheckedRow]:
    """What becomes of every row, found out in a worker thread."""
    return await to_thread.run_sync(kind.check, table, mapping, known, limiter=_AT_ONCE)
