"""The lines of a draft: free ones, editing any, taking them off, what check-in found."""

from typing import Any

from litestar import Request, Response, get, post

from app.db.models.invoice import InvoiceLine
from app.domain.invoices import queries
from app.domain.invoices.charges import charge, suggestions
from app.domain.invoices.descriptions import EDITED_LINE, INVOICE_LINE_FIELDS
from app.domain.invoices.drafts import LINES, add_line
from app.domain.invoices.fields import LINE_READERS
from app.domain.invoices.pages import Dialog, amounts_of
from app.domain.pricing.queries import default_tax, tax_rates
from app.lib.fields import read_fields
from app.lib.sentences import counted
from app.web.deletions import keep_alive
from app.web.descriptions import typed_values
from app.web.edit_forms import EditForm, saving
from app.web.forms import form_list, form_text, rejecting
from app.web.htmx import Toast, wants_partial
from app.web.merging import merge_answer, read_version, saved_toast
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import INVOICE_WRITE, MONEY_READ
from app.web.render import receipt, redirect
from app.web.state import viewer_of
from app.web.undo_permissions import operation_undo_url

PageRequest = Request[Any, Any, Any]
_BLANK = {"quantity": "1", "basis": "flat", "units": "1", "multiple": "1"}


@get("/invoices/{invoice_id:int}/lines/new", capability=INVOICE_WRITE, include_in_schema=False)
async def new_line(request: PageRequest, reading: Connection, invoice_id: PathId) -> Response[str]:
    """The form of a free line."""
    tax = await default_tax(reading)
    typed = {**_BLANK, "tax_percent": f"{tax.percent.normalize():f}" if tax else "0"}
    return (await _adding(reading, invoice_id)).show(request, dict.fromkeys(LINE_READERS, "") | typed)


@post("/invoices/{invoice_id:int}/lines/new", capability=INVOICE_WRITE, include_in_schema=False)
async def add(request: PageRequest, work: Work, invoice_id: PathId) -> Response[str]:
    """Add a free line."""
    typed = await form_text(request)
    shown = await _adding(work.session, invoice_id)
    whole = dict.fromkeys(LINE_READERS, "") | _BLANK | typed
    with rejecting(lambda errors: shown.show(request, whole, errors)):
        made = await add_line(work, invoice_id, read_fields(whole, LINE_READERS).checked())
    undo = operation_undo_url(viewer_of(request), work.operation, "invoice_line.created")
    return redirect(request, f"/invoices/{invoice_id}", toast=Toast("Added", made.name, undo_url=undo))


@get("/invoice-lines/{line_id:int}/edit", capability=INVOICE_WRITE, include_in_schema=False)
async def edit_page(request: PageRequest, reading: Connection, line_id: PathId) -> Response[str]:
    """The form of a line as it stands."""
    line = await queries.line_by_id(reading, line_id)
    form = EditForm(typed_values(line, INVOICE_LINE_FIELDS, EDITED_LINE), line.version)
    return (await _editing(reading, line)).show_edit(request, form)


@post("/invoice-lines/{line_id:int}/edit", capability=INVOICE_WRITE, include_in_schema=False)
async def edit(request: PageRequest, work: Work, line_id: PathId) -> Response[str]:
    """Save a line, merged with what others saved meanwhile."""
    answer = merge_answer(await form_text(request))
    await keep_alive(request, work, (InvoiceLine, line_id), answer, INVOICE_LINE_FIELDS)
    line = await queries.line_by_id(work.session, line_id)
    shown = await _editing(work.session, line)
    target = "#modal" if wants_partial(request) else ""
    with saving(
        request, answer, INVOICE_LINE_FIELDS, lambda form: shown.show_edit(request, form), target=target
    ):
        values = read_fields(answer.typed, LINE_READERS).checked()
        done = await LINES.edit(work, line_id, values, version=answer.version)
    toast = saved_toast(request, done, INVOICE_LINE_FIELDS)
    return redirect(request, f"/invoices/{line.invoice_id}", toast=toast)


@post("/invoice-lines/{line_id:int}/deletion", capability=INVOICE_WRITE, include_in_schema=False)
async def delete(request: PageRequest, work: Work, line_id: PathId) -> Response[str]:
    """Take a line off, unless somebody changed it since the page was loaded."""
    version = read_version((await form_text(request)).get("version", ""))
    gone = await LINES.delete(work, line_id, version=version)
    undo = operation_undo_url(viewer_of(request), work.operation, "invoice_line.deleted")
    return receipt(request, f"/invoices/{gone.invoice_id}", Toast("Taken off", gone.name, undo_url=undo))


@get("/invoices/{invoice_id:int}/charges", capability=MONEY_READ, include_in_schema=False)
async def charges_page(request: PageRequest, reading: Connection, invoice_id: PathId) -> Response[str]:
    """What check-in found and nobody charged yet."""
    return (await _charging(reading, invoice_id)).show(request, {})


@post("/invoices/{invoice_id:int}/charges", capability=INVOICE_WRITE, include_in_schema=False)
async def add_charges(request: PageRequest, work: Work, invoice_id: PathId) -> Response[str]:
    """Charge what was ticked, each once."""
    sources = await form_list(request, "sources")
    shown = await _charging(work.session, invoice_id)
    with rejecting(lambda errors: shown.show(request, {}, errors)):
        count = await charge(work, invoice_id, sources)
    undo = operation_undo_url(viewer_of(request), work.operation, "invoice_line.created")
    toast = Toast("Charged", f"{counted(count, 'line')} added.", undo_url=undo)
    return redirect(request, f"/invoices/{invoice_id}", toast=toast)


async def _adding(reading: Any, invoice_id: int) -> Dialog:
    facts = await queries.invoice_by_id(reading, invoice_id)
    return Dialog(
        title="Add line",
        about=facts.label,
        action=f"/invoices/{invoice_id}/lines/new",
        fields="invoices/_line_fields.html",
        button="Add",
        back=(f"/invoices/{invoice_id}", facts.label),
        preview=f"/invoices/{invoice_id}/lines/preview",
        context=await _choices(reading, invoice_id, facts.currency),
    )


async def _editing(reading: Any, line: Any) -> Dialog:
    return Dialog(
        title="Edit line",
        about=line.invoice_title,
        action=f"/invoice-lines/{line.id}/edit",
        fields="invoices/_line_fields.html",
        button="Save",
        back=(f"/invoices/{line.invoice_id}", line.invoice_title),
        topic=f"invoice_line-{line.id}",
        preview=f"/invoice-lines/{line.id}/preview",
        context=await _choices(reading, line.invoice_id, line.currency),
    )


async def _charging(reading: Any, invoice_id: int) -> Dialog:
    facts = await queries.invoice_by_id(reading, invoice_id)
    return Dialog(
        title="From check-in",
        about="What is ticked becomes a line, once. Amounts can be changed then.",
        action=f"/invoices/{invoice_id}/charges",
        fields="invoices/_charge_fields.html",
        button="Charge",
        back=(f"/invoices/{invoice_id}", facts.label),
        context={"offered": await suggestions(reading, invoice_id), "amount": amounts_of(facts)},
    )


async def _choices(reading: Any, invoice_id: int, currency: str) -> dict[str, Any]:
    bare = {f"{rate.percent.normalize():f}": rate.name for rate in await tax_rates(reading)}
    return {
        "currency": currency,
        "taxes": [(percent, f"{name}, {percent} %") for percent, name in bare.items()],
        "headings": await queries.headings_of(reading, invoice_id),
    }


HANDLERS = [new_line, add, edit_page, edit, delete, charges_page, add_charges]
