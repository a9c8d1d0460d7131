"""What quotes and invoices have in common: their words and terms, what is granted, what is kept."""

from decimal import Decimal
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Numeric, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

ROUNDINGS = ("rate", "line")
LANGUAGES = ("en", "de")


class Granted:
    """What is granted on a line, on a group of lines, or on the whole: a percentage, then an amount."""

    discount_percent: Mapped[Decimal] = mapped_column(
        Numeric(6, 3), server_default=text("0"), default=Decimal(0)
    )
    discount_amount: Mapped[Decimal] = mapped_column(
        Numeric(15, 3), server_default=text("0"), default=Decimal(0)
    )


class PaperTerms(Granted):
    """The words and terms of a paper for a client. Once it is final, `content` and its sums are kept."""

    title: Mapped[str] = mapped_column(Text)
    intro: Mapped[str] = mapped_column(Text, server_default="", default="")
    currency: Mapped[str] = mapped_column(Text)
    prices_include_tax: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), default=False)
    tax_rounding: Mapped[str] = mapped_column(Text, server_default="rate", default="rate")
    reverse_charge: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), default=False)
    language: Mapped[str] = mapped_column(Text, server_default="en", default="en")
    content: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    content_hash: Mapped[str] = mapped_column(Text, server_default="", default="")
    net: Mapped[Decimal | None] = mapped_column(Numeric(15, 3))
    tax: Mapped[Decimal | None] = mapped_column(Numeric(15, 3))
    gross: Mapped[Decimal | None] = mapped_column(Numeric(15, 3))


def grant_checks() -> tuple[CheckConstraint, ...]:
    """What has to hold for the columns of Granted, for `__table_args__`."""
    return (
        CheckConstraint("discount_percent between 0 and 100", name="discount_percent"),
        CheckConstraint("discount_amount >= 0", name="discount_amount"),
    )


def paper_checks() -> tuple[CheckConstraint, ...]:
    """What has to hold for the columns of PaperTerms, for `__table_args__`."""
    return (
        *grant_checks(),
        CheckConstraint("length(title) between 1 and 200", name="title_length"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        CheckConstraint(f"tax_rounding in {ROUNDINGS}", name="tax_rounding"),
        CheckConstraint(f"language in {LANGUAGES}", name="language"),
        CheckConstraint("net + tax = gross", name="sums"),
    )
