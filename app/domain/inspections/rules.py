"""What has to hold for inspections and their rules, whoever writes them."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from app.db.models import Category, Equipment, Inspection, InspectionRule, Unit
from app.lib.clock import now
from app.lib.errors import InvalidInput
from app.lib.rules import Rules, Write
from app.lib.unit_of_work import UnitOfWork


class InspectionRuleRules(Rules[InspectionRule]):
    """A rule is for one equipment that has units, or for one category."""

    async def check(self, work: UnitOfWork, writes: Sequence[Write[InspectionRule]]) -> None:
        """Raises InvalidInput."""
        for write in writes:
            after = write.after
            errors = {} if after["name"] else {"name": "Give the test a name."}
            equipment_id, category_id = after["equipment_id"], after["category_id"]
            if (equipment_id is None) == (category_id is None):
                errors["equipment_id"] = "Choose either an equipment or a category."
            elif equipment_id is not None and write.sets("equipment_id"):
                tracking = await work.session.scalar(
                    select(Equipment.tracking).where(
                        Equipment.id == equipment_id, Equipment.deleted_at.is_(None)
                    )
                )
                if tracking != "serialized":
                    errors["equipment_id"] = "Choose equipment that has units: they are what is tested."
            elif category_id is not None and write.sets("category_id"):
                found = select(Category.id).where(Category.id == category_id, Category.deleted_at.is_(None))
                if await work.session.scalar(found) is None:
                    errors["category_id"] = "This category does not exist, or was deleted."
            if errors:
                raise InvalidInput(errors)


class InspectionRules(Rules[Inspection]):
    """A test was made of a unit that is there, not in the future, by a rule that is about it."""

    async def check(self, work: UnitOfWork, writes: Sequence[Write[Inspection]]) -> None:
        """Raises InvalidInput."""
        for write in writes:
            after = write.after
            errors = dict[str, str]()
            # where the day has begun already
            if after["inspected_on"] > now().date() + timedelta(days=1):
                errors["inspected_on"] = "A test is recorded when it was made, not before."
            if after["passed"] and after["valid_until"] is None:
                errors["valid_until"] = "Say until when it is valid."
            if not after["passed"] and after["valid_until"] is not None:
                errors["valid_until"] = "What failed is not valid."
            elif after["valid_until"] is not None and after["valid_until"] < after["inspected_on"]:
                errors["valid_until"] = "It is valid from the day of the test on."
            if write.sets("rule_id") and not await _is_about(work, after["rule_id"], write.subject.unit_id):
                errors["rule_id"] = "This test is not for this unit."
            if errors:
                raise InvalidInput(errors)


async def _is_about(work: UnitOfWork, rule_id: int, unit_id: int) -> bool:
    found = await work.session.scalar(
        select(Unit.id)
        .join(Equipment, Equipment.id == Unit.equipment_id)
        .join(
            InspectionRule,
            (InspectionRule.equipment_id == Equipment.id)
            | InspectionRule.category_id.in_((Equipment.category_id, Equipment.subcategory_id)),
        )
        .where(
            Unit.id == unit_id,
            Unit.deleted_at.is_(None),
            InspectionRule.id == rule_id,
            InspectionRule.deleted_at.is_(None),
        )
    )
    return found is not None
