"""Paying online at a stand-in for Stripe, with the real library: pages, cards, messages, refunds."""

import asyncio
import contextlib
import re
import time
from collections.abc import AsyncGenerator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
import stripe
from sqlalchemy import select, text

from app.config import Settings
from app.db.models.invoice import Payment, PaymentAttempt, ProviderEvent
from app.domain.payments import queries, refunding
from app.domain.payments.attempts import begin_payment, check_open_attempts
from app.domain.payments.choosing import place_or_nothing
from app.domain.payments.links import pay_path
from app.domain.payments.refunding import Refund, refund_online
from app.domain.payments.service import NewPayment, record_payment
from app.domain.payments.stripe_provider import REFERENCE, from_minor, to_minor
from app.lib.errors import Conflict, InvalidInput
from app.lib.unit_of_work import SYSTEM
from tests.integration.paying import DAY, issued
from tests.standins.stripe import DECLINED, SECURE, Payer, account, event_about, signed


@pytest.fixture(scope="module")
def settings(settings: Settings, stripe_url: str) -> Settings:
    return replace(settings, stripe=account(stripe_url))


@pytest.fixture
def payer(stripe_url: str) -> Payer:
    return Payer(stripe_url)


@pytest.fixture
def place(app: Any) -> Any:
    return place_or_nothing(app.app.state.runtime)


@pytest.fixture
def online(work: Any, place: Any, payer: Payer, client: Any) -> tuple[Any, ...]:
    return work, place, payer, client


async def invoice_of(work: Any, gross: str = "100.00", **values: Any) -> Any:
    async with work() as unit:
        return await issued(unit, gross, **values)


async def paid(work: Any, invoice: Any) -> Decimal:
    async with work() as unit:
        return (await queries.paid(unit.session, [invoice.id]))[invoice.id]


async def tell(client: Any, event: dict[str, Any], **how: Any) -> Any:
    body, header = signed(event, **how)
    return await client.post("/webhooks/stripe", content=body, headers={"stripe-signature": header})


async def attempt_of(work: Any, invoice: Any) -> PaymentAttempt:
    async with work() as unit:
        statement = select(PaymentAttempt).where(PaymentAttempt.invoice_id == invoice.id)
        return (await unit.session.scalars(statement.order_by(PaymentAttempt.id.desc()))).first()


async def intent_paid(work: Any, place: Any, payer: Payer, gross: str = "100.00") -> tuple[Any, str]:
    """An invoice whose PaymentIntent is paid, and nobody has told us."""
    invoice = await invoice_of(work, gross)
    begun = await begin_payment(place, SYSTEM, invoice.id)
    intent_id = begun.secret.partition("_secret")[0]
    await asyncio.to_thread(payer.pay_intent, intent_id)
    return invoice, intent_id


async def counted(work: Any, place: Any, payer: Payer, client: Any) -> tuple[Any, Payment]:
    """An invoice that was paid online, and its payment."""
    invoice, intent_id = await intent_paid(work, place, payer)
    (event,) = payer.events(intent_id)
    assert (await tell(client, event)).text == "counted"
    async with work() as unit:
        payment = await unit.session.scalar(select(Payment).where(Payment.provider_reference == intent_id))
        return invoice, payment


