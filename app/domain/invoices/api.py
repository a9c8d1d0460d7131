"""Invoices in the API: begun, edited, issued, taken back; the journal."""

from decimal import Decimal
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import UNSET

from app.db.models.invoice import Invoice, InvoiceLine
from app.domain.invoices import drafts, issuing, service
from app.domain.invoices.api_queries import INVOICES, LINES, Day, provide_invoice_filter
from app.domain.invoices.api_schemas import (
    ChangedInvoice,
    ChangedInvoiceLine,
    ChargeRecord,
    Charges,
    CreditedLine,
    DocumentRecord,
    InvoiceLineRecord,
    InvoiceRecord,
    Issue,
    NewCreditNote,
    NewInvoice,
    NewInvoiceLine,
    PostingRecord,
    SignedAmount,
)
from app.domain.invoices.charges import charge, suggestions
from app.domain.invoices.documents import document_of
from app.domain.invoices.exporting import JOURNAL_HEADER
from app.domain.invoices.fields import MOST_RATE
from app.domain.invoices.filters import InvoiceFilter
from app.domain.invoices.list_queries import postings
from app.domain.invoices.queries import form_of
from app.lib.errors import InvalidInput
from app.lib.fields import FieldError
from app.lib.unit_of_work import UnitOfWork
from app.lib.wire import wire
from app.web.api import (
    Answer,
    EditTerms,
    ListAnswer,
    answer,
    api_router,
    whole_answer,
)
from app.web.api_routes import Routes
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import INVOICE_WRITE, MONEY_READ

INVOICE = Routes("invoice", InvoiceRecord, INVOICES, read=MONEY_READ, write=INVOICE_WRITE)
LINE = Routes("invoice_line", InvoiceLineRecord, LINES, read=MONEY_READ, write=INVOICE_WRITE, sought=True)
ONE = "/invoices/{invoice_id:int}"


@post(f"{ONE}/issue", capability=INVOICE_WRITE, status_code=200)
async def issue_invoice(
    work: Work, invoice_id: PathId, data: JSONBody[Issue], terms: NamedDependency[EditTerms]
) -> Response[Answer[InvoiceRecord]]:
    """Issue a draft: it gets its number and never changes again."""
    await issuing.issue(work, invoice_id, version=terms.optional_version(data.version))
    return await INVOICE.records.answer(work.session, invoice_id)


@post(f"{ONE}/credit-notes", capability=INVOICE_WRITE)
async def create_credit_note(
    work: Work, invoice_id: PathId, data: JSONBody[NewCreditNote]
) -> Response[Answer[InvoiceRecord]]:
    """Take an invoice back: a draft of some of its lines, or all that is left, issued at once."""
    amounts = None if data.credited is UNSET else _amounts(data.credited)
    made = await issuing.credit_note(work, invoice_id, amounts)
    return await INVOICE.records.created(work.session, made.id)


@post(f"{ONE}/reminders", capability=INVOICE_WRITE, status_code=200)
async def remind_of_invoice(work: Work, invoice_id: PathId) -> Response[Answer[InvoiceRecord]]:
    """Note that the client was reminded today. No letter is sent."""
    await issuing.remind(work, invoice_id)
    return await INVOICE.records.answer(work.session, invoice_id)


@get(f"{ONE}/document", capability=MONEY_READ)
async def get_invoice_document(reading: Connection, invoice_id: PathId) -> Response[Answer[DocumentRecord]]:
    """Get the whole paper: parties, lines, groups, taxes, sums."""
    row = await form_of(reading, invoice_id)
    document = await document_of(reading, invoice_id)
    return answer(DocumentRecord(document, row.content_hash), version=row.version)


@get(f"{ONE}/charges", capability=MONEY_READ)
async def list_charges(reading: Connection, invoice_id: PathId) -> Response[ListAnswer[ChargeRecord]]:
    """List what check-in found that was not charged yet."""
    await INVOICES.by_id(reading, invoice_id)
    names = ChargeRecord.__struct_fields__
    found: list[dict[str, Any]] = [
        {name: wire(getattr(one, name)) for name in names} for one in await suggestions(reading, invoice_id)
    ]
    return whole_answer([ChargeRecord(**one) for one in found])


@post(f"{ONE}/charges", capability=INVOICE_WRITE, status_code=200)
async def charge_invoice(
    work: Work, invoice_id: PathId, data: JSONBody[Charges]
) -> Response[Answer[InvoiceRecord]]:
    """Put what check-in found on a draft, each once."""
    await charge(work, invoice_id, data.sources)
    return await INVOICE.records.answer(work.session, invoice_id)


@get("/invoices/journal", capability=MONEY_READ)
async def get_journal(
    reading: Connection, first: Day = None, last: Day = None
) -> Response[ListAnswer[PostingRecord]]:
    """List what was issued from one day to another, for the books: a row for each rate of tax."""
    wanted = InvoiceFilter(first=str(first or ""), last=str(last or ""))
    found = await postings(reading, wanted)
    rows: list[dict[str, Any]] = [dict(zip(JOURNAL_HEADER, one.cells, strict=True)) for one in found]
    return whole_answer([PostingRecord(**row) for row in rows])


async def _create(work: UnitOfWork, values: dict[str, Any]) -> Invoice:
    return await service.create_invoice(work, values["event_id"], values["kind"], values)


async def _add_line(work: UnitOfWork, invoice_id: int, values: dict[str, Any]) -> InvoiceLine:
    return await drafts.add_line(work, invoice_id, values)


def _amounts(given: list[CreditedLine]) -> dict[str, Decimal]:
    """The amounts by key. Raises InvalidInput."""
    rule = SignedAmount(3, MOST_RATE)
    found: dict[str, Decimal] = {}
    for one in given:
        try:
            found[one.key] = rule.read(one.amount)
        except FieldError as error:
            raise InvalidInput({one.key[:80]: error.message}) from error
    return found


API = api_router(
    "Invoices",
    [
        INVOICE.listing("List invoices and credit notes.", provide_invoice_filter),
        INVOICE.creation(NewInvoice, _create, "Begin a deposit, a part or the final invoice of an event."),
        INVOICE.single(),
        INVOICE.change(ChangedInvoice, service.edit_invoice, "Change the fields given of a draft."),
        INVOICE.deletion(
            service.delete_invoice, "Delete a draft. What was issued stays: take it back with a credit note."
        ),
        INVOICE.restoration(service.restore_invoice),
        LINE.listing_in(f"{ONE}/lines", INVOICES, InvoiceLine.invoice_id, "List the lines of an invoice."),
        LINE.creation_in(f"{ONE}/lines", NewInvoiceLine, _add_line, "Add a line to a draft."),
        LINE.single(),
        LINE.change(ChangedInvoiceLine, drafts.LINES.edit),
        LINE.deletion(drafts.LINES.delete, "Take a line off a draft."),
        issue_invoice,
        create_credit_note,
        remind_of_invoice,
        get_invoice_document,
        list_charges,
        charge_invoice,
        get_journal,
    ],
)
