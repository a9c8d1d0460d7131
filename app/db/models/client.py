"""Who rents: companies and people."""

from decimal import Decimal
from typing import ClassVar

from sqlalchemy import Boolean, CheckConstraint, Computed, ForeignKey, Index, Integer, Numeric, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Editable

KINDS = ("company", "person")

_LIVE = text("deleted_at is null")


class Client(Editable):
    """A company or a person that rents, or that gear is hired in from (`supplier`).

    A blocked client says why (`block_reason`, such as "prepay only"); booking for it warns. A client that was
    merged into another is deleted and points to it. New quotes begin with the client's price list, discount
    (in percent), language and treatment of tax; empty is what everybody has.
    """

    __tablename__ = "client"
    entity: ClassVar[str] = "client"
    editable: ClassVar[tuple[str, ...]] = (
        "name", "kind", "email", "phone", "website", "tax_number", "payment_terms_days", "tags", "notes",
        "supplier", "blocked", "block_reason", "archived", "merged_into_id", "deleted_at",
        "price_list_id", "discount_percent", "language", "tax_treatment",
    )  # fmt: skip

    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text, server_default="company", default="company")
    email: Mapped[str] = mapped_column(Text, server_default="")
    phone: Mapped[str] = mapped_column(Text, server_default="")
    website: Mapped[str] = mapped_column(Text, server_default="")
    tax_number: Mapped[str] = mapped_column(Text, server_default="")
    payment_terms_days: Mapped[int | None] = mapped_column(Integer)
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"), default=list)
    notes: Mapped[str] = mapped_column(Text, server_default="")
    supplier: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), default=False)
    blocked: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), default=False)
    block_reason: Mapped[str] = mapped_column(Text, server_default="")
    archived: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), default=False)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("client.id"))
    price_list_id: Mapped[int | None] = mapped_column(ForeignKey("price_list.id"))
    discount_percent: Mapped[Decimal] = mapped_column(
        Numeric(6, 3), server_default=text("0"), default=Decimal(0)
    )
    language: Mapped[str] = mapped_column(Text, server_default="", default="")
    tax_treatment: Mapped[str] = mapped_column(Text, server_default="standard", default="standard")
    name_order: Mapped[str] = mapped_column(Text, Computed("natural_order(name)", persisted=True))
    search: Mapped[str] = mapped_column(
        TSVECTOR,
        Computed(
            "search_document(name || ' ' || email || ' ' || phone || ' ' || tax_number || ' '"
            " || tag_words(tags) || ' ' || notes)",
            persisted=True,
        ),
    )

    __table_args__ = (
        CheckConstraint("length(name) between 1 and 200", name="name_length"),
        CheckConstraint(f"kind in {KINDS}", name="kind"),
        CheckConstraint("payment_terms_days between 0 and 365", name="payment_terms_days"),
        CheckConstraint("not blocked or block_reason <> ''", name="block_has_reason"),
        CheckConstraint("merged_into_id is null or deleted_at is not null", name="merged_is_deleted"),
        CheckConstraint("discount_percent between 0 and 100", name="discount_percent"),
        CheckConstraint("language in ('', 'en', 'de')", name="language"),
        CheckConstraint("tax_treatment in ('standard', 'reverse_charge')", name="tax_treatment"),
        Index("ix_client_price_list_id", "price_list_id"),
        Index("ix_client_search", "search", postgresql_using="gin"),
        Index("ix_client_name_fold", text("fold(name)"), postgresql_where=_LIVE),
        Index("ix_client_name_order", "name_order", "id", postgresql_where=_LIVE),
        Index("ix_client_updated_at", "updated_at", "id", postgresql_where=_LIVE),
    )

    @property
    def label(self) -> str:
        """The name of the client."""
        return self.name
