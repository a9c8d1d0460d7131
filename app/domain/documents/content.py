"""What stands on a paper about money, as a value: computed for a draft, kept as it is once it was sent.

Both the page and the PDF are made from this alone, so neither can differ from what was sent, nor change when
names, prices or the company's address do. Amounts are decimals of the paper's currency, instants are aware,
days are ISO dates.
"""

import hashlib
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

import msgspec

Kind = Literal["quote", "order_confirmation", "deposit", "part", "final", "credit_note"]


class Sender(msgspec.Struct, frozen=True):
    """The company, as it called itself then; `logo` is a file, which is never replaced in place."""

    name: str
    address: str = ""
    city: str = ""
    phone: str = ""
    email: str = ""
    website: str = ""
    tax_number: str = ""
    logo: str | None = None
    bank_name: str = ""
    iban: str = ""
    bic: str = ""
    time_zone: str = "UTC"


class Recipient(msgspec.Struct, frozen=True):
    """The client, and the person the paper is for."""

    client_id: int | None = None
    name: str = ""
    contact: str = ""
    address: str = ""
    email: str = ""
    tax_number: str = ""


class Occasion(msgspec.Struct, frozen=True):
    """The event a paper is about. `[use_start, use_end)` is the show, `[out_start, out_end)` the hire."""

    event_id: int
    name: str
    venue: str = ""
    venue_address: str = ""
    out_start: datetime | None = None
    out_end: datetime | None = None
    use_start: datetime | None = None
    use_end: datetime | None = None


class Line(msgspec.Struct, frozen=True):
    """A line. `full` is before, `price` after its own discount; None is a price nobody has said yet.

    `key` tells it apart from version to version (`rental:12`, `kit:3`, `line:40`). `parts` are the pieces of
    a kit that has one price, each as words. `explanation` says rule, rate, days, factor and discount in
    words. `booked` is what its rental was, so that an acceptance can bring it back: equipment, quantity,
    dates.
    """

    key: str
    kind: Literal["rental", "kit", "free", "note"]
    name: str
    heading: str = ""
    note: str = ""
    quantity: Decimal = Decimal(1)
    basis: str = "flat"
    units: int = 1
    rate: Decimal | None = None
    multiple: Decimal = Decimal(1)
    full: Decimal | None = None
    discount_percent: Decimal = Decimal(0)
    discount_amount: Decimal = Decimal(0)
    price: Decimal | None = None
    tax_percent: Decimal = Decimal(0)
    optional: bool = False
    chosen: bool = False
    hidden: bool = False
    photo: str | None = None
    parts: list[str] = []
    explanation: list[str] = []
    booked: list[dict[str, Any]] = []


class Group(msgspec.Struct, frozen=True):
    """The lines under one heading, and what they come to."""

    heading: str
    lines: list[Line]
    price: Decimal
    discount: Decimal
    total: Decimal


class Tax(msgspec.Struct, frozen=True):
    """What is taxed at one rate."""

    percent: Decimal
    net: Decimal
    tax: Decimal
    gross: Decimal


class Document(msgspec.Struct, frozen=True):
    """A paper about money. `reference` is the number of the invoice a credit note is about.

    `options` are the lines that a client may choose; those that were not chosen count in no sum.
    """

    kind: Kind
    number: str
    title: str
    language: str
    currency: str
    places: int
    dated: date
    sender: Sender
    recipient: Recipient
    groups: list[Group]
    options: list[Line]
    taxes: list[Tax]
    subtotal: Decimal
    discount: Decimal
    net: Decimal
    tax: Decimal
    gross: Decimal
    version: int | None = None
    occasion: Occasion | None = None
    intro: str = ""
    closing: str = ""
    terms: str = ""
    prices_include_tax: bool = False
    tax_rounding: str = "rate"
    reverse_charge: bool = False
    discount_percent: Decimal = Decimal(0)
    discount_amount: Decimal = Decimal(0)
    deposit_percent: Decimal = Decimal(0)
    deposit: Decimal = Decimal(0)
    charge_start: datetime | None = None
    charge_end: datetime | None = None
    valid_until: datetime | None = None
    due_on: date | None = None
    service_start: date | None = None
    service_end: date | None = None
    reference: str = ""
    show_images: bool = False


def to_json(document: Document) -> dict[str, Any]:
    """The document as it is kept: plain values, decimals as text, instants in ISO 8601."""
    return msgspec.to_builtins(document)


def from_json(kept: dict[str, Any]) -> Document:
    """The document that was kept."""
    return msgspec.convert(kept, Document, strict=False)


def fingerprint(kept: dict[str, Any]) -> str:
    """SHA-256 of what was kept, in hex: the same words and amounts always have the same."""
    return hashlib.sha256(msgspec.json.encode(kept, order="sorted")).hexdigest()
