"""Taking a whole import back, newest change first, in steps that can be interrupted anywhere."""

from typing import Any
from uuid import uuid5

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.db.models import Change, DataImport
from app.domain.importing.kinds import AnyKind
from app.domain.importing.records import Intent, add_to_report, log, tell
from app.lib.clock import now
from app.lib.undoing import undo_part
from app.lib.unit_of_work import UnitOfWork

CHUNK = 50
_MOST_TOLD = 50


async def take_back(intent: Intent, kind: AnyKind) -> None:
    """Undo what the import changed, if somebody stopped it. What others changed since stays as it is."""
    operation = uuid5(intent.operation, "undo")
    while True:
        async with intent.step(operation) as (work, record):
            if record.state != "stopping":
                return
            await _step(work, kind, record)


async def _step(work: UnitOfWork, kind: AnyKind, record: DataImport) -> None:
    """Undo the next changes, or note that there are none left."""
    undo: dict[str, Any] = record.report.get("undo") or {
        "before": None, "done": 0, "total": await _count(work, kind, record), "kept": [], "kept_count": 0,
    }  # fmt: skip
    changes = await _next(work, kind, record, undo["before"])
    if not changes:
        record.state, record.finished_at, record.current = "stopped", now(), ""
        add_to_report(record, undo=undo)
        await log(work, record, "stopped")
        return
    kept = [reason for change in changes if (reason := await undo_part(work, change)) is not None]
    undo = {
        "before": changes[-1].id,
        "done": undo["done"] + len(changes),
        "total": undo["total"],
        "kept": [*undo["kept"], *kept][:_MOST_TOLD],
        "kept_count": undo["kept_count"] + len(kept),
    }
    add_to_report(record, undo=undo)
    await tell(work, record, undo["done"], undo["total"])


def _condition(kind: AnyKind, record: DataImport) -> tuple[Any, ...]:
    undoing = aliased(Change)
    undone = select(undoing.id).where(undoing.undoes_id == Change.id).exists()
    return Change.operation == record.operation, Change.entity.in_(kind.records), ~undone


async def _count(work: UnitOfWork, kind: AnyKind, record: DataImport) -> int:
    statement = select(func.count()).select_from(Change).where(*_condition(kind, record))
    return await work.session.scalar(statement) or 0


async def _next(work: UnitOfWork, kind: AnyKind, record: DataImport, before: int | None) -> list[Change]:
    statement = select(Change).where(*_condition(kind, record)).order_by(Change.id.desc()).limit(CHUNK)
    if before is not None:
        statement = statement.where(Change.id < before)
    return list((await work.session.scalars(statement)).all())