async def test_a_client_pays_on_the_providers_page(app, work, client, payer):
    secret_key = app.app.state.runtime.settings.secret_key
    invoice = await invoice_of(work)
    path = pay_path(secret_key, invoice.id, invoice.content_hash)
    page = await client.get(path)
    assert page.status_code == 200
    assert "€100.00" in page.text
    assert page.headers["x-robots-tag"].startswith("noindex")
    token = re.search(r'name="_csrf_token" value="([^"]+)"', page.text)[1]
    going = await client.post(path, data={"_csrf_token": token})
    page_url = re.search(r'content="0; url=([^"]+)"', going.text)[1]
    assert page_url.startswith(payer.address)

    assert "declined" in payer.type_card(page_url, DECLINED).text
    assert await paid(work, invoice) == 0
    assert "3-D Secure" in payer.type_card(page_url, SECURE).text
    assert "unable to authenticate" in payer.authenticate(page_url, succeed=False).text
    payer.type_card(page_url, SECURE)
    back = payer.authenticate(page_url, succeed=True)
    assert back.status_code == 303
    assert back.headers["location"] == f"http://test{path}/return"

    came_back = await client.get(f"{path}/return")
    assert came_back.headers["location"] == path
    assert await paid(work, invoice) == 100
    assert "This invoice is paid" in (await client.get(path)).text
    # its messages come in afterwards, in their order, and add nothing
    attempt = await attempt_of(work, invoice)
    intent_id = payer.library.v1.checkout.sessions.retrieve(attempt.provider_id).to_dict()["payment_intent"]
    for event in [*payer.events(attempt.provider_id), *payer.events(intent_id)]:
        assert (await tell(client, event)).text == "known"
    assert await paid(work, invoice) == 100
    assert (await client.post(path, data={"_csrf_token": token})).status_code == 409


async def test_the_page_of_an_invoice_opens_with_its_own_link_alone(app, work, client):
    secret_key = app.app.state.runtime.settings.secret_key
    invoice, other = await invoice_of(work), await invoice_of(work, "1.00")
    good = pay_path(secret_key, invoice.id, invoice.content_hash)
    for wrong in ("/pay/1", "/pay/nothing", good[:-1] + ("A" if good[-1] != "A" else "B"), good.replace(
        f"/{invoice.id}-", f"/{other.id}-"
    )):  # fmt: skip
        assert (await client.get(wrong)).status_code == 404
    german = await invoice_of(work, language="de")
    page = await client.get(pay_path(secret_key, german.id, german.content_hash))
    assert 'lang="de"' in page.text
    assert "Zu zahlen" in page.text


async def test_what_was_begun_goes_on_and_is_never_paid_twice(work, place, payer):
    invoice = await invoice_of(work)
    begun = await asyncio.gather(*(begin_payment(place, SYSTEM, invoice.id) for _ in range(3)))
    assert len({one.attempt_id for one in begun}) == 1
    part = await begin_payment(place, SYSTEM, invoice.id, amount=Decimal(30))
    assert part.attempt_id != begun[0].attempt_id
    old = begun[0].secret.partition("_secret")[0]
    assert payer.library.v1.payment_intents.retrieve(old).status == "canceled"
    payer.pay_intent(part.secret.partition("_secret")[0])
    with pytest.raises(Conflict):
        await begin_payment(place, SYSTEM, invoice.id)
    assert await paid(work, invoice) == 30
    rest = await begin_payment(place, SYSTEM, invoice.id)
    assert rest.amount == 70


async def test_a_payment_whose_message_was_lost_is_found(app, work, place, payer):
    invoice, _intent = await intent_paid(work, place, payer)
    assert await check_open_attempts(place) == 0, "it is too early to ask"
    async with app.app.state.runtime.engine.begin() as connection:
        await connection.execute(text("update payment_attempt set updated_at = now() - interval '1 hour'"))
    assert await check_open_attempts(place) >= 1
    assert await paid(work, invoice) == 100
    assert (await attempt_of(work, invoice)).state == "succeeded"


async def test_a_message_counts_once_however_often_it_comes(work, client, place, payer):
    invoice, intent_id = await intent_paid(work, place, payer)
    (event,) = payer.events(intent_id)
    answers = await asyncio.gather(*(tell(client, event) for _ in range(4)))
    assert [one.status_code for one in answers] == [200] * 4
    assert sorted(one.text for one in answers) == ["counted", "repeated", "repeated", "repeated"]
    assert (await tell(client, event)).text == "repeated"
    assert (await tell(client, {**event, "id": "evt_again"})).text == "known"
    assert await paid(work, invoice) == 100
    async with work() as unit:
        kept = await unit.session.scalar(
            select(ProviderEvent.outcome).where(ProviderEvent.provider_event_id == event["id"])
        )
        assert kept == "counted"


