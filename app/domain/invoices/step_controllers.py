"""What is done with an invoice: issued, taken back, reminded of, sent."""

from decimal import Decimal
from typing import Any

from litestar import Request, Response, get, post
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.domain.clients.fields import email
from app.domain.documents.sheet import sheet_of
from app.domain.invoices import issuing, queries
from app.domain.invoices.documents import document_of
from app.domain.invoices.fields import amount as amount_reader
from app.domain.invoices.pages import Dialog, amounts_of
from app.domain.invoices.policy import CREDIT_NOTE
from app.domain.invoices.sums import lines_of
from app.domain.invoices.words import day_words, said
from app.domain.mail.service import write_mail
from app.domain.payments.links import pay_path_of
from app.domain.pricing.words import places_of
from app.lib.errors import Conflict, InvalidInput
from app.lib.fields import Reader, read_fields, words
from app.web.forms import form_text, rejecting
from app.web.htmx import Toast
from app.web.merging import read_version
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import INVOICE_WRITE, MONEY_READ
from app.web.render import redirect
from app.web.state import CompanyFacts, public_address, runtime

PageRequest = Request[Any, Any, Any]
_AMOUNT = "amount:"
LETTER: dict[str, Reader] = {
    "recipient": email,
    "subject": words(200, required="Write what it is about."),
    "words": words(5000, required="Write a line or two."),
}


@post("/invoices/{invoice_id:int}/issue", capability=INVOICE_WRITE, include_in_schema=False)
async def issue(request: PageRequest, work: Work, invoice_id: PathId) -> Response[str]:
    """Give a draft its number. From then on it never changes."""
    version = read_version((await form_text(request)).get("version", ""))
    made = await issuing.issue(work, invoice_id, version=version)
    toast = Toast("Issued", f"Its number is {made.number}.")
    return redirect(request, f"/invoices/{invoice_id}", toast=toast)


@get("/invoices/{invoice_id:int}/credit-notes/new", capability=MONEY_READ, include_in_schema=False)
async def credit_form(request: PageRequest, reading: Connection, invoice_id: PathId) -> Response[str]:
    """What of an invoice is taken back, line by line."""
    return (await _crediting(reading, invoice_id)).show(request, {})


@post("/invoices/{invoice_id:int}/credit-notes/new", capability=INVOICE_WRITE, include_in_schema=False)
async def credit(request: PageRequest, work: Work, invoice_id: PathId) -> Response[str]:
    """Begin a credit note with these amounts."""
    typed = await form_text(request)
    shown = await _crediting(work.session, invoice_id)
    given = {name: text for name, text in typed.items() if name.startswith(_AMOUNT)}
    with rejecting(lambda errors: shown.show(request, typed, _at_fields(errors))):
        reader = amount_reader(places=places_of(shown.context["currency"]))
        amounts = read_fields(given, dict.fromkeys(given, reader)).checked()
        wanted = {name.removeprefix(_AMOUNT): value for name, value in amounts.items() if value}
        made = await issuing.credit_note(work, invoice_id, wanted)
    toast = Toast("Credit note begun", "A draft, until it is issued.")
    return redirect(request, f"/invoices/{made.id}", toast=toast)


@post("/invoices/{invoice_id:int}/cancellation", capability=INVOICE_WRITE, include_in_schema=False)
async def cancel(request: PageRequest, work: Work, invoice_id: PathId) -> Response[str]:
    """Take all of an invoice back: a credit note of what is left, issued at once."""
    made = await issuing.credit_note(work, invoice_id)
    toast = Toast("Cancelled", f"{made.number} takes all of it back.")
    return redirect(request, f"/invoices/{made.id}", toast=toast)


@get("/invoices/{invoice_id:int}/reminders/new", capability=MONEY_READ, include_in_schema=False)
async def remind_form(request: PageRequest, reading: Connection, invoice_id: PathId) -> Response[str]:
    """The words of the next reminder."""
    facts = await queries.invoice_by_id(reading, invoice_id)
    letter = await _letter(request, reading, facts, "reminder")
    return _reminding(request, facts).show(request, letter)


@post("/invoices/{invoice_id:int}/reminders/new", capability=INVOICE_WRITE, include_in_schema=False)
async def remind(request: PageRequest, work: Work, invoice_id: PathId) -> Response[str]:
    """Note a reminder, and send it where it is to be mailed."""
    typed = await form_text(request)
    shown = _reminding(request, await queries.invoice_by_id(work.session, invoice_id))
    with rejecting(lambda errors: shown.show(request, typed, errors)):
        await issuing.remind(work, invoice_id)
        if typed.get("mailed") == "1":
            await _mail(request, work, invoice_id, typed)
    said_so = "The letter is on its way." if typed.get("mailed") == "1" else "Noted, no letter was sent."
    return redirect(request, f"/invoices/{invoice_id}", toast=Toast("Reminded", said_so))


@get("/invoices/{invoice_id:int}/letters/new", capability=MONEY_READ, include_in_schema=False)
async def letter_form(request: PageRequest, reading: Connection, invoice_id: PathId) -> Response[str]:
    """The letter that an invoice goes out with."""
    facts = await queries.invoice_by_id(reading, invoice_id)
    letter = await _letter(request, reading, facts, "letter")
    return _sending(request, facts).show(request, letter)


