"""One change to many pieces of equipment: row by row, each on its own, all under one operation."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Final

import structlog
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from app.db.models import Equipment
from app.domain.inventory.service import delete_equipment, edit_equipment
from app.lib.errors import DomainError, EditConflict, InvalidInput
from app.lib.unit_of_work import UnitOfWork

MOST_ROWS: Final = 10_000
CHUNK: Final = 200

_INTERRUPTED: Final = "Something broke before it was its turn. Try again."

log = structlog.get_logger("app.inventory")

OpenWork = Callable[[], AbstractAsyncContextManager[UnitOfWork]]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was left as it was, and why."""

    id: int
    label: str
    reason: str


@dataclass(slots=True)
class BulkResult:
    """What a bulk action did. `unchanged` rows had the wanted values already."""

    changed: int = 0
    unchanged: int = 0
    failed: list[Refusal] = field(default_factory=list[Refusal])

    def add(self, other: "BulkResult") -> None:
        """Take in what became of more rows."""
        self.changed += other.changed
        self.unchanged += other.unchanged
        self.failed += other.failed


async def apply_to_many(
    open_work: OpenWork, rows: Sequence[tuple[int, int | None]], values: Mapping[str, Any] | None
) -> BulkResult:
    """Set `values` in every row, or delete the rows when it is None.

    `rows` are ids with the version they were chosen at (None: whatever it is now). A row somebody else
    changed since is merged or, in a true conflict, left alone and reported. Every CHUNK rows are a
    transaction of their own, opened by `open_work`, so that nobody waits long for a row; each row has a
    savepoint. When a transaction fails as a whole, what the ones before it did stands and is reported, and
    all rows from there on are refused. Raises InvalidInput for more than MOST_ROWS, and what makes the first
    transaction fail.
    """
    if len(rows) > MOST_ROWS:
        raise InvalidInput({"ids": f"At most {MOST_ROWS:,} items at once. Narrow the filter first."})
    result = BulkResult()
    ordered = sorted(dict(rows).items())
    for start in range(0, len(ordered), CHUNK):
        chunk = BulkResult()
        try:
            async with open_work() as work:
                for row_id, version in ordered[start : start + CHUNK]:
                    await _apply(work, row_id, version, values, chunk)
        except Exception:
            if not result.changed:
                raise
            # the receipt of what is committed, with its undo, must not be lost
            log.exception("bulk_action_interrupted", rows_left=len(ordered) - start)
            result.failed += [Refusal(key, f"Equipment {key}", _INTERRUPTED) for key, _ in ordered[start:]]
            return result
        result.add(chunk)
    return result


async def _apply(
    work: UnitOfWork, row_id: int, version: int | None, values: Mapping[str, Any] | None, result: BulkResult
) -> None:
    try:
        async with work.session.begin_nested():
            if values is None:
                await delete_equipment(work, row_id, version=version)
                has_changed = True
            else:
                has_changed = bool((await edit_equipment(work, row_id, values, version=version)).changed)
    except (DomainError, DBAPIError) as error:
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            raise
        result.failed.append(await _refusal(work, row_id, error))
        return
    result.changed += has_changed
    result.unchanged += not has_changed


async def _refusal(work: UnitOfWork, row_id: int, error: Exception) -> Refusal:
    name = await work.session.scalar(select(Equipment.name).where(Equipment.id == row_id))
    if isinstance(error, InvalidInput):
        reason = " ".join(error.fields.values())
    elif isinstance(error, EditConflict):
        who = " and ".join(sorted({change.actor_name for change in error.theirs})) or "Somebody"
        fields = sorted({change.field.replace("_", " ") for change in error.theirs})
        reason = f"{who} changed {', '.join(fields)} meanwhile."
    elif isinstance(error, DomainError):
        reason = error.message
    else:
        reason = "Somebody is working on it. Try again."
    return Refusal(row_id, name or f"Equipment {row_id}", reason)
