"""The pages of price lists: all of them, one with its rules and prices to try, its history, a copy."""

from typing import Any

from litestar import Request, Response, get, post

from app.db.models import PriceList
from app.domain.pricing import page_queries as queries
from app.domain.pricing import service
from app.domain.pricing.descriptions import LIST_FIELDS, rule_fields
from app.domain.pricing.pages import list_context, shown_words
from app.domain.pricing.queries import tax_rates
from app.lib.fields import identifier, words
from app.lib.history import about, changes
from app.lib.unit_of_work import UnitOfWork
from app.web.change_entries import entries
from app.web.deletions import refuse_deleted
from app.web.forms import form_text
from app.web.htmx import Toast, wants_partial
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import MONEY_READ, PRICE_WRITE
from app.web.render import page, partial, redirect
from app.web.state import viewer_of
from app.web.undo_permissions import operation_undo_url

PageRequest = Request[Any, Any, Any]
LIST = "/price-lists"
LONGEST_NAME = 100


@get(LIST, capability=MONEY_READ, include_in_schema=False)
async def overview(request: PageRequest, reading: Connection) -> Response[str]:
    """All price lists, factor tables and rates of tax."""
    return page(
        request,
        "pricing/overview.html",
        partial="pricing/_overview.html",
        lists=await queries.price_lists(reading),
        tables=await queries.factor_tables(reading),
        taxes=await tax_rates(reading),
        **shown_words(""),
    )


@get("/price-lists/{price_list_id:int}", capability=MONEY_READ, include_in_schema=False)
async def list_page(request: PageRequest, reading: Connection, price_list_id: PathId) -> Response[str]:
    """A price list with its rules; with words in its address what they mean, and what that costs."""
    await refuse_deleted(request, reading, (PriceList, price_list_id))
    shown = await list_context(request, reading, price_list_id)
    return page(request, "pricing/list.html", partial="pricing/_list.html", **shown)


@get("/price-lists/{price_list_id:int}/history", capability=MONEY_READ, include_in_schema=False)
async def list_history(request: PageRequest, reading: Connection, price_list_id: PathId) -> Response[str]:
    """Who changed what about a price list and its rules."""
    price_list = await queries.list_by_id(reading, price_list_id)
    before = identifier(request.query_params.get("before"))
    rows, older = await changes(reading, about("price_list", price_list_id), before=before)
    described = {"price_list": LIST_FIELDS, "price_rule": rule_fields(await queries.table_names(reading))}
    found = entries(rows, viewer_of(request), described, page_of=("price_list", price_list_id))
    shown: dict[str, Any] = {"price_list": price_list, "tab": "history", "entries": found}
    return page(
        request, "pricing/list.html", partial="pricing/_list.html", older=older, before=before, **shown
    )


@post("/price-lists/{price_list_id:int}/archive", capability=PRICE_WRITE, include_in_schema=False)
async def archive(request: PageRequest, work: Work, price_list_id: PathId) -> Response[str]:
    """Put a price list into the archive, or take it out again with `archived=0`."""
    archived = (await form_text(request)).get("archived") != "0"
    done = await service.edit_list(work, price_list_id, {"archived": archived}, version=None)
    title = "Archived" if archived else "Taken out of the archive"
    undo_url = f"/changes/{done.change_id}/undo" if done.change_id else None
    return redirect(request, f"{LIST}/{price_list_id}", toast=Toast(title, undo_url=undo_url))


@post("/price-lists/{price_list_id:int}/copies", capability=PRICE_WRITE, include_in_schema=False)
async def copy(request: PageRequest, work: Work, price_list_id: PathId) -> Response[str]:
    """Add a price list with the same rules, under a name that is free."""
    original = await queries.list_by_id(work.session, price_list_id)
    taken = {one.name.casefold() for one in await queries.price_lists(work.session)}
    made = await service.copy_list(work, price_list_id, _name_of_copy(original.name, taken))
    undo_url = operation_undo_url(viewer_of(request), work.operation, "price_list.created")
    return redirect(request, f"{LIST}/{made.id}", toast=Toast("Copied", made.name, undo_url=undo_url))


@post("/price-lists/{price_list_id:int}/rules", capability=PRICE_WRITE, include_in_schema=False)
async def add_rule(request: PageRequest, work: Work, price_list_id: PathId) -> Response[str]:
    """Add a rule for what was found, or for everything."""
    form = await form_text(request)
    scope, target_id = words(20)(form.get("scope", "")), identifier(form.get("target_id"))
    values = {"scope": scope, f"{scope}_id": target_id} if scope != "everything" else {"scope": scope}
    rule = await service.create_rule(work, price_list_id, values)
    undo_url = operation_undo_url(viewer_of(request), work.operation, "price_rule.created")
    return await rules_answer(request, work, price_list_id, Toast("Added", rule.name, undo_url=undo_url))


async def rules_answer(request: PageRequest, work: UnitOfWork, list_id: int, toast: Toast) -> Response[str]:
    """The rules as they are now, and the receipt; without scripts the page of the list."""
    if not wants_partial(request):
        return redirect(request, f"{LIST}/{list_id}", toast=toast)
    shown = await list_context(request, work.session, list_id)
    return partial(request, "pricing/_rules.html", toast=toast, **shown)


def _name_of_copy(name: str, taken: set[str]) -> str:
    tries = (
        f"{name[: LONGEST_NAME - 12]} (copy{f' {number}' if number > 1 else ''})" for number in range(1, 999)
    )
    return next(one for one in tries if one.casefold() not in taken)


HANDLERS = [overview, list_page, list_history, archive, copy, add_rule]
