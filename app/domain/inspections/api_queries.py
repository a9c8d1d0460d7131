"""The selects behind inspections in the API."""

from datetime import datetime
from typing import cast

from sqlalchemy import select

from app.db.models import Inspection, InspectionRule
from app.domain.inspections.api_schemas import DueRecord, InspectionRecord, RuleRecord, Status
from app.domain.inspections.queries import DueTest
from app.lib.conditions import Conditions, all_of, equal, has_words, not_before
from app.web.api_paging import Key, Order
from app.web.api_records import Records, columns_of, converter

RULES = Records(
    statement=select(*columns_of(InspectionRule, RuleRecord)).where(InspectionRule.deleted_at.is_(None)),
    order=Order(
        keys={
            "id": Key(InspectionRule.id, int),
            "name": Key(InspectionRule.name),
            "created_at": Key(InspectionRule.created_at, datetime),
            "updated_at": Key(InspectionRule.updated_at, datetime),
        },
        default="name",
        id=InspectionRule.id,
    ),
    convert=converter(RuleRecord),
    path="/api/inspection-rules",
    missing="This rule does not exist, or was deleted.",
)

INSPECTIONS = Records(
    statement=select(*columns_of(Inspection, InspectionRecord)).where(Inspection.deleted_at.is_(None)),
    order=Order(
        keys={
            "id": Key(Inspection.id, int),
            "created_at": Key(Inspection.created_at, datetime),
            "updated_at": Key(Inspection.updated_at, datetime),
        },
        default="-id",
        id=Inspection.id,
        newest_first=True,
    ),
    convert=converter(InspectionRecord),
    path="/api/inspections",
    missing="This inspection does not exist, or was deleted.",
)


def rule_conditions(
    *,
    q: str = "",
    equipment_id: int | None = None,
    category_id: int | None = None,
    updated_since: datetime | None = None,
) -> Conditions:
    """Which rules a list shows; None and empty text are no filter."""
    return [
        *has_words(q, InspectionRule.name),
        *all_of(
            equal(InspectionRule.equipment_id, equipment_id),
            equal(InspectionRule.category_id, category_id),
            not_before(InspectionRule.updated_at, updated_since),
        ),
    ]


def inspection_conditions(
    *,
    unit_id: int | None = None,
    rule_id: int | None = None,
    passed: bool | None = None,
    updated_since: datetime | None = None,
) -> Conditions:
    """Which inspections a list shows; None is no filter."""
    return all_of(
        equal(Inspection.unit_id, unit_id),
        equal(Inspection.rule_id, rule_id),
        equal(Inspection.passed, passed),
        not_before(Inspection.updated_at, updated_since),
    )


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
