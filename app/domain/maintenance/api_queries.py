"""The selects behind maintenance in the API, and their filters."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from litestar.params import FromQuery, QueryParameter

from app.db.models import Maintenance
from app.domain.maintenance.api_schemas import Kind, MaintenanceRecord, State
from app.lib.conditions import Conditions, all_of, equal, has_words, not_before
from app.lib.fields import clean
from app.web.api import FilterInstant, read_instant
from app.web.api_paging import Key, Order
from app.web.api_records import records_of
from app.web.parameters import FilterId

JOBS = records_of(
    Maintenance,
    MaintenanceRecord,
    order=Order.of(
        Maintenance,
        "-created_at",
        title=Key(Maintenance.title),
        kind=Key(Maintenance.kind),
        state=Key(Maintenance.state),
        cost=Key(Maintenance.cost, Decimal, nullable=True),
        due_at=Key(Maintenance.due_at, datetime, nullable=True),
        expected_back=Key(Maintenance.expected_back, datetime, nullable=True),
    ),
    path="/api/maintenance",
    missing="This job does not exist, or was deleted.",
)


def provide_job_filter(
    *,
    q: Annotated[str, QueryParameter(description="Words in title and description.", max_length=200)] = "",
    equipment_id: FilterId = None,
    unit_id: FilterId = None,
    assignee_id: FilterId = None,
    kind: FromQuery[Kind | None] = None,
    wanted_state: Annotated[State | None, QueryParameter(name="state")] = None,
    blocks: FromQuery[bool | None] = None,
    due_before: FilterInstant = None,
    updated_since: FilterInstant = None,
) -> Conditions:
    """Which jobs are wanted. Raises InvalidInput."""
    before = read_instant(due_before, "due_before")
    return [
        *has_words(clean(q), Maintenance.title, Maintenance.description),
        *all_of(
            equal(Maintenance.equipment_id, equipment_id),
            equal(Maintenance.unit_id, unit_id),
            equal(Maintenance.assignee_id, assignee_id),
            equal(Maintenance.kind, kind),
            equal(Maintenance.state, wanted_state),
            equal(Maintenance.blocks, blocks),
            None if before is None else Maintenance.due_at < before,
            not_before(Maintenance.updated_at, read_instant(updated_since, "updated_since")),
        ),
    ]
