"""Online payments: beginning one, and making of it what the provider says.

Nobody waits for a provider inside a transaction. What is begun is written down first, under a word of our own
that the provider says again with everything; so whatever gets lost on the way, message or answer, can be put
where it belongs.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from uuid import uuid4

import structlog
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from app.db.models.invoice import Invoice, PaymentAttempt
from app.domain.payments import queries
from app.domain.payments.policy import UNDECIDED
from app.domain.payments.providers import Order, PaymentProvider, Refused, Seen
from app.domain.payments.service import NewPayment, add_payment, today_of
from app.domain.pricing.words import amount_words
from app.lib import changes
from app.lib.clock import now
from app.lib.errors import Conflict, NotFound, Unavailable
from app.lib.unit_of_work import SYSTEM, Actor, UnitOfWork, unit_of_work

BEGINNING = 0x62656769
"""The class of the locks on invoices for which a payment is being begun."""

_LOCK = text("select pg_advisory_lock(:lock, :key)")
_UNLOCK = text("select pg_advisory_unlock(:lock, :key)")

log = structlog.get_logger("app.payments")


@dataclass(frozen=True, slots=True)
class Place:
    """What online payments work with."""

    sessions: async_sessionmaker[AsyncSession]
    read_engine: AsyncEngine
    provider: PaymentProvider


@dataclass(frozen=True, slots=True)
class Begun:
    """A payment somebody can make now: on the provider's page, or with the secret."""

    attempt_id: int
    amount: Decimal
    currency: str
    page_url: str
    secret: str


@asynccontextmanager
async def alone(read_engine: AsyncEngine, lock: int, key: int) -> AsyncGenerator[None]:
    """Be the only one at something for a while, outside of any transaction."""
    halves = {"lock": lock, "key": key & 0x7FFFFFFF}
    async with read_engine.connect() as connection:
        await connection.execute(_LOCK, halves)
        try:
            yield
        finally:
            try:
                await connection.execute(_UNLOCK, halves)
            except BaseException:
                # a connection that still holds it must not go back to the others
                await connection.invalidate()
                raise


async def begin_payment(
    place: Place, actor: Actor, invoice_id: int, *, back_url: str = "", amount: Decimal | None = None
) -> Begun:
    """Begin to pay what is owed of an invoice, or a part of it; with `back_url` on the provider's page.

    What was begun before goes on if it is for the same amount and is given up otherwise, so that nobody pays
    twice. Raises NotFound, Conflict where nothing is owed, Refused, Unavailable.
    """
    async with alone(place.read_engine, BEGINNING, invoice_id):
        async with place.read_engine.connect() as reading:
            wanted = await _owed(reading, invoice_id, amount)
            waiting = await queries.unpaid_attempts(reading, invoice_id)
        for attempt in waiting:
            if (again := await _go_on(place, attempt, wanted, paged=bool(back_url))) is not None:
                return again
        return await _begin(place, actor, invoice_id, wanted, back_url)


@dataclass(frozen=True, slots=True)
class _Wanted:
    amount: Decimal
    currency: str
    title: str
    language: str


async def _owed(reading: queries.Reading, invoice_id: int, amount: Decimal | None) -> _Wanted:
    columns = (Invoice.kind, Invoice.number, Invoice.currency, Invoice.language)
    statement = select(*columns).where(Invoice.id == invoice_id, Invoice.state == "issued")
    invoice = (await reading.execute(statement)).one_or_none()
    standing = await queries.standing(reading, invoice_id)
    if invoice is None or standing is None:
        raise NotFound("This invoice does not exist.")
    if invoice.kind == "credit_note" or standing.owed <= 0:
        raise Conflict("Nothing is owed on this invoice.")
    if amount is not None and not 0 < amount <= standing.owed:
        raise Conflict(f"Only {amount_words(standing.owed, invoice.currency)} is owed.")
    return _Wanted(amount or standing.owed, invoice.currency, invoice.number or "", invoice.language)


async def _go_on(place: Place, attempt: queries.Waiting, wanted: _Wanted, *, paged: bool) -> Begun | None:
    """What was begun, if it can be paid as it is wanted now; else it is given up. Raises Conflict."""
    seen = await place.provider.read(attempt.provider_id)
    if seen is not None and seen.state == "open" and (seen.amount, seen.currency) == (
        wanted.amount, wanted.currency
    ) and bool(seen.page_url) == paged:  # fmt: skip
        return Begun(attempt.id, seen.amount, seen.currency, seen.page_url, seen.secret)
    if seen is not None and seen.state in {"open", "failed"}:
        await place.provider.cancel(attempt.provider_id)
        seen = await place.provider.read(attempt.provider_id)
    async with unit_of_work(place.sessions, SYSTEM) as work:
        held = await lock_attempt(work, attempt.id)
        await settle(work, held, seen)
    if held.state in {"processing", "succeeded"}:
        raise Conflict("A payment of this invoice is under way.")
    return None


