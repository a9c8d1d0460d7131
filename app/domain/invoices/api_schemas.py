"""What the API says and takes about invoices, their lines, credit notes, and the journal."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from msgspec import UNSET, Meta, Struct

from app.domain.documents.content import Document
from app.domain.invoices.fields import (
    HUNDRED,
    LONGEST_HEADING,
    LONGEST_NAME,
    LONGEST_TEXT,
    LONGEST_TITLE,
    MOST_DAYS,
    MOST_MULTIPLE,
    MOST_QUANTITY,
    MOST_RATE,
    MOST_UNITS,
)
from app.web.api_bodies import Amount, Body, Decimals, Given, RecordId, Version

Kind = Literal["deposit", "part", "final", "credit_note"]
State = Literal["draft", "issued"]
Basis = Literal["day", "week", "hour", "flat", "piece"]
Title = Annotated[str, Meta(min_length=1, max_length=LONGEST_TITLE)]
Words = Annotated[str, Meta(max_length=LONGEST_TEXT)]
Name = Annotated[str, Meta(min_length=1, max_length=LONGEST_NAME, examples=["Delivery"])]
Heading = Annotated[str, Meta(max_length=LONGEST_HEADING)]
Money = Annotated[str, Meta(examples=["1190.00"])]
Percent = Amount(3, HUNDRED)
DISCOUNTS: Mapping[str, Amount] = {"discount_percent": Percent, "discount_amount": Amount(3, MOST_RATE)}


class SignedAmount(Amount):
    """An amount that may be below 0."""

    def read(self, value: object) -> Decimal:
        """The value with exactly `scale` decimals. Raises FieldError."""
        text = format(Decimal(repr(value)), "f") if isinstance(value, float) else str(value)
        found = super().read(text.removeprefix("-"))
        return -found if text.startswith("-") else found


class InvoiceRecord(Struct):
    """An invoice or credit note. Number, days and sums are null while it is a draft; then it never changes.

    `credited` (below zero) is what credit notes took back, `paid` what came in, `open` what is left to pay.
    """

    id: Annotated[int, Meta(examples=[3])]
    kind: Kind
    state: State
    number: Annotated[str | None, Meta(examples=["INV-2026-0001"])]
    client_id: int
    event_id: int | None
    quote_version_id: int | None
    credits_id: int | None
    title: str
    intro: str
    closing: str
    currency: Annotated[str, Meta(examples=["EUR"])]
    language: str
    prices_include_tax: bool
    tax_rounding: str
    reverse_charge: bool
    discount_percent: str
    discount_amount: str
    due_days: int
    service_start: str | None
    service_end: str | None
    issued_on: str | None
    due_on: str | None
    reminders: int
    reminded_on: str | None
    net: Money | None
    tax: Money | None
    gross: Money | None
    credited: Money
    paid: Money
    open: Money | None
    version: int
    created_at: str
    updated_at: str


class NewInvoice(Body):
    """An invoice to begin. `percent` or `amount` (with tax) say how much is asked for on account.

    `further` is a final one for what turned up after the final one.
    """

    amounts: ClassVar[Mapping[str, Amount]] = {"percent": Percent, "amount": Amount(3, MOST_RATE)}

    event_id: RecordId
    kind: Literal["deposit", "part", "final", "further"]
    percent: Given[Decimals] = UNSET
    amount: Given[Decimals] = UNSET


class ChangedInvoice(Body):
    """The fields of a draft to change; the others stay as they are."""

    amounts: ClassVar[Mapping[str, Amount]] = DISCOUNTS
    lines: ClassVar[frozenset[str]] = frozenset({"intro", "closing"})

    title: Given[Title] = UNSET
    intro: Given[Words] = UNSET
    closing: Given[Words] = UNSET
    language: Given[Literal["en", "de"]] = UNSET
    prices_include_tax: Given[bool] = UNSET
    reverse_charge: Given[bool] = UNSET
    discount_percent: Given[Decimals] = UNSET
    discount_amount: Given[Decimals] = UNSET
    due_days: Given[Annotated[int, Meta(ge=0, le=MOST_DAYS)]] = UNSET
    service_start: Given[date | None] = UNSET
    service_end: Given[date | None] = UNSET
    version: Given[Version] = UNSET


class InvoiceLineRecord(Struct):
    """A line of an invoice. `source` says where it comes from, null for a free one."""

    id: int
    invoice_id: int
    name: str
    note: str
    heading: str
    quantity: str
    basis: Basis
    units: int
    rate: str
    multiple: str
    discount_percent: str
    discount_amount: str
    tax_percent: str
    position: int
    source: Annotated[str | None, Meta(examples=["movement:12"])]
    version: int
    created_at: str
    updated_at: str


class InvoiceLineFields(Body):
    """The fields of a line that may be left out. `rate` is for a piece and a unit, `multiple` how many."""

    amounts: ClassVar[Mapping[str, Amount]] = DISCOUNTS | {
        "rate": SignedAmount(4, MOST_RATE),
        "quantity": Amount(2, MOST_QUANTITY),
        "multiple": Amount(4, MOST_MULTIPLE),
        "tax_percent": Percent,
    }
    lines: ClassVar[frozenset[str]] = frozenset({"note"})

    note: Given[Words] = UNSET
    heading: Given[Heading] = UNSET
    quantity: Given[Decimals] = UNSET
    basis: Given[Basis] = UNSET
    units: Given[Annotated[int, Meta(ge=1, le=MOST_UNITS)]] = UNSET
    multiple: Given[Decimals] = UNSET
    discount_percent: Given[Decimals] = UNSET
    discount_amount: Given[Decimals] = UNSET
    tax_percent: Given[Decimals] = UNSET
    position: Given[Annotated[int, Meta(ge=0, le=100_000)]] = UNSET


class NewInvoiceLine(InvoiceLineFields, kw_only=True):
    """A line to add at the end of a draft."""

    name: Name
    rate: Decimals


class ChangedInvoiceLine(InvoiceLineFields):
    """The fields of a line to change; the others stay as they are."""

    name: Given[Name] = UNSET
    rate: Given[Decimals] = UNSET
    version: Given[Version] = UNSET


class Issue(Body):
    """Which version of a draft is issued; any, if it is left out."""

    version: Given[Version] = UNSET


class CreditedLine(Struct, forbid_unknown_fields=True):
    """What is taken back of one line, by its key in the document."""

    key: Annotated[str, Meta(max_length=200)]
    amount: str


class NewCreditNote(Body):
    """What is taken back of an invoice, priced as there. Without lines all that is left, issued at once."""

    credited: Given[Annotated[list[CreditedLine], Meta(max_length=1000)]] = UNSET


class Charges(Body):
    """Which of what check-in found is charged."""

    sources: Annotated[list[str], Meta(min_length=1, max_length=1000)]


class ChargeRecord(Struct):
    """Something check-in found that may be charged, once. A `rate` of 0 is one nobody knows yet."""

    source: Annotated[str, Meta(examples=["movement:12"])]
    name: str
    note: str
    quantity: str
    rate: str
    tax_percent: str


class DocumentRecord(Struct):
    """The whole paper as it is printed: of a draft computed now, of what was issued as it was then."""

    document: Document
    content_hash: Annotated[str, Meta(description="SHA-256 of what was issued; empty for a draft.")]


class PostingRecord(Struct):
    """An issued paper at one rate of tax, for the books. `debit_credit`: S (debit) or H (credit)."""

    amount: str
    debit_credit: Literal["S", "H"]
    currency: str
    account: str
    contra_account: str
    tax_key: str
    date: str
    document_number: str
    text: str
    tax_percent: str
    net: str
    tax: str
