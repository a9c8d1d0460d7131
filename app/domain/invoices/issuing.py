"""Commands that make an invoice final: issuing it, taking it back, reminding of it."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

import msgspec
from sqlalchemy import func, select, update

from app.db.models import Event
from app.db.models.invoice import Invoice, InvoiceLine
from app.domain.documents.content import Document, fingerprint, from_json, to_json
from app.domain.documents.numbers import next_number
from app.domain.invoices.documents import document_of, today_of
from app.domain.invoices.drafts import add_lines
from app.domain.invoices.policy import CREDIT_NOTE, DRAFT, ISSUED, MOST_REMINDERS
from app.domain.invoices.sums import lines_of, taken_back
from app.domain.invoices.transfers import credit_lines
from app.domain.invoices.words import said
from app.domain.pricing.rounding import ZERO
from app.lib import editing
from app.lib.clock import now
from app.lib.editing import Edit
from app.lib.errors import Conflict, InvalidInput
from app.lib.unit_of_work import UnitOfWork


async def issue(work: UnitOfWork, invoice_id: int, *, version: int | None = None) -> Invoice:
    """Issue a draft: it gets its number, its day and its content, and never changes again.

    Everything of one event is issued one after the other, so that no two final invoices take off the same
    deposit. Raises NotFound, Conflict, EditConflict where somebody changed it since `version`.
    """
    invoice = await _hold(work, invoice_id)
    if invoice.state != DRAFT:
        raise Conflict(f"{invoice.label} was issued already.")
    await editing.refuse_stale(work, invoice, version)
    document = await document_of(work.session, invoice_id)
    _refuse_odd(invoice, document)
    if invoice.credits_id is not None:
        await _refuse_more_than_left(work, invoice.credits_id, document)
    return await _issued(work, invoice, document)


async def credit_note(
    work: UnitOfWork, invoice_id: int, amounts: Mapping[str, Decimal] | None = None
) -> Invoice:
    """Take an invoice back: a draft with `amounts` of its lines by key, or, without any, all that is left.

    Of all a credit note is issued at once, and what the invoice charged for may be charged for again. Amounts
    are priced as on the invoice, with or without tax. Raises NotFound, Conflict, InvalidInput.
    """
    invoice = await _hold(work, invoice_id)
    if invoice.state != ISSUED or invoice.kind == CREDIT_NOTE:
        raise Conflict("Only an invoice that was issued is taken back.")
    credited = await _credited(work, invoice)
    if credited is not None and (invoice.gross or ZERO) + credited <= 0:
        raise Conflict(f"Credit notes took all of {invoice.label} back already.")
    if amounts is None:
        return await _cancel(work, invoice)
    document = from_json(invoice.content or {})
    _check_amounts(document, amounts)
    made = await editing.create(work, _credit_of(invoice))
    await add_lines(work, made.id, credit_lines(lines_of(document), amounts, made.id))
    return made


async def remind(work: UnitOfWork, invoice_id: int) -> Edit:
    """Note that the client was reminded today. Raises NotFound, Conflict after the third reminder."""
    invoice = await editing.lock(work, Invoice, invoice_id)
    if invoice.state != ISSUED or invoice.kind == CREDIT_NOTE:
        raise Conflict("Only of an invoice that was issued anybody is reminded.")
    if invoice.reminders >= MOST_REMINDERS:
        raise Conflict("There were three reminders already.")
    today = await today_of(work.session, work.moment)
    if invoice.due_on is not None and invoice.due_on >= today:
        raise Conflict(f"{invoice.label} is not overdue.")
    values = {"reminders": invoice.reminders + 1, "reminded_on": today}
    return await editing.edit(work, invoice, values, version=None, action="invoice.reminded")


async def _hold(work: UnitOfWork, invoice_id: int) -> Invoice:
    """Lock an invoice, after the event it is for. Raises NotFound."""
    event_id = await work.session.scalar(select(Invoice.event_id).where(Invoice.id == invoice_id))
    if event_id is not None:
        await work.session.execute(
            select(Event.id).where(Event.id == event_id).with_for_update(key_share=True)
        )
    return await editing.lock(work, Invoice, invoice_id)


async def _issued(work: UnitOfWork, invoice: Invoice, document: Document) -> Invoice:
    """Give a draft its number, which others wait for from here on, and write what it says."""
    today = await today_of(work.session, work.moment)
    due_on = today if invoice.kind == CREDIT_NOTE else today + timedelta(days=invoice.due_days)
    number = await _number(work, invoice, today)
    kept = to_json(msgspec.structs.replace(document, number=number, dated=today, due_on=due_on))
    invoice.number, invoice.issued_on, invoice.due_on = number, today, due_on
    invoice.issued_at, invoice.issued_by_id = work.moment or now(), work.actor.id
    invoice.content, invoice.content_hash = kept, fingerprint(kept)
    invoice.net, invoice.tax, invoice.gross = document.net, document.tax, document.gross
    await editing.edit(work, invoice, {"state": ISSUED}, version=None, action="invoice.issued")
    if invoice.credits_id is not None:
        await _free_sources(work, invoice.credits_id)
    return invoice


async def _number(work: UnitOfWork, invoice: Invoice, today: date) -> str:
    return await next_number(work, "credit_note" if invoice.kind == CREDIT_NOTE else "invoice", today)


def _refuse_odd(invoice: Invoice, document: Document) -> None:
    if not lines_of(document):
        raise Conflict("There is nothing on it yet.")
    if invoice.kind == CREDIT_NOTE:
        if document.gross >= 0:
            raise Conflict("A credit note gives something back: its amounts are below zero.")
    elif document.gross < 0:
        raise Conflict(
            "More was asked for already than this comes to. Take the difference back with a credit note."
        )


async def _refuse_more_than_left(work: UnitOfWork, invoice_id: int, document: Document) -> None:
    """Raises Conflict where credit notes together would take back more than was asked for."""
    invoice = await editing.lock(work, Invoice, invoice_id)
    left = (invoice.gross or ZERO) + (await _credited(work, invoice) or ZERO)
    if -document.gross > left:
        raise Conflict(f"This takes back more of {invoice.label} than is left of it.")


async def _cancel(work: UnitOfWork, invoice: Invoice) -> Invoice:
    """Issue the credit note that takes back all that is left, with net and tax as they stood."""
    notes = await work.session.scalars(
        select(Invoice.content)
        .where(Invoice.credits_id == invoice.id, Invoice.state == ISSUED)
        .order_by(Invoice.id)
    )
    made = await editing.create(work, _credit_of(invoice))
    of_invoice = from_json(invoice.content or {})
    taking = msgspec.structs.replace(
        of_invoice,
        kind=CREDIT_NOTE,
        title=made.title,
        intro="",
        closing="",
        options=[],
        reference=invoice.number or "",
    )
    already = said(invoice.language, "credited")
    return await _issued(
        work, made, taken_back(of_invoice, taking, [from_json(kept or {}) for kept in notes], already)
    )


def _credit_of(invoice: Invoice) -> Invoice:
    return Invoice(
        kind=CREDIT_NOTE,
        credits_id=invoice.id,
        client_id=invoice.client_id,
        event_id=invoice.event_id,
        quote_version_id=invoice.quote_version_id,
        title=invoice.title,
        currency=invoice.currency,
        prices_include_tax=invoice.prices_include_tax,
        tax_rounding=invoice.tax_rounding,
        reverse_charge=invoice.reverse_charge,
        language=invoice.language,
        due_days=0,
        service_start=invoice.service_start,
        service_end=invoice.service_end,
    )


def _check_amounts(document: Document, amounts: Mapping[str, Decimal]) -> None:
    prices = {line.key: line.price or ZERO for line in lines_of(document)}
    errors: dict[str, str] = {}
    for key, amount in amounts.items():
        if key not in prices:
            errors[key] = "There is no such line on the invoice."
        elif amount < 0:
            errors[key] = "Write an amount above 0."
        elif amount > max(prices[key], ZERO):
            errors[key] = f"The line came to {prices[key]}."
    if not any(amounts.values()) and not errors:
        errors["amounts"] = "Say what is taken back."
    if errors:
        raise InvalidInput(errors)


async def _credited(work: UnitOfWork, invoice: Invoice) -> Decimal | None:
    """What credit notes took back (negative); None where there is none."""
    return await work.session.scalar(
        select(func.sum(Invoice.gross)).where(Invoice.credits_id == invoice.id, Invoice.state == ISSUED)
    )


async def _free_sources(work: UnitOfWork, invoice_id: int) -> None:
    """Where all of an invoice was taken back, what it charged for may be charged for again."""
    either = (Invoice.id == invoice_id) | (Invoice.credits_id == invoice_id)
    left = await work.session.scalar(select(func.sum(Invoice.gross)).where(either, Invoice.state == ISSUED))
    if left == 0:
        await work.session.execute(
            update(InvoiceLine)
            .where(InvoiceLine.invoice_id == invoice_id, InvoiceLine.source.is_not(None))
            .values(source=None)
        )