@post("/invoices/{invoice_id:int}/letters/new", capability=INVOICE_WRITE, include_in_schema=False)
async def send(request: PageRequest, work: Work, invoice_id: PathId) -> Response[str]:
    """Send an invoice that was issued by mail, with its PDF."""
    typed = await form_text(request)
    facts = await queries.invoice_by_id(work.session, invoice_id)
    shown = _sending(request, facts)
    with rejecting(lambda errors: shown.show(request, typed, errors)):
        if facts.is_draft:
            raise Conflict("Issue it first: a draft has no number.")
        await _mail(request, work, invoice_id, typed)
    toast = Toast("On its way", f"A letter to {typed.get('recipient', '')}.")
    return redirect(request, f"/invoices/{invoice_id}", toast=toast)


async def _mail(request: PageRequest, work: Work, invoice_id: int, typed: dict[str, str]) -> None:
    if runtime(request).settings.mail is None:
        raise Conflict("There is no mail server. Print it, or send the PDF yourself.")
    letter = read_fields(typed, LETTER).checked(*LETTER)
    if not letter["recipient"]:
        raise InvalidInput({"recipient": "Write an e-mail address, like ana@example.com."})
    await write_mail(work, letter["recipient"], letter["subject"], letter["words"], invoice_id=invoice_id)


async def _letter(
    request: PageRequest, reading: AsyncConnection, facts: queries.InvoiceFacts, name: str
) -> dict[str, str]:
    """What a letter says at first, in the client's language."""
    document = await document_of(reading, facts.id)
    recipient, language = document.recipient, facts.language
    sheet, is_credit = sheet_of(document), facts.kind == CREDIT_NOTE
    path = await pay_path_of(reading, runtime(request).settings.secret_key, facts.id)
    link = said(language, "link", link=f"{public_address(request)}{path}") if path else ""
    company = runtime(request).company or CompanyFacts()
    what = {
        "number": facts.number or "",
        "kind": sheet.caption,
        "link": link,
        "name": f" {recipient.contact}" if recipient.contact else "",
        "day": day_words(facts.issued_on, language) if facts.issued_on else "",
        "due": day_words(facts.due_on, language) if facts.due_on else "",
        "amount": sheet.words.money(abs(facts.standing.open or facts.gross)),
        "company": company.name,
    }
    return {
        "recipient": recipient.email,
        "subject": said(language, f"{name}_subject", **what),
        "words": said(language, "credit" if is_credit and name == "letter" else name, **what),
        "mailed": "1",
    }


async def _crediting(reading: AsyncConnection | AsyncSession, invoice_id: int) -> Dialog:
    facts = await queries.invoice_by_id(reading, invoice_id)
    lines = lines_of(await document_of(reading, invoice_id))
    priced = "with" if facts.prices_include_tax else "without"
    return Dialog(
        title="Credit note",
        about=f"What is given back of {facts.label}, {priced} tax.",
        action=f"/invoices/{invoice_id}/credit-notes/new",
        fields="invoices/_credit_fields.html",
        button="Begin credit note",
        back=(f"/invoices/{invoice_id}", facts.label),
        context={
            "lines": [line for line in lines if (line.price or Decimal(0)) > 0],
            "amount": amounts_of(facts),
            "currency": facts.currency,
        },
    )


def _reminding(request: PageRequest, facts: queries.InvoiceFacts) -> Dialog:
    return Dialog(
        title=f"Reminder {facts.reminders + 1}",
        about=f"{facts.label}, {facts.client_name}",
        action=f"/invoices/{facts.id}/reminders/new",
        fields="invoices/_letter_fields.html",
        button="Note reminder",
        back=(f"/invoices/{facts.id}", facts.label),
        context=_letter_context(request, facts, optional=True),
    )


def _sending(request: PageRequest, facts: queries.InvoiceFacts) -> Dialog:
    """The letter to send, or without a mail server to copy."""
    has_mail = runtime(request).settings.mail is not None
    return Dialog(
        title="Send by mail" if has_mail else "Send it yourself",
        about=f"{facts.label}, with its PDF",
        action=f"/invoices/{facts.id}/letters/new",
        fields="invoices/_letter_fields.html",
        button="Send" if has_mail else "",
        back=(f"/invoices/{facts.id}", facts.label),
        context=_letter_context(request, facts, optional=False),
    )


def _letter_context(request: PageRequest, facts: queries.InvoiceFacts, *, optional: bool) -> dict[str, Any]:
    return {
        "has_mail": runtime(request).settings.mail is not None,
        "optional": optional,
        "paper": f"/invoices/{facts.id}/paper",
    }


def _at_fields(errors: dict[str, str]) -> dict[str, str]:
    """Messages about lines at the fields of their amounts."""
    return {
        name if name.startswith(_AMOUNT) or name == "amounts" else f"{_AMOUNT}{name}": message
        for name, message in errors.items()
    }


HANDLERS = [issue, credit_form, credit, cancel, remind_form, remind, letter_form, send]
