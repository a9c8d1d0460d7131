"""The selects behind the pages of invoices: one of them, those of an event, their lines."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.db.models import Client, Event
from app.db.models.invoice import Invoice, InvoiceLine, Payment
from app.domain.invoices.documents import gross_of_drafts, today_of
from app.domain.invoices.fields import STATUS_STATES
from app.domain.invoices.policy import CREDIT_NOTE, DRAFT, ISSUED, MOST_REMINDERS, Standing, key_of
from app.domain.invoices.words import KIND_WORDS
from app.domain.pricing.rounding import ZERO
from app.lib.errors import NotFound

Connection = AsyncConnection | AsyncSession

_COLUMNS = (
    "id", "version", "kind", "state", "number", "title", "client_id", "event_id", "credits_id", "currency",
    "issued_on", "due_on", "due_days", "reminders", "reminded_on", "net", "tax", "gross", "created_at",
    "language", "quote_version_id", "prices_include_tax",
)  # fmt: skip
_credits = Invoice.__table__.alias("credits")
CREDITED: ColumnElement[Decimal] = (
    select(func.coalesce(func.sum(_credits.c.gross), 0))
    .where(_credits.c.credits_id == Invoice.id, _credits.c.state == ISSUED)
    .scalar_subquery()
)
PAID: ColumnElement[Decimal] = (
    select(func.coalesce(func.sum(Payment.amount), 0))
    .where(Payment.invoice_id == Invoice.id)
    .scalar_subquery()
)
OPEN: ColumnElement[Decimal] = Invoice.gross + CREDITED - PAID
"""What is left to pay of an invoice that was issued."""


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    """An invoice with the names of whom and what it is for. `gross` of a draft is what it comes to now."""

    id: int
    version: int
    kind: str
    state: str
    number: str | None
    title: str
    client_id: int
    event_id: int | None
    credits_id: int | None
    currency: str
    issued_on: date | None
    due_on: date | None
    due_days: int
    reminders: int
    reminded_on: date | None
    net: Decimal | None
    tax: Decimal | None
    gross: Decimal
    created_at: Any
    language: str
    quote_version_id: int | None
    prices_include_tax: bool
    client_name: str
    client_email: str
    event_name: str | None
    credits_number: str | None
    standing: Standing

    @property
    def label(self) -> str:
        """Its number, or what the draft is called."""
        return self.number or f"{self.kind_word}, draft"

    @property
    def kind_word(self) -> str:
        """What kind of paper it is."""
        return KIND_WORDS[self.kind]

    @property
    def state_words(self) -> tuple[str, str, str]:
        """Word, tone and shape of how it stands."""
        word, tone, shape = STATUS_STATES[self.standing.status]
        late = self.standing.days_late
        return (f"{late} {'day' if late == 1 else 'days'} overdue" if late else word), tone, shape

    @property
    def is_draft(self) -> bool:
        """Whether it may be changed."""
        return self.state == DRAFT

    @property
    def may_be_reminded(self) -> bool:
        """Whether the next reminder is due."""
        return bool(self.standing.days_late) and self.reminders < MOST_REMINDERS

    @property
    def awaits_sending(self) -> bool:
        """Whether sending it is what comes next: it says what is to be paid, or what is taken back."""
        return not self.is_draft and (self.kind == CREDIT_NOTE or self.standing.open > 0)

    @property
    def may_be_credited(self) -> bool:
        """Whether something of it may be taken back."""
        return self.state == ISSUED and self.kind != CREDIT_NOTE and not self.standing.is_cancelled


async def invoice_by_id(reading: Connection, invoice_id: int) -> InvoiceFacts:
    """One invoice or credit note. Raises NotFound."""
    today = await today_of(reading)
    row = (await reading.execute(invoices().where(Invoice.id == invoice_id))).mappings().one_or_none()
    if row is None:
        raise NotFound("This invoice does not exist, or was deleted.")
    drafts = await gross_of_drafts(reading, [invoice_id]) if row["state"] == DRAFT else {}
    return facts_of(row, today, drafts)


async def invoices_of_event(reading: AsyncConnection, event_id: int) -> list[InvoiceFacts]:
    """All invoices and credit notes of an event, oldest first, drafts last."""
    today = await today_of(reading)
    order = (Invoice.issued_at.asc().nulls_last(), Invoice.id)
    rows = (await reading.execute(invoices().where(Invoice.event_id == event_id).order_by(*order))).mappings()
    found = rows.all()
    drafts = await gross_of_drafts(reading, [row["id"] for row in found if row["state"] == DRAFT])
    return [facts_of(row, today, drafts) for row in found]


async def credit_notes_of(reading: AsyncConnection, invoice_id: int) -> list[InvoiceFacts]:
    """What takes an invoice back, oldest first, drafts too."""
    today = await today_of(reading)
    rows = (
        await reading.execute(invoices().where(Invoice.credits_id == invoice_id).order_by(Invoice.id))
    ).mappings()
    found = rows.all()
    drafts = await gross_of_drafts(reading, [row["id"] for row in found if row["state"] == DRAFT])
    return [facts_of(row, today, drafts) for row in found]


async def line_by_id(reading: Connection, line_id: int) -> Any:
    """A line with its fields and the kind of its invoice. Raises NotFound."""
    statement = (
        select(InvoiceLine.__table__, Invoice.kind, Invoice.currency, Invoice.title.label("invoice_title"))
        .join(Invoice, (Invoice.id == InvoiceLine.invoice_id) & Invoice.deleted_at.is_(None))
        .where(InvoiceLine.id == line_id, InvoiceLine.deleted_at.is_(None))
    )
    row = (await reading.execute(statement)).one_or_none()
    if row is None:
        raise NotFound("This line does not exist, or was deleted.")
    return row


async def lines_of(reading: AsyncConnection, invoice_id: int) -> dict[str, Any]:
    """The lines of a draft by the keys of its document: id, version, name and rate."""
    line = InvoiceLine
    statement = select(line.id, line.source, line.version, line.name, line.rate).where(
        line.invoice_id == invoice_id, line.deleted_at.is_(None)
    )
    return {key_of(row.id, row.source): row for row in await reading.execute(statement)}


async def headings_of(reading: Connection, invoice_id: int) -> list[str]:
    """The headings that lines of an invoice stand under."""
    statement = select(InvoiceLine.heading).where(
        InvoiceLine.invoice_id == invoice_id, InvoiceLine.deleted_at.is_(None), InvoiceLine.heading != ""
    )
    return sorted({row.heading for row in await reading.execute(statement)})


async def form_of(reading: Connection, invoice_id: int) -> Any:
    """What the form of a draft begins with: all its columns. Raises NotFound."""
    statement = select(Invoice.__table__).where(Invoice.id == invoice_id, Invoice.deleted_at.is_(None))
    row = (await reading.execute(statement)).one_or_none()
    if row is None:
        raise NotFound("This invoice does not exist, or was deleted.")
    return row


def joined(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """A select of invoices that are there, with client and event."""
    return (
        statement.select_from(Invoice)
        .join(Client, Client.id == Invoice.client_id)
        .outerjoin(Event, Event.id == Invoice.event_id)
        .where(Invoice.deleted_at.is_(None))
    )


def invoices() -> Select[*tuple[Any, ...]]:
    """The select of what InvoiceFacts hold."""
    credited = Invoice.__table__.alias("credited")
    number = select(credited.c.number).where(credited.c.id == Invoice.credits_id).scalar_subquery()
    return joined(
        select(
            *(getattr(Invoice, name) for name in _COLUMNS),
            Client.name.label("client_name"),
            Client.email.label("client_email"),
            Event.name.label("event_name"),
            number.label("credits_number"),
            CREDITED.label("credited"),
            PAID.label("paid"),
        )
    )


def facts_of(row: Any, today: date, drafts: dict[int, Decimal]) -> InvoiceFacts:
    """A row of `invoices()` as facts; `drafts` says what drafts come to."""
    given = dict(row)
    credited, paid = given.pop("credited"), given.pop("paid")
    gross = given.pop("gross")
    given["gross"] = drafts.get(row["id"], ZERO) if gross is None else gross
    standing = Standing(row["kind"], row["state"], row["due_on"], given["gross"], credited, paid, today)
    return InvoiceFacts(**given, standing=standing)
