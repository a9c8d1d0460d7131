"""The inventory as a file, in the columns an import reads: what was exported can be imported again."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from tempfile import SpooledTemporaryFile
from typing import Any, Final, cast

from anyio import to_thread
from sqlalchemy import Row

from app.domain.availability.dates import Dates
from app.domain.inventory.importing.fields import FIELDS
from app.lib.sheets import Cell, csv_chunks, xlsx_bytes

HEADER: Final = tuple(FIELDS)
FREE: Final = ("free_from", "free_to", "free", "free_with_pencils")
_CHUNK: Final = 500
_PIECE: Final = 64 * 1024
_MOST_IN_MEMORY: Final = 1024 * 1024


def export_header(dates: Dates | None) -> tuple[str, ...]:
    """The heads of the columns: those of an import, then with dates what is free for them."""
    return (*HEADER, *FREE) if dates else HEADER


def export_row(row: Row[Any], dates: Dates | None = None) -> list[Cell]:
    """One row in the order of its header. Units stand as their asset tags."""
    special: dict[str, Cell] = {
        "category": row.category,
        "subcategory": row.subcategory or "",
        "tags": _tags(row.tags),
        "asset_tags": "; ".join(row.asset_tags or ()),
    }
    cells = [special[name] if name in special else getattr(row, name) for name in HEADER]
    return cells + ([dates.start, dates.end, row.free, row.free_with_pencils] if dates else [])


async def csv_file(rows: AsyncIterator[Row[Any]], dates: Dates | None = None) -> SpooledTemporaryFile[bytes]:
    """The rows as a complete CSV file, at its beginning; a large one lies on disk, without a name.

    Once it is there the database has nothing to do with it, however slowly somebody reads.
    """
    file = SpooledTemporaryFile[bytes](max_size=_MOST_IN_MEMORY)
    try:
        async for piece in _csv_pieces(rows, dates):
            await to_thread.run_sync(file.write, piece)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file


async def pieces_of(file: SpooledTemporaryFile[bytes]) -> AsyncGenerator[bytes]:
    """What a file holds from where it stands, piece by piece; it is closed at the end."""
    with file:
        while piece := await to_thread.run_sync(file.read, _PIECE):
            yield piece


async def table_of(rows: AsyncIterator[Row[Any]], dates: Dates | None = None) -> list[list[Cell]]:
    """All rows in the order of their header."""
    return [export_row(row, dates) async for row in rows]


async def xlsx_file(table: Sequence[Sequence[Cell]], dates: Dates | None = None) -> bytes:
    """A table under its header as a workbook, written in a thread: a large one takes seconds."""
    return await to_thread.run_sync(xlsx_bytes, "Inventory", export_header(dates), table)


async def _csv_pieces(rows: AsyncIterator[Row[Any]], dates: Dates | None) -> AsyncGenerator[bytes]:
    yield b"".join(csv_chunks(export_header(dates), []))
    pending: list[list[Cell]] = []
    async for row in rows:
        pending.append(export_row(row, dates))
        if len(pending) == _CHUNK:
            yield _further_lines(pending)
            pending = []
    if pending:
        yield _further_lines(pending)


def _further_lines(rows: Sequence[list[Cell]]) -> bytes:
    """Lines without what a file begins with: the first piece is the byte order mark."""
    pieces = csv_chunks(cast("list[str]", rows[0]), rows[1:])
    next(pieces)
    return b"".join(pieces)


def _tags(tags: Sequence[str]) -> str:
    """Tags as an import splits them: a tag with a comma in it needs a stronger separator behind it."""
    text = "; ".join(tags)
    return f"{text};" if "," in text else text
