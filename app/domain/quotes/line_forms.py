"""The forms of a line, at first and after every refusal, and what is answered once it is saved."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from litestar import Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import QuoteLine
from app.domain.quotes.composing import DraftLine
from app.domain.quotes.descriptions import EDITED_LINE, line_fields
from app.domain.quotes.drafts import Draft, draft_of
from app.domain.quotes.fields import BASIS_CHOICES
from app.domain.quotes.pages import page_context
from app.domain.quotes.queries import QuoteFacts, VersionRow, quote_of_version
from app.domain.quotes.views import row_id
from app.domain.quotes.words import amounts_in, rates_in
from app.lib.errors import NotFound
from app.web.descriptions import Fields, typed_values
from app.web.edit_forms import EditForm
from app.web.htmx import Toast, wants_partial
from app.web.render import page, partial, redirect


class LineForm:
    """The editor of one line of a draft: a row in the place of the line's, or a page without scripts."""

    def __init__(self, request: Any, quote: QuoteFacts, draft: Draft, line: DraftLine) -> None:
        self._request, self._quote, self._draft, self._line = request, quote, draft, line

    @property
    def fields(self) -> Fields:
        """The descriptions of what can be said."""
        taxes = {rate.id: rate.name for rate in self._draft.taxes}
        return line_fields(self._draft.document.currency, taxes)

    @property
    def first(self) -> EditForm:
        """The form as it is before anything is typed."""
        row = self._line.row or QuoteLine()
        typed = typed_values(row, self.fields, EDITED_LINE)
        return EditForm({name: text or "" for name, text in typed.items()}, self._line.version)

    def show(self, form: EditForm) -> Response[str]:
        """The editor with what was typed and what is wrong with it, or the dialog of a merge."""
        if form.merge and wants_partial(self._request):
            dialog = partial(self._request, "components/merge.html", status=form.status, merge=form.merge)
            dialog.headers.update({"HX-Retarget": "#modal", "HX-Reswap": "innerHTML"})
            return dialog
        answer = page(
            self._request,
            "quotes/line_edit.html",
            partial="quotes/_line_refused.html" if form.errors else "quotes/_line_edit.html",
            status=form.status,
            **form.context,
            **self._context(form.typed),
        )
        if form.errors:
            answer.headers["HX-Reswap"] = "none"
        return answer

    def _context(self, typed: Mapping[str, str]) -> dict[str, Any]:
        document = self._draft.document
        headings = [group.heading for group in document.groups if group.heading]
        return {
            "quote": self._quote,
            "version_id": self._draft.version.id,
            "number": self._draft.version.number,
            "line": self._line.line,
            "listed": self._line.listed,
            "row_id": row_id(self._line.key),
            "typed": typed,
            "headings": headings,
            "at": self._request.query_params.get("at", ""),
            "bases": list(BASIS_CHOICES.items()),
            "taxes": [(rate.id, rate.name) for rate in self._draft.taxes],
            "doc": document,
            "amount": amounts_in(document.currency),
            "rate": rates_in(document.currency),
        }


async def line_form(request: Any, reading: AsyncConnection, version_id: int, key: str) -> LineForm:
    """The editor of a line of a draft. Raises NotFound, Conflict for what was sent."""
    quote = await quote_of_version(reading, version_id)
    draft = await draft_of(reading, version_id)
    return LineForm(request, quote, draft, line_in(draft, key))


def line_in(draft: Draft, key: str) -> DraftLine:
    """The line with this key. Raises NotFound."""
    for one in draft.lines:
        if one.key == key:
            return one
    raise NotFound("This line does not exist, or was taken off.")


async def saved(
    request: Any,
    reading: AsyncConnection,
    version_id: int,
    toast: Toast,
    *,
    key: str = "",
    whole: bool = False,
) -> Response[str]:
    """Answer what was saved: the receipt and what is other now; without scripts the page of the quote.

    `key` is the line that comes back in the place of its editor, `whole` sends all lines again.
    """
    quote = await quote_of_version(reading, version_id)
    shown = next(one for one in quote.versions if one.id == version_id)
    if not wants_partial(request):
        return redirect(request, _address(quote, shown), toast=toast)
    context = await page_context(request, reading, quote, shown)
    view = context["view"]
    if whole:
        return partial(request, "quotes/_whole.html", toast=toast, done=True, **context)
    changed = [view.rows[key]] if key in view.rows else []
    return partial(
        request, "quotes/_changed.html", toast=toast, changed=changed, heads=(), done=True, **context
    )


def _address(quote: QuoteFacts, shown: VersionRow) -> str:
    return f"/quotes/{quote.id}?version={shown.number}"


def with_values(line: DraftLine, values: Mapping[str, Any]) -> QuoteLine:
    """The row of a line as it would be with these values, in no session."""
    names = ("kind", "rental_id", "kit_id", "position", *EDITED_LINE)
    row = line.row
    kept = {name: getattr(row, name) for name in names} if row else {}
    blank: dict[str, Any] = {
        "note": "",
        "hidden": False,
        "discount_percent": Decimal(0),
        "discount_amount": Decimal(0),
    }
    kind, _, its_id = line.key.partition(":")
    if row is None:
        blank |= {"kind": kind, f"{kind}_id": int(its_id)}
    made = QuoteLine(**{**blank, **kept, **values})
    made.id, made.version = (row.id, row.version) if row else (0, 1)
    return made
