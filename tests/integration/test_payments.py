"""Payments by hand: counted once, given back at most once, never changed; balances are sums of entries."""

import asyncio
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, text

from app.db.models import Change
from app.db.models.invoice import Payment
from app.domain.payments import queries, service
from app.domain.payments.service import NewPayment, record_payment, refund_by_hand
from app.lib.clock import now
from app.lib.errors import Conflict, InvalidInput
from tests.integration.paying import DAY, client_of, issued


def payment(invoice: Any, amount: str = "100.00", nonce: str = "a", **values: Any) -> NewPayment:
    key = f"{invoice.id}-{nonce}"
    return NewPayment(
        amount=Decimal(amount), method="transfer", received_on=DAY, nonce=key, invoice_id=invoice.id, **values
    )


async def refund(work: Any, given: Payment, amount: str, nonce: str = "r", reason: str = "Cancelled") -> Any:
    key = f"{given.id}-{nonce}"
    return await refund_by_hand(
        work, given.id, amount=Decimal(amount), method="cash", received_on=DAY, reason=reason, nonce=key
    )


async def test_what_is_recorded_counts_and_is_logged(work):
    async with work() as unit:
        invoice = await issued(unit)
        done = await record_payment(unit, payment(invoice, "40.00"))
        assert await queries.paid(unit.session, [invoice.id, 0]) == {invoice.id: Decimal(40), 0: Decimal(0)}
        assert (await queries.standing(unit.session, invoice.id)).owed == 60
        change = await unit.session.scalar(
            select(Change).where(Change.entity == "payment", Change.entity_id == done.payment.id)
        )
        assert (change.action, change.parent_entity, change.parent_id) == (
            "payment.recorded",
            "invoice",
            invoice.id,
        )


async def test_a_form_sent_twice_counts_once(work):
    async with work() as unit:
        invoice = await issued(unit)
        first = await record_payment(unit, payment(invoice))
    async with work() as unit:
        again = await record_payment(unit, payment(invoice))
        assert (again.payment.id, again.is_new) == (first.payment.id, False)
        with pytest.raises(Conflict):
            await record_payment(unit, payment(invoice, "99.00"))
        other = await record_payment(unit, payment(invoice, nonce="b"))
        assert other.is_new


async def test_two_at_once_with_one_form_count_once(work):
    async with work() as unit:
        invoice = await issued(unit)

    async def send() -> bool:
        async with work() as unit:
            return (await record_payment(unit, payment(invoice, nonce="same"))).is_new

    assert sorted(await asyncio.gather(*(send() for _ in range(4)))) == [False, False, False, True]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"amount": Decimal(0)}, "amount"),
        ({"amount": Decimal(-1)}, "amount"),
        ({"amount": Decimal("1.001")}, "amount"),
        ({"method": "online"}, "method"),
        ({"received_on": date.today() + timedelta(days=2)}, "received_on"),  # noqa: DTZ011
        ({"invoice_id": None}, "client_id"),
    ],
)
async def test_what_cannot_be_is_refused_at_its_field(work, values, field):
    async with work() as unit:
        invoice = await issued(unit)
        given = {
            "amount": Decimal(1),
            "method": "cash",
            "received_on": DAY,
            "nonce": "x",
            "invoice_id": invoice.id,
        }
        with pytest.raises(InvalidInput) as refused:
            await record_payment(unit, NewPayment(**{**given, **values}))
        assert list(refused.value.fields) == [field]


async def test_drafts_and_credit_notes_are_not_paid(work):
    async with work() as unit:
        invoice = await issued(unit)
        credit = await issued(unit, "-20.00", kind="credit_note", on=invoice)
        with pytest.raises(Conflict):
            await record_payment(unit, payment(credit))
        assert (await queries.standing(unit.session, invoice.id)).owed == 80


async def test_refunds_never_exceed_what_came_in(work):
    async with work() as unit:
        invoice = await issued(unit)
        given = (await record_payment(unit, payment(invoice))).payment
        part = await refund(unit, given, "30.00", "one")
        assert part.payment.amount == -30
        assert not (await refund(unit, given, "30.00", "one")).is_new
        with pytest.raises(InvalidInput) as refused:
            await refund(unit, given, "70.01", "two")
        assert "70" in refused.value.fields["amount"]
        await refund(unit, given, "70.00", "three")
        assert await queries.left_of(unit.session, given.id) == 0
        with pytest.raises(Conflict):
            await refund(unit, part.payment, "1.00", "four")
        with pytest.raises(InvalidInput):
            await refund(unit, given, "1.00", "five", reason="")


