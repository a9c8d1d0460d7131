"""One rule of a price list: its form, its cells edited in place, deleting it."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get, post, put
from litestar.params import FromPath

from app.db.models import PriceRule
from app.domain.pricing import page_queries as queries
from app.domain.pricing import service
from app.domain.pricing.controllers import LIST, rules_answer
from app.domain.pricing.descriptions import rule_fields
from app.domain.pricing.fields import RULE_READERS
from app.domain.pricing.pages import shown_words
from app.lib.editing import Edit
from app.lib.fields import read_fields
from app.web.cells import Cell, CellEditor, cell_named
from app.web.deletions import keep_alive, refuse_deleted
from app.web.descriptions import Fields, typed_values
from app.web.edit_forms import EditForm, saving
from app.web.forms import form_text
from app.web.htmx import Toast
from app.web.merging import merge_answer, read_version, saved_toast
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import MONEY_READ, PRICE_WRITE
from app.web.render import page, partial, redirect
from app.web.state import viewer_of
from app.web.undo_permissions import operation_undo_url

PageRequest = Request[Any, Any, Any]
CELLS: Mapping[str, Cell] = {
    cell.name: cell
    for cell in (
        Cell("basis", "Charged for", ("basis",)),
        Cell("amount", "Price", ("amount",), numeric=True),
        Cell("factor_table_id", "Factors", ("factor_table_id",)),
        Cell("weekend", "Weekend", ("weekend",)),
        Cell("minimum_days", "Minimum days", ("minimum_days",), numeric=True),
        Cell("minimum_charge", "Minimum charge", ("minimum_charge",), numeric=True),
    )
}
_LONGEST = 40


@get("/price-rules/{price_rule_id:int}", capability=PRICE_WRITE, include_in_schema=False)
async def edit_page(request: PageRequest, reading: Connection, price_rule_id: PathId) -> Response[str]:
    """The form of a rule as it stands."""
    await refuse_deleted(request, reading, (PriceRule, price_rule_id))
    rule = await queries.rule_by_id(reading, price_rule_id)
    fields = rule_fields(await queries.table_names(reading))
    return _form(request, fields, rule, EditForm(typed_values(rule, fields, RULE_READERS), rule.version))


@post("/price-rules/{price_rule_id:int}", capability=PRICE_WRITE, include_in_schema=False)
async def edit(request: PageRequest, work: Work, price_rule_id: PathId) -> Response[str]:
    """Save a rule, merged with what others saved meanwhile."""
    answer = merge_answer(await form_text(request))
    fields = rule_fields(await queries.table_names(work.session))
    await keep_alive(request, work, (PriceRule, price_rule_id), answer, fields)
    rule = await queries.rule_by_id(work.session, price_rule_id)
    with saving(request, answer, fields, lambda form: _form(request, fields, rule, form)):
        values = read_fields(answer.typed, RULE_READERS).checked()
        done = await service.edit_rule(work, price_rule_id, values, version=answer.version)
    return redirect(request, f"{LIST}/{rule.price_list_id}", toast=saved_toast(request, done, fields))


@get("/price-rules/{price_rule_id:int}/row", capability=MONEY_READ, include_in_schema=False)
async def row(request: PageRequest, reading: Connection, price_rule_id: PathId) -> Response[str]:
    """One row as it is now."""
    return await _row(request, reading, price_rule_id)


@get("/price-rules/{price_rule_id:int}/cells/{field:str}", capability=PRICE_WRITE, include_in_schema=False)
async def cell_editor(
    request: PageRequest, reading: Connection, price_rule_id: PathId, field: FromPath[str]
) -> Response[str]:
    """The editor of a cell, holding the version it starts from."""
    cell, rule = cell_named(CELLS, field), await queries.rule_by_id(reading, price_rule_id)
    fields = rule_fields(await queries.table_names(reading))
    text = typed_values(rule, fields, [cell.name])[cell.name]
    return _editor(request, cell, price_rule_id, fields).answer(text, rule.version)


@put("/price-rules/{price_rule_id:int}/cells/{field:str}", capability=PRICE_WRITE, include_in_schema=False)
async def save_cell(
    request: PageRequest, work: Work, price_rule_id: PathId, field: FromPath[str]
) -> Response[str]:
    """Save a cell; the answer is its row, or the editor again with what is in the way."""
    cell, form = cell_named(CELLS, field), await form_text(request)
    fields = rule_fields(await queries.table_names(work.session))
    text, version = form.get("value", "")[:_LONGEST], read_version(form.get("version", ""))
    with _editor(request, cell, price_rule_id, fields).saving(text, version):
        values = read_fields({cell.name: text}, RULE_READERS).checked()
        done = await service.edit_rule(work, price_rule_id, values, version=version)
    return await _row(request, work.session, price_rule_id, _merged(request, done, fields))


@post("/price-rules/{price_rule_id:int}/deletion", capability=PRICE_WRITE, include_in_schema=False)
async def delete(request: PageRequest, work: Work, price_rule_id: PathId) -> Response[str]:
    """Delete a rule, unless somebody changed it since the page was loaded."""
    version = read_version((await form_text(request)).get("version", ""))
    rule = await service.delete_rule(work, price_rule_id, version=version)
    undo_url = operation_undo_url(viewer_of(request), work.operation, "price_rule.deleted")
    toast = Toast("Deleted", rule.name, undo_url=undo_url)
    return await rules_answer(request, work, rule.price_list_id, toast)


def _merged(request: PageRequest, done: Edit, fields: Fields) -> Toast | None:
    """A cell shows by itself that it was saved; that others changed the rule as well is said."""
    return saved_toast(request, done, fields) if done.merged_with else None


async def _row(
    request: PageRequest, reading: queries.Reading, rule_id: int, toast: Toast | None = None
) -> Response[str]:
    rule = await queries.rule_by_id(reading, rule_id)
    price_list = await queries.list_by_id(reading, rule.price_list_id)
    words = shown_words(price_list.currency)
    return partial(request, "pricing/_row_changed.html", toast=toast, rule=rule, **words)


def _editor(request: PageRequest, cell: Cell, rule_id: int, fields: Fields) -> CellEditor:
    field = fields[cell.name]
    row_url = f"/price-rules/{rule_id}"
    return CellEditor(
        request, cell, rule_id, row_url, field.options or None, lambda values: field.shown(values[cell.name])
    )


def _form(request: PageRequest, fields: Fields, rule: queries.RuleRow, form: EditForm) -> Response[str]:
    return page(
        request,
        "pricing/rule.html",
        status=form.status,
        **form.context,
        rule=rule,
        typed=form.typed,
        fields=fields,
    )


HANDLERS = [edit_page, edit, row, cell_editor, save_cell, delete]
