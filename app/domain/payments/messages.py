"""Messages of a payment provider: each is acted on once, in one transaction, whatever order they come in.

A message only says where to look. What is counted is what the provider answers when it is asked, so a message
that comes late, twice or before another one changes nothing that is not so.
"""

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from app.db.models.invoice import Payment, PaymentAttempt, ProviderEvent
from app.domain.payments.attempts import Place, lock_attempt, settle
from app.domain.payments.policy import FAILED
from app.domain.payments.providers import Message, Returned, Seen
from app.domain.payments.service import (
    NewPayment,
    add_payment,
    add_refund,
    hold,
    today_of,
)
from app.lib.errors import InvalidInput
from app.lib.unit_of_work import SYSTEM, UnitOfWork, unit_of_work

REPEATED = "repeated"


@dataclass(frozen=True, slots=True)
class _News:
    """What the provider says of what a message is about."""

    seen: Seen | None
    returned: Returned | None


async def take_message(place: Place, message: Message) -> str:
    """Act on a message that was found to be genuine. Returns the outcome, which is kept with it.

    Raises Unavailable when the provider does not answer; then it has to send the message again.
    """
    async with place.read_engine.connect() as reading:
        known = select(ProviderEvent.id).where(
            ProviderEvent.provider == place.provider.name, ProviderEvent.provider_event_id == message.id
        )
        if (await reading.execute(known)).scalar() is not None:
            return REPEATED
    news = await _ask(place, message)
    async with unit_of_work(place.sessions, SYSTEM) as work:
        return await _act_once(work, place.provider.name, message, news)


async def _ask(place: Place, message: Message) -> _News:
    seen = await place.provider.read(message.provider_id) if message.provider_id else None
    returned = await place.provider.read_refund(message.refund_id) if message.refund_id else None
    return _News(seen, returned)


async def _act_once(work: UnitOfWork, provider: str, message: Message, news: _News) -> str:
    entry = {
        "provider": provider,
        "provider_event_id": message.id,
        "kind": message.kind,
        "outcome": "",
    }
    noted = await work.session.scalar(
        insert(ProviderEvent).values(entry).on_conflict_do_nothing().returning(ProviderEvent.id)
    )
    if noted is None:
        return REPEATED
    outcome = await _act(work, provider, message, news)
    await work.session.execute(update(ProviderEvent).where(ProviderEvent.id == noted).values(outcome=outcome))
    return outcome


async def _act(work: UnitOfWork, provider: str, message: Message, news: _News) -> str:
    if not message.provider_id and not message.refund_id:
        return "no concern"
    outcome = "unknown"
    if news.seen is not None:
        attempt_id = await _attempt_of(work, provider, news.seen)
        if attempt_id is None:
            return outcome
        outcome = await settle(work, await lock_attempt(work, attempt_id), news.seen)
    if not message.refund_id:
        return outcome
    return await _return(work, provider, news.returned)


async def _attempt_of(work: UnitOfWork, provider: str, seen: Seen) -> int | None:
    same = (PaymentAttempt.reference == seen.reference) | (PaymentAttempt.provider_id == seen.provider_id)
    return await work.session.scalar(
        select(PaymentAttempt.id).where(PaymentAttempt.provider == provider, same).limit(1)
    )


async def _return(work: UnitOfWork, provider: str, returned: Returned | None) -> str:
    """Count what was given back, or, failed, what came back to us again."""
    if returned is None:
        return "unknown"
    given = await work.session.scalar(
        select(Payment).where(Payment.provider == provider, Payment.provider_reference == returned.payment_id)
    )
    if given is None:
        return "unknown"
    await hold(work, given.id)
    if returned.state == "failed":
        return await _came_back(work, given, returned)
    if returned.currency != given.currency:
        return "another currency"
    try:
        recorded = await add_refund(
            work,
            given,
            amount=returned.amount,
            method="online",
            received_on=await today_of(work),
            note="",
            nonce=f"{provider}:{returned.provider_id}",
            provider=provider,
            provider_reference=returned.provider_id,
        )
    except InvalidInput:
        return "more than is left"
    return "counted" if recorded.is_new else "known"


async def _came_back(work: UnitOfWork, given: Payment, returned: Returned) -> str:
    """A refund that was counted and failed: its money is here again, and can be given back in another way."""
    refund = await work.session.scalar(
        select(Payment).where(
            Payment.provider == given.provider, Payment.provider_reference == returned.provider_id
        )
    )
    if refund is None:
        return "failed"
    reference = f"{returned.provider_id}{FAILED}"
    recorded = await add_payment(
        work,
        NewPayment(
            amount=-refund.amount,
            method="online",
            received_on=await today_of(work),
            nonce=f"{given.provider}:{reference}",
            invoice_id=given.invoice_id,
            client_id=given.client_id,
            event_id=given.event_id,
            currency=given.currency,
            note="The refund failed.",
            provider=given.provider,
            provider_reference=reference,
        ),
    )
    return "counted" if recorded.is_new else "known"
