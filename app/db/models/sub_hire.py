"""Gear hired in from a supplier: supply for a while, which has to go back."""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from advanced_alchemy.types import DateTimeUTC
from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Numeric, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Editable

STATUSES = ("draft", "ordered", "received", "returned", "cancelled")


class SubHire(Editable):
    """So many pieces of an equipment from a supplier for `[start_at, end_at)`.

    `cost` is for all of it, in the currency of the company. Ordered and received it adds to what there is,
    as a draft it is only seen. `event_id` is the event it was hired in for.
    """

    __tablename__ = "sub_hire"
    entity: ClassVar[str] = "sub_hire"
    editable: ClassVar[tuple[str, ...]] = (
        "equipment_id", "supplier_id", "event_id", "quantity", "start_at", "end_at", "cost", "reference",
        "notes", "status", "returned_at", "deleted_at",
    )  # fmt: skip

    equipment_id: Mapped[int] = mapped_column(ForeignKey("equipment.id"))
    supplier_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    quantity: Mapped[int] = mapped_column(Integer)
    start_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True))
    end_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True))
    cost: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    reference: Mapped[str] = mapped_column(Text, server_default="")
    notes: Mapped[str] = mapped_column(Text, server_default="")
    status: Mapped[str] = mapped_column(Text, server_default="draft", default="draft")
    returned_at: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    name: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint(f"status in {STATUSES}", name="status"),
        CheckConstraint("quantity between 1 and 100000", name="quantity"),
        CheckConstraint("end_at > start_at", name="period"),
        CheckConstraint("cost >= 0", name="cost"),
        CheckConstraint("(status = 'returned') = (returned_at is not null)", name="returned_at"),
        Index("ix_sub_hire_equipment_id", "equipment_id"),
        Index("ix_sub_hire_supplier_id", "supplier_id"),
        Index("ix_sub_hire_event_id", "event_id"),
        Index("ix_sub_hire_start_at", "start_at", "id"),
    )

    @property
    def label(self) -> str:
        """How many of what."""
        return f"{self.quantity} × {self.name}"

    @property
    def parent(self) -> tuple[str, int] | None:
        """The event it was hired in for."""
        return ("event", self.event_id) if self.event_id else None
