"""The pages of quotes: one with its versions, making one for an event, its history, giving it up."""

from dataclasses import replace
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromQuery

from app.domain.events.queries import event_by_id
from app.domain.quotes import queries, service
from app.domain.quotes.descriptions import QUOTE_FIELDS, group_fields, line_fields, version_fields
from app.domain.quotes.pages import PARTS, changes_part, page_context, version_shown
from app.domain.quotes.sending_views import sending_context
from app.domain.quotes.words import amounts_in
from app.lib.errors import InvalidInput
from app.lib.fields import identifier
from app.lib.history import about, changes
from app.web.change_entries import entries
from app.web.forms import form_text
from app.web.htmx import Toast, wants_partial
from app.web.merging import read_version
from app.web.parameters import Connection, FilterId, PathId, Work
from app.web.permissions import MONEY_READ, QUOTE_WRITE
from app.web.render import page, receipt, redirect
from app.web.state import viewer_of


@get("/quotes/{quote_id:int}", capability=MONEY_READ, include_in_schema=False)
async def quote_page(
    request: Request[Any, Any, Any], reading: Connection, quote_id: PathId, part: FromQuery[str] = ""
) -> Response[str]:
    """A quote: the version asked for by its number, else the draft, else the newest."""
    quote = await queries.quote_by_id(reading, quote_id)
    shown = version_shown(quote, request.query_params.get("version"))
    context = await page_context(request, reading, quote, shown)
    if wants_partial(request) and part == "changes":
        return changes_part(request, context)
    if not wants_partial(request):
        context |= await sending_context(request, reading, quote, shown, context["doc"])
    return page(request, "quotes/show.html", partial=PARTS.get(part), **context)


@get("/events/{event_id:int}/quotes", capability=MONEY_READ, include_in_schema=False)
async def event_quotes(
    request: Request[Any, Any, Any], reading: Connection, event_id: PathId
) -> Response[str]:
    """The quotes of an event."""
    return page(
        request,
        "quotes/of_event.html",
        partial="quotes/_of_event.html",
        event_id=event_id,
        event=None if wants_partial(request) else await event_by_id(reading, event_id),
        found=await queries.quotes_of_event(reading, event_id),
        amount_in=amounts_in,
    )


@post("/events/{event_id:int}/quotes", capability=QUOTE_WRITE, include_in_schema=False)
async def create(request: Request[Any, Any, Any], work: Work, event_id: PathId) -> Response[str]:
    """Begin a quote for an event."""
    version = await service.create_quote(work, event_id)
    toast = Toast("Quote begun", "It follows the gear of the event until it is sent.")
    return redirect(request, f"/quotes/{version.quote_id}", toast=toast)


@post("/quotes/{quote_id:int}/versions", capability=QUOTE_WRITE, include_in_schema=False)
async def begin_version(request: Request[Any, Any, Any], work: Work, quote_id: PathId) -> Response[str]:
    """Begin the next version of one; leads to the draft there is, if somebody was faster."""
    version_id = identifier((await form_text(request)).get("version_id"))
    quote = await queries.quote_by_id(await work.session.connection(), quote_id)
    if version_id not in {one.id for one in quote.versions}:
        raise InvalidInput({"version_id": "There is no such version of this quote."})
    try:
        made = await service.new_version(work, version_id)
    except service.AlreadyDrafted as there:
        return redirect(
            request, f"/quotes/{quote_id}", toast=Toast("There is a draft", there.message, "amber")
        )
    toast = Toast(f"Version {made.number} begun", "Made of the one before; it follows the event.")
    return redirect(request, f"/quotes/{quote_id}", toast=toast)


@get("/quotes/{quote_id:int}/history", capability=MONEY_READ, include_in_schema=False)
async def history_page(
    request: Request[Any, Any, Any], reading: Connection, quote_id: PathId, before: FilterId = None
) -> Response[str]:
    """Who changed what about a quote, its versions and lines."""
    quote = await queries.quote_by_id(reading, quote_id)
    rows, older = await changes(reading, about("quote", quote_id), before=before)
    currency = quote.shown.currency
    described = {
        "quote": QUOTE_FIELDS,
        "quote_version": version_fields(request, currency),
        "quote_line": line_fields(currency),
        "quote_group": group_fields(currency),
    }
    told = entries(rows, viewer_of(request), described, page_of=("quote", quote_id))
    return page(
        request,
        "quotes/history.html",
        quote=quote,
        shown=quote.shown,
        # what was sent stays: without a draft there is nothing to take back
        entries=told if quote.draft else [replace(one, undo_url=None) for one in told],
        older=older,
    )


@post("/quotes/{quote_id:int}/deletion", capability=QUOTE_WRITE, include_in_schema=False)
async def delete(request: Request[Any, Any, Any], work: Work, quote_id: PathId) -> Response[str]:
    """Delete a quote that nobody got, unless somebody changed it since the page was loaded."""
    version = read_version((await form_text(request)).get("version", ""))
    quote = await service.delete_quote(work, quote_id, version=version)
    undo = f"/quotes/{quote_id}/restoration"
    return redirect(request, f"/events/{quote.event_id}", toast=Toast("Deleted", quote.number, undo_url=undo))


@post("/quotes/{quote_id:int}/restoration", capability=QUOTE_WRITE, include_in_schema=False)
async def restore(request: Request[Any, Any, Any], work: Work, quote_id: PathId) -> Response[str]:
    """Take a delete back."""
    quote = await service.restore_quote(work, quote_id)
    return receipt(request, f"/quotes/{quote_id}", Toast("Restored", quote.number))


@post("/quote-versions/{version_id:int}/deletion", capability=QUOTE_WRITE, include_in_schema=False)
async def discard(request: Request[Any, Any, Any], work: Work, version_id: PathId) -> Response[str]:
    """Give a draft up, unless somebody changed it since the page was loaded."""
    version = read_version((await form_text(request)).get("version", ""))
    gone = await service.discard_version(work, version_id, version=version)
    undo = f"/quote-versions/{version_id}/restoration"
    toast = Toast("Draft discarded", gone.label, undo_url=undo)
    return redirect(request, f"/quotes/{gone.quote_id}", toast=toast)


@post("/quote-versions/{version_id:int}/restoration", capability=QUOTE_WRITE, include_in_schema=False)
async def bring_back(request: Request[Any, Any, Any], work: Work, version_id: PathId) -> Response[str]:
    """Bring a draft back that was given up."""
    version = await service.restore_version(work, version_id)
    return redirect(request, f"/quotes/{version.quote_id}", toast=Toast("Restored", version.label))


HANDLERS = [
    quote_page, event_quotes, create, begin_version, history_page, delete, restore, discard, bring_back,
]  # fmt: skip
