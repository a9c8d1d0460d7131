"""Editing a cell of the inventory table in place."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

from litestar import Request, Response, get, put
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from app.db.models import Equipment
from app.domain.availability.missing import missing_now
from app.domain.inventory.cells import CELLS, clash_in, options, read_cell, typed_text
from app.domain.inventory.list_queries import rows_of
from app.domain.inventory.service import edit_equipment
from app.domain.inventory.shelf_queries import Shelf
from app.domain.inventory.table_cache import known_shelves, table_cache
from app.domain.inventory.table_dates import listing_shown
from app.domain.inventory.table_page import asked_columns, row_context
from app.domain.inventory.table_view import known_columns
from app.domain.inventory.view_queries import chosen_columns
from app.lib.editing import Edit, lock
from app.lib.errors import Conflict, EditConflict, NotFound
from app.lib.unit_of_work import UnitOfWork
from app.web.cells import Cell, Clash
from app.web.forms import form_text, rejecting
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
    cell, rows = _cell(field), await rows_of(reading, [equipment_id])
    if not rows:
        raise NotFound("This equipment does not exist, or was deleted.")
    _refuse_counted(cell, rows[0].tracking)
    shelves = await known_shelves(table_cache(runtime(request)), reading)
    return _editor(
        request, cell, equipment_id, text=typed_text(cell, rows[0]), version=rows[0].version, shelves=shelves
    )


@put(_PATH, capability=EQUIPMENT_WRITE, include_in_schema=False)
async def save_cell(
    request: Request[Any, Any, Any],
    work: Work,
    equipment_id: PathId,
    field: FromPath[str],
) -> Response[str]:
    """Save a cell; the answer is its row, or the editor again with what is in the way."""
    cell, form = _cell(field), await form_text(request)
    shelves = await known_shelves(table_cache(runtime(request)), await work.session.connection())
    text, version = form.get("value", "")[:_LONGEST], read_version(form.get("version", ""))
    with _rejecting(request, cell, equipment_id, text=text, version=version, shelves=shelves):
        values = read_cell(cell, text)
        equipment = await lock(work, Equipment, equipment_id)
        _refuse_counted(cell, equipment.tracking)
        edit = await edit_equipment(work, equipment_id, values, version=version)
    return await _saved_row(request, work, equipment_id, form, edit)


def _rejecting(
    request: Request[Any, Any, Any],
    cell: Cell,
    equipment_id: int,
    *,
    text: str,
    version: int,
    shelves: Sequence[Shelf],
) -> AbstractContextManager[None]:
    """Turn refusals into the editor again, with what is in the way."""

    def invalid(errors: dict[str, str]) -> Response[str]:
        words = " ".join(errors.values())
        return _editor(request, cell, equipment_id, text=text, version=version, shelves=shelves, error=words)

    def conflict(error: EditConflict) -> Response[str]:
        clash = clash_in(cell, error, shelves)
        return _editor(
            request, cell, equipment_id, text=text, version=clash.version, shelves=shelves, clash=clash
        )

    return rejecting(invalid, conflict)


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
    request: Request[Any, Any, Any],
    cell: Cell,
    equipment_id: int,
    *,
    text: str,
    version: int,
    shelves: Sequence[Shelf],
    error: str = "",
    clash: Clash | None = None,
) -> Response[str]:
    return partial(
        request,
        "components/_cell_editor.html",
        status=409 if clash else 422 if error else 200,
        cell=cell,
        row_id=equipment_id,
        row_url=f"/inventory/{equipment_id}",
        text=text,
        version=version,
        options=options(cell, shelves),
        error=error,
        clash=clash,
    )


def _cell(field: str) -> Cell:
    cell = CELLS.get(field)
    if cell is None:
        raise NotFound("This cannot be edited in the table.")
    return cell


def _refuse_counted(cell: Cell, tracking: str) -> None:
    if cell.name == "quantity" and tracking == "serialized":
        raise Conflict("The stock is the number of its units. Add or retire units instead.")


CELL_HANDLERS: list[ControllerRouterHandler] = [cell_editor, save_cell]
