"""Units of serialized equipment: added by tag, range or list, edited, deleted, found by their own address."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, get, post
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.domain.inventory import item_queries
from app.domain.inventory.asset_tags import AssetTagError, expand_asset_tags
from app.domain.inventory.descriptions import UNIT_FIELDS
from app.domain.inventory.fields import CONDITION_WORDS, UNIT_READERS, UNIT_STATE_WORDS
from app.domain.inventory.item_views import deleted_toast, deletion_refused
from app.domain.inventory.units import add_units, delete_unit, edit_unit
from app.lib.errors import Conflict, EditConflict, InvalidInput
from app.lib.fields import read_fields
from app.lib.folding import fold
from app.lib.unit_of_work import UnitOfWork
from app.lib.wire import wire
from app.web.forms import form_text, rejecting
from app.web.htmx import Toast, wants_partial
from app.web.merging import MergeView, merge_answer, merge_view, saved_toast
from app.web.permissions import EQUIPMENT_DELETE, EQUIPMENT_READ, EQUIPMENT_WRITE
from app.web.render import page, partial, redirect

PageRequest = Request[Any, Any, Any]

# what a person may say about a unit; the rest follows from rentals
SETTABLE_STATES = ("in_stock", "quarantine", "in_repair", "missing", "lost", "written_off", "retired")
ADD_FIELDS = ("location", "condition")


@dataclass(frozen=True, slots=True)
class TagPreview:
    """What a typed list of asset tags would add: `free` ones, and `taken` ones with where they are."""

    free: tuple[str, ...] = ()
    taken: tuple[Any, ...] = ()
    error: str = ""


async def preview(reading: AsyncConnection | AsyncSession, text: str) -> TagPreview:
    """Expand a list of tags and look which of them are in use."""
    try:
        tags = expand_asset_tags(text)
    except AssetTagError as error:
        return TagPreview(error=error.message)
    taken: Sequence[Any] = await item_queries.units_with_tags(reading, tags) if tags else ()
    used = {fold(row.asset_tag) for row in taken}
    return TagPreview(tuple(tag for tag in tags if fold(tag) not in used), tuple(taken))


@get("/inventory/{equipment_id:int}/units/new", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def new_units(request: PageRequest, reading: AsyncConnection, equipment_id: int) -> Response[str]:
    """The form for adding units: a dialog for htmx, a page of its own otherwise."""
    item = await item_queries.item(reading, equipment_id)
    typed = {"asset_tag": "", "location": item.location, "condition": "good"}
    return _add_form(request, item, typed, {}, TagPreview())


@post("/inventory/{equipment_id:int}/units/preview", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def preview_units(request: PageRequest, reading: AsyncConnection, equipment_id: int) -> Response[str]:
    """What the typed tags would add to this equipment."""
    item = await item_queries.item(reading, equipment_id)
    found = await preview(reading, (await form_text(request)).get("asset_tag", ""))
    return partial(request, "inventory/_unit_preview.html", preview=found, item=item)


@post("/inventory/{equipment_id:int}/units", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def create_units(request: PageRequest, work: UnitOfWork, equipment_id: int) -> Response[str]:
    """Add a unit for every typed asset tag; all of them or none."""
    item, form = await item_queries.item(work.session, equipment_id), await form_text(request)
    found = await preview(work.session, form.get("asset_tag", ""))
    fields = read_fields(form, {name: UNIT_READERS[name] for name in ADD_FIELDS})

    def invalid(errors: dict[str, str]) -> Response[str]:
        return _add_form(
            request, item, {"asset_tag": "", "condition": "good", "location": ""} | form, errors, found
        )

    with rejecting(invalid):
        _refuse(found, fields.errors)
        added = await add_units(work, equipment_id, found.free, fields.values)
    receipt = Toast(_counted(len(added), "added"), undo_url=f"/operations/{work.operation}/undo")
    return redirect(request, f"/inventory/{equipment_id}/units", toast=receipt)


def _refuse(found: TagPreview, errors: dict[str, str]) -> None:
    """Raise InvalidInput with everything that keeps these tags from being added."""
    problems = dict(errors)
    if found.error:
        problems["asset_tag"] = found.error
    elif found.taken:
        names = ", ".join(row.asset_tag for row in found.taken[:5])
        more = len(found.taken) - 5
        problems["asset_tag"] = f"Taken: {names}{f' and {more} more' if more > 0 else ''}."
    elif not found.free:
        problems["asset_tag"] = "Write at least one asset tag."
    if problems:
        raise InvalidInput(problems)


def _add_form(
    request: PageRequest, item: Any, typed: dict[str, str], errors: dict[str, str], found: TagPreview
) -> Response[str]:
    return page(
        request,
        "inventory/units_new.html",
        partial="inventory/_units_new_dialog.html",
        status=422 if errors else 200,
        item=item,
        typed=typed,
        errors=errors,
        preview=found,
        condition_words=CONDITION_WORDS,
    )


@get("/units/{unit_id:int}", capability=EQUIPMENT_READ, include_in_schema=False)
async def show_unit(request: PageRequest, reading: AsyncConnection, unit_id: int) -> Response[str]:
    """The unit among the units of its equipment."""
    row = await item_queries.unit(reading, unit_id)
    return redirect(request, f"/inventory/{row.equipment_id}/units?unit={unit_id}#unit-{unit_id}")


@get("/units/{unit_id:int}/edit", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def edit_unit_form(request: PageRequest, reading: AsyncConnection, unit_id: int) -> Response[str]:
    """The form of a unit: a dialog for htmx, a page of its own otherwise."""
    row = await item_queries.unit(reading, unit_id)
    return _unit_form(request, row, _typed(row), row.version)


@post("/units/{unit_id:int}/edit", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def save_unit(request: PageRequest, work: UnitOfWork, unit_id: int) -> Response[str]:
    """Save a unit, merged with what others changed."""
    row = await item_queries.unit(work.session, unit_id)
    answer = merge_answer(await form_text(request))
    fields, typed = read_fields(answer.typed, UNIT_READERS), _typed(row) | answer.typed

    def invalid(errors: dict[str, str]) -> Response[str]:
        return _unit_form(request, row, typed, answer.version, errors=errors)

    def conflict(error: EditConflict) -> Response[str]:
        target = "#modal" if wants_partial(request) else ""
        view = merge_view(request, error, answer, UNIT_FIELDS, target=target)
        return _unit_form(request, row, typed, answer.version, merge=view)

    with rejecting(invalid, conflict):
        if fields.errors:
            raise InvalidInput(fields.errors)
        edit = await edit_unit(work, unit_id, fields.values, version=answer.version)
    receipt = saved_toast(request, edit, UNIT_FIELDS, title=f"Saved {row.asset_tag}")
    return redirect(request, f"/inventory/{row.equipment_id}/units", toast=receipt)


def _typed(row: Any) -> dict[str, str]:
    return {name: UNIT_FIELDS[name].typed(wire(getattr(row, name))) for name in UNIT_READERS}


def _unit_form(
    request: PageRequest,
    row: Any,
    typed: dict[str, str],
    version: int,
    *,
    errors: dict[str, str] | None = None,
    merge: MergeView | None = None,
) -> Response[str]:
    return page(
        request,
        "inventory/unit_edit.html",
        partial="inventory/_unit_edit_dialog.html",
        status=409 if merge else 422 if errors else 200,
        unit=row,
        typed=typed,
        version=version,
        errors=errors or {},
        merge=merge,
        state_words=UNIT_STATE_WORDS,
        states=[(key, UNIT_STATE_WORDS[key][0]) for key in SETTABLE_STATES],
        conditions=list(CONDITION_WORDS.items()),
    )


@post("/units/{unit_id:int}/deletion", capability=EQUIPMENT_DELETE, include_in_schema=False)
async def remove_unit(request: PageRequest, work: UnitOfWork, unit_id: int) -> Response[str]:
    """Delete a unit, unless somebody changed it since the page was opened."""
    version = merge_answer(await form_text(request)).version
    try:
        unit = await delete_unit(work, unit_id, version=version)
    except EditConflict as error:
        raise Conflict(
            f"{deletion_refused(request, error)} Look at it again before you delete it."
        ) from error
    receipt = deleted_toast(unit.asset_tag, work.operation)
    return redirect(request, f"/inventory/{unit.equipment_id}/units", toast=receipt)


def _counted(count: int, verb: str) -> str:
    return f"{count} {'unit' if count == 1 else 'units'} {verb}"


UNIT_HANDLERS = [
    new_units,
    preview_units,
    create_units,
    show_unit,
    edit_unit_form,
    save_unit,
    remove_unit,
]
