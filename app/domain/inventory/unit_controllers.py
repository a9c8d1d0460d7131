"""Units of serialized equipment: added by tag, range or list, edited, deleted, found by their own address."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, get, post
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.db.models import Unit
from app.domain.availability.missing import missing_now
from app.domain.inventory import item_queries
from app.domain.inventory.asset_tags import AssetTagError, expand_asset_tags
from app.domain.inventory.descriptions import UNIT_FIELDS
from app.domain.inventory.fields import CONDITION_WORDS, SETTABLE_STATES, UNIT_READERS, UNIT_STATE_WORDS
from app.domain.inventory.item_views import deleted_toast, deletion_refused
from app.domain.inventory.units import add_units, delete_unit, edit_unit
from app.lib.errors import Conflict, EditConflict, InvalidInput
from app.lib.fields import clean, read_fields
from app.lib.folding import fold
from app.lib.sentences import counted
from app.web.deletions import keep_alive
from app.web.descriptions import typed_values
from app.web.edit_forms import EditForm, saving
from app.web.forms import form_text, rejecting
from app.web.htmx import Toast, wants_partial, with_missing
from app.web.merging import merge_answer, saved_toast
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import EQUIPMENT_DELETE, EQUIPMENT_READ, EQUIPMENT_WRITE
from app.web.render import page, partial, redirect
from app.web.state import viewer_of
from app.web.undo_permissions import operation_undo_url

PageRequest = Request[Any, Any, Any]

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
        tags = expand_asset_tags(clean(text))
    except AssetTagError as error:
        return TagPreview(error=error.message)
    taken: Sequence[Any] = await item_queries.units_with_tags(reading, tags) if tags else ()
    used = {fold(row.asset_tag) for row in taken}
    return TagPreview(tuple(tag for tag in tags if fold(tag) not in used), tuple(taken))


@get("/inventory/{equipment_id:int}/units/new", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def new_units(request: PageRequest, reading: Connection, equipment_id: PathId) -> Response[str]:
    """The form for adding units: a dialog for htmx, a page of its own otherwise."""
    item = await item_queries.item(reading, equipment_id)
    typed = {"asset_tag": "", "location": item.location, "condition": "good"}
    return _add_form(request, item, typed, {}, TagPreview())


@post("/inventory/{equipment_id:int}/units/preview", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def preview_units(request: PageRequest, reading: Connection, equipment_id: PathId) -> Response[str]:
    """What the typed tags would add to this equipment."""
    item = await item_queries.item(reading, equipment_id)
    found = await preview(reading, (await form_text(request)).get("asset_tag", ""))
    return partial(request, "inventory/_unit_preview.html", preview=found, item=item)


@post("/inventory/{equipment_id:int}/units", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def create_units(request: PageRequest, work: Work, equipment_id: PathId) -> Response[str]:
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
    undo_url = operation_undo_url(viewer_of(request), work.operation, "unit.created")
    receipt = Toast(f"{counted(len(added), 'unit')} added", undo_url=undo_url)
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
async def show_unit(request: PageRequest, reading: Connection, unit_id: PathId) -> Response[str]:
    """The unit among the units of its equipment."""
    row = await item_queries.unit(reading, unit_id)
    return redirect(request, f"/inventory/{row.equipment_id}/units?unit={unit_id}#unit-{unit_id}")


@get("/units/{unit_id:int}/edit", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def edit_unit_form(request: PageRequest, reading: Connection, unit_id: PathId) -> Response[str]:
    """The form of a unit: a dialog for htmx, a page of its own otherwise."""
    row = await item_queries.unit(reading, unit_id)
    return _unit_form(request, row, EditForm({}, row.version))


@post("/units/{unit_id:int}/edit", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def save_unit(request: PageRequest, work: Work, unit_id: PathId) -> Response[str]:
    """Save a unit, merged with what others changed."""
    answer = merge_answer(await form_text(request))
    await keep_alive(request, work, (Unit, unit_id), answer, UNIT_FIELDS)
    row = await item_queries.unit(work.session, unit_id)
    target = "#modal" if wants_partial(request) else ""
    with saving(request, answer, UNIT_FIELDS, lambda form: _unit_form(request, row, form), target=target):
        values = read_fields(answer.typed, UNIT_READERS).checked()
        edit = await edit_unit(work, unit_id, values, version=answer.version)
    receipt = saved_toast(request, edit, UNIT_FIELDS, title=f"Saved {row.asset_tag}")
    if "state" in edit.changed:
        receipt = with_missing(receipt, await missing_now(work, [row.equipment_id]))
    return redirect(request, f"/inventory/{row.equipment_id}/units", toast=receipt)


def _unit_form(request: PageRequest, row: Any, form: EditForm) -> Response[str]:
    return page(
        request,
        "inventory/unit_edit.html",
        partial="inventory/_unit_edit_dialog.html",
        status=form.status,
        **form.context,
        typed=typed_values(row, UNIT_FIELDS, UNIT_READERS) | form.typed,
        unit=row,
        state_words=UNIT_STATE_WORDS,
        states=[(key, UNIT_STATE_WORDS[key][0]) for key in SETTABLE_STATES],
        conditions=list(CONDITION_WORDS.items()),
    )


@post("/units/{unit_id:int}/deletion", capability=EQUIPMENT_DELETE, include_in_schema=False)
async def remove_unit(request: PageRequest, work: Work, unit_id: PathId) -> Response[str]:
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


UNIT_HANDLERS = [
    new_units,
    preview_units,
    create_units,
    show_unit,
    edit_unit_form,
    save_unit,
    remove_unit,
]
