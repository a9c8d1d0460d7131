"""Commands on payments: recording what came in, giving it back. Entries are added, never changed.

What was given back and what is left of a payment is decided under a lock of that payment (`hold`), which is
the same for refunds by hand, refunds through a provider and messages about them. The database refuses what
exceeds a payment in any case.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import uuid4

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from app.db.models import Client, Company, Event
from app.db.models.invoice import Invoice, Payment
from app.domain.payments import queries
from app.domain.payments.policy import BY_HAND, METHOD_WORDS, beyond, check_amount, check_day
from app.domain.pricing.words import amount_words, places_of
from app.lib import changes
from app.lib.clock import today_in
from app.lib.errors import Conflict, InvalidInput, NotFound
from app.lib.unit_of_work import Actor, UnitOfWork
from app.lib.wire import wire

LOCK = 0x70617965
"""The class of the locks on payments, whose second part is the id (of which 31 bits count)."""

_HOLD = text("select pg_advisory_xact_lock(:lock, :key)")


@dataclass(frozen=True, slots=True)
class NewPayment:
    """What came in. With `invoice_id` its client, event and currency are those of the invoice.

    `nonce` is made by whoever records it: the same one counts once.
    """

    amount: Decimal
    method: str
    received_on: date
    nonce: str
    invoice_id: int | None = None
    client_id: int | None = None
    event_id: int | None = None
    currency: str = ""
    note: str = ""
    provider: str = ""
    provider_reference: str | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """An entry, and whether it was added now or was there already."""

    payment: Payment
    is_new: bool


async def record_payment(work: UnitOfWork, new: NewPayment) -> Recorded:
    """Record what came in by hand: cash, by card or by transfer. Sent twice it counts once.

    Raises InvalidInput, NotFound for an invoice, client or event that is not there, Conflict for a nonce that
    was used for something else and for an invoice that nothing can be paid on.
    """
    if new.method not in BY_HAND:
        raise InvalidInput({"method": "Choose one of the list."})
    check_day(new.received_on, await today_of(work))
    return await add_payment(work, new)


async def add_payment(work: UnitOfWork, new: NewPayment) -> Recorded:
    """Add what came in, however it did; see `record_payment`."""
    found = await _about(work, new)
    amount = check_amount(new.amount, places_of(found.currency))
    entry = Payment(
        client_id=found.client_id,
        event_id=found.event_id,
        invoice_id=new.invoice_id,
        method=new.method,
        amount=amount,
        currency=found.currency,
        received_on=new.received_on,
        note=new.note,
        provider=new.provider,
        provider_reference=new.provider_reference,
        nonce=own_nonce(work.actor, new.nonce),
        recorded_by_id=work.actor.id,
    )
    return await _add(work, entry, "payment.recorded")


async def refund_by_hand(
    work: UnitOfWork,
    payment_id: int,
    *,
    amount: Decimal,
    method: str,
    received_on: date,
    reason: str,
    nonce: str,
) -> Recorded:
    """Record that a payment, or a part of it, was given back; also how a mistake is taken back.

    Never more than is left of it. Raises InvalidInput, NotFound, Conflict.
    """
    if method not in BY_HAND:
        raise InvalidInput({"method": "Choose one of the list."})
    if not reason:
        raise InvalidInput({"note": "Say why."})
    check_day(received_on, await today_of(work))
    await hold(work, payment_id)
    given = await payment_by_id(work, payment_id)
    return await add_refund(
        work, given, amount=amount, method=method, received_on=received_on, note=reason, nonce=nonce
    )


async def add_refund(
    work: UnitOfWork,
    given: Payment,
    *,
    amount: Decimal,
    method: str,
    received_on: date,
    note: str,
    nonce: str,
    provider: str = "",
    provider_reference: str | None = None,
) -> Recorded:
    """Add what of a held payment was given back. Raises InvalidInput for more than is left of it."""
    if given.refund_of_id is not None:
        raise Conflict("This is a refund itself.")
    back = check_amount(amount, places_of(given.currency))
    entry = Payment(
        client_id=given.client_id,
        event_id=given.event_id,
        invoice_id=given.invoice_id,
        refund_of_id=given.id,
        method=method,
        amount=-back,
        currency=given.currency,
        received_on=received_on,
        note=note,
        provider=provider,
        provider_reference=provider_reference,
        nonce=own_nonce(work.actor, nonce),
        recorded_by_id=work.actor.id,
    )
    if (known := await _known(work, entry)) is not None:
        return Recorded(known, is_new=False)
    left = await queries.left_of(work.session, given.id)
    if back > left:
        raise InvalidInput({"amount": beyond(left, given.currency)})
    return await _add(work, entry, "payment.refunded")


async def hold(work: UnitOfWork, payment_id: int) -> None:
    """Be the only one who gives back of a payment until the transaction ends."""
    await work.session.execute(_HOLD, lock_of(payment_id))


def lock_of(payment_id: int) -> dict[str, int]:
    """The two halves of the lock on what is left of a payment."""
    return {"lock": LOCK, "key": payment_id & 0x7FFFFFFF}


async def payment_by_id(work: UnitOfWork, payment_id: int) -> Payment:
    """A payment or refund. Raises NotFound."""
    found = await work.session.get(Payment, payment_id)
    if found is None:
        raise NotFound("This payment does not exist.")
    return found


@dataclass(frozen=True, slots=True)
class _About:
    client_id: int
    event_id: int | None
    currency: str


async def _about(work: UnitOfWork, new: NewPayment) -> _About:
    """Whose payment it is, for which event and in which currency."""
    if new.invoice_id is not None:
        invoice = await work.session.get(Invoice, new.invoice_id)
        if invoice is None or invoice.deleted_at is not None:
            raise NotFound("This invoice does not exist, or was deleted.")
        if invoice.state != "issued":
            raise Conflict("This invoice is a draft. Issue it first.")
        if invoice.kind == "credit_note":
            raise Conflict("A credit note is not paid. Give a payment back instead.")
        return _About(invoice.client_id, invoice.event_id, invoice.currency)
    client = await work.session.get(Client, new.client_id or 0)
    if client is None or client.deleted_at is not None:
        raise InvalidInput({"client_id": "Choose the client."})
    if new.event_id is not None:
        event = await work.session.get(Event, new.event_id)
        if event is None or event.deleted_at is not None or event.client_id != client.id:
            raise InvalidInput({"event_id": "Choose an event of this client."})
    currency = new.currency or await work.session.scalar(select(Company.currency).limit(1)) or "EUR"
    return _About(client.id, new.event_id, currency)


async def _add(work: UnitOfWork, entry: Payment, action: str) -> Recorded:
    """Insert an entry and log it, unless it is there already."""
    values = {
        column.key: getattr(entry, column.key)
        for column in Payment.__table__.columns
        if column.key not in {"id", "created_at"}
    }
    statement = insert(Payment).values(values).on_conflict_do_nothing().returning(Payment)
    added = await work.session.scalar(statement)
    if added is None:
        known = await _known(work, entry)
        if known is None:
            raise Conflict("This payment is being recorded. Ask again in a moment.")
        return Recorded(known, is_new=False)
    await _log(work, added, action)
    return Recorded(added, is_new=True)


async def _known(work: UnitOfWork, entry: Payment) -> Payment | None:
    """The same entry, if it was recorded before. Raises Conflict where something else has its nonce."""
    same = Payment.nonce == entry.nonce
    if entry.provider_reference is not None:
        same |= (Payment.provider == entry.provider) & (
            Payment.provider_reference == entry.provider_reference
        )
    known = await work.session.scalar(select(Payment).where(same).limit(1))
    alike = ("client_id", "invoice_id", "refund_of_id", "amount", "currency")
    if known is not None and any(getattr(known, name) != getattr(entry, name) for name in alike):
        raise Conflict("This form was sent before with other values. Load the page again.")
    return known


async def _log(work: UnitOfWork, entry: Payment, action: str) -> None:
    parent = (
        ("invoice", entry.invoice_id)
        if entry.invoice_id
        else ("event", entry.event_id)
        if entry.event_id
        else ("client", entry.client_id)
    )
    shown = ("amount", "currency", "method", "received_on", "note")
    await changes.record_plain(
        work,
        action=action,
        entity="payment",
        entity_id=entry.id,
        version=1,
        label=f"{amount_words(abs(entry.amount), entry.currency)}, {METHOD_WORDS[entry.method].lower()}",
        fields={name: (None, wire(getattr(entry, name))) for name in shown},
        parent_entity=parent[0],
        parent_id=parent[1],
    )


def own_nonce(actor: Actor, nonce: str) -> str:
    """The nonce as it is kept: nobody's form can take the nonce of somebody else's."""
    return f"{actor.id or 'system'}:{nonce or uuid4().hex}"


async def today_of(work: UnitOfWork) -> date:
    """The day it is at the company."""
    return today_in(await work.session.scalar(select(Company.time_zone).limit(1)) or "UTC")
