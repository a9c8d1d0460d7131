"""What the API says and takes about quotes, their versions and lines."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from msgspec import UNSET, Meta, Struct

from app.domain.documents.content import Document, Line
from app.domain.quotes.fields import (
    LONGEST_HEADING,
    LONGEST_NAME,
    LONGEST_TEXT,
    LONGEST_TITLE,
    MOST_MULTIPLE,
    MOST_QUANTITY,
    MOST_RATE,
)
from app.web.api import Moment
from app.web.api_bodies import Amount, Body, Decimals, Given, Instant, RecordId, Version

State = Literal["draft", "sent", "accepted", "declined", "expired", "superseded"]
Basis = Literal["day", "week", "hour", "flat", "piece"]
Key = Annotated[
    str,
    Meta(
        max_length=30,
        description="rental:12 follows a line of the event, kit:3 a kit with a price, line:40 is free.",
        examples=["rental:12"],
    ),
]
Title = Annotated[str, Meta(min_length=1, max_length=LONGEST_TITLE)]
Name = Annotated[str, Meta(min_length=1, max_length=LONGEST_NAME)]
Heading = Annotated[str, Meta(max_length=LONGEST_HEADING)]
Words = Annotated[str, Meta(max_length=LONGEST_TEXT)]
_HUNDRED = Decimal(100)
DISCOUNTS: Mapping[str, Amount] = {
    "discount_percent": Amount(3, _HUNDRED),
    "discount_amount": Amount(3, MOST_RATE),
}


class QuoteRecord(Struct):
    """A quote: a number under which versions of an offer for an event are made."""

    id: Annotated[int, Meta(examples=[5])]
    event_id: Annotated[int, Meta(examples=[7])]
    number: Annotated[str, Meta(examples=["Q-2026-0007"])]
    notes: str
    state: Annotated[State, Meta(description="Of the version that counts: the draft, else the newest.")]
    current_version: Annotated[int, Meta(description="The number of that version.", examples=[2])]
    currency: str
    gross: Annotated[str | None, Meta(description="What it comes to; null for a draft.")]
    version: int
    created_at: Moment
    updated_at: Moment


class NewQuote(Body):
    """A quote to begin; its first version is a draft that follows the event."""

    event_id: RecordId


class ChangedQuote(Body):
    """What the office notes."""

    lines: ClassVar[frozenset[str]] = frozenset({"notes"})

    notes: Given[Words] = UNSET
    version: Given[Version] = UNSET


class VersionRecord(Struct, kw_only=True):
    """A version with the whole document: computed for a draft, as it was sent for all others."""

    id: int
    quote_id: int
    event_id: int
    number: int
    based_on_id: int | None
    state: State
    price_list_id: int | None
    content_hash: str
    sent_at: Moment | None
    decided_at: Moment | None
    document: Document
    version: int


class VersionSummary(Struct, kw_only=True):
    """A version in short; a draft has no sums of its own."""

    id: int
    number: int
    based_on_id: int | None
    state: State
    title: str
    currency: str
    net: str | None
    gross: str | None
    valid_until: Moment
    sent_at: Moment | None
    decided_at: Moment | None
    version: int


class NewVersion(Body):
    """The version the next one is made of: unless said, the newest."""

    number: Given[Annotated[int, Meta(ge=1, le=100_000)]] = UNSET


class ChangedVersion(Body):
    """The terms of a draft to change; the others stay as they are."""

    amounts: ClassVar[Mapping[str, Amount]] = {**DISCOUNTS, "deposit_percent": Amount(3, _HUNDRED)}
    lines: ClassVar[frozenset[str]] = frozenset({"intro", "terms"})

    title: Given[Title] = UNSET
    intro: Given[Words] = UNSET
    terms: Given[Words] = UNSET
    valid_until: Given[Instant] = UNSET
    charge_start: Given[Instant | None] = UNSET
    charge_end: Given[Instant | None] = UNSET
    price_list_id: Given[RecordId | None] = UNSET
    prices_include_tax: Given[bool] = UNSET
    tax_rounding: Given[Literal["rate", "line"]] = UNSET
    reverse_charge: Given[bool] = UNSET
    discount_percent: Given[Decimals] = UNSET
    discount_amount: Given[Decimals] = UNSET
    deposit_percent: Given[Decimals] = UNSET
    language: Given[Literal["en", "de"]] = UNSET
    show_images: Given[bool] = UNSET
    version: Given[Version] = UNSET


class LineRecord(Struct, kw_only=True):
    """A line of a draft as it stands; `by_hand` says that its price is not that of the list."""

    key: Key
    by_hand: bool
    line: Line
    version: Annotated[int, Meta(description="Of what was said about it; 1 where nothing was.")]


class LineFields(Body):
    """What can be said about a line; null follows the rental and the price list again."""

    amounts: ClassVar[Mapping[str, Amount]] = {
        **DISCOUNTS,
        "quantity": Amount(2, MOST_QUANTITY),
        "rate": Amount(4, MOST_RATE),
        "multiple": Amount(4, MOST_MULTIPLE),
    }
    lines: ClassVar[frozenset[str]] = frozenset({"note"})

    note: Given[Words] = UNSET
    basis: Given[Basis | None] = UNSET
    multiple: Given[Decimals | None] = UNSET
    discount_percent: Given[Decimals] = UNSET
    discount_amount: Given[Decimals] = UNSET
    tax_rate_id: Given[RecordId | None] = UNSET
    hidden: Given[bool] = UNSET


class ChangedLine(LineFields):
    """What to say about a line; the rest stays as it is."""

    name: Given[Name | None] = UNSET
    heading: Given[Heading | None] = UNSET
    quantity: Given[Decimals | None] = UNSET
    rate: Given[Decimals | None] = UNSET
    optional: Given[bool | None] = UNSET
    version: Given[Version] = UNSET


class NewLine(LineFields, kw_only=True):
    """A free line (delivery, crew), or a note, which has words alone."""

    blank: ClassVar[Mapping[str, Any]] = {}

    kind: Literal["free", "note"] = "free"
    name: Name
    heading: Given[Heading] = UNSET
    quantity: Given[Decimals] = UNSET
    rate: Given[Decimals] = UNSET
    optional: Given[bool] = UNSET


class LineMove(Body):
    """Where a line goes: one place up or down, or in front of or behind another one."""

    step: Given[Literal["up", "down"]] = UNSET
    before: Given[Key] = UNSET
    after: Given[Key] = UNSET


class ChangedGroup(Body):
    """What is granted on all lines under a heading; empty is the group without one."""

    amounts: ClassVar[Mapping[str, Amount]] = DISCOUNTS

    heading: Heading
    discount_percent: Given[Decimals] = UNSET
    discount_amount: Given[Decimals] = UNSET
    version: Given[Version] = UNSET


class GroupRecord(Struct, kw_only=True):
    """A group with what is granted on it."""

    heading: str
    discount_percent: str
    discount_amount: str
    price: str
    total: str
    version: int


class PairRecord(Struct, kw_only=True):
    """A line in two versions; null where it is not in one of them."""

    key: Key
    kind: Literal["same", "added", "removed", "changed"]
    before: Line | None
    after: Line | None


class TermRecord(Struct, kw_only=True):
    """Something that is said otherwise for the whole."""

    label: str
    before: str
    after: str


class DifferenceRecord(Struct, kw_only=True):
    """What is other between two versions."""

    before: int
    after: int
    net: Annotated[str, Meta(description="By how much the later one is dearer, without tax.")]
    gross: str
    lines: list[PairRecord]
    terms: list[TermRecord]
