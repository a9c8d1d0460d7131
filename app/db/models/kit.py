"""What goes together: kits, accessories, substitutes."""

from decimal import Decimal
from typing import ClassVar

from sqlalchemy import Boolean, CheckConstraint, Computed, ForeignKey, Index, Integer, Numeric, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Editable

_LIVE = text("deleted_at is null")


class Kit(Editable):
    """A commercial bundle, such as "Small conference". It has no stock: it explodes into components."""

    __tablename__ = "kit"
    entity: ClassVar[str] = "kit"
    editable: ClassVar[tuple[str, ...]] = (
        "name", "sku", "description", "daily_rate", "tags", "notes", "archived", "deleted_at",
    )  # fmt: skip

    name: Mapped[str] = mapped_column(Text)
    sku: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text, server_default="")
    daily_rate: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"), default=list)
    notes: Mapped[str] = mapped_column(Text, server_default="")
    archived: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), default=False)
    name_order: Mapped[str] = mapped_column(Text, Computed("natural_order(name)", persisted=True))
    search: Mapped[str] = mapped_column(
        TSVECTOR,
        Computed(
            "search_document(name || ' ' || sku || ' ' || tag_words(tags) || ' ' || description)",
            persisted=True,
        ),
    )

    __table_args__ = (
        CheckConstraint("length(name) between 1 and 200", name="name_length"),
        CheckConstraint("length(sku) between 1 and 64", name="sku_length"),
        CheckConstraint("daily_rate >= 0", name="daily_rate"),
        Index("uq_kit_sku", text("fold(sku)"), unique=True, postgresql_where=_LIVE),
        Index("ix_kit_search", "search", postgresql_using="gin"),
        Index("ix_kit_name_order", "name_order", "id", postgresql_where=_LIVE),
    )

    @property
    def label(self) -> str:
        """The name of the kit."""
        return self.name


class KitComponent(Editable):
    """So many pieces of one equipment in one kit."""

    __tablename__ = "kit_component"
    entity: ClassVar[str] = "kit_component"
    editable: ClassVar[tuple[str, ...]] = ("quantity", "position", "deleted_at")

    kit_id: Mapped[int] = mapped_column(ForeignKey("kit.id", ondelete="CASCADE"))
    equipment_id: Mapped[int] = mapped_column(ForeignKey("equipment.id", ondelete="CASCADE"))
    quantity: Mapped[int] = mapped_column(Integer, server_default=text("1"), default=1)
    position: Mapped[int] = mapped_column(Integer, server_default=text("0"), default=0)
    name: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("quantity between 1 and 10000", name="quantity"),
        Index("uq_kit_component_equipment_id", "kit_id", "equipment_id", unique=True, postgresql_where=_LIVE),
        Index("ix_kit_component_equipment_id", "equipment_id"),
    )

    @property
    def label(self) -> str:
        """How many of what."""
        return f"{self.quantity} × {self.name}"

    @property
    def parent(self) -> tuple[str, int]:
        """The kit it is in."""
        return ("kit", self.kit_id)


class Accessory(Editable):
    """What goes along with an equipment: `quantity` pieces for every `per` of it, rounded up.

    One that is not `included` is only offered.
    """

    __tablename__ = "accessory"
    entity: ClassVar[str] = "accessory"
    editable: ClassVar[tuple[str, ...]] = ("quantity", "per", "included", "deleted_at")

    equipment_id: Mapped[int] = mapped_column(ForeignKey("equipment.id", ondelete="CASCADE"))
    accessory_id: Mapped[int] = mapped_column(ForeignKey("equipment.id", ondelete="CASCADE"))
    quantity: Mapped[int] = mapped_column(Integer, server_default=text("1"), default=1)
    per: Mapped[int] = mapped_column(Integer, server_default=text("1"), default=1)
    included: Mapped[bool] = mapped_column(Boolean, server_default=text("true"), default=True)
    name: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("equipment_id <> accessory_id", name="not_itself"),
        CheckConstraint("quantity between 1 and 1000", name="quantity"),
        CheckConstraint("per between 1 and 1000", name="per"),
        Index("uq_accessory_pair", "equipment_id", "accessory_id", unique=True, postgresql_where=_LIVE),
        Index("ix_accessory_accessory_id", "accessory_id"),
    )

    @property
    def label(self) -> str:
        """The ratio and what goes along."""
        return f"{self.quantity} × {self.name} for {self.per}"

    @property
    def parent(self) -> tuple[str, int]:
        """The equipment it goes along with."""
        return ("equipment", self.equipment_id)


class Substitute(Editable):
    """An approved alternative: `substitute_id` may go where `equipment_id` was wanted; not the other way."""

    __tablename__ = "substitute"
    entity: ClassVar[str] = "substitute"
    editable: ClassVar[tuple[str, ...]] = ("notes", "deleted_at")

    equipment_id: Mapped[int] = mapped_column(ForeignKey("equipment.id", ondelete="CASCADE"))
    substitute_id: Mapped[int] = mapped_column(ForeignKey("equipment.id", ondelete="CASCADE"))
    notes: Mapped[str] = mapped_column(Text, server_default="")
    name: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("equipment_id <> substitute_id", name="not_itself"),
        Index("uq_substitute_pair", "equipment_id", "substitute_id", unique=True, postgresql_where=_LIVE),
        Index("ix_substitute_substitute_id", "substitute_id"),
    )

    @property
    def label(self) -> str:
        """What may go instead."""
        return self.name

    @property
    def parent(self) -> tuple[str, int]:
        """The equipment it stands in for."""
        return ("equipment", self.equipment_id)
