"""What a draft would come to with what is typed, told as one types; nothing of it is saved."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, post

from app.domain.documents.content import Document
from app.domain.invoices import queries
from app.domain.invoices.documents import NEW, document_with
from app.domain.invoices.fields import INVOICE_READERS, LINE_READERS
from app.domain.invoices.pages import amounts_of
from app.domain.invoices.policy import key_of
from app.lib.fields import Reader, read_fields
from app.web.forms import form_text
from app.web.parameters import Connection, PathId
from app.web.permissions import INVOICE_WRITE
from app.web.render import partial

PageRequest = Request[Any, Any, Any]
INVOICE, LINE = "/invoices/{invoice_id:int}", "/invoice-lines/{line_id:int}"
_WORDS = frozenset({"name", "title"})
_BLANK_LINE = {"name": "-", "quantity": "1", "basis": "flat", "units": "1", "multiple": "1"}


@post(f"{INVOICE}/preview", capability=INVOICE_WRITE, include_in_schema=False, status_code=200)
async def terms_preview(request: PageRequest, reading: Connection, invoice_id: PathId) -> Response[str]:
    """What a draft would come to with other terms."""
    values, errors = await _typed(request, INVOICE_READERS)
    return _told(request, await document_with(reading, invoice_id, terms=values), errors)


@post(f"{INVOICE}/lines/preview", capability=INVOICE_WRITE, include_in_schema=False, status_code=200)
async def new_line_preview(request: PageRequest, reading: Connection, invoice_id: PathId) -> Response[str]:
    """What a draft would come to with one line more."""
    values, errors = await _typed(request, LINE_READERS)
    blank = read_fields({**dict.fromkeys(LINE_READERS, "0"), **_BLANK_LINE}, LINE_READERS).values
    document = await document_with(reading, invoice_id, line={**blank, **values})
    return _told(request, document, errors, NEW)


@post(f"{LINE}/preview", capability=INVOICE_WRITE, include_in_schema=False, status_code=200)
async def line_preview(request: PageRequest, reading: Connection, line_id: PathId) -> Response[str]:
    """What a draft would come to with other values in a line."""
    line = await queries.line_by_id(reading, line_id)
    values, errors = await _typed(request, LINE_READERS)
    key = key_of(line.id, line.source)
    return _told(request, await document_with(reading, line.invoice_id, line=values, key=key), errors, key)


async def _typed(
    request: PageRequest, readers: Mapping[str, Reader]
) -> tuple[dict[str, Any], Mapping[str, str]]:
    """What can be read of a form that is not finished, and what cannot; words change no sum."""
    found = read_fields(await form_text(request), readers)
    return found.values, {name: error for name, error in found.errors.items() if name not in _WORDS}


def _told(
    request: PageRequest, document: Document, errors: Mapping[str, str], key: str = ""
) -> Response[str]:
    prices = {line.key: line.price for group in document.groups for line in group.lines}
    return partial(
        request,
        "invoices/_preview.html",
        price=prices.get(key),
        gross=document.gross,
        errors=errors,
        amount=amounts_of(document),
    )


HANDLERS = [terms_preview, new_line_preview, line_preview]
