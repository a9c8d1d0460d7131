"""The selects behind the pages of payments: the list, one payment, what an invoice has."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from app.db.models import Client, Company, Event, User
from app.db.models.invoice import Invoice, Payment, PaymentAttempt
from app.domain.payments import queries
from app.domain.payments.filters import PaymentFilter
from app.domain.payments.policy import METHOD_WORDS
from app.domain.pricing.words import amount_words
from app.lib.conditions import Conditions, all_of, equal, has_words
from app.lib.errors import NotFound
from app.lib.history import name_of

PAGE = 50
MOST_EXPORTED = 50_000
_COLUMNS = (
    "id", "client_id", "event_id", "invoice_id", "refund_of_id", "method", "amount", "currency",
    "received_on", "note", "provider", "provider_reference", "created_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """An entry with the names of whom and what it is about; `returned` is what was given back of it."""

    id: int
    client_id: int
    event_id: int | None
    invoice_id: int | None
    refund_of_id: int | None
    method: str
    amount: Decimal
    currency: str
    received_on: date
    note: str
    provider: str
    provider_reference: str | None
    created_at: datetime
    client_name: str
    event_name: str | None
    invoice_number: str | None
    recorded_by: str | None
    returned: Decimal

    @property
    def method_word(self) -> str:
        """How it came or went."""
        return METHOD_WORDS[self.method]

    @property
    def is_refund(self) -> bool:
        """Whether it went back."""
        return self.refund_of_id is not None

    @property
    def left(self) -> Decimal:
        """What of a payment can still be given back."""
        return Decimal(0) if self.is_refund else self.amount - self.returned

    @property
    def label(self) -> str:
        """What it is called where one is meant."""
        return (
            f"{'Refund' if self.is_refund else 'Payment'} of {amount_words(abs(self.amount), self.currency)}"
        )


@dataclass(frozen=True, slots=True)
class Total:
    """Payments of one currency in figures."""

    currency: str
    count: int
    came_in: Decimal
    given_back: Decimal

    @property
    def together(self) -> Decimal:
        """What stayed."""
        return self.came_in + self.given_back


@dataclass(frozen=True, slots=True)
class Payer:
    """Whom a payment is from, and what for: an invoice with what is owed, or a client alone."""

    client_id: int
    client_name: str
    currency: str
    invoice_id: int | None = None
    number: str = ""
    kind: str = ""
    owed: Decimal | None = None


@dataclass(frozen=True, slots=True)
class AttemptFacts:
    """An online payment that was begun and is not paid."""

    id: int
    state: str
    amount: Decimal
    currency: str
    problem: str
    created_at: datetime


async def find_payments(reading: AsyncConnection, wanted: PaymentFilter) -> tuple[list[PaymentFacts], bool]:
    """One page of the list, the newest first, and whether it goes on."""
    statement = _newest_first(wanted).offset((wanted.page - 1) * PAGE).limit(PAGE + 1)
    found = await _read(reading, statement)
    return found[:PAGE], len(found) > PAGE


async def exported_payments(reading: AsyncConnection, wanted: PaymentFilter) -> list[PaymentFacts]:
    """All that match, the newest first, at most MOST_EXPORTED."""
    return await _read(reading, _newest_first(wanted).limit(MOST_EXPORTED))


async def totals(reading: AsyncConnection, wanted: PaymentFilter) -> list[Total]:
    """What matches, by currency."""
    statement = (
        select(
            Payment.currency,
            func.count(),
            func.coalesce(func.sum(Payment.amount).filter(Payment.amount > 0), 0),
            func.coalesce(func.sum(Payment.amount).filter(Payment.amount < 0), 0),
        )
        .select_from(Payment)
        .join(Client, Client.id == Payment.client_id)
        .outerjoin(Event, Event.id == Payment.event_id)
        .outerjoin(Invoice, Invoice.id == Payment.invoice_id)
        .where(*_conditions(wanted))
        .group_by(Payment.currency)
        .order_by(func.count().desc(), Payment.currency)
    )
    return [Total(*row) for row in await reading.execute(statement)]


async def payment_by_id(reading: AsyncConnection, payment_id: int) -> PaymentFacts:
    """One entry. Raises NotFound."""
    found = await _read(reading, _payments().where(Payment.id == payment_id))
    if not found:
        raise NotFound("This payment does not exist.")
    return found[0]


async def refunds_of(reading: AsyncConnection, payment_id: int) -> list[PaymentFacts]:
    """What was given back of a payment, oldest first."""
    return await _read(reading, _payments().where(Payment.refund_of_id == payment_id).order_by(Payment.id))


async def payments_of_invoice(reading: AsyncConnection, invoice_id: int) -> list[PaymentFacts]:
    """Payments and refunds of an invoice, oldest first."""
    return await _read(reading, _payments().where(Payment.invoice_id == invoice_id).order_by(Payment.id))


async def attempts_of_invoice(reading: AsyncConnection, invoice_id: int) -> list[AttemptFacts]:
    """The newest online payments of an invoice that were begun and did not come in, or not yet."""
    names = ("id", "state", "amount", "currency", "problem", "created_at")
    statement = (
        select(*(getattr(PaymentAttempt, name) for name in names))
        .where(PaymentAttempt.invoice_id == invoice_id, PaymentAttempt.state.in_(("processing", "failed")))
        .order_by(PaymentAttempt.id.desc())
        .limit(10)
    )
    return [AttemptFacts(*row) for row in await reading.execute(statement)]


async def payer_of_invoice(reading: AsyncConnection, invoice_id: int) -> Payer:
    """Who pays an issued invoice, and what is owed on it. Raises NotFound."""
    statement = (
        select(Client.id, Client.name, Invoice.currency, Invoice.id, Invoice.number, Invoice.kind)
        .join(Client, Client.id == Invoice.client_id)
        .where(Invoice.id == invoice_id, Invoice.state == "issued")
    )
    row = (await reading.execute(statement)).one_or_none()
    standing = await queries.standing(reading, invoice_id)
    if row is None or standing is None:
        raise NotFound("This invoice does not exist, or is a draft.")
    return Payer(*row, owed=standing.owed)


async def payer_of_client(reading: AsyncConnection, client_id: int) -> Payer:
    """Who pays without an invoice, in the currency of the shop. Raises NotFound."""
    statement = (
        select(Client.id, Client.name, Company.currency)
        .join(Company, Company.id == 1)
        .where(Client.id == client_id, Client.deleted_at.is_(None))
    )
    row = (await reading.execute(statement)).one_or_none()
    if row is None:
        raise NotFound("This client does not exist, or was deleted.")
    return Payer(*row)


async def events_of_client(reading: AsyncConnection, client_id: int) -> list[tuple[int, str]]:
    """Id and name of a client's events, the latest first, at most 100."""
    statement = (
        select(Event.id, Event.name)
        .where(Event.client_id == client_id, Event.deleted_at.is_(None))
        .order_by(Event.out_start.desc(), Event.id.desc())
        .limit(100)
    )
    return [(key, name) for key, name in await reading.execute(statement)]


