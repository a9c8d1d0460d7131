"""Where quotes, confirmations and statements are, as pages and as PDFs; invoices are with their pages."""

from typing import Any, Final
from zoneinfo import ZoneInfo

from litestar import Request, Response, get

from app.domain.documents import queries
from app.domain.documents.confirmations import confirmation_of
from app.domain.documents.parties import recipient_of, sender_of
from app.domain.documents.printing import Print, answer_of, print_of, size_of
from app.domain.documents.statements import statement_of
from app.domain.quotes.drafts import document_of
from app.lib.clock import now
from app.lib.errors import NotFound
from app.web.parameters import Connection, PathId
from app.web.permissions import MONEY_READ

PageRequest = Request[Any, Any, Any]

_VERSION: Final = "/quotes/{quote_id:int}/versions/{number:int}"


@get([f"{_VERSION}/paper", f"{_VERSION}/paper.pdf"], capability=MONEY_READ, include_in_schema=False)
async def quote_paper(
    request: PageRequest, reading: Connection, quote_id: PathId, number: PathId
) -> Response[Any]:
    """A version of a quote as it is sent; a draft says that it is one."""
    facts = await queries.version_facts(reading, quote_id, number)
    document = await document_of(reading, facts.id)
    paper = print_of(
        document, is_draft=facts.state == "draft", back_url=f"/quotes/{quote_id}?version={number}"
    )
    return await _printed(request, reading, paper)


@get(
    [f"{_VERSION}/confirmation", f"{_VERSION}/confirmation.pdf"],
    capability=MONEY_READ,
    include_in_schema=False,
)
async def confirmation_paper(
    request: PageRequest, reading: Connection, quote_id: PathId, number: PathId
) -> Response[Any]:
    """What was accepted, with the options that were chosen and by whom, as the confirmation of an order."""
    facts = await queries.version_facts(reading, quote_id, number)
    if facts.state != "accepted":
        raise NotFound("This version was not accepted.")
    document = await document_of(reading, facts.id)
    paper = confirmation_of(document, facts, back_url=f"/quotes/{quote_id}?version={number}")
    return await _printed(request, reading, paper)


@get(
    ["/clients/{client_id:int}/statement", "/clients/{client_id:int}/statement.pdf"],
    capability=MONEY_READ,
    include_in_schema=False,
)
async def statement_paper(request: PageRequest, reading: Connection, client_id: PathId) -> Response[Any]:
    """What a client was asked for and paid, with the balance, as it stands today."""
    language = await queries.language_of(reading, client_id)
    sender, recipient = await sender_of(reading), await recipient_of(reading, client_id)
    entries = await queries.entries_of(reading, client_id)
    today = now().astimezone(ZoneInfo(sender.time_zone)).date()
    sheet = statement_of(sender, recipient, language, entries, today)
    return await _printed(request, reading, Print(sheet, f"/clients/{client_id}", "documents/statement.html"))


async def _printed(request: PageRequest, reading: Connection, paper: Print) -> Response[Any]:
    usual = await queries.paper_size(reading)
    return await answer_of(request, paper, size=size_of(str(request.query_params.get("size", "")), usual))


HANDLERS = [quote_paper, confirmation_paper, statement_paper]
