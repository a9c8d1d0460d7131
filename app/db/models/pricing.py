"""What things cost: price lists with their rules, factors of many days, tax rates."""

from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, Numeric, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Editable

BASES = ("day", "week", "hour", "flat", "piece")
SCOPES = ("equipment", "kit", "category", "everything")
WEEKENDS = ("days", "one", "free")

_LIVE = text("deleted_at is null")


class Named:
    """What is chosen by its name, which only one of its kind has."""

    name: Mapped[str] = mapped_column(Text)

    @property
    def label(self) -> str:
        """Its name."""
        return self.name


class Chosen(Named):
    """What is chosen by its name; at most one of its kind is taken where none was chosen."""

    is_default: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), default=False)


def _of_named(table: str) -> tuple[CheckConstraint | Index, ...]:
    """What has to hold for the columns of Named, for `__table_args__`."""
    return (
        CheckConstraint("length(name) between 1 and 100", name="name_length"),
        Index(f"uq_{table}_name", text("fold(name)"), unique=True, postgresql_where=_LIVE),
    )


def _of_chosen(table: str) -> tuple[CheckConstraint | Index, ...]:
    """What has to hold for the columns of Chosen, for `__table_args__`."""
    only_one = text("is_default and deleted_at is null")
    return (
        *_of_named(table),
        Index(f"uq_{table}_default", "is_default", unique=True, postgresql_where=only_one),
    )


class TaxRate(Chosen, Editable):
    """A rate of tax in percent. `account` is where the books keep revenue at this rate, for the journal."""

    __tablename__ = "tax_rate"
    entity: ClassVar[str] = "tax_rate"
    editable: ClassVar[tuple[str, ...]] = ("name", "percent", "account", "is_default", "deleted_at")

    percent: Mapped[Decimal] = mapped_column(Numeric(6, 3))
    account: Mapped[str] = mapped_column(Text, server_default="", default="")

    __table_args__ = (
        *_of_chosen("tax_rate"),
        CheckConstraint("percent between 0 and 100", name="percent"),
    )


class FactorTable(Named, Editable):
    """How many times the price of a day so many days cost.

    `steps` are pairs `[days, factor]` with rising days, the first for one day; factors are decimals as text.
    A number of days between two steps, or beyond the last, takes the step below and `further` for each day
    more.
    """

    __tablename__ = "factor_table"
    entity: ClassVar[str] = "factor_table"
    editable: ClassVar[tuple[str, ...]] = ("name", "steps", "further", "deleted_at")

    steps: Mapped[list[Any]] = mapped_column(JSONB)
    further: Mapped[Decimal] = mapped_column(Numeric(8, 4), server_default=text("1"), default=Decimal(1))

    __table_args__ = (
        *_of_named("factor_table"),
        CheckConstraint("jsonb_array_length(steps) between 1 and 60", name="steps"),
        CheckConstraint("further between 0 and 10", name="further"),
    )


class PriceList(Chosen, Editable):
    """A set of rules. One list is the default: for whoever has no other."""

    __tablename__ = "price_list"
    entity: ClassVar[str] = "price_list"
    editable: ClassVar[tuple[str, ...]] = (
        "name",
        "notes",
        "currency",
        "is_default",
        "archived",
        "deleted_at",
    )

    notes: Mapped[str] = mapped_column(Text, server_default="", default="")
    currency: Mapped[str] = mapped_column(Text, server_default="EUR")
    archived: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), default=False)

    __table_args__ = (
        *_of_chosen("price_list"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
    )


class PriceRule(Editable):
    """What one equipment, one kit, all of a category, or everything costs in a price list.

    The nearest rule counts: of the equipment or kit, then of its subcategory, its category, of everything.
    Without an `amount` it is the daily rate of the equipment or kit itself. `basis` is what the amount is
    for: a day (times the factor of that many days where there is a `factor_table_id`), a begun week, a begun
    hour, once (flat), or a piece that is sold. `weekend` says how Saturday and Sunday count: as days, as one
    day together, or not at all. The charge is at least that of `minimum_days`, and at least `minimum_charge`
    for the line.
    """

    __tablename__ = "price_rule"
    entity: ClassVar[str] = "price_rule"
    editable: ClassVar[tuple[str, ...]] = (
        "scope", "equipment_id", "kit_id", "category_id", "basis", "amount", "factor_table_id", "weekend",
        "minimum_days", "minimum_charge", "deleted_at",
    )  # fmt: skip

    price_list_id: Mapped[int] = mapped_column(ForeignKey("price_list.id", ondelete="CASCADE"))
    scope: Mapped[str] = mapped_column(Text)
    equipment_id: Mapped[int | None] = mapped_column(ForeignKey("equipment.id", ondelete="CASCADE"))
    kit_id: Mapped[int | None] = mapped_column(ForeignKey("kit.id", ondelete="CASCADE"))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id", ondelete="CASCADE"))
    basis: Mapped[str] = mapped_column(Text, server_default="day", default="day")
    amount: Mapped[Decimal | None] = mapped_column(Numeric(14, 4))
    factor_table_id: Mapped[int | None] = mapped_column(ForeignKey("factor_table.id"))
    weekend: Mapped[str] = mapped_column(Text, server_default="days", default="days")
    minimum_days: Mapped[int] = mapped_column(Integer, server_default=text("1"), default=1)
    minimum_charge: Mapped[Decimal | None] = mapped_column(Numeric(15, 3))
    name: Mapped[str] = mapped_column(Text, server_default="", default="")

    __table_args__ = (
        CheckConstraint(f"scope in {SCOPES}", name="scope"),
        CheckConstraint("(scope = 'equipment') = (equipment_id is not null)", name="equipment"),
        CheckConstraint("(scope = 'kit') = (kit_id is not null)", name="kit"),
        CheckConstraint("(scope = 'category') = (category_id is not null)", name="category"),
        CheckConstraint(f"basis in {BASES}", name="basis"),
        CheckConstraint(f"weekend in {WEEKENDS}", name="weekend"),
        CheckConstraint("basis = 'day' or factor_table_id is null", name="factors_are_of_days"),
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("minimum_days between 1 and 366", name="minimum_days"),
        CheckConstraint("minimum_charge >= 0", name="minimum_charge"),
        Index(
            "uq_price_rule_target",
            "price_list_id",
            text("coalesce(equipment_id, 0)"),
            text("coalesce(kit_id, 0)"),
            text("coalesce(category_id, 0)"),
            unique=True,
            postgresql_where=_LIVE,
        ),
        Index("ix_price_rule_equipment_id", "equipment_id"),
        Index("ix_price_rule_kit_id", "kit_id"),
        Index("ix_price_rule_category_id", "category_id"),
        Index("ix_price_rule_factor_table_id", "factor_table_id"),
    )

    @property
    def label(self) -> str:
        """What it is a price of."""
        return self.name

    @property
    def parent(self) -> tuple[str, int]:
        """The price list it is in."""
        return ("price_list", self.price_list_id)
