"""Editing a cell of the inventory table in place."""

from collections.abc import Sequence
from typing import Any

from litestar import Request, Response, get, put
from litestar.types import ControllerRouterHandler
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import Equipment
from app.domain.inventory.cells import CELLS, Cell, Clash, clash_of, options, read_cell, typed_text
from app.domain.inventory.list_queries import Shelf, rows_of
from app.domain.inventory.listing import read_ids
from app.domain.inventory.service import edit_equipment
from app.domain.inventory.table_cache import known_shelves, table_cache
from app.domain.inventory.table_page import asked_columns, row_context
from app.domain.inventory.table_view import known_columns
from app.domain.inventory.view_queries import chosen_columns
from app.lib.editing import Edit, lock
from app.lib.errors import Conflict, EditConflict, InvalidInput, NotFound
from app.lib.unit_of_work import UnitOfWork
from app.web.errors import Rejected
from app.web.forms import form_text, rejecting
from app.web.htmx import Toast
from app.web.permissions import EQUIPMENT_WRITE
from app.web.render import partial
from app.web.state import runtime, viewer_of

_PATH = "/inventory/{equipment_id:int}/cells/{field:str}"
_LONGEST = 2000


@get(_PATH, capability=EQUIPMENT_WRITE, include_in_schema=False)
async def cell_editor(
    request: Request[Any, Any, Any], reading: AsyncConnection, equipment_id: int, field: str
) -> Response[str]:
    """The editor of a cell, holding the version it starts from."""
    cell, rows = _cell(field), await rows_of(reading, read_ids(str(equipment_id), 1))
    if not rows:
        raise NotFound("This equipment does not exist, or was deleted.")
    _refuse_counted(cell, rows[0].tracking)
    shelves = await known_shelves(table_cache(runtime(request)), reading)
    return _editor(
        request, cell, equipment_id, text=typed_text(cell, rows[0]), version=rows[0].version, shelves=shelves
    )


@put(_PATH, capability=EQUIPMENT_WRITE, include_in_schema=False)
async def save_cell(
    request: Request[Any, Any, Any], work: UnitOfWork, equipment_id: int, field: str
) -> Response[str]:
    """Save a cell; the answer is its row, or the editor again with what is in the way."""
    cell, form = _cell(field), await form_text(request)
    shelves = await known_shelves(table_cache(runtime(request)), await work.session.connection())
    text, version = form.get("value", "")[:_LONGEST], _version(form.get("version", ""))

    def editor(at: int, **what: Any) -> Response[str]:
        return _editor(request, cell, equipment_id, text=text, version=at, shelves=shelves, **what)

    def invalid(errors: dict[str, str]) -> Response[str]:
        words = " ".join(errors.values())
        return editor(version, error=words, status=422)

    def conflict(error: EditConflict) -> Response[str]:
        clash = clash_of(cell, error, shelves)
        return editor(clash.version, clash=clash, status=409)

    values, wrong = read_cell(cell, text)
    if wrong:
        raise Rejected(invalid({field: wrong}))
    with rejecting(invalid, conflict):
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
        toast = Toast(f"Saved, together with the change of {edit.merged_names}", tone="plum")
    context = row_context(request, rows, columns)
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
    status: int = 200,
) -> Response[str]:
    return partial(
        request,
        "inventory/_cell_editor.html",
        status=status,
        cell=cell,
        equipment_id=equipment_id,
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


def _version(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):  # noqa: PLR2004
        raise InvalidInput({"version": "This cell is out of date. Open it again."})
    return int(text)


CELL_HANDLERS: list[ControllerRouterHandler] = [cell_editor, save_cell]
