"""Physical serialized items."""

from typing import ClassVar

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Editable

CONDITIONS = ("good", "worn", "damaged")
STATES = (
    "in_stock", "allocated", "prepped", "out", "returned", "quarantine", "in_repair", "missing",
    "lost", "written_off", "retired",
)  # fmt: skip
GONE = ("lost", "written_off", "retired")
HANDED = ("prepped", "out")


class Unit(Editable):
    """One physical item with an asset tag. Units in a state of GONE no longer count as stock.

    `rental_id` is the line it is prepped for, or out with. Only the bench moves units in and out of HANDED.
    """

    __tablename__ = "unit"
    entity: ClassVar[str] = "unit"
    editable: ClassVar[tuple[str, ...]] = (
        "asset_tag", "serial_number", "location", "condition", "state", "notes", "deleted_at",
    )  # fmt: skip

    equipment_id: Mapped[int] = mapped_column(ForeignKey("equipment.id", ondelete="CASCADE"))
    asset_tag: Mapped[str] = mapped_column(Text)
    serial_number: Mapped[str] = mapped_column(Text, server_default="")
    location: Mapped[str] = mapped_column(Text, server_default="")
    condition: Mapped[str] = mapped_column(Text, server_default="good", default="good")
    state: Mapped[str] = mapped_column(Text, server_default="in_stock", default="in_stock")
    notes: Mapped[str] = mapped_column(Text, server_default="")
    rental_id: Mapped[int | None] = mapped_column(ForeignKey("rental.id", ondelete="SET NULL"))
    tag_order: Mapped[str] = mapped_column(Text, Computed("natural_order(asset_tag)", persisted=True))

    __table_args__ = (
        CheckConstraint("length(asset_tag) between 1 and 64", name="asset_tag_length"),
        CheckConstraint(f"condition in {CONDITIONS}", name="condition"),
        CheckConstraint(f"state in {STATES}", name="state"),
        CheckConstraint(f"rental_id is null or state in {(*HANDED, 'missing')}", name="with_a_line"),
        Index(
            "uq_unit_asset_tag",
            text("fold(asset_tag)"),
            unique=True,
            postgresql_where=text("deleted_at is null"),
        ),
        Index("ix_unit_equipment_id", "equipment_id", "tag_order"),
        Index("ix_unit_rental_id", "rental_id", postgresql_where=text("rental_id is not null")),
        Index(
            "ix_unit_serial_number", text("fold(serial_number)"), postgresql_where=text("serial_number <> ''")
        ),
    )

    @property
    def label(self) -> str:
        """The asset tag."""
        return self.asset_tag

    @property
    def parent(self) -> tuple[str, int]:
        """The equipment whose unit this is."""
        return ("equipment", self.equipment_id)
