"""The selects behind maintenance in the API."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from app.db.models import Maintenance
from app.domain.maintenance.api_schemas import MaintenanceRecord
from app.lib.conditions import Conditions, all_of, equal, has_words, not_before
from app.web.api_paging import Key, Order
from app.web.api_records import Records, columns_of, converter

_ORDER = Order(
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

JOBS = Records(
    statement=select(*columns_of(Maintenance, MaintenanceRecord)).where(Maintenance.deleted_at.is_(None)),
    order=_ORDER,
    convert=converter(MaintenanceRecord),
    path="/api/maintenance",
    missing="This job does not exist, or was deleted.",
)


def job_conditions(
    *,
    q: str = "",
    equipment_id: int | None = None,
    unit_id: int | None = None,
    assignee_id: int | None = None,
    kind: str | None = None,
    state: str | None = None,
    blocks: bool | None = None,
    due_before: datetime | None = None,
    updated_since: datetime | None = None,
) -> Conditions:
    """Which jobs a list shows; None and empty text are no filter."""
    return [
        *has_words(q, Maintenance.title, Maintenance.description),
        *all_of(
            equal(Maintenance.equipment_id, equipment_id),
            equal(Maintenance.unit_id, unit_id),
            equal(Maintenance.assignee_id, assignee_id),
            equal(Maintenance.kind, kind),
            equal(Maintenance.state, state),
            equal(Maintenance.blocks, blocks),
            None if due_before is None else Maintenance.due_at < due_before,
            not_before(Maintenance.updated_at, updated_since),
        ),
    ]
