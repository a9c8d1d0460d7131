"""Commands that begin invoices: a deposit, a part on account, the final one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision
from sqlalchemy import select

from app.db.models import Client, Company, Event
from app.db.models.invoice import Invoice, InvoiceLine
from app.domain.invoices.agreements import Agreement, agreement_of
from app.domain.invoices.drafts import INVOICES, add_lines
from app.domain.invoices.policy import DEPOSIT, DRAFT, FINAL, FURTHER, PART, QUOTE
from app.domain.invoices.transfers import account_lines, quote_lines, weights_of
from app.domain.invoices.words import percent_words, said
from app.domain.pricing.queries import default_tax
from app.domain.pricing.rounding import ZERO, percent_of, rounded
from app.lib import editing
from app.lib.errors import Conflict, InvalidInput
from app.lib.unit_of_work import UnitOfWork

edit_invoice = INVOICES.edit
"""Change a draft, merging with others. Raises NotFound, Conflict once issued, EditConflict, InvalidInput."""
delete_invoice = INVOICES.delete
"""Delete a draft with its lines, so that it can be restored. Raises NotFound, Conflict, EditConflict."""
restore_invoice = INVOICES.restore
"""Take that back. Raises NotFound, InvalidInput where a line is charged elsewhere by now."""


class AlreadyInvoiced(Conflict):
    """There is a final invoice of what was agreed already; `invoice_id` is its id."""

    def __init__(self, invoice_id: int, label: str, state: str) -> None:
        what = "is a draft of it already" if state == DRAFT else "charges for it already"
        super().__init__(f"{label} {what}.", details={"invoice_id": invoice_id})
        self.invoice_id = invoice_id


@dataclass(frozen=True, slots=True)
class _Beginnings:
    """What an invoice for an event begins with."""

    event: Event
    agreement: Agreement | None
    currency: str
    deposit_percent: Decimal
    values: Mapping[str, Any]

    @property
    def places(self) -> int:
        return get_currency_precision(self.currency)


async def create_invoice(
    work: UnitOfWork, event_id: int, kind: str, values: Mapping[str, Any] | None = None
) -> Invoice:
    """Begin an invoice of a kind; `values` may hold `percent` or `amount` for one on account.

    Raises NotFound, InvalidInput, Conflict as the commands below do.
    """
    given = values or {}
    percent, amount = given.get("percent"), given.get("amount")
    if kind == DEPOSIT:
        return await deposit_invoice(work, event_id, percent=percent)
    if kind == PART:
        return await part_invoice(work, event_id, percent=percent, amount=amount)
    if kind == FINAL:
        return await final_invoice(work, event_id)
    if kind == FURTHER:
        return await further_invoice(work, event_id)
    raise InvalidInput({"kind": "Choose one of the list."})


async def deposit_invoice(work: UnitOfWork, event_id: int, *, percent: Decimal | None = None) -> Invoice:
    """Begin the invoice of a deposit: so many percent of what was agreed, a line for each rate of tax.

    Without `percent` it is what the quote says. Raises NotFound, InvalidInput, Conflict.
    """
    begin = await _beginnings(work, event_id)
    agreement = _required(begin.agreement)
    share = begin.deposit_percent if percent is None else percent
    if not 0 < share <= 100:  # noqa: PLR2004 - percent
        raise InvalidInput({"percent": "Say how many percent, between 0 and 100."})
    amount = rounded(percent_of(agreement.document.gross, share), begin.places)
    if amount <= 0:
        raise Conflict("What was agreed comes to nothing.")
    name = said(
        begin.values["language"],
        "deposit_line",
        percent=percent_words(share, begin.values["language"]),
        reference=_reference(begin),
    )
    return await _on_account(work, begin, DEPOSIT, amount, name)


async def part_invoice(
    work: UnitOfWork, event_id: int, *, percent: Decimal | None = None, amount: Decimal | None = None
) -> Invoice:
    """Begin an invoice on account: an amount with its tax, or so many percent of what was agreed.

    Without either it is all that is still to be asked for. Raises NotFound, InvalidInput, Conflict.
    """
    begin = await _beginnings(work, event_id)
    wanted = amount
    if wanted is None:
        agreement = _required(begin.agreement)
        gross = agreement.document.gross
        wanted = agreement.remaining if percent is None else rounded(percent_of(gross, percent), begin.places)
    if wanted <= 0 or wanted != rounded(wanted, begin.places):
        raise InvalidInput({"amount": "Write an amount above 0, in whole cents."})
    name = said(begin.values["language"], "account_line", reference=_reference(begin))
    return await _on_account(work, begin, PART, wanted, name)


async def final_invoice(work: UnitOfWork, event_id: int) -> Invoice:
    """Begin the final invoice: the lines of the accepted version, else of the newest one that stands.

    What was asked for already is taken off by rate of tax whenever its document is made, until it is issued.
    Without a quote it begins empty. Raises NotFound, Conflict, AlreadyInvoiced.
    """
    begin = await _beginnings(work, event_id)
    agreement = begin.agreement
    if agreement is None:
        return await _create(work, begin, FINAL, {})
    await _refuse_second(work, agreement)
    terms = agreement.document
    invoice = await _create(
        work,
        begin,
        FINAL,
        {
            "prices_include_tax": terms.prices_include_tax,
            "discount_percent": terms.discount_percent,
            "discount_amount": terms.discount_amount,
        },
    )
    await add_lines(work, invoice.id, quote_lines(terms, agreement.version_id))
    return invoice


async def further_invoice(work: UnitOfWork, event_id: int) -> Invoice:
    """Begin an empty invoice for what turned up after the final one: a damage, gear that came back late.

    Raises NotFound, Conflict where there is no final one yet, AlreadyInvoiced where one was begun.
    """
    begin = await _beginnings(work, event_id)
    if begin.agreement is None or not begin.agreement.is_closed:
        raise Conflict("There is no final invoice yet. What is to be charged can stand on it.")
    there = await work.session.scalar(
        select(Invoice)
        .where(Invoice.event_id == event_id, Invoice.kind == FINAL, Invoice.state == DRAFT)
        .where(Invoice.deleted_at.is_(None))
        .order_by(Invoice.id)
        .limit(1)
    )
    if there is not None:
        raise AlreadyInvoiced(there.id, there.title, there.state)
    return await _create(work, begin, FINAL, {})


async def _on_account(work: UnitOfWork, begin: _Beginnings, kind: str, amount: Decimal, name: str) -> Invoice:
    invoice = await _create(work, begin, kind, {"prices_include_tax": True})
    if begin.agreement is None:
        tax = await default_tax(work.session)
        weights = {tax.percent if tax else ZERO: amount}
    else:
        weights = weights_of(begin.agreement.document.taxes, begin.agreement.invoiced)
    await add_lines(work, invoice.id, account_lines(amount, weights, name, begin.places, invoice.id))
    return invoice


async def _create(work: UnitOfWork, begin: _Beginnings, kind: str, values: Mapping[str, Any]) -> Invoice:
    invoice = Invoice(
        **{**begin.values, **values},
        kind=kind,
        client_id=begin.event.client_id,
        event_id=begin.event.id,
        quote_version_id=begin.agreement.version_id if begin.agreement else None,
        currency=begin.currency,
    )
    return await editing.create(work, invoice)


async def _beginnings(work: UnitOfWork, event_id: int) -> _Beginnings:
    event = await editing.lock(work, Event, event_id)
    client = None if event.client_id is None else await work.session.get(Client, event.client_id)
    if client is None:
        raise Conflict("This event has no client yet. Say whose it is first.")
    company = await work.session.get_one(Company, 1)
    agreement = await agreement_of(work.session, event_id, client.id)
    terms = agreement.document if agreement else None
    own_language = "de" if company.locale.startswith("de") else "en"
    start, end = _service_days(event, ZoneInfo(company.time_zone))
    due_days = client.payment_terms_days
    values: dict[str, Any] = {
        "title": event.name,
        "due_days": company.due_days if due_days is None else due_days,
        "service_start": start,
        "service_end": end,
        "prices_include_tax": company.prices_include_tax,
        "tax_rounding": terms.tax_rounding if terms else company.tax_rounding,
        "reverse_charge": terms.reverse_charge if terms else client.tax_treatment == "reverse_charge",
        "language": terms.language if terms else client.language or own_language,
    }
    currency = terms.currency if terms else company.currency
    share = terms.deposit_percent if terms else ZERO
    return _Beginnings(event, agreement, currency, share or company.deposit_percent, values)


async def _refuse_second(work: UnitOfWork, agreement: Agreement) -> None:
    prefix = f"{QUOTE}:{agreement.version_id}:"
    there = await work.session.execute(
        select(Invoice.id, Invoice.number, Invoice.title, Invoice.state)
        .join(InvoiceLine, InvoiceLine.invoice_id == Invoice.id)
        .where(InvoiceLine.source.startswith(prefix, autoescape=True), InvoiceLine.deleted_at.is_(None))
        .limit(1)
    )
    if row := there.one_or_none():
        raise AlreadyInvoiced(row.id, row.number or row.title, row.state)


def _required(agreement: Agreement | None) -> Agreement:
    if agreement is None:
        raise Conflict("There is no quote for this event yet. Begin the final invoice and write its lines.")
    return agreement


def _reference(begin: _Beginnings) -> str:
    if begin.agreement is None:
        return ""
    return said(begin.values["language"], "reference", number=begin.agreement.number)


def _service_days(event: Event, zone: ZoneInfo) -> tuple[date, date]:
    """The days of the service on the shop's calendar: of the show, else of the hire."""
    start, end = event.use_start or event.out_start, event.use_end or event.out_end
    last: datetime = end.astimezone(UTC) - timedelta(microseconds=1)
    return start.astimezone(zone).date(), last.astimezone(zone).date()
