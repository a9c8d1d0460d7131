"""Invoices, credit notes and payments: what a client owes."""

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

from advanced_alchemy.base import IdentityBase
from advanced_alchemy.types import DateTimeUTC
from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Editable, Stamped
from app.db.models.terms import Granted, PaperTerms, grant_checks, paper_checks

KINDS = ("deposit", "part", "final", "credit_note")
METHODS = ("cash", "card", "transfer", "online")
ATTEMPT_STATES = ("open", "processing", "succeeded", "failed", "cancelled")


class NumberRange(IdentityBase):
    """The next number of one kind of paper in one year; taken under its lock, so there are no gaps."""

    __tablename__ = "number_range"

    kind: Mapped[str] = mapped_column(Text)
    year: Mapped[int] = mapped_column(Integer)
    next: Mapped[int] = mapped_column(Integer, server_default=text("1"), default=1)

    __table_args__ = (
        UniqueConstraint("kind", "year", name="uq_number_range_kind_year"),
        CheckConstraint("next >= 1", name="next"),
    )


class Invoice(PaperTerms, Editable):
    """What a client is asked to pay, or, as a credit note, gets back.

    A draft is edited as everything else. Issued it gets its number and its `content`, and is never changed or
    deleted (a trigger sees to it); only reminders are counted. The sums of a credit note are negative and it
    names the invoice it takes back, whole or in part. `[service_start, service_end]` are days.
    """

    __tablename__ = "invoice"
    entity: ClassVar[str] = "invoice"
    editable: ClassVar[tuple[str, ...]] = (
        "title", "intro", "closing", "due_days", "service_start", "service_end", "prices_include_tax",
        "tax_rounding", "reverse_charge", "discount_percent", "discount_amount", "language", "state",
        "reminders", "reminded_on", "deleted_at",
    )  # fmt: skip

    kind: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default="draft", default="draft")
    number: Mapped[str | None] = mapped_column(Text)
    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    quote_version_id: Mapped[int | None] = mapped_column(ForeignKey("quote_version.id"))
    credits_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"))
    closing: Mapped[str] = mapped_column(Text, server_default="", default="")
    due_days: Mapped[int] = mapped_column(Integer, server_default=text("14"), default=14)
    service_start: Mapped[date | None] = mapped_column(Date)
    service_end: Mapped[date | None] = mapped_column(Date)
    issued_on: Mapped[date | None] = mapped_column(Date)
    due_on: Mapped[date | None] = mapped_column(Date)
    issued_at: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    reminders: Mapped[int] = mapped_column(Integer, server_default=text("0"), default=0)
    reminded_on: Mapped[date | None] = mapped_column(Date)

    __table_args__ = (
        *paper_checks(),
        UniqueConstraint("number", name="uq_invoice_number"),
        CheckConstraint(f"kind in {KINDS}", name="kind"),
        CheckConstraint("state in ('draft', 'issued')", name="state"),
        CheckConstraint("due_days between 0 and 365", name="due_days"),
        CheckConstraint("service_end >= service_start", name="service_period"),
        CheckConstraint("(kind = 'credit_note') = (credits_id is not null)", name="credits"),
        CheckConstraint(
            "(state = 'issued') = (number is not null and issued_on is not null and due_on is not null"
            " and content is not null and gross is not null)",
            name="issued_is_whole",
        ),
        CheckConstraint("state = 'draft' or deleted_at is null", name="issued_stays"),
        CheckConstraint("kind <> 'credit_note' or gross <= 0", name="credit_is_negative"),
        CheckConstraint("reminders between 0 and 9", name="reminders"),
        Index("ix_invoice_client_id", "client_id", "issued_on"),
        Index("ix_invoice_event_id", "event_id"),
        Index("ix_invoice_quote_version_id", "quote_version_id"),
        Index("ix_invoice_credits_id", "credits_id"),
        Index("ix_invoice_due_on", "due_on", "id", postgresql_where=text("state = 'issued'")),
    )

    @property
    def label(self) -> str:
        """Its number, or what the draft is called."""
        return self.number or self.title

    @property
    def parent(self) -> tuple[str, int] | None:
        """The event it is for."""
        return ("event", self.event_id) if self.event_id else None