async def test_messages_in_another_order_come_to_the_same(work, client, place, payer):
    invoice, intent_id = await intent_paid(work, place, payer)
    refund = payer.library.v1.refunds.create({"payment_intent": intent_id, "amount": 4000})
    (about_refund,) = payer.events(refund.id)
    # that it was given back is told before that it came in
    assert (await tell(client, about_refund)).text == "counted"
    assert await paid(work, invoice) == 60
    (succeeded,) = payer.events(intent_id)
    assert (await tell(client, succeeded)).text == "known"
    late = event_about("payment_intent.processing", succeeded["data"]["object"], f"evt_late_{intent_id}")
    assert (await tell(client, late)).text == "known"
    assert await paid(work, invoice) == 60
    assert (await attempt_of(work, invoice)).state == "succeeded"


async def test_a_declined_card_is_told_and_may_be_followed_by_another(work, client, place, payer):
    invoice = await invoice_of(work)
    begun = await begin_payment(place, SYSTEM, invoice.id)
    intent_id = begun.secret.partition("_secret")[0]
    with pytest.raises(stripe.CardError):
        payer.pay_intent(intent_id, DECLINED)
    (failed,) = payer.events(intent_id)
    assert (await tell(client, failed)).text == "failed"
    attempt = await attempt_of(work, invoice)
    assert (attempt.state, attempt.problem) == ("failed", "Your card was declined.")
    again = await begin_payment(place, SYSTEM, invoice.id)
    payer.pay_intent(again.secret.partition("_secret")[0])
    (succeeded,) = payer.events(again.secret.partition("_secret")[0])
    assert (await tell(client, succeeded)).text == "counted"
    assert await paid(work, invoice) == 100


@pytest.mark.parametrize("how", [{"secret": "whsec_somebody"}, {"timestamp": int(time.time()) - 3600}, {}])
async def test_forged_messages_are_refused_and_leave_nothing(work, client, place, payer, how):
    invoice, intent_id = await intent_paid(work, place, payer)
    (event,) = payer.events(intent_id)
    body, header = signed(event, **how)
    answer = await client.post(
        "/webhooks/stripe",
        content=body if how else body.replace(b"succeeded", b"processed"),
        headers={"stripe-signature": header},
    )
    assert answer.status_code == 400
    bare = await client.post("/webhooks/stripe", content=body)
    assert bare.status_code == 400
    assert await paid(work, invoice) == 0
    async with work() as unit:
        kept = select(ProviderEvent.id).where(ProviderEvent.provider_event_id == event["id"])
        assert await unit.session.scalar(kept) is None


async def test_messages_about_what_is_not_ours_are_taken_and_change_nothing(client, payer):
    stranger = payer.library.v1.payment_intents.create({"amount": 500, "currency": "eur"})
    payer.pay_intent(stranger.id)
    (event,) = payer.events(stranger.id)
    answers = [
        await tell(client, event),
        await tell(
            client, event_about("payment_intent.succeeded", {"object": "payment_intent", "id": "pi_no"}, "e1")
        ),
        await tell(client, event_about("refund.created", {"object": "refund", "id": "re_no"}, "e2")),
        await tell(client, event_about("customer.created", {"object": "customer", "id": "cus_1"}, "e3")),
    ]
    assert [one.status_code for one in answers] == [200] * 4
    assert [one.text for one in answers] == ["unknown", "unknown", "unknown", "no concern"]


@pytest.mark.parametrize(
    ("told", "outcome", "came_in"),
    [
        ({"amount": 9000, "currency": "eur"}, "another amount", 90),
        ({"amount": 10000, "currency": "usd"}, "another currency", 0),
    ],
)
async def test_what_came_in_counts_as_what_it_is(online, told, outcome, came_in):
    work, place, payer, client = online
    invoice = await invoice_of(work)
    await begin_payment(place, SYSTEM, invoice.id)
    reference = (await attempt_of(work, invoice)).reference
    other = payer.library.v1.payment_intents.create({**told, "metadata": {REFERENCE: reference}})
    payer.pay_intent(other.id)
    (event,) = payer.events(other.id)
    answer = await tell(client, event)
    assert (answer.status_code, answer.text) == (200, outcome)
    assert await paid(work, invoice) == came_in
    assert "came in instead of" in (await attempt_of(work, invoice)).problem


