"""The selects behind inspections in the API, and their filters."""

from typing import Annotated, cast

from litestar.params import FromQuery, QueryParameter

from app.db.models import Inspection, InspectionRule
from app.domain.inspections.api_schemas import DueRecord, InspectionRecord, RuleRecord, Status
from app.domain.inspections.filters import DueFilter
from app.domain.inspections.queries import DueTest
from app.lib.conditions import Conditions, all_of, equal, has_words, not_before
from app.lib.fields import clean
from app.web.api import FilterInstant, read_instant
from app.web.api_paging import Key, Order
from app.web.api_records import records_of
from app.web.parameters import FilterId

RULES = records_of(
    InspectionRule,
    RuleRecord,
    order=Order.of(InspectionRule, "name", name=Key(InspectionRule.name)),
    path="/api/inspection-rules",
    missing="This rule does not exist, or was deleted.",
)

INSPECTIONS = records_of(
    Inspection,
    InspectionRecord,
    order=Order.of(Inspection, "-id", newest_first=True),
    path="/api/inspections",
    missing="This inspection does not exist, or was deleted.",
)


def provide_rule_filter(
    *,
    q: Annotated[str, QueryParameter(description="Words in the name.", max_length=200)] = "",
    equipment_id: FilterId = None,
    category_id: FilterId = None,
    updated_since: FilterInstant = None,
) -> Conditions:
    """Which rules are wanted. Raises InvalidInput."""
    return [
        *has_words(clean(q), InspectionRule.name),
        *all_of(
            equal(InspectionRule.equipment_id, equipment_id),
            equal(InspectionRule.category_id, category_id),
            not_before(InspectionRule.updated_at, read_instant(updated_since, "updated_since")),
        ),
    ]


def provide_inspection_filter(
    *,
    unit_id: FilterId = None,
    rule_id: FilterId = None,
    passed: FromQuery[bool | None] = None,
    updated_since: FilterInstant = None,
) -> Conditions:
    """Which inspections are wanted. Raises InvalidInput."""
    return all_of(
        equal(Inspection.unit_id, unit_id),
        equal(Inspection.rule_id, rule_id),
        equal(Inspection.passed, passed),
        not_before(Inspection.updated_at, read_instant(updated_since, "updated_since")),
    )


def provide_due_filter(
    *,
    q: Annotated[str, QueryParameter(description="Part of tag or equipment.", max_length=200)] = "",
    status: FromQuery[Status | None] = None,
    rule_id: FilterId = None,
    location: FromQuery[str] = "",
) -> DueFilter:
    """Which tests are wanted."""
    return DueFilter(q=clean(q), status=status or "", rule_id=rule_id, location=clean(location))


def recorded_together(inspection_ids: list[int]) -> Conditions:
    """The inspections that were just recorded."""
    return [Inspection.id.in_(inspection_ids)]


def due_record(one: DueTest) -> DueRecord:
    """A test that is due as the API sends it."""
    return DueRecord(
        unit_id=one.unit_id,
        asset_tag=one.asset_tag,
        equipment_id=one.equipment_id,
        equipment_name=one.equipment_name,
        rule_id=one.rule_id,
        name=one.name,
        location=one.place,
        status=cast("Status", one.status),
        valid_until=one.valid_until.isoformat(),
        inspected_on=one.inspected_on.isoformat() if one.inspected_on else None,
        passed=one.passed,
    )
