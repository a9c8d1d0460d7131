"""Stripe: PaymentIntents, refunds and signed messages, through its own library.

The library blocks, so it is called in threads. Cards are typed on Stripe's own page (Checkout), which makes
the PaymentIntent; no card number and no foreign script ever comes near our pages. A program that has a card
form of its own gets a bare PaymentIntent and pays it with its secret.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final, Literal, ParamSpec, TypeVar

import stripe
import structlog

from app.config import StripeAccount
from app.domain.payments.providers import Forged, Message, Order, Refused, Returned, Seen, State
from app.lib.errors import Unavailable

PATIENCE: Final = 10
RETRIES: Final = 1
LATEST: Final = 300
"""How many seconds a message may be old."""
REFERENCE: Final = "av_rentals_reference"

# what Stripe counts in; it differs from what is usual for these currencies
_WHOLE = frozenset(
    "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split()  # noqa: SIM905 - a list to compare
)
_THOUSANDTHS = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
_STATES: Final[dict[str, State]] = {
    "requires_payment_method": "open",
    "requires_confirmation": "open",
    "requires_action": "open",
    "requires_capture": "open",
    "processing": "processing",
    "succeeded": "succeeded",
    "canceled": "cancelled",
}
_REFUND_STATES: Final[dict[str, Literal["pending", "succeeded", "failed"]]] = {
    "succeeded": "succeeded",
    "failed": "failed",
    "canceled": "failed",
}

log = structlog.get_logger("app.payments")
Given = ParamSpec("Given")
Found = TypeVar("Found")


class Stripe:
    """The account behind a secret key."""

    name = "stripe"

    def __init__(self, account: StripeAccount) -> None:
        self.public_key = account.publishable_key
        self._webhook_secret = account.webhook_secret
        self._client = stripe.StripeClient(
            account.secret_key,
            base_addresses={"api": account.api_base} if account.api_base else None,
            max_network_retries=RETRIES,
            http_client=stripe.RequestsClient(timeout=PATIENCE),
        )

    async def begin(self, order: Order) -> Seen:
        """Begin a payment on Stripe's page, or a bare PaymentIntent. Raises Unavailable, Refused."""
        minor = to_minor(order.amount, order.currency)
        if order.back_url:
            return _session(await self._ask(self._begin_page, order, minor))
        return _intent(await self._ask(self._begin_intent, order, minor))

    async def read(self, provider_id: str) -> Seen | None:
        """How a payment stands, by the id of a Checkout Session or of a PaymentIntent."""
        if provider_id.startswith("cs_"):
            session = await self._ask_for(self._client.v1.checkout.sessions.retrieve, provider_id)
            if session is None or not session.payment_intent:
                return session and _session(session)
            intents = self._client.v1.payment_intents
            intent = await self._ask_for(intents.retrieve, _id(session.payment_intent))
            return intent and _intent(intent, page=session)
        found = await self._ask_for(self._client.v1.payment_intents.retrieve, provider_id)
        return found and _intent(found)

    async def cancel(self, provider_id: str) -> None:
        """Have an open payment be paid no more. Raises Unavailable, Refused."""
        if provider_id.startswith("cs_"):
            await self._ask(self._client.v1.checkout.sessions.expire, provider_id)
        else:
            await self._ask(self._client.v1.payment_intents.cancel, provider_id)

    async def refund(self, payment_id: str, amount: Decimal, currency: str, *, key: str) -> Returned:
        """Give a part of a PaymentIntent back. Raises Unavailable, Refused."""
        made = await self._ask(
            self._client.v1.refunds.create,
            {"payment_intent": payment_id, "amount": to_minor(amount, currency)},
            {"idempotency_key": key},
        )
        return _refund(made)

    async def read_refund(self, refund_id: str) -> Returned | None:
        """How a refund stands. Raises Unavailable."""
        found = await self._ask_for(self._client.v1.refunds.retrieve, refund_id)
        return found and _refund(found)

    def parse_message(self, body: bytes, signature: str) -> Message:
        """Read a message of a webhook. Raises Forged for what Stripe did not sign within five minutes."""
        try:
            stripe.WebhookSignature.verify_header(body, signature, self._webhook_secret, LATEST)
            event = json.loads(body)
            about, message = event["data"]["object"], Message(str(event["id"]), str(event["type"]))
        except (stripe.SignatureVerificationError, ValueError, KeyError, TypeError) as error:
            raise Forged("This message was not signed by Stripe.") from error
        kind, key = about.get("object"), str(about.get("id") or "")
        if kind in {"payment_intent", "checkout.session"}:
            return replace(message, provider_id=key)
        if kind == "refund":
            return replace(message, provider_id=_id(about.get("payment_intent")), refund_id=key)
        return message

    def _begin_page(self, order: Order, minor: int) -> stripe.checkout.Session:
        about = {REFERENCE: order.reference}
        return self._client.v1.checkout.sessions.create(
            {
                "mode": "payment",
                "line_items": [
                    {
                        "quantity": 1,
                        "price_data": {
                            "currency": order.currency.lower(),
                            "unit_amount": minor,
                            "product_data": {"name": order.title},
                        },
                    }
                ],
                "client_reference_id": order.reference,
                "metadata": about,
                "payment_intent_data": {"metadata": about, "description": order.title},
                "locale": "de" if order.language == "de" else "en",
                "success_url": order.back_url,
                "cancel_url": order.back_url,
            },
            {"idempotency_key": order.key},
        )

    def _begin_intent(self, order: Order, minor: int) -> stripe.PaymentIntent:
        return self._client.v1.payment_intents.create(
            {"amount": minor, "currency": order.currency.lower(), "metadata": {REFERENCE: order.reference}},
            {"idempotency_key": order.key},
        )

    async def _ask_for(
        self, call: Callable[Given, Found], *args: Given.args, **named: Given.kwargs
    ) -> Found | None:
        """The same as `_ask`, None for what Stripe does not know."""
        try:
            return await self._ask(call, *args, **named)
        except Refused as error:
            if isinstance(error.__cause__, stripe.InvalidRequestError):
                return None
            raise

    async def _ask(self, call: Callable[Given, Found], *args: Given.args, **named: Given.kwargs) -> Found:
        """Call the library in a thread, its errors as ours."""
        try:
            return await asyncio.to_thread(call, *args, **named)
        except (stripe.CardError, stripe.InvalidRequestError, stripe.IdempotencyError) as error:
            raise Refused(error.user_message or "Stripe does not accept this.") from error
        except stripe.StripeError as error:
            log.warning("stripe_unavailable", error=type(error).__name__, status=error.http_status)
            raise Unavailable("The payment provider does not answer.", retry_after=10) from error


