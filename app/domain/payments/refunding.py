"""Giving payments back: through the provider they came by, or by hand."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.invoice import Payment
from app.domain.payments import queries
from app.domain.payments.attempts import Place, alone
from app.domain.payments.choosing import place_or_nothing
from app.domain.payments.policy import FAILED, beyond
from app.domain.payments.providers import Refused
from app.domain.payments.service import (
    LOCK,
    Recorded,
    add_refund,
    own_nonce,
    refund_by_hand,
    today_of,
)
from app.lib.errors import Conflict, InvalidInput, NotFound
from app.lib.unit_of_work import Actor, unit_of_work
from app.web.state import Runtime


@dataclass(frozen=True, slots=True)
class Refund:
    """What is to be given back of a payment, and why. The same `nonce` gives it back once."""

    payment_id: int
    amount: Decimal
    reason: str
    nonce: str


async def give_back(
    here: Runtime, actor: Actor, wanted: Refund, *, method: str, received_on: date | None = None
) -> Recorded:
    """Give back: `online` has the provider do it, other methods record that it was done, today if not said.

    Raises InvalidInput, NotFound, Conflict, Refused, Unavailable.
    """
    if method == "online":
        return await refund_online(place_or_nothing(here), actor, wanted)
    async with unit_of_work(here.sessions, actor) as work:
        return await refund_by_hand(
            work,
            wanted.payment_id,
            amount=wanted.amount,
            method=method,
            received_on=received_on or await today_of(work),
            reason=wanted.reason,
            nonce=wanted.nonce,
        )


async def refund_online(place: Place, actor: Actor, wanted: Refund) -> Recorded:
    """Have the provider give back, and record it; the same twice counts once.

    Whoever else gives back of the same payment waits meanwhile. Should the record get lost after the provider
    has paid, its message about the refund makes up for it. Raises InvalidInput, NotFound, Conflict, Refused,
    Unavailable.
    """
    if not wanted.reason:
        raise InvalidInput({"note": "Say why."})
    async with alone(place.read_engine, LOCK, wanted.payment_id):
        async with place.sessions() as session:
            known = await _recorded(session, actor, wanted)
            if known is not None:
                return Recorded(known, is_new=False)
            given = await _returnable(session, place.provider.name, wanted)
        reference, key = given.provider_reference or "", f"refund-{given.id}-{actor.id}-{wanted.nonce}"
        returned = await place.provider.refund(reference, wanted.amount, given.currency, key=key)
        if returned.state == "failed":
            raise Refused("The provider could not give it back.")
        async with unit_of_work(place.sessions, actor) as work:
            return await add_refund(
                work,
                given,
                amount=returned.amount,
                method="online",
                received_on=await today_of(work),
                note=wanted.reason,
                nonce=wanted.nonce,
                provider=place.provider.name,
                provider_reference=returned.provider_id,
            )


async def _recorded(session: AsyncSession, actor: Actor, wanted: Refund) -> Payment | None:
    """The refund, if it was recorded before."""
    same = (Payment.refund_of_id == wanted.payment_id) & (Payment.nonce == own_nonce(actor, wanted.nonce))
    return await session.scalar(select(Payment).where(same))


async def _returnable(session: AsyncSession, provider: str, wanted: Refund) -> Payment:
    """The payment, which the provider took and of which enough is left."""
    given = await session.get(Payment, wanted.payment_id)
    if given is None:
        raise NotFound("This payment does not exist.")
    if given.refund_of_id is not None:
        raise Conflict("This is a refund itself.")
    if given.provider != provider or (given.provider_reference or "").endswith(FAILED):
        raise Conflict("This did not come in online. Record how it was given back.")
    left = await queries.left_of(session, given.id)
    if not 0 < wanted.amount <= left:
        raise InvalidInput({"amount": beyond(left, given.currency)})
    return given