class InvoiceLine(Granted, Editable):
    """A line of a draft invoice; issued, the invoice's content is what counts and lines stay as they are.

    `source` says where it comes from, once for all invoices: `movement:12` is a settlement that is charged,
    `quote:3:rental:17` a line of an accepted version. Its tax is the percentage it was made with, whatever
    becomes of the rates. `units` of a basis (days, weeks, hours) are charged as `multiple`.
    """

    __tablename__ = "invoice_line"
    entity: ClassVar[str] = "invoice_line"
    editable: ClassVar[tuple[str, ...]] = (
        "name", "note", "quantity", "basis", "units", "rate", "multiple", "discount_percent",
        "discount_amount", "tax_percent", "heading", "position", "deleted_at",
    )  # fmt: skip

    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, server_default="", default="")
    quantity: Mapped[Decimal] = mapped_column(Numeric(12, 2), server_default=text("1"), default=Decimal(1))
    basis: Mapped[str] = mapped_column(Text, server_default="flat", default="flat")
    units: Mapped[int] = mapped_column(Integer, server_default=text("1"), default=1)
    rate: Mapped[Decimal] = mapped_column(Numeric(14, 4))
    multiple: Mapped[Decimal] = mapped_column(Numeric(12, 4), server_default=text("1"), default=Decimal(1))
    tax_percent: Mapped[Decimal] = mapped_column(Numeric(6, 3), server_default=text("0"), default=Decimal(0))
    heading: Mapped[str] = mapped_column(Text, server_default="", default="")
    position: Mapped[int] = mapped_column(Integer, server_default=text("0"), default=0)
    source: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        *grant_checks(),
        CheckConstraint("length(name) between 1 and 300", name="name_length"),
        CheckConstraint("quantity between 0 and 100000", name="quantity"),
        CheckConstraint("abs(rate) <= 9999999", name="rate"),
        CheckConstraint("units between 1 and 100000", name="units"),
        CheckConstraint("tax_percent between 0 and 100", name="tax_percent"),
        CheckConstraint("multiple between 0 and 10000", name="multiple"),
        Index("ix_invoice_line_invoice_id", "invoice_id", "position", "id"),
        Index(
            "uq_invoice_line_source",
            "source",
            unique=True,
            postgresql_where=text("source is not null and deleted_at is null"),
        ),
    )

    @property
    def label(self) -> str:
        """What it charges for."""
        return self.name

    @property
    def parent(self) -> tuple[str, int]:
        """The invoice it is in."""
        return ("invoice", self.invoice_id)


class Payment(IdentityBase):
    """Money that came in, or (negative) went back; added, never changed. A mistake is taken back by another.

    `nonce` is of whoever records it, so that a form sent twice counts once; `provider_reference` is the
    provider's own id of a charge or refund and counts once as well. A refund names what it gives back; all
    refunds of a payment together never exceed it.
    """

    __tablename__ = "payment"

    client_id: Mapped[int] = mapped_column(ForeignKey("client.id"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"))
    refund_of_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"))
    method: Mapped[str] = mapped_column(Text)
    amount: Mapped[Decimal] = mapped_column(Numeric(15, 3))
    currency: Mapped[str] = mapped_column(Text)
    received_on: Mapped[date] = mapped_column(Date)
    note: Mapped[str] = mapped_column(Text, server_default="", default="")
    provider: Mapped[str] = mapped_column(Text, server_default="", default="")
    provider_reference: Mapped[str | None] = mapped_column(Text)
    nonce: Mapped[str] = mapped_column(Text)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True), server_default=func.now())

    __table_args__ = (
        UniqueConstraint("nonce", name="uq_payment_nonce"),
        UniqueConstraint("provider", "provider_reference", name="uq_payment_provider_reference"),
        CheckConstraint(f"method in {METHODS}", name="method"),
        CheckConstraint("amount <> 0", name="amount"),
        CheckConstraint("(refund_of_id is null) = (amount > 0)", name="refund_is_negative"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        Index("ix_payment_client_id", "client_id", "received_on"),
        Index("ix_payment_event_id", "event_id"),
        Index("ix_payment_invoice_id", "invoice_id"),
        Index("ix_payment_refund_of_id", "refund_of_id"),
    )


class PaymentAttempt(Stamped):
    """An online payment that was begun at a provider. Succeeded, it has its payment.

    `reference` is our own word for it, which the provider says again; `provider_id`, the provider's, is known
    once it has answered. `version` counts what was logged of it.
    """

    __tablename__ = "payment_attempt"

    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"))
    provider: Mapped[str] = mapped_column(Text)
    reference: Mapped[str] = mapped_column(Text)
    provider_id: Mapped[str | None] = mapped_column(Text)
    amount: Mapped[Decimal] = mapped_column(Numeric(15, 3))
    currency: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default="open", default="open")
    problem: Mapped[str] = mapped_column(Text, server_default="", default="")
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"))
    version: Mapped[int] = mapped_column(Integer, server_default=text("0"), default=0)

    __table_args__ = (
        UniqueConstraint("reference", name="uq_payment_attempt_reference"),
        UniqueConstraint("provider", "provider_id", name="uq_payment_attempt_provider_id"),
        CheckConstraint(f"state in {ATTEMPT_STATES}", name="state"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("(state = 'succeeded') = (payment_id is not null)", name="succeeded_has_payment"),
        Index("ix_payment_attempt_invoice_id", "invoice_id"),
        Index(
            "ix_payment_attempt_open",
            "updated_at",
            postgresql_where=text("state in ('open', 'processing')"),
        ),
    )


class ProviderEvent(IdentityBase):
    """A message of a payment provider, by its own id: it is acted on once."""

    __tablename__ = "provider_event"

    provider: Mapped[str] = mapped_column(Text)
    provider_event_id: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True), server_default=func.now())

    __table_args__ = (UniqueConstraint("provider", "provider_event_id", name="uq_provider_event_id"),)
