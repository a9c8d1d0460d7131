"""The pages of one invoice: begun, shown, edited, deleted, printed."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromQuery
from sqlalchemy import select

from app.db.models import Company
from app.db.models.invoice import Invoice
from app.domain.documents.printing import answer_of, print_of, size_of
from app.domain.events.queries import event_by_id
from app.domain.invoices import list_queries, queries, service
from app.domain.invoices.agreements import agreement_of
from app.domain.invoices.charges import count_charges
from app.domain.invoices.descriptions import EDITED, INVOICE_FIELDS
from app.domain.invoices.documents import document_of
from app.domain.invoices.fields import BEGINNING_READERS, INVOICE_READERS
from app.domain.invoices.pages import Dialog, invoice_page
from app.domain.invoices.words import KIND_WORDS
from app.domain.pricing.words import amount_words
from app.lib.fields import read_fields
from app.web.deletions import keep_alive, refuse_deleted
from app.web.descriptions import typed_values
from app.web.edit_forms import EditForm, saving
from app.web.forms import form_text, rejecting
from app.web.htmx import Toast, wants_partial
from app.web.merging import merge_answer, read_version, saved_toast
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import INVOICE_WRITE, MONEY_READ
from app.web.render import page, receipt, redirect
from app.web.state import viewer_of
from app.web.undo_permissions import operation_undo_url

PageRequest = Request[Any, Any, Any]


@get("/invoices/{invoice_id:int}", capability=MONEY_READ, include_in_schema=False)
async def record_page(request: PageRequest, reading: Connection, invoice_id: PathId) -> Response[str]:
    """An invoice with its lines or its sheet, what was paid, and its history."""
    await refuse_deleted(request, reading, (Invoice, invoice_id))
    return await invoice_page(request, reading, invoice_id)


@get(
    ["/invoices/{invoice_id:int}/paper", "/invoices/{invoice_id:int}/paper.pdf"],
    capability=MONEY_READ,
    include_in_schema=False,
)
async def paper(
    request: PageRequest, reading: Connection, invoice_id: PathId, size: FromQuery[str] = ""
) -> Response[Any]:
    """An invoice to print, or as a PDF."""
    facts = await queries.invoice_by_id(reading, invoice_id)
    document = await document_of(reading, invoice_id)
    usual = (await reading.execute(select(Company.paper_size))).scalar_one()
    printed = print_of(document, is_draft=facts.is_draft, back_url=f"/invoices/{invoice_id}")
    return await answer_of(request, printed, size=size_of(size, usual))


@get("/events/{event_id:int}/invoices", capability=MONEY_READ, include_in_schema=False)
async def event_invoices(request: PageRequest, reading: Connection, event_id: PathId) -> Response[str]:
    """What was invoiced of an event, and what is still to be."""
    client_id = await list_queries.client_of_event(reading, event_id)
    agreement = await agreement_of(reading, event_id, client_id)
    return page(
        request,
        "invoices/of_event.html",
        partial="invoices/_of_event.html",
        event_id=event_id,
        event=None if wants_partial(request) else await event_by_id(reading, event_id),
        client_id=client_id,
        found=await queries.invoices_of_event(reading, event_id),
        agreement=agreement,
        charges=await count_charges(reading, event_id),
        amount_words=amount_words,
    )


@get("/events/{event_id:int}/invoices/new", capability=INVOICE_WRITE, include_in_schema=False)
async def begin_form(
    request: PageRequest, reading: Connection, event_id: PathId, kind: FromQuery[str] = "part"
) -> Response[str]:
    """How much is asked for on account."""
    wanted = kind if kind in KIND_WORDS else "part"
    client_id = await list_queries.client_of_event(reading, event_id)
    agreement = await agreement_of(reading, event_id, client_id)
    share = agreement.document.deposit_percent if agreement else 0
    percent = f"{share.normalize():f}" if share and wanted == "deposit" else ""
    return _beginning(event_id, wanted).show(request, {"kind": wanted, "percent": percent})


@post("/events/{event_id:int}/invoices", capability=INVOICE_WRITE, include_in_schema=False)
async def begin(request: PageRequest, work: Work, event_id: PathId) -> Response[str]:
    """Begin a deposit, a part or the final invoice; leads to the final one there is, if there is one."""
    typed = await form_text(request)
    shown = _beginning(event_id, typed.get("kind", "part"))
    with rejecting(lambda errors: shown.show(request, typed, errors)):
        values = read_fields(typed, BEGINNING_READERS).checked("kind")
        try:
            made = await service.create_invoice(work, event_id, values["kind"], values)
        except service.AlreadyInvoiced as there:
            return redirect(
                request, f"/invoices/{there.invoice_id}", toast=Toast("Begun already", there.message, "amber")
            )
    undo = operation_undo_url(viewer_of(request), work.operation, "invoice.created")
    toast = Toast(f"{KIND_WORDS[made.kind]} begun", "A draft, until it is issued.", undo_url=undo)
    return redirect(request, f"/invoices/{made.id}", toast=toast)


@get("/invoices/{invoice_id:int}/edit", capability=INVOICE_WRITE, include_in_schema=False)
async def edit_page(request: PageRequest, reading: Connection, invoice_id: PathId) -> Response[str]:
    """The form of what a draft says."""
    row = await queries.form_of(reading, invoice_id)
    form = EditForm(typed_values(row, INVOICE_FIELDS, EDITED), row.version)
    return _editing(row).show_edit(request, form)


@post("/invoices/{invoice_id:int}/edit", capability=INVOICE_WRITE, include_in_schema=False)
async def edit(request: PageRequest, work: Work, invoice_id: PathId) -> Response[str]:
    """Save what a draft says, merged with what others saved meanwhile."""
    answer = merge_answer(await form_text(request))
    await keep_alive(request, work, (Invoice, invoice_id), answer, INVOICE_FIELDS)
    shown = _editing(await queries.form_of(work.session, invoice_id))
    target = "#modal" if wants_partial(request) else ""
    with saving(request, answer, INVOICE_FIELDS, lambda form: shown.show_edit(request, form), target=target):
        values = read_fields(answer.typed, INVOICE_READERS).checked()
        done = await service.edit_invoice(work, invoice_id, values, version=answer.version)
    return redirect(request, f"/invoices/{invoice_id}", toast=saved_toast(request, done, INVOICE_FIELDS))


@post("/invoices/{invoice_id:int}/deletion", capability=INVOICE_WRITE, include_in_schema=False)
async def delete(request: PageRequest, work: Work, invoice_id: PathId) -> Response[str]:
    """Delete a draft, unless somebody changed it since the page was loaded."""
    version = read_version((await form_text(request)).get("version", ""))
    gone = await service.delete_invoice(work, invoice_id, version=version)
    there = f"/events/{gone.event_id}" if gone.event_id else "/invoices"
    undo = operation_undo_url(viewer_of(request), work.operation, "invoice.deleted")
    return redirect(request, there, toast=Toast("Deleted", f"{KIND_WORDS[gone.kind]}, draft", undo_url=undo))


@post("/invoices/{invoice_id:int}/restoration", capability=INVOICE_WRITE, include_in_schema=False)
async def restore(request: PageRequest, work: Work, invoice_id: PathId) -> Response[str]:
    """Take a delete back."""
    back = await service.restore_invoice(work, invoice_id)
    return receipt(request, f"/invoices/{invoice_id}", Toast("Restored", back.label))


def _beginning(event_id: int, kind: str) -> Dialog:
    word = KIND_WORDS.get(kind, "Invoice")
    return Dialog(
        title=f"New {word.lower()}",
        about="Asked for on account, and taken off the final invoice.",
        action=f"/events/{event_id}/invoices",
        fields="invoices/_beginning_fields.html",
        button="Begin",
        back=(f"/events/{event_id}", "Event"),
    )


def _editing(row: Any) -> Dialog:
    return Dialog(
        title="What it says",
        about=row.title,
        action=f"/invoices/{row.id}/edit",
        fields="invoices/_fields.html",
        button="Save",
        back=(f"/invoices/{row.id}", row.title),
        topic=f"invoice-{row.id}",
        preview=f"/invoices/{row.id}/preview",
        context={"on_account": row.kind in {"deposit", "part"}, "kind": row.kind, "currency": row.currency},
    )


HANDLERS = [
    record_page, paper, event_invoices, begin_form, begin, edit_page, edit, delete, restore,
]  # fmt: skip
