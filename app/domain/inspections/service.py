"""Commands on inspections: what has to be tested how often, and what came of a test."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from app.db.models import Equipment, Inspection, InspectionRule, Unit
from app.domain.inspections.policy import valid_until
from app.domain.inspections.rules import InspectionRuleRules, InspectionRules
from app.domain.maintenance.service import report
from app.lib import editing
from app.lib.batches import lock_all
from app.lib.commands import Commands
from app.lib.errors import InvalidInput, NotFound
from app.lib.rules import register
from app.lib.unit_of_work import UnitOfWork

register(InspectionRule.entity, InspectionRuleRules())
register(Inspection.entity, InspectionRules())

_RULES = Commands(
    InspectionRule,
    ("name", "equipment_id", "category_id", "interval_months", "warn_days", "starts_on", "notes"),
)
_INSPECTIONS = Commands(
    Inspection,
    ("inspected_on", "valid_until", "inspector", "notes", "certificate", "certificate_name"),
)

create_rule = _RULES.create
"""Add a rule; name, equipment or category, interval and start are required. Raises InvalidInput."""
edit_rule = _RULES.edit
"""Change a rule, merging with others. Raises NotFound, EditConflict, InvalidInput."""
delete_rule = _RULES.delete
"""Delete a rule so that it can be restored; nothing expires by it any more. Raises NotFound, EditConflict."""
restore_rule = _RULES.restore
"""Take a delete back. Raises NotFound, InvalidInput."""
edit_inspection = _INSPECTIONS.edit
"""Correct what was recorded of a test. Raises NotFound, EditConflict, InvalidInput."""
delete_inspection = _INSPECTIONS.delete
"""Delete a record so that it can be restored: the test before it counts. Raises NotFound, EditConflict."""
restore_inspection = _INSPECTIONS.restore
"""Take a delete back. Raises NotFound, InvalidInput."""


async def record(
    work: UnitOfWork,
    unit_ids: Sequence[int],
    rule_id: int,
    *,
    passed: bool,
    inspected_on: date,
    values: Mapping[str, Any] | None = None,
) -> list[Inspection]:
    """Record one test of each of these units, all passed or all failed.

    Passed, it is valid for the interval of its rule unless `values` say until when; failed, a job that
    blocks the unit is opened. Further `values`: inspector, notes, certificate, certificate_name. Raises
    NotFound, InvalidInput, Conflict for a unit that is out.
    """
    if not unit_ids:
        raise InvalidInput({"unit_ids": "Choose what was tested."})
    rule = await work.session.get(InspectionRule, rule_id)
    if rule is None or rule.deleted_at is not None:
        raise NotFound("This test does not exist, or was deleted.")
    units = await _locked(work, unit_ids)
    given = {name: value for name, value in (values or {}).items() if value is not None}
    until = given.pop("valid_until", None) or valid_until(inspected_on, rule.interval_months)
    recorded = list[Inspection]()
    for unit in units:
        job_id = None if passed else await _open_job(work, unit, rule, str(given.get("notes", "")))
        inspection = Inspection(
            unit_id=unit.id,
            rule_id=rule.id,
            passed=passed,
            inspected_on=inspected_on,
            valid_until=until if passed else None,
            maintenance_id=job_id,
            name=f"{rule.name}, {unit.asset_tag}",
            **given,
        )
        action = "inspection.passed" if passed else "inspection.failed"
        recorded.append(await editing.create(work, inspection, action))
    return recorded


async def _locked(work: UnitOfWork, unit_ids: Sequence[int]) -> list[Unit]:
    """Lock equipment before its units, as everybody does."""
    wanted = sorted(set(unit_ids))
    known = [await work.session.get(Unit, key) for key in wanted]
    await lock_all(work, Equipment, sorted({unit.equipment_id for unit in known if unit is not None}))
    return list((await lock_all(work, Unit, wanted)).values())


async def _open_job(work: UnitOfWork, unit: Unit, rule: InspectionRule, notes: str) -> int:
    job = await report(
        work,
        {
            "equipment_id": unit.equipment_id,
            "unit_id": unit.id,
            "quantity": 1,
            "title": f"Failed: {rule.name}"[:200],
            "description": notes,
            "kind": "inspection",
            "blocks": True,
        },
    )
    return job.id
