"""What is quoted and booked."""

from decimal import Decimal
from typing import ClassVar

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Numeric,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Editable

KINDS = ("equipment", "consumable")
TRACKINGS = ("bulk", "serialized")
STATUSES = ("good", "damaged", "maintenance")

_LIVE = text("deleted_at is null")
_SORTED = (
    "status", "kind", "tracking", "quantity", "daily_rate", "replacement_value", "weight_kg", "power_w",
)  # fmt: skip
# as the database spells them, so that they are recognised
_LOCATION, _SHELF = "NULLIF(lower(location), ''::text)", "COALESCE(subcategory_id, category_id)"


class Equipment(Editable):
    """A model of gear, such as "Shure SM58".

    `quantity` is the stock: typed for bulk equipment, kept by a trigger as the number of units in service
    for serialized. `unit_words` (tags and serial numbers of its units, also kept by that trigger) is there
    to be searched. `name_order` sorts digits by value. Weight is in kilograms, power in watts, times in
    minutes, money in the currency of the company.
    """

    __tablename__ = "equipment"
    entity: ClassVar[str] = "equipment"
    editable: ClassVar[tuple[str, ...]] = (
        "name", "description", "sku", "category_id", "subcategory_id", "kind", "tracking", "quantity",
        "status", "location", "daily_rate", "replacement_value", "tax_rate_id", "weight_kg", "power_w",
        "prep_minutes", "turnaround_minutes", "tags", "notes", "photo", "archived", "deleted_at",
    )  # fmt: skip

    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text, server_default="")
    sku: Mapped[str] = mapped_column(Text)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    subcategory_id: Mapped[int | None] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(Text, server_default="equipment", default="equipment")
    tracking: Mapped[str] = mapped_column(Text, server_default="bulk", default="bulk")
    quantity: Mapped[int] = mapped_column(Integer, server_default=text("0"), default=0)
    status: Mapped[str] = mapped_column(Text, server_default="good", default="good")
    location: Mapped[str] = mapped_column(Text, server_default="")
    daily_rate: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    replacement_value: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    tax_rate_id: Mapped[int | None] = mapped_column(ForeignKey("tax_rate.id"))
    weight_kg: Mapped[Decimal | None] = mapped_column(Numeric(10, 3))
    power_w: Mapped[int | None] = mapped_column(Integer)
    prep_minutes: Mapped[int] = mapped_column(Integer, server_default=text("0"), default=0)
    turnaround_minutes: Mapped[int] = mapped_column(Integer, server_default=text("0"), default=0)
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"), default=list)
    notes: Mapped[str] = mapped_column(Text, server_default="")
    photo: Mapped[str | None] = mapped_column(Text)
    archived: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), default=False)

    unit_words: Mapped[str] = mapped_column(Text, server_default="")
    name_order: Mapped[str] = mapped_column(Text, Computed("natural_order(name)", persisted=True))
    sku_order: Mapped[str] = mapped_column(Text, Computed("natural_order(sku)", persisted=True))
    search: Mapped[str] = mapped_column(
        TSVECTOR,
        Computed(
            "search_document(name || ' ' || sku || ' ' || tag_words(tags) || ' ' || unit_words || ' '"
            " || description)",
            persisted=True,
        ),
    )

    __table_args__ = (
        CheckConstraint("length(name) between 1 and 200", name="name_length"),
        CheckConstraint("length(sku) between 1 and 64", name="sku_length"),
        CheckConstraint(f"kind in {KINDS}", name="kind"),
        CheckConstraint(f"tracking in {TRACKINGS}", name="tracking"),
        CheckConstraint(f"status in {STATUSES}", name="status"),
        CheckConstraint("not (kind = 'consumable' and tracking = 'serialized')", name="consumable_is_bulk"),
        CheckConstraint("quantity between 0 and 1000000", name="quantity"),
        CheckConstraint("daily_rate >= 0", name="daily_rate"),
        CheckConstraint("replacement_value >= 0", name="replacement_value"),
        CheckConstraint("weight_kg >= 0", name="weight_kg"),
        CheckConstraint("power_w >= 0", name="power_w"),
        CheckConstraint("prep_minutes between 0 and 43200", name="prep_minutes"),
        CheckConstraint("turnaround_minutes between 0 and 43200", name="turnaround_minutes"),
        ForeignKeyConstraint(
            ["subcategory_id", "category_id"],
            ["category.id", "category.parent_id"],
            name="fk_equipment_subcategory",
        ),
        Index("uq_equipment_sku", text("fold(sku)"), unique=True, postgresql_where=_LIVE),
        Index("ix_equipment_search", "search", postgresql_using="gin"),
        Index("ix_equipment_name_order", "name_order", "id", postgresql_where=_LIVE),
        Index("ix_equipment_sku_order", "sku_order", "id", postgresql_where=_LIVE),
        Index("ix_equipment_updated_at", "updated_at", "id", postgresql_where=_LIVE),
        Index("ix_equipment_category_id", "category_id", "name_order", "id", postgresql_where=_LIVE),
        Index("ix_equipment_subcategory_id", "subcategory_id"),
        # the other orders of the table; an edit writes all indexes anyway, as it sets updated_at
        *(Index(f"ix_equipment_{name}", name, "id", postgresql_where=_LIVE) for name in _SORTED),
        Index("ix_equipment_location", text(_LOCATION), "id", postgresql_where=_LIVE),
        # what is alike lies together: the order of places alone would find a category last
        Index("ix_equipment_category_location", "category_id", text(_LOCATION), "id", postgresql_where=_LIVE),
        Index("ix_equipment_shelf", text(_SHELF), "id", postgresql_where=_LIVE),
        {"postgresql_with": {"fillfactor": "80"}},
    )

    @property
    def label(self) -> str:
        """The name of the equipment."""
        return self.name
