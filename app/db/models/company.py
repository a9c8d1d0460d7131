"""The company whose shop this is."""

from decimal import Decimal
from typing import ClassVar

from sqlalchemy import Boolean, CheckConstraint, Integer, Numeric, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Editable

BINDS_UNITS = ("later", "confirmation")
PREP_STEPS = ("picked", "tested", "packed", "loaded")
PAPER_SIZES = ("A4", "Letter")


class Company(Editable):
    """Name, place, money and time of the company. There is exactly one row, with id 1.

    `binds_units` says when the units of a line are chosen without being asked for: "later" (by hand, or at
    prep) or "confirmation". `prep_steps` are the steps of prep that the shop takes, in their order. Address,
    logo (a file) and the like stand on its papers. `prices_include_tax`, `tax_rounding` ("rate": once for
    each rate of tax, or "line": for each line), `quote_days`, `deposit_percent`, `due_days` and `terms` are
    what new quotes and invoices begin with.
    """

    __tablename__ = "company"
    entity: ClassVar[str] = "company"
    editable: ClassVar[tuple[str, ...]] = (
        "name", "city", "currency", "time_zone", "locale", "binds_units", "prep_steps",
        "paper_size", "address", "phone", "email", "website", "tax_number", "logo",
        "prices_include_tax", "tax_rounding", "quote_days", "deposit_percent", "due_days", "terms",
        "bank_name", "iban", "bic",
    )  # fmt: skip

    name: Mapped[str] = mapped_column(Text)
    city: Mapped[str] = mapped_column(Text, server_default="")
    currency: Mapped[str] = mapped_column(Text, server_default="EUR")
    time_zone: Mapped[str] = mapped_column(Text, server_default="UTC")
    locale: Mapped[str] = mapped_column(Text, server_default="en_GB")
    binds_units: Mapped[str] = mapped_column(Text, server_default="later", default="later")
    prep_steps: Mapped[list[str]] = mapped_column(
        ARRAY(Text), server_default=text("'{picked,packed}'"), default=lambda: ["picked", "packed"]
    )
    paper_size: Mapped[str] = mapped_column(Text, server_default="A4", default="A4")
    address: Mapped[str] = mapped_column(Text, server_default="", default="")
    phone: Mapped[str] = mapped_column(Text, server_default="", default="")
    email: Mapped[str] = mapped_column(Text, server_default="", default="")
    website: Mapped[str] = mapped_column(Text, server_default="", default="")
    tax_number: Mapped[str] = mapped_column(Text, server_default="", default="")
    logo: Mapped[str | None] = mapped_column(Text)
    prices_include_tax: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), default=False)
    tax_rounding: Mapped[str] = mapped_column(Text, server_default="rate", default="rate")
    quote_days: Mapped[int] = mapped_column(Integer, server_default=text("14"), default=14)
    deposit_percent: Mapped[Decimal] = mapped_column(
        Numeric(6, 3), server_default=text("0"), default=Decimal(0)
    )
    due_days: Mapped[int] = mapped_column(Integer, server_default=text("14"), default=14)
    terms: Mapped[str] = mapped_column(Text, server_default="", default="")
    bank_name: Mapped[str] = mapped_column(Text, server_default="", default="")
    iban: Mapped[str] = mapped_column(Text, server_default="", default="")
    bic: Mapped[str] = mapped_column(Text, server_default="", default="")

    __table_args__ = (
        CheckConstraint("id = 1", name="only_one"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        CheckConstraint(f"binds_units in {BINDS_UNITS}", name="binds_units"),
        CheckConstraint("prep_steps <@ array['picked', 'tested', 'packed', 'loaded']", name="prep_steps"),
        CheckConstraint("prep_steps @> array['picked']", name="picked_always"),
        CheckConstraint(f"paper_size in {PAPER_SIZES}", name="paper_size"),
        CheckConstraint("tax_rounding in ('rate', 'line')", name="tax_rounding"),
        CheckConstraint("quote_days between 1 and 365", name="quote_days"),
        CheckConstraint("deposit_percent between 0 and 100", name="deposit_percent"),
        CheckConstraint("due_days between 0 and 365", name="due_days"),
    )

    @property
    def label(self) -> str:
        """The name of the company."""
        return self.name
