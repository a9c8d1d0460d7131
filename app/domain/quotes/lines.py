"""Commands on the lines of a draft. What nobody said follows the rental and the price list.

A line is named by its key: `rental:12`, `kit:3`, or `line:40` for a free one. One that follows has no row
until somebody says something about it: the row is put there blank, as version 1, and then edited like any
other, so two people who are the first at once merge too.
"""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app.db.models import Kit, QuoteGroup, QuoteLine, QuoteVersion, Rental
from app.domain.events.line_order import SPACING
from app.domain.quotes.rules import SENT
from app.lib import editing
from app.lib.editing import Edit, Strategy
from app.lib.errors import Conflict, NotFound
from app.lib.unit_of_work import UnitOfWork

LINE_FIELDS = (
    "name", "note", "quantity", "basis", "rate", "multiple", "discount_percent", "discount_amount",
    "tax_rate_id", "optional", "hidden", "heading",
)  # fmt: skip
GROUP_FIELDS = ("discount_percent", "discount_amount")
FROM_LIST: Mapping[str, None] = {"rate": None, "basis": None, "multiple": None}
"""What to write so that a price comes from the list again."""

_KEY = re.compile(r"(rental|kit|line):([1-9][0-9]{0,17})", re.ASCII)
_GONE = "This line does not exist, or was taken off."


def key_parts(key: str) -> tuple[str, int]:
    """The kind and the id in the key of a line. Raises NotFound for what is none."""
    match = _KEY.fullmatch(key)
    if match is None:
        raise NotFound(_GONE)
    return match[1], int(match[2])


async def edit_line(
    work: UnitOfWork,
    version_id: int,
    key: str,
    values: Mapping[str, Any],
    *,
    version: int | None,
    strategy: Strategy = Strategy.MERGE,
) -> Edit:
    """Say something else about a line of a draft, merging with others; None follows again.

    Raises NotFound, Conflict for what was sent, EditConflict, InvalidInput.
    """
    row = await line_row(work, version_id, key)
    given = {name: values[name] for name in LINE_FIELDS if name in values}
    if "heading" in given:
        given["heading"] = _heading(row, given["heading"])
    return await editing.edit(work, row, given, version=version, strategy=strategy)


async def add_line(
    work: UnitOfWork, version_id: int, values: Mapping[str, Any], *, kind: str = "free"
) -> QuoteLine:
    """Write a free line (delivery, crew) or a note behind all others. Raises NotFound, Conflict,
    InvalidInput.
    """
    draft = await draft_version(work, version_id)
    given = {name: values[name] for name in LINE_FIELDS if name in values}
    if kind == "note":
        given = {name: given[name] for name in ("name", "note", "heading", "optional") if name in given}
    line = QuoteLine(
        version_id=draft.id,
        quote_id=draft.quote_id,
        kind=kind,
        position=await _behind_all(work, draft),
        **given,
    )
    return await editing.create(work, line)


async def delete_line(work: UnitOfWork, line_id: int, *, version: int | None) -> QuoteLine:
    """Take a free line off, so that it can be put back. Raises NotFound, Conflict, EditConflict."""
    line = await editing.lock(work, QuoteLine, line_id)
    if line.kind not in {"free", "note"}:
        raise Conflict("This is gear of the event. Take it off there, or hide it here.")
    await editing.delete(work, line, version=version)
    return line


async def restore_line(work: UnitOfWork, line_id: int) -> QuoteLine:
    """Put a free line back. Raises NotFound, Conflict for what was sent."""
    line = await editing.lock(work, QuoteLine, line_id, deleted=True)
    await editing.restore(work, line)
    return line


async def edit_group(
    work: UnitOfWork,
    version_id: int,
    heading: str,
    values: Mapping[str, Any],
    *,
    version: int | None,
    strategy: Strategy = Strategy.MERGE,
) -> Edit:
    """Grant something on all lines under a heading. Raises NotFound, Conflict, EditConflict, InvalidInput."""
    draft = await draft_version(work, version_id)
    put = insert(QuoteGroup).values(version_id=draft.id, quote_id=draft.quote_id, heading=heading)
    await work.session.execute(put.on_conflict_do_nothing())
    found = select(QuoteGroup.id).where(QuoteGroup.version_id == draft.id, QuoteGroup.heading == heading)
    group = await editing.lock(work, QuoteGroup, (await work.session.scalars(found)).one(), deleted=True)
    given = {name: values[name] for name in GROUP_FIELDS if name in values}
    if group.deleted_at is not None:
        given["deleted_at"] = None
    return await editing.edit(work, group, given, version=version, strategy=strategy)


async def draft_version(work: UnitOfWork, version_id: int) -> QuoteVersion:
    """A draft, held so that it is not sent before this is done. Raises NotFound, Conflict."""
    statement = (
        select(QuoteVersion)
        .where(QuoteVersion.id == version_id, QuoteVersion.deleted_at.is_(None))
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    )
    found = await work.session.scalar(statement)
    if found is None:
        raise NotFound("This version does not exist, or was deleted.")
    if found.state != "draft":
        raise Conflict(SENT)
    return found


async def line_row(work: UnitOfWork, version_id: int, key: str) -> QuoteLine:
    """The row of a line of a draft, locked; put there where nobody said anything yet.

    Raises NotFound, Conflict.
    """
    kind, its_id = key_parts(key)
    draft = await draft_version(work, version_id)
    if kind == "line":
        line = await editing.lock(work, QuoteLine, its_id)
        if line.version_id != draft.id or line.kind not in {"free", "note"}:
            raise NotFound(_GONE)
        return line
    column = QuoteLine.rental_id if kind == "rental" else QuoteLine.kit_id
    of_line = Rental.id == its_id if kind == "rental" else Rental.kit_id == its_id
    name = Rental.name if kind == "rental" else Kit.name
    there = (
        select(name)
        .select_from(Rental)
        .outerjoin(Kit, Kit.id == Rental.kit_id)
        .where(of_line, Rental.event_id == draft.event_id, Rental.deleted_at.is_(None))
    )
    called = await work.session.scalar(there.limit(1))
    if called is None:
        raise NotFound(_GONE)
    blank = {"version_id": draft.id, "quote_id": draft.quote_id, "kind": kind, column.key: its_id}
    await work.session.execute(insert(QuoteLine).values(**blank).on_conflict_do_nothing())
    found = select(QuoteLine.id).where(QuoteLine.version_id == draft.id, column == its_id)
    row = await editing.lock(work, QuoteLine, (await work.session.scalars(found)).one(), deleted=True)
    row.called = called
    return row


def _heading(row: QuoteLine, heading: str | None) -> str | None:
    """What a heading that was typed means: none is that of the rental, unless it was moved from under it."""
    if heading:
        return heading
    return "" if row.kind in {"free", "note"} or row.heading == "" else None


async def _behind_all(work: UnitOfWork, draft: QuoteVersion) -> int:
    rentals = select(func.max(Rental.position)).where(Rental.event_id == draft.event_id)
    lines = select(func.max(QuoteLine.position)).where(QuoteLine.version_id == draft.id)
    last = await work.session.scalar(
        select(func.greatest(rentals.scalar_subquery(), lines.scalar_subquery()))
    )
    return (last or 0) + SPACING