async def _begin(place: Place, actor: Actor, invoice_id: int, wanted: _Wanted, back_url: str) -> Begun:
    reference = uuid4().hex
    async with unit_of_work(place.sessions, actor) as work:
        attempt = PaymentAttempt(
            invoice_id=invoice_id,
            provider=place.provider.name,
            reference=reference,
            amount=wanted.amount,
            currency=wanted.currency,
        )
        work.session.add(attempt)
        await work.session.flush()
    order = Order(
        amount=wanted.amount,
        currency=wanted.currency,
        reference=reference,
        key=reference,
        title=wanted.title,
        back_url=back_url,
        language=wanted.language,
    )
    try:
        seen = await place.provider.begin(order)
    except Refused as error:
        async with unit_of_work(place.sessions, SYSTEM) as work:
            await _note(work, await lock_attempt(work, attempt.id), "failed", error.message)
        raise
    async with unit_of_work(place.sessions, SYSTEM) as work:
        (await lock_attempt(work, attempt.id)).provider_id = seen.provider_id
        await work.session.flush()
    return Begun(attempt.id, wanted.amount, wanted.currency, seen.page_url, seen.secret)


async def lock_attempt(work: UnitOfWork, attempt_id: int) -> PaymentAttempt:
    """An attempt, held until the transaction ends."""
    found = await work.session.get(PaymentAttempt, attempt_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("This payment was never begun.")
    return found


async def settle(work: UnitOfWork, attempt: PaymentAttempt, seen: Seen | None) -> str:
    """Make of a held attempt what the provider says of it; `seen` is None for what it does not know.

    Returns the outcome in a word. What came in counts once; other currencies than the invoice's count not at
    all, and other amounts as what they are.
    """
    attempt.updated_at = now()
    if seen is None:
        return await _note(work, attempt, "failed", "The provider does not know this payment.")
    if attempt.provider_id is None:
        attempt.provider_id = seen.provider_id
    if seen.state != "succeeded":
        return await _note(work, attempt, seen.state, seen.problem)
    if attempt.payment_id is not None:
        return "known"
    if seen.currency != attempt.currency:
        came, asked = amount_words(seen.amount, seen.currency), amount_words(attempt.amount, attempt.currency)
        problem = f"{came} came in instead of {asked}. Look at the provider."
        log.error("payment_in_another_currency", attempt=attempt.id)
        return await _note(work, attempt, "failed", problem, outcome="another currency")
    return await _count(work, attempt, seen)


async def _count(work: UnitOfWork, attempt: PaymentAttempt, seen: Seen) -> str:
    recorded = await add_payment(
        work,
        NewPayment(
            amount=seen.amount,
            method="online",
            received_on=await today_of(work),
            nonce=f"{attempt.provider}:{seen.payment_id}",
            invoice_id=attempt.invoice_id,
            provider=attempt.provider,
            provider_reference=seen.payment_id,
        ),
    )
    attempt.state, attempt.payment_id, attempt.problem = "succeeded", recorded.payment.id, ""
    if seen.amount != attempt.amount:
        came, asked = (amount_words(one.amount, one.currency) for one in (seen, attempt))
        attempt.problem = f"{came} came in instead of {asked}."
        log.warning("payment_of_another_amount", attempt=attempt.id)
    await work.session.flush()
    return "counted" if seen.amount == attempt.amount else "another amount"


async def _note(
    work: UnitOfWork, attempt: PaymentAttempt, state: str, problem: str, *, outcome: str = ""
) -> str:
    """Write down how an attempt goes on; people see it where it did not work out."""
    if attempt.state == "succeeded":
        return "too late"
    if (attempt.state, attempt.problem) == (state, problem):
        await work.session.flush()
        return outcome or "known"
    attempt.state, attempt.problem = state, problem
    attempt.version += 1
    await work.session.flush()
    await changes.record_plain(
        work,
        action=f"payment_attempt.{state}",
        entity="payment_attempt",
        entity_id=attempt.id,
        version=attempt.version,
        label=amount_words(attempt.amount, attempt.currency),
        fields={"problem": (None, problem)} if problem else {},
        parent_entity="invoice",
        parent_id=attempt.invoice_id,
    )
    return outcome or state


async def check_open_attempts(place: Place) -> int:
    """Ask after payments that nothing was heard of. Returns how many of them are decided now."""
    async with place.read_engine.connect() as reading:
        silent = await queries.silent_attempts(reading, place.provider.name)
    return await _check(place, silent)


async def check_attempts_of(place: Place, invoice_id: int) -> int:
    """Ask after the payments of an invoice that are not decided. Returns how many of them are now."""
    async with place.read_engine.connect() as reading:
        waiting = await queries.unpaid_attempts(reading, invoice_id)
    return await _check(place, waiting)


async def _check(place: Place, waiting: Sequence[queries.Waiting]) -> int:
    decided = 0
    for one in waiting:
        try:
            seen = await place.provider.read(one.provider_id) if one.provider_id else None
        except (Unavailable, Refused) as error:
            log.warning("attempt_not_read", attempt=one.id, error=error.message)
            break
        async with unit_of_work(place.sessions, SYSTEM) as work:
            attempt = await lock_attempt(work, one.id)
            await settle(work, attempt, seen)
            decided += attempt.state not in UNDECIDED
    return decided
