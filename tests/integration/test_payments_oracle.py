"""Whatever is invoiced, credited, paid and given back: balances are the sums of entries, to the cent."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.db.models import Event
from app.db.models.invoice import Invoice, Payment
from app.domain.payments import queries
from app.domain.payments.service import NewPayment, record_payment, refund_by_hand
from app.lib.errors import InvalidInput
from tests.integration.paying import DAY, client_of, issued

START = datetime(2026, 11, 1, 8, tzinfo=UTC)
CURRENCIES = ("EUR", "CHF")
cents = st.integers(1, 500_000).map(lambda value: Decimal(value) / 100)
shares = st.integers(1, 130)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("invoice"), cents, st.sampled_from(CURRENCIES), st.booleans()),
        st.tuples(st.just("credit"), st.integers(0, 9), st.integers(1, 100)),
        st.tuples(st.just("payment"), st.integers(0, 9), cents),
        st.tuples(st.just("account"), cents, st.sampled_from(CURRENCIES)),
        st.tuples(st.just("refund"), st.integers(0, 9), shares),
    ),
    max_size=18,
)


@dataclass
class Books:
    """What a bookkeeper would write down by hand."""

    client: Any
    event: Any
    of_client: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    of_event: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    owed: dict[int, Decimal] = field(default_factory=dict)
    left: dict[int, Decimal] = field(default_factory=dict)
    invoices: list[Invoice] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)

    def enter(self, currency: str, amount: Decimal, invoice: Invoice | None) -> None:
        self.of_client[currency] += amount
        if invoice is not None:
            self.owed[invoice.id] += amount
            if invoice.event_id:
                self.of_event[currency] += amount


async def _step(unit: Any, books: Books, number: int, step: tuple[Any, ...]) -> None:
    kind, *values = step
    if kind == "invoice":
        gross, currency, of_event = values
        event_id = books.event.id if of_event else None
        made = await issued(unit, str(gross), client=books.client, currency=currency, event_id=event_id)
        books.invoices.append(made)
        books.owed[made.id] = Decimal(0)
        books.enter(currency, gross, made)
    elif kind == "account":
        amount, currency = values
        new = NewPayment(
            amount, "cash", DAY, f"{books.client.id}-{number}", client_id=books.client.id, currency=currency
        )
        _paid(books, (await record_payment(unit, new)).payment, None)
    elif kind == "refund":
        at, percent = values
        if books.payments:
            await _give_back(unit, books, books.payments[at % len(books.payments)], percent, number)
    elif books.invoices:
        invoice = books.invoices[values[0] % len(books.invoices)]
        if kind == "credit":
            await _credit(unit, books, invoice, values[1])
        else:
            new = NewPayment(values[1], "transfer", DAY, f"{books.client.id}-{number}", invoice_id=invoice.id)
            _paid(books, (await record_payment(unit, new)).payment, invoice)


def _paid(books: Books, payment: Payment, invoice: Invoice | None) -> None:
    books.payments.append(payment)
    books.left[payment.id] = payment.amount
    books.enter(payment.currency, -payment.amount, invoice)


async def _credit(unit: Any, books: Books, invoice: Invoice, percent: int) -> None:
    amount = (invoice.gross * percent / 100).quantize(Decimal("0.01"))
    credited = (await queries.standing(unit.session, invoice.id)).credited
    if 0 < amount <= invoice.gross + credited:
        await issued(
            unit,
            str(-amount),
            kind="credit_note",
            on=invoice,
            currency=invoice.currency,
            event_id=invoice.event_id,
        )
        books.enter(invoice.currency, -amount, invoice)


async def _give_back(unit: Any, books: Books, payment: Payment, percent: int, number: int) -> None:
    amount = (payment.amount * percent / 100).quantize(Decimal("0.01"))
    invoice = next((one for one in books.invoices if one.id == payment.invoice_id), None)
    try:
        await refund_by_hand(
            unit,
            payment.id,
            amount=amount,
            method="cash",
            received_on=DAY,
            reason="Because",
            nonce=f"b{number}-{payment.id}",
        )
    except InvalidInput:
        assert not 0 < amount <= books.left[payment.id]
        return
    assert 0 < amount <= books.left[payment.id]
    books.left[payment.id] -= amount
    books.enter(payment.currency, amount, invoice)


async def _agrees(unit: Any, books: Books) -> None:
    session = unit.session
    assert await queries.balances_of_client(session, books.client.id) == dict(books.of_client)
    assert await queries.balances_of_event(session, books.event.id) == dict(books.of_event)
    found = await queries.standings(session, list(books.owed))
    assert {key: one.owed for key, one in found.items()} == books.owed
    account = await queries.account_of(session, books.client.id)
    last = {entry.currency: entry.balance for entry in account}
    assert last == dict(books.of_client)
    assert sum(entry.amount for entry in account) == sum(books.of_client.values())
    for payment_id, left in books.left.items():
        assert await queries.left_of(session, payment_id) == left


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(taken=steps)
async def test_balances_are_the_sums_of_entries(work, taken):
    async with work() as unit:
        client = await client_of(unit)
        event = Event(name="Gala", client_id=client.id, out_start=START, out_end=START + timedelta(days=2))
        unit.session.add(event)
        await unit.session.flush()
        books = Books(client, event)
        for number, step in enumerate(taken):
            await _step(unit, books, number, step)
        await _agrees(unit, books)


@pytest.mark.parametrize("table", ["payment", "invoice"])
@pytest.mark.parametrize(
    "change", ["delete from {table} where id = {id}", "update {table} set currency = 'USD' where id = {id}"]
)
async def test_the_database_refuses_to_change_what_was_entered(work, table, change):
    async with work() as unit:
        invoice = await issued(unit)
        payment = (
            await record_payment(unit, NewPayment(Decimal(1), "cash", DAY, table + change[:6], invoice.id))
        ).payment
    key = payment.id if table == "payment" else invoice.id
    with pytest.raises(DBAPIError, match="is final"):
        async with work() as unit:
            await unit.session.execute(text(change.format(table=table, id=key)))
    async with work() as unit:
        assert await queries.balances_of_client(unit.session, invoice.client_id) == {"EUR": Decimal(99)}
