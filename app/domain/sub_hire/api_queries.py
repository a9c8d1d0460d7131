"""The selects behind sub-hires in the API, and their filters."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from litestar.params import FromQuery, QueryParameter

from app.db.models import SubHire
from app.domain.sub_hire.api_schemas import Status, SubHireRecord
from app.lib.conditions import Conditions, all_of, equal, has_words, not_before
from app.lib.fields import clean
from app.web.api import FilterInstant, read_instant
from app.web.api_paging import Key, Order
from app.web.api_records import records_of
from app.web.parameters import FilterId

SUB_HIRES = records_of(
    SubHire,
    SubHireRecord,
    order=Order.of(
        SubHire,
        "start_at",
        start_at=Key(SubHire.start_at, datetime),
        end_at=Key(SubHire.end_at, datetime),
        status=Key(SubHire.status),
        cost=Key(SubHire.cost, Decimal, nullable=True),
    ),
    path="/api/sub-hires",
    missing="This sub-hire does not exist, or was deleted.",
)


def provide_sub_hire_filter(
    *,
    q: Annotated[str, QueryParameter(description="Words in name, reference, notes.", max_length=200)] = "",
    equipment_id: FilterId = None,
    supplier_id: FilterId = None,
    event_id: FilterId = None,
    status: FromQuery[Status | None] = None,
    end_before: FilterInstant = None,
    updated_since: FilterInstant = None,
) -> Conditions:
    """Which sub-hires are wanted. Raises InvalidInput."""
    before = read_instant(end_before, "end_before")
    return [
        *has_words(clean(q), SubHire.name, SubHire.reference, SubHire.notes),
        *all_of(
            equal(SubHire.equipment_id, equipment_id),
            equal(SubHire.supplier_id, supplier_id),
            equal(SubHire.event_id, event_id),
            equal(SubHire.status, status),
            None if before is None else SubHire.end_at < before,
            not_before(SubHire.updated_at, read_instant(updated_since, "updated_since")),
        ),
    ]
