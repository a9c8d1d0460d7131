"""The inventory as a file, in the columns an import reads: what was exported can be imported again."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from tempfile import SpooledTemporaryFile
from typing import Any, Final, cast

from anyio import to_thread
from sqlalchemy import Row

from app.domain.inventory.importing.fields import FIELDS
from app.lib.sheets import Cell, csv_chunks, xlsx_bytes

HEADER: Final = tuple(FIELDS)
_CHUNK: Final = 500
_PIECE: Final = 64 * 1024
_MOST_IN_MEMORY: Final = 1024 * 1024


def export_row(row: Row[Any]) -> list[Cell]:
    """One row in the order of HEADER. Units stand as their asset tags."""
    special: dict[str, Cell] = {
        "category": row.category,
        "subcategory": row.subcategory or "",
        "tags": _tags(row.tags),
        "asset_tags": "; ".join(row.asset_tags or ()),
    }
    return [special[name] if name in special else getattr(row, name) for name in HEADER]


async def csv_file(rows: AsyncIterator[Row[Any]]) -> SpooledTemporaryFile[bytes]:
    """The rows as a complete CSV file, at its beginning; a large one lies on disk, without a name.

    Once it is there the database has nothing to do with it, however slowly somebody reads.
    """
    file = SpooledTemporaryFile[bytes](max_size=_MOST_IN_MEMORY)
    try:
        async for piece in _csv_pieces(rows):
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


async def table_of(rows: AsyncIterator[Row[Any]]) -> list[list[Cell]]:
    """All rows in the order of HEADER."""
    return [export_row(row) async for row in rows]


async def xlsx_file(table: Sequence[Sequence[Cell]]) -> bytes:
    """A table in the order of HEADER as a workbook, written in a thread: a large one takes seconds."""
    return await to_thread.run_sync(xlsx_bytes, "Inventory", HEADER, table)


async def _csv_pieces(rows: AsyncIterator[Row[Any]]) -> AsyncGenerator[bytes]:
    yield b"".join(csv_chunks(HEADER, []))
    pending: list[list[Cell]] = []
    async for row in rows:
        pending.append(export_row(row))
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
