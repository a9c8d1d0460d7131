"""Recurring tests of gear: what has to be tested how often, and what came of it."""

from datetime import date
from typing import ClassVar

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Editable


class InspectionRule(Editable):
    """Every unit of an equipment, or of a whole category, passes this test every so many months.

    `starts_on` is the last day on which a unit that was never tested counts as valid.
    """

    __tablename__ = "inspection_rule"
    entity: ClassVar[str] = "inspection_rule"
    editable: ClassVar[tuple[str, ...]] = (
        "name", "equipment_id", "category_id", "interval_months", "warn_days", "starts_on", "notes",
        "deleted_at",
    )  # fmt: skip

    name: Mapped[str] = mapped_column(Text)
    equipment_id: Mapped[int | None] = mapped_column(ForeignKey("equipment.id", ondelete="CASCADE"))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id", ondelete="CASCADE"))
    interval_months: Mapped[int] = mapped_column(Integer)
    warn_days: Mapped[int] = mapped_column(Integer, server_default=text("30"), default=30)
    starts_on: Mapped[date] = mapped_column(Date)
    notes: Mapped[str] = mapped_column(Text, server_default="")

    __table_args__ = (
        CheckConstraint("length(name) between 1 and 200", name="name_length"),
        CheckConstraint("(equipment_id is null) <> (category_id is null)", name="of_one"),
        CheckConstraint("interval_months between 1 and 240", name="interval_months"),
        CheckConstraint("warn_days between 0 and 365", name="warn_days"),
        Index("ix_inspection_rule_equipment_id", "equipment_id"),
        Index("ix_inspection_rule_category_id", "category_id"),
    )

    @property
    def label(self) -> str:
        """What the test is called."""
        return self.name


class Inspection(Editable):
    """One test of one unit. Passed, it is valid up to and including `valid_until`.

    Failed, `maintenance_id` is the job that was opened. `certificate` is an uploaded file.
    """

    __tablename__ = "inspection"
    entity: ClassVar[str] = "inspection"
    editable: ClassVar[tuple[str, ...]] = (
        "rule_id", "passed", "inspected_on", "valid_until", "inspector", "notes", "certificate",
        "certificate_name", "deleted_at",
    )  # fmt: skip

    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id", ondelete="CASCADE"))
    rule_id: Mapped[int] = mapped_column(ForeignKey("inspection_rule.id", ondelete="CASCADE"))
    passed: Mapped[bool] = mapped_column(Boolean)
    inspected_on: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)
    inspector: Mapped[str] = mapped_column(Text, server_default="")
    notes: Mapped[str] = mapped_column(Text, server_default="")
    certificate: Mapped[str | None] = mapped_column(Text)
    certificate_name: Mapped[str] = mapped_column(Text, server_default="")
    maintenance_id: Mapped[int | None] = mapped_column(ForeignKey("maintenance.id", ondelete="SET NULL"))
    name: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("passed = (valid_until is not null)", name="valid_when_passed"),
        CheckConstraint("valid_until >= inspected_on", name="valid_until"),
        Index("ix_inspection_unit_id", "unit_id", "rule_id", "inspected_on"),
        Index("ix_inspection_rule_id", "rule_id"),
    )

    @property
    def label(self) -> str:
        """The test and the unit."""
        return self.name

    @property
    def parent(self) -> tuple[str, int]:
        """The unit that was tested."""
        return ("unit", self.unit_id)
