"""Boxes that gear travels in."""

from decimal import Decimal
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Numeric, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Editable

KINDS = ("temporary", "permanent")


class Case(Editable):
    """A physical box with a code to scan. `weight_kg` is that of the empty box.

    A temporary case is emptied at return; a permanent one has contents it should always have (`CaseItem`)
    and moves as a whole. `event_id` is the event it is packed for, or is out with, now. What is in it is
    the sum of the movements that name it.
    """

    __tablename__ = "gear_case"
    entity: ClassVar[str] = "case"
    editable: ClassVar[tuple[str, ...]] = (
        "code", "name", "kind", "location", "weight_kg", "notes", "deleted_at",
    )  # fmt: skip

    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text, server_default="temporary", default="temporary")
    location: Mapped[str] = mapped_column(Text, server_default="")
    weight_kg: Mapped[Decimal | None] = mapped_column(Numeric(10, 3))
    notes: Mapped[str] = mapped_column(Text, server_default="")
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))

    __table_args__ = (
        CheckConstraint("length(code) between 1 and 64", name="code_length"),
        CheckConstraint("length(name) between 1 and 200", name="name_length"),
        CheckConstraint(f"kind in {KINDS}", name="kind"),
        CheckConstraint("weight_kg >= 0", name="weight_kg"),
        Index(
            "uq_gear_case_code", text("fold(code)"), unique=True, postgresql_where=text("deleted_at is null")
        ),
        Index("ix_gear_case_event_id", "event_id", postgresql_where=text("event_id is not null")),
    )

    @property
    def label(self) -> str:
        """The code on the box."""
        return self.code


class CaseItem(Editable):
    """What a permanent case should hold: so many pieces of one equipment."""

    __tablename__ = "case_item"
    entity: ClassVar[str] = "case_item"
    editable: ClassVar[tuple[str, ...]] = ("equipment_id", "quantity", "name", "position", "deleted_at")

    case_id: Mapped[int] = mapped_column(ForeignKey("gear_case.id", ondelete="CASCADE"))
    equipment_id: Mapped[int] = mapped_column(ForeignKey("equipment.id", ondelete="CASCADE"))
    quantity: Mapped[int] = mapped_column(Integer, server_default=text("1"), default=1)
    position: Mapped[int] = mapped_column(Integer, server_default=text("0"), default=0)
    name: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("quantity between 1 and 10000", name="quantity"),
        Index(
            "uq_case_item_equipment_id",
            "case_id",
            "equipment_id",
            unique=True,
            postgresql_where=text("deleted_at is null"),
        ),
        Index("ix_case_item_equipment_id", "equipment_id"),
    )

    @property
    def label(self) -> str:
        """How many of what."""
        return f"{self.quantity} × {self.name}"

    @property
    def parent(self) -> tuple[str, int]:
        """The case it belongs into."""
        return ("case", self.case_id)
