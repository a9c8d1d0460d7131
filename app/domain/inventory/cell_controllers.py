"""Editing a cell of the inventory table in place."""

from collections.abc import Sequence
from typing import Any

from litestar import Request, Response, get, put
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from app.db.models import Equipment
from app.domain.availability.missing import missing_now
from app.domain.inventory.cells import CELLS, options, read_cell, typed_text, words
from app.domain.inventory.list_queries import rows_of
from app.domain.inventory.service import edit_equipment
from app.domain.inventory.shelf_queries import Shelf
from app.domain.inventory.table_cache import known_shelves, table_cache
from app.domain.inventory.table_dates import listing_shown
from app.domain.inventory.table_page import asked_columns, row_context
from app.domain.inventory.table_view import known_columns
from app.domain.inventory.view_queries import chosen_columns
from app.lib.editing import Edit, lock
from app.lib.errors import Conflict, NotFound
from app.lib.unit_of_work import UnitOfWork
from app.web.cells import Cell, CellEditor, cell_named
from app.web.forms import form_text
from app.web.htmx import Toast, with_missing
from app.web.merging import read_version, undo_of
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import EQUIPMENT_WRITE
from app.web.render import partial
from app.web.state import runtime, viewer_of

_PATH = "/inventory/{equipment_id:int}/cells/{field:str}"
_LONGEST = 2000


@get(_PATH, capability=EQUIPMENT_WRITE, include_in_schema=False)
async def cell_editor(
    request: Request[Any, Any, Any],
    reading: Connection,
    equipment_id: PathId,
    field: FromPath[str],
) -> Response[str]:
    """The editor of a cell, holding the version it starts from."""
    cell, rows = cell_named(CELLS, field), await rows_of(reading, [equipment_id])
    if not rows:
        raise NotFound("This equipment does not exist, or was deleted.")
    _refuse_counted(cell, rows[0].tracking)
    shelves = await known_shelves(table_cache(runtime(request)), reading)
    return _editor(request, cell, equipment_id, shelves).answer(typed_text(cell, rows[0]), rows[0].version)


@put(_PATH, capability=EQUIPMENT_WRITE, include_in_schema=False)
async def save_cell(
    request: Request[Any, Any, Any],
    work: Work,
    equipment_id: PathId,
    field: FromPath[str],
) -> Response[str]:
    """Save a cell; the answer is its row, or the editor again with what is in the way."""
    cell, form = cell_named(CELLS, field), await form_text(request)
    shelves = await known_shelves(table_cache(runtime(request)), await work.session.connection())
    text, version = form.get("value", "")[:_LONGEST], read_version(form.get("version", ""))
    with _editor(request, cell, equipment_id, shelves).saving(text, version):
        values = read_cell(cell, text)
        equipment = await lock(work, Equipment, equipment_id)
        _refuse_counted(cell, equipment.tracking)
        edit = await edit_equipment(work, equipment_id, values, version=version)
    return await _saved_row(request, work, equipment_id, form, edit)


async def _saved_row(
    request: Request[Any, Any, Any], work: UnitOfWork, equipment_id: int, form: dict[str, str], edit: Edit
) -> Response[str]:
    connection = await work.session.connection()
    rows = await rows_of(connection, [equipment_id])
    columns = asked_columns(form.get("columns")) or known_columns(
        await chosen_columns(connection, viewer_of(request).id)
    )
    toast = None
    if edit.merged_with:
        undo_url = undo_of(edit)
        toast = Toast(
            f"Saved, together with the change of {edit.merged_names}", tone="plum", undo_url=undo_url
        )
    missing = await missing_now(work, [equipment_id]) if "quantity" in edit.changed else ""
    if missing:
        undo_url = f"/changes/{edit.change_id}/undo"
        toast = with_missing(toast or Toast("Saved", undo_url=undo_url), missing)
    context = await row_context(request, connection, listing_shown(request), rows, columns)
    return partial(request, "inventory/_changed.html", toast=toast, gone=[], says_arrivals=False, **context)


def _editor(
    request: Request[Any, Any, Any], cell: Cell, equipment_id: int, shelves: Sequence[Shelf]
) -> CellEditor:
    return CellEditor(
        request,
        cell,
        equipment_id,
        f"/inventory/{equipment_id}",
        options(cell, shelves),
        lambda values: words(cell, values, shelves),
    )


def _refuse_counted(cell: Cell, tracking: str) -> None:
    if cell.name == "quantity" and tracking == "serialized":
        raise Conflict("The stock is the number of its units. Add or retire units instead.")


CELL_HANDLERS: list[ControllerRouterHandler] = [cell_editor, save_cell]
