"""What the page of a quote shows, and the parts of it that are others now."""

from collections.abc import Mapping
from typing import Any

from litestar import Response
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.documents.summing import with_options
from app.domain.quotes.draft_queries import Reading
from app.domain.quotes.drafts import document_of, draft_of
from app.domain.quotes.fields import BASIS_CHOICES, LANGUAGE_CHOICES
from app.domain.quotes.queries import QuoteFacts, VersionRow
from app.domain.quotes.views import VersionView, view_of_document, view_of_draft
from app.lib.errors import NotFound
from app.web.htmx import Toast
from app.web.permissions import QUOTE_WRITE
from app.web.render import partial
from app.web.state import viewer_of

PARTS = {
    "head": "quotes/_head.html",
    "lines": "quotes/_lines.html",
    "facts": "quotes/_facts.html",
}
_MOST_SEEN = 2000
_SENT_MEANWHILE = Toast(
    "This version was sent while you were typing",
    "What you had not saved is not in it. Make a new version to change something.",
    "amber",
)


def version_shown(quote: QuoteFacts, number: str | None) -> VersionRow:
    """The version whose number stands in the address, else the draft or the newest. Raises NotFound."""
    if not number:
        return quote.shown
    for one in quote.versions:
        if str(one.number) == number:
            return one
    raise NotFound(f"{quote.number} has no such version.")


async def view_of(reading: Reading, version: VersionRow) -> tuple[VersionView, str]:
    """A version as its page shows it, and the name of the price list it follows."""
    if version.state == "draft":
        draft = await draft_of(reading, version.id)
        return view_of_draft(draft), draft.list_name
    document = await document_of(reading, version.id)
    return view_of_document(with_options(document, version.chosen) if version.chosen else document), ""


async def page_context(
    request: Any, reading: AsyncConnection, quote: QuoteFacts, shown: VersionRow
) -> dict[str, Any]:
    """What the templates of a quote have."""
    view, list_name = await view_of(reading, shown)
    may_edit = viewer_of(request).can(QUOTE_WRITE) and shown.state == "draft"
    return {
        **view.context,
        "quote": quote,
        "shown": shown,
        "list_name": list_name,
        "editable": may_edit,
        "frame": f"{view.frame}{int(may_edit)}",
        "basis_words": BASIS_CHOICES,
        "languages": LANGUAGE_CHOICES,
    }


def changes_part(request: Any, context: Mapping[str, Any]) -> Response[str]:
    """Of the lines what is other than a page says it shows; all of them where other lines are there.

    A row that is being edited stays as it is, and so does the list around it.
    """
    asked, view = request.query_params, context["view"]
    seen = dict(one.split("~", 1) for one in asked.get("seen", "").split(".")[:_MOST_SEEN] if "~" in one)
    editing = set(asked.get("editing", "").split(".")) - {""}
    if asked.get("frame") != context["frame"] and not (editing and context["editable"]):
        return partial(request, "quotes/_whole.html", toast=_SENT_MEANWHILE if editing else None, **context)
    changed = [
        row
        for key, row in view.rows.items()
        if key in seen and seen[key] != row.digest and row.key not in editing
    ]
    heads = [
        section for section in view.sections if seen.get(section.section_id, section.digest) != section.digest
    ]
    return partial(request, "quotes/_changed.html", changed=changed, heads=heads, done=False, **context)
