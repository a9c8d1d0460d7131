"""What the pages of invoices have in common: the dialog of a small form, the page of one invoice."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from litestar import Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.documents.content import Document
from app.domain.documents.sheet import sheet_of
from app.domain.invoices import queries
from app.domain.invoices.charges import suggestions
from app.domain.invoices.descriptions import INVOICE_FIELDS, INVOICE_LINE_FIELDS
from app.domain.invoices.documents import document_of
from app.domain.invoices.fields import BASIS_WORDS, LANGUAGE_WORDS
from app.domain.invoices.policy import is_charge
from app.domain.invoices.queries import InvoiceFacts
from app.domain.pricing.words import amount_words
from app.lib.history import about, changes
from app.web.change_entries import entries
from app.web.edit_forms import EditForm
from app.web.render import page
from app.web.state import viewer_of


@dataclass(frozen=True, slots=True)
class Dialog:
    """A small form: a dialog, and a page without scripts.

    `fields` is the template of its fields, `back` where it leads back to, `topic` what is edited in it, if
    that is a record. `preview` is where what is typed is sent to be told what it would come to. Without a
    `button` there is nothing to send.
    """

    title: str
    about: str
    action: str
    fields: str
    button: str
    back: tuple[str, str]
    topic: str = ""
    preview: str = ""
    danger: bool = False
    context: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def show(
        self, request: Any, typed: Mapping[str, str], errors: Mapping[str, str] | None = None
    ) -> Response[str]:
        """The form of something that has no version."""
        return self._page(
            request, typed, 422 if errors else 200, version=None, errors=errors or {}, merge=None
        )

    def show_edit(self, request: Any, form: EditForm) -> Response[str]:
        """The form of a record."""
        return self._page(request, form.typed, form.status, **form.context)

    def _page(self, request: Any, typed: Mapping[str, str], status: int, **further: Any) -> Response[str]:
        return page(
            request,
            "invoices/dialog.html",
            partial="invoices/_dialog.html",
            status=status,
            dialog=self,
            typed=typed,
            bases=list(BASIS_WORDS.items()),
            languages=list(LANGUAGE_WORDS.items()),
            **self.context,
            **further,
        )


async def invoice_page(
    request: Any, reading: AsyncConnection, invoice_id: int, **extra: Any
) -> Response[str]:
    """An invoice as it stands: a draft with its lines, or the sheet as it was issued."""
    facts = await queries.invoice_by_id(reading, invoice_id)
    document = await document_of(reading, invoice_id)
    rows, _older = await changes(reading, about("invoice", invoice_id))
    described = {"invoice": INVOICE_FIELDS, "invoice_line": INVOICE_LINE_FIELDS}
    history = entries(rows, viewer_of(request), described, page_of=("invoice", invoice_id))
    draft = facts.is_draft
    lines = await queries.lines_of(reading, invoice_id) if draft else {}
    return page(
        request,
        "invoices/show.html",
        partial="invoices/_record.html",
        facts=facts,
        document=document,
        sheet=None if draft else sheet_of(document),
        rows=lines,
        unpriced={key: line.name for key, line in lines.items() if is_charge(key) and not line.rate},
        offered=await suggestions(reading, invoice_id) if draft else [],
        notes=await queries.credit_notes_of(reading, invoice_id),
        amount=amounts_of(facts),
        basis_words=BASIS_WORDS,
        # what was issued stays: nothing of it is taken back but by a credit note
        entries=history if draft else [replace(one, undo_url=None) for one in history],
        **extra,
    )


def amounts_of(paper: InvoiceFacts | Document) -> Any:
    """Writes amounts in the currency of an invoice."""

    def amount(value: Decimal) -> str:
        return amount_words(value, paper.currency)

    return amount
