"""The inventory as a file, in the columns an import reads: what was exported can be imported again."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, Final, cast

from anyio import to_thread
from sqlalchemy import Row

from app.domain.inventory.importing.fields import FIELDS
from app.lib.sheets import Cell, csv_chunks, xlsx_bytes

HEADER: Final = tuple(FIELDS)
_CHUNK: Final = 500


def export_row(row: Row[Any]) -> list[Cell]:
    """One row in the order of HEADER. Units stand as their asset tags."""
    special: dict[str, Cell] = {
        "category": row.category,
        "subcategory": row.subcategory or "",
        "tags": _tags(row.tags),
        "asset_tags": "; ".join(row.asset_tags or ()),
    }
    return [special[name] if name in special else getattr(row, name) for name in HEADER]


async def csv_file(rows: AsyncIterator[Row[Any]]) -> AsyncIterator[bytes]:
    """The rows as CSV, piece by piece as they are read."""
    yield b"".join(csv_chunks(HEADER, []))
    pending: list[list[Cell]] = []
    async for row in rows:
        pending.append(export_row(row))
        if len(pending) == _CHUNK:
            yield _further_lines(pending)
            pending = []
    if pending:
        yield _further_lines(pending)


async def xlsx_file(rows: AsyncIterator[Row[Any]]) -> bytes:
    """The rows as a workbook, written in a thread: a large one takes seconds."""
    cells = [export_row(row) async for row in rows]
    return await to_thread.run_sync(xlsx_bytes, "Inventory", HEADER, cells)


def _further_lines(rows: Sequence[list[Cell]]) -> bytes:
    """Lines without what a file begins with: the first piece is the byte order mark."""
    pieces = csv_chunks(cast("list[str]", rows[0]), rows[1:])
    next(pieces)
    return b"".join(pieces)


def _tags(tags: Sequence[str]) -> str:
    """Tags as an import splits them: a tag with a comma in it needs a stronger separator behind it."""
    text = "; ".join(tags)
    return f"{text};" if "," in text else text