def _payments() -> Select[*tuple[Any, ...]]:
    refund = aliased(Payment)
    returned = select(func.coalesce(-func.sum(refund.amount), 0)).where(refund.refund_of_id == Payment.id)
    return (
        select(
            *(getattr(Payment, name) for name in _COLUMNS),
            Client.name.label("client_name"),
            Event.name.label("event_name"),
            Invoice.number.label("invoice_number"),
            name_of(User).label("recorded_by"),
            returned.correlate(Payment).scalar_subquery().label("returned"),
        )
        .join(Client, Client.id == Payment.client_id)
        .outerjoin(Event, Event.id == Payment.event_id)
        .outerjoin(Invoice, Invoice.id == Payment.invoice_id)
        .outerjoin(User, User.id == Payment.recorded_by_id)
    )


def _newest_first(wanted: PaymentFilter) -> Select[*tuple[Any, ...]]:
    order = (Payment.received_on.desc(), Payment.id.desc())
    return _payments().where(*_conditions(wanted)).order_by(*order)


async def _read(reading: AsyncConnection, statement: Select[*tuple[Any, ...]]) -> list[PaymentFacts]:
    return [PaymentFacts(**row) for row in (await reading.execute(statement)).mappings()]


def _conditions(wanted: PaymentFilter) -> Conditions:
    first, last = wanted.days
    searched = (
        Client.name, func.coalesce(Invoice.number, ""), func.coalesce(Event.name, ""), Payment.note,
        func.coalesce(Payment.provider_reference, ""),
    )  # fmt: skip
    return [
        *has_words(wanted.q, *searched),
        *all_of(
            {"in": Payment.amount > 0, "back": Payment.amount < 0}.get(wanted.show),
            equal(Payment.method, wanted.method),
            equal(Payment.client_id, int(wanted.client) if wanted.client else None),
            equal(Payment.event_id, int(wanted.event) if wanted.event else None),
            None if first is None else Payment.received_on >= first,
            None if last is None else Payment.received_on <= last,
        ),
    ]
