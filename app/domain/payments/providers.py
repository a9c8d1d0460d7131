"""What a payment provider has to be able to do, whoever it is; Stripe is the first.

Amounts are decimals of their currency; each provider turns them into what it counts in. What a message says
is only a hint that something happened: what counts is what the provider says when it is asked (`read`).
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, Protocol

from app.lib.errors import Conflict, DomainError

State = Literal["open", "processing", "succeeded", "failed", "cancelled"]


class Refused(Conflict):
    """The provider does not do what it was asked; the sentence is its own."""

    code = "PROVIDER_REFUSED"


class Forged(DomainError):
    """A message that is not from the provider, or too old to be believed."""

    code = "FORGED"


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be paid.

    `reference` comes back with everything the provider says about it; the same `key` begins it once. With
    `back_url` the provider shows a page of its own, in `language`, which comes back there; without, whoever
    has the secret pays by means of their own.
    """

    amount: Decimal
    currency: str
    reference: str
    key: str
    title: str
    back_url: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Seen:
    """How a payment stands at the provider.

    `amount` is what is asked for, and once it succeeded what came in. `payment_id` is what a refund is asked
    for with, empty until there is one. `page_url` and `secret` are the ways to pay while it is open.
    """

    provider_id: str
    state: State
    amount: Decimal
    currency: str
    reference: str
    payment_id: str = ""
    problem: str = ""
    page_url: str = ""
    secret: str = ""


@dataclass(frozen=True, slots=True)
class Returned:
    """A refund at the provider, of the payment `payment_id`. Failed, its money came back to us."""

    provider_id: str
    payment_id: str
    state: Literal["pending", "succeeded", "failed"]
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Message:
    """What the provider told by itself: its own id, its kind, and what it is about, if that concerns us."""

    id: str
    kind: str
    provider_id: str = ""
    refund_id: str = ""


class PaymentProvider(Protocol):
    """A payment provider. Everything raises Unavailable when it does not answer, Refused when it says no."""

    @property
    def name(self) -> str:
        """What it is called in the database and in addresses."""
        ...

    @property
    def public_key(self) -> str:
        """What a program needs, beside the secret of an order, to pay it by means of its own."""
        ...

    async def begin(self, order: Order) -> Seen:
        """Begin a payment."""
        ...

    async def read(self, provider_id: str) -> Seen | None:
        """How a payment stands, by the id of its beginning or of itself; None for one it does not know."""
        ...

    async def cancel(self, provider_id: str) -> None:
        """Have an open payment be paid no more."""
        ...

    async def refund(self, payment_id: str, amount: Decimal, currency: str, *, key: str) -> Returned:
        """Give a part of a payment back, or all of it. The same `key` does it once."""
        ...

    async def read_refund(self, refund_id: str) -> Returned | None:
        """How a refund stands now; None for one it does not know."""
        ...

    def parse_message(self, body: bytes, signature: str) -> Message:
        """Read a message. Raises Forged."""
        ...
