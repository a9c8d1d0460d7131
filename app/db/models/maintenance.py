"""Work on a unit or a quantity: reported, done, resolved."""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from advanced_alchemy.types import DateTimeUTC
from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, Numeric, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Editable

KINDS = ("preventive", "repair", "inspection")
STATES = ("reported", "in_progress", "waiting", "resolved", "written_off")
OPEN = ("reported", "in_progress", "waiting")


class Maintenance(Editable):
    """A job on one unit, or on a quantity of bulk equipment.

    `blocks` says whether the gear is out of service meanwhile (it consumes stock) or whether the job
    merely warns; `expected_back` is when it is thought to be rentable again; `due_at` when planned work
    is to be done.
    """

    __tablename__ = "maintenance"
    entity: ClassVar[str] = "maintenance"
    editable: ClassVar[tuple[str, ...]] = (
        "title", "description", "kind", "state", "quantity", "blocks", "cost", "due_at", "expected_back",
        "started_at", "resolved_at", "resolution", "assignee_id", "deleted_at",
    )  # fmt: skip

    equipment_id: Mapped[int] = mapped_column(ForeignKey("equipment.id", ondelete="CASCADE"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id", ondelete="CASCADE"))
    quantity: Mapped[int] = mapped_column(Integer, server_default=text("1"), default=1)
    title: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text, server_default="")
    kind: Mapped[str] = mapped_column(Text, server_default="repair", default="repair")
    state: Mapped[str] = mapped_column(Text, server_default="reported", default="reported")
    blocks: Mapped[bool] = mapped_column(Boolean, server_default=text("true"), default=True)
    cost: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    due_at: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    expected_back: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    reported_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    started_at: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    resolved_at: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    resolution: Mapped[str] = mapped_column(Text, server_default="")

    __table_args__ = (
        CheckConstraint("length(title) between 1 and 200", name="title_length"),
        CheckConstraint(f"kind in {KINDS}", name="kind"),
        CheckConstraint(f"state in {STATES}", name="state"),
        CheckConstraint("quantity >= 1", name="quantity"),
        CheckConstraint("unit_id is null or quantity = 1", name="unit_is_one"),
        CheckConstraint("cost >= 0", name="cost"),
        CheckConstraint(
            "(state in ('resolved', 'written_off')) = (resolved_at is not null)", name="resolved_at"
        ),
        Index("ix_maintenance_equipment_id", "equipment_id"),
        Index("ix_maintenance_unit_id", "unit_id"),
        Index(
            "ix_maintenance_open",
            "state",
            "due_at",
            postgresql_where=text("state in ('reported', 'in_progress', 'waiting') and deleted_at is null"),
        ),
    )

    @property
    def label(self) -> str:
        """What is to be done."""
        return self.title

    @property
    def parent(self) -> tuple[str, int]:
        """The equipment it is about."""
        return ("equipment", self.equipment_id)