async def _refund_twice_at_once(work: Any) -> list[Any]:
    async with work() as unit:
        invoice = await issued(unit)
        given = (await record_payment(unit, payment(invoice))).payment

    async def back(nonce: str) -> Any:
        async with work() as unit:
            # both are here before either goes on
            await unit.session.execute(text("select 1"))
            return await refund(unit, given, "60.00", nonce)

    outcomes = await asyncio.gather(back("left"), back("right"), return_exceptions=True)
    async with work() as unit:
        left = await queries.left_of(unit.session, given.id)
    return [left, *outcomes]


async def test_two_refunds_at_once_give_back_once(work):
    left, *outcomes = await _refund_twice_at_once(work)
    assert left == 40
    assert sum(isinstance(one, InvalidInput) for one in outcomes) == 1


async def test_without_lock_and_guard_they_would_give_back_twice(work, app, monkeypatch):
    """The control: what the lock and the trigger are for."""
    both = asyncio.Barrier(2)

    async def nobody_waits(_work: Any, _payment_id: int) -> None:
        return

    left_of = queries.left_of

    async def looked(reading: Any, payment_id: int) -> Decimal:
        left = await left_of(reading, payment_id)
        await both.wait()
        return left

    monkeypatch.setattr(service, "hold", nobody_waits)
    async with app.app.state.runtime.engine.begin() as connection:
        await connection.execute(text("alter table payment disable trigger payment_guard"))
    try:
        monkeypatch.setattr(queries, "left_of", looked)
        async with work() as unit:
            invoice = await issued(unit)
            given = (await record_payment(unit, payment(invoice))).payment

        async def back(nonce: str) -> None:
            async with work() as unit:
                await refund(unit, given, "60.00", nonce)

        await asyncio.gather(back("left"), back("right"))
        async with work() as unit:
            assert await left_of(unit.session, given.id) == -20
    finally:
        async with app.app.state.runtime.engine.begin() as connection:
            await connection.execute(text("alter table payment enable trigger payment_guard"))


async def test_on_account_without_an_invoice(work):
    async with work() as unit:
        client = await client_of(unit)
        new = NewPayment(Decimal(50), "cash", DAY, "n", client_id=client.id, currency="EUR")
        done = await record_payment(unit, new)
        assert done.payment.invoice_id is None
        assert await queries.balances_of_client(unit.session, client.id) == {"EUR": Decimal(-50)}
        (entry,) = await queries.account_of(unit.session, client.id)
        assert (entry.kind, entry.amount, entry.balance) == ("payment", -50, -50)


async def test_an_account_counts_on_from_entry_to_entry(work):
    async with work() as unit:
        client = await client_of(unit)
        first = await issued(unit, "119.00", client=client)
        await issued(unit, "-19.00", kind="credit_note", on=first)
        given = (await record_payment(unit, payment(first, "120.00"))).payment
        await refund(unit, given, "20.00")
        entries = await queries.account_of(unit.session, client.id)
        assert [entry.balance for entry in entries] == [119, 100, -20, 0]
        later = await queries.account_of(unit.session, client.id, first=DAY + timedelta(days=1))
        assert later == []


async def test_a_client_that_is_merged_brings_its_account_along(work):
    async with work() as unit:
        kept, gone, before = [await client_of(unit) for _ in range(3)]
        old = await issued(unit, "30.00", client=before)
        await issued(unit, "100.00", client=gone)
        await issued(unit, "7.00", client=kept)
        for one, into in ((before, gone), (gone, kept)):
            one.merged_into_id, one.deleted_at = into.id, now()
        await unit.session.flush()
        await record_payment(unit, payment(old, "10.00"))
        assert await queries.balances_of_client(unit.session, kept.id) == {"EUR": Decimal(127)}
        assert len(await queries.account_of(unit.session, kept.id)) == 4


async def test_reading_payments_of_many_invoices_is_one_statement(work, statements):
    async with work() as unit:
        made = [await issued(unit) for _ in range(3)]
        statements.clear()
        await queries.paid(unit.session, [one.id for one in made])
        await queries.standings(unit.session, [one.id for one in made])
        assert len(statements) == 2
        assert await unit.session.scalar(select(func.count()).select_from(Payment)) >= 0