def decimals_of(currency: str) -> int:
    """How many decimals Stripe counts in."""
    return 0 if currency in _WHOLE else 3 if currency in _THOUSANDTHS else 2


def to_minor(amount: Decimal, currency: str) -> int:
    """An amount as Stripe counts it. Raises Refused for one it cannot take."""
    exact = amount.scaleb(decimals_of(currency))
    # the last digit of thousandths has to be a zero, and so have both of crowns without parts
    step = 10 if currency in _THOUSANDTHS else 100 if currency in {"ISK", "UGX"} else 1
    if exact != exact.to_integral_value() or int(exact) % step:
        raise Refused(f"Stripe cannot take {amount} {currency}.")
    return int(exact)


def from_minor(minor: int, currency: str) -> Decimal:
    """An amount as Stripe counts it, as a decimal of its currency."""
    return Decimal(minor).scaleb(-decimals_of(currency))


def _intent(intent: stripe.PaymentIntent, page: stripe.checkout.Session | None = None) -> Seen:
    """A PaymentIntent, made by `page` or bare."""
    told: dict[str, Any] = intent.to_dict()
    error: dict[str, Any] = told.get("last_payment_error") or {}
    metadata: dict[str, Any] = told.get("metadata") or {}
    currency = intent.currency.upper()
    state = _STATES.get(intent.status, "open")
    # on its page people try again; a program is told that this one did not work out
    if state == "open" and error and page is None:
        state = "failed"
    if state == "open" and page is not None and page.status == "expired":
        state = "cancelled"
    received = told.get("amount_received") if state == "succeeded" else None
    return Seen(
        provider_id=page.id if page else intent.id,
        state=state,
        amount=from_minor(received or intent.amount, currency),
        currency=currency,
        reference=str(metadata.get(REFERENCE) or ""),
        payment_id=intent.id,
        problem=str(error.get("message") or ""),
        page_url=(page.url or "") if page and state == "open" else "",
        secret=intent.client_secret or "",
    )


def _session(session: stripe.checkout.Session) -> Seen:
    """A page nobody has paid on yet."""
    currency = (session.currency or "").upper()
    return Seen(
        provider_id=session.id,
        state="cancelled" if session.status == "expired" else "open",
        amount=from_minor(session.amount_total or 0, currency),
        currency=currency,
        reference=session.client_reference_id or "",
        page_url=session.url or "",
    )


def _refund(refund: stripe.Refund) -> Returned:
    currency = refund.currency.upper()
    return Returned(
        provider_id=refund.id,
        payment_id=_id(refund.payment_intent),
        state=_REFUND_STATES.get(refund.status or "", "pending"),
        amount=from_minor(refund.amount, currency),
        currency=currency,
    )


def _id(reference: Any) -> str:
    """The id of what may have been told as an id, as a whole, or not at all."""
    if isinstance(reference, stripe.PaymentIntent):
        return reference.id
    return reference if isinstance(reference, str) else ""