async def test_an_online_payment_is_given_back_whole_and_in_part(work, client, place, payer):
    invoice, payment = await counted(work, place, payer, client)
    part = Refund(payment.id, Decimal("30.00"), "One day less", "part")
    first, again = await refund_online(place, SYSTEM, part), await refund_online(place, SYSTEM, part)
    assert (first.is_new, again.is_new, again.payment.id) == (True, False, first.payment.id)
    (told,) = payer.events(first.payment.provider_reference)
    assert (await tell(client, told)).text == "known"
    with pytest.raises(InvalidInput):
        await refund_online(place, SYSTEM, Refund(payment.id, Decimal("70.01"), "Too much", "more"))
    await refund_online(place, SYSTEM, Refund(payment.id, Decimal("70.00"), "The rest", "rest"))
    assert await paid(work, invoice) == 0
    assert _returned(payer, payment) == 10000


def _returned(payer: Payer, payment: Payment) -> int:
    listed = payer.library.v1.refunds.list({"payment_intent": payment.provider_reference})
    return sum(one["amount"] for one in listed.to_dict()["data"])


async def _refund_at_once(place: Any, payment: Payment) -> list[Any]:
    return await asyncio.gather(
        *(refund_online(place, SYSTEM, Refund(payment.id, Decimal(60), "Cancelled", name)) for name in "ab"),
        return_exceptions=True,
    )


async def test_two_refunds_at_once_have_the_provider_pay_once(work, client, place, payer):
    invoice, payment = await counted(work, place, payer, client)
    outcomes = await _refund_at_once(place, payment)
    assert sum(isinstance(one, InvalidInput) for one in outcomes) == 1
    assert _returned(payer, payment) == 6000
    assert await paid(work, invoice) == 40


async def test_without_the_lock_the_provider_would_pay_twice(work, client, place, payer, monkeypatch):
    """The control of the test above."""

    @contextlib.asynccontextmanager
    async def together(*_args: Any) -> AsyncGenerator[None]:
        yield

    both, left_of = asyncio.Barrier(2), queries.left_of

    async def looked(reading: Any, payment_id: int) -> Decimal:
        left = await left_of(reading, payment_id)
        if left == 100:
            await both.wait()
        return left

    monkeypatch.setattr(refunding, "alone", together)
    _invoice, payment = await counted(work, place, payer, client)
    monkeypatch.setattr(queries, "left_of", looked)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(_refund_at_once(place, payment), 10)
    assert _returned(payer, payment) == 12000


async def test_what_the_office_recorded_meanwhile_leaves_nothing_to_pay(work, place):
    invoice = await invoice_of(work)
    async with work() as unit:
        await record_payment(unit, NewPayment(Decimal(100), "cash", DAY, "whole", invoice_id=invoice.id))
    with pytest.raises(Conflict):
        await begin_payment(place, SYSTEM, invoice.id)


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("12.34", "EUR", 1234),
        ("1200", "JPY", 1200),
        ("1.250", "KWD", 1250),
        ("5.00", "ISK", 500),
        ("3", "RSD", 300),
    ],
)
def test_amounts_are_counted_as_stripe_counts(amount, currency, minor):
    assert to_minor(Decimal(amount), currency) == minor
    assert from_minor(minor, currency) == Decimal(amount)


@pytest.mark.parametrize(
    ("amount", "currency"), [("1.005", "EUR"), ("1.5", "JPY"), ("1.255", "KWD"), ("1.50", "ISK")]
)
def test_amounts_stripe_cannot_take_are_refused(amount, currency):
    with pytest.raises(Conflict):
        to_minor(Decimal(amount), currency)
