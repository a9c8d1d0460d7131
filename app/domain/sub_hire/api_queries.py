"""The selects behind sub-hires in the API."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from app.db.models import SubHire
from app.domain.sub_hire.api_schemas import SubHireRecord
from app.lib.conditions import Conditions, all_of, equal, has_words, not_before
from app.web.api_paging import Key, Order
from app.web.api_records import Records, columns_of, converter

_ORDER = Order(
    keys={
        "id": Key(SubHire.id, int),
        "start_at": Key(SubHire.start_at, datetime),
        "end_at": Key(SubHire.end_at, datetime),
        "status": Key(SubHire.status),
        "cost": Key(SubHire.cost, Decimal, nullable=True),
        "created_at": Key(SubHire.created_at, datetime),
        "updated_at": Key(SubHire.updated_at, datetime),
    },
    default="start_at",
    id=SubHire.id,
)

SUB_HIRES = Records(
    statement=select(*columns_of(SubHire, SubHireRecord)).where(SubHire.deleted_at.is_(None)),
    order=_ORDER,
    convert=converter(SubHireRecord),
    path="/api/sub-hires",
    missing="This sub-hire does not exist, or was deleted.",
)


def sub_hire_conditions(
    *,
    q: str = "",
    equipment_id: int | None = None,
    supplier_id: int | None = None,
    event_id: int | None = None,
    status: str | None = None,
    end_before: datetime | None = None,
    updated_since: datetime | None = None,
) -> Conditions:
    """Which sub-hires a list shows; None and empty text are no filter."""
    return [
        *has_words(q, SubHire.name, SubHire.reference, SubHire.notes),
        *all_of(
            equal(SubHire.equipment_id, equipment_id),
            equal(SubHire.supplier_id, supplier_id),
            equal(SubHire.event_id, event_id),
            equal(SubHire.status, status),
            None if end_before is None else SubHire.end_at < end_before,
            not_before(SubHire.updated_at, updated_since),
        ),
    ]
