"""The selects behind maintenance in the API."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.db.models import Maintenance
from app.domain.maintenance.api_schemas import MaintenanceRecord
from app.lib.errors import NotFound
from app.web.api import wired
from app.web.api_paging import AnySelect, Key, Order

_COLUMNS = tuple(getattr(Maintenance, name) for name in MaintenanceRecord.__struct_fields__)

MAINTENANCE_ORDER = Order(
    keys={
        "id": Key(Maintenance.id, int),
        "title": Key(Maintenance.title),
        "kind": Key(Maintenance.kind),
        "state": Key(Maintenance.state),
        "cost": Key(Maintenance.cost, Decimal, nullable=True),
        "due_at": Key(Maintenance.due_at, datetime, nullable=True),
        "expected_back": Key(Maintenance.expected_back, datetime, nullable=True),
        "created_at": Key(Maintenance.created_at, datetime),
        "updated_at": Key(Maintenance.updated_at, datetime),
    },
    default="-created_at",
    id=Maintenance.id,
)


@dataclass(frozen=True, slots=True)
class MaintenanceFilter:
    """Which jobs a list shows; None and empty text are no filter."""

    q: str = ""
    equipment_id: int | None = None
    unit_id: int | None = None
    assignee_id: int | None = None
    kind: str | None = None
    state: str | None = None
    blocks: bool | None = None
    due_before: datetime | None = None
    updated_since: datetime | None = None


def maintenance_list(wanted: MaintenanceFilter) -> AnySelect:
    """All jobs that match."""
    conditions: list[ColumnElement[bool]] = [Maintenance.deleted_at.is_(None)]
    for name in ("equipment_id", "unit_id", "assignee_id", "kind", "state", "blocks"):
        value = getattr(wanted, name)
        if value is not None:
            conditions.append(getattr(Maintenance, name) == value)
    for word in wanted.q.split()[:8]:
        text = Maintenance.title + " " + Maintenance.description
        conditions.append(func.strpos(func.fold(text), func.fold(word)) > 0)
    if wanted.due_before is not None:
        conditions.append(Maintenance.due_at < wanted.due_before)
    if wanted.updated_since is not None:
        conditions.append(Maintenance.updated_at >= wanted.updated_since)
    return select(*_COLUMNS).where(*conditions)


def maintenance_record(row: Any) -> MaintenanceRecord:
    """A job as the API sends it."""
    return MaintenanceRecord(
        **wired({name: getattr(row, name) for name in MaintenanceRecord.__struct_fields__})
    )


async def maintenance_by_id(reading: AsyncConnection | AsyncSession, job_id: int) -> MaintenanceRecord:
    """One job. Raises NotFound."""
    statement = maintenance_list(MaintenanceFilter()).where(Maintenance.id == job_id)
    row = (await reading.execute(statement)).one_or_none()
    if row is None:
        raise NotFound("This job does not exist, or was deleted.")
    return maintenance_record(row)
