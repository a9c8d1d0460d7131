"""What the API says and takes about payments."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from msgspec import UNSET, Meta, Struct

from app.domain.payments.policy import MOST
from app.web.api_bodies import Amount, Body, Decimals, Given, RecordId

Method = Literal["cash", "card", "transfer"]
AnyMethod = Literal["cash", "card", "transfer", "online"]
Note = Annotated[str, Meta(max_length=500)]
Reason = Annotated[str, Meta(min_length=1, max_length=500, examples=["Cancelled in time"])]
Nonce = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=64,
        description="Your own word for it: what is sent again with the same one counts once.",
    ),
]
_AMOUNTS: Mapping[str, Amount] = {"amount": Amount(3, Decimal(MOST))}


class PaymentRecord(Struct):
    """Money that came in, or (negative, with `refund_of_id`) went back. It never changes."""

    id: Annotated[int, Meta(examples=[31])]
    client_id: int
    event_id: int | None
    invoice_id: int | None
    refund_of_id: int | None
    method: AnyMethod
    amount: Annotated[str, Meta(examples=["1240.500"])]
    currency: Annotated[str, Meta(examples=["EUR"])]
    received_on: Annotated[str, Meta(examples=["2026-11-21"])]
    note: str
    provider: str
    provider_reference: str | None
    recorded_by_id: int | None
    created_at: str
    version: int = 1


class NewPaymentBody(Body, kw_only=True):
    """A payment to record: of an invoice, or of a client on account, then perhaps for an event."""

    amounts: ClassVar[Mapping[str, Amount]] = _AMOUNTS

    amount: Decimals
    method: Method
    received_on: date
    invoice_id: Given[RecordId | None] = UNSET
    client_id: Given[RecordId | None] = UNSET
    event_id: Given[RecordId | None] = UNSET
    currency: Given[Annotated[str, Meta(pattern="^[A-Z]{3}$")]] = UNSET
    note: Given[Note] = UNSET
    nonce: Given[Nonce] = UNSET


class NewRefund(Body, kw_only=True):
    """What is given back of a payment: `online` by the provider; the others say that it was done."""

    amounts: ClassVar[Mapping[str, Amount]] = _AMOUNTS

    amount: Decimals
    method: AnyMethod
    reason: Reason
    received_on: Given[date] = UNSET
    nonce: Given[Nonce] = UNSET


class NewAttempt(Body, kw_only=True):
    """An online payment to begin, of what is owed or a part of it."""

    amounts: ClassVar[Mapping[str, Amount]] = _AMOUNTS

    amount: Given[Decimals | None] = UNSET


class AttemptRecord(Struct):
    """An online payment to make: with `secret` and `public_key`, by means of the provider's library."""

    id: int
    invoice_id: int
    amount: Annotated[str, Meta(examples=["1240.50"])]
    currency: str
    provider: Annotated[str, Meta(examples=["stripe"])]
    public_key: str
    secret: str


class EntryRecord(Struct):
    """A line of an account. `amount` is what was asked for, negative what came in; `balance` is after it."""

    kind: Literal["invoice", "payment", "refund"]
    id: int
    day: str
    name: str
    amount: str
    currency: str
    balance: str
    event_id: int | None
    invoice_id: int | None


class AccountRecord(Struct):
    """The account of a client: what is owed in each currency, and the entries that come to it."""

    client_id: int
    balances: Annotated[dict[str, str], Meta(examples=[{"EUR": "980.000"}])]
    entries: list[EntryRecord]
