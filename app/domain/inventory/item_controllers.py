"""Pages of equipment: adding, looking, editing, archiving, deleting."""

from dataclasses import replace
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromQuery

from app.db.models import Equipment
from app.domain.availability.missing import missing_now
from app.domain.inventory import item_queries
from app.domain.inventory.booking_queries import bookings_of
from app.domain.inventory.item_forms import (
    BLANK,
    READERS,
    database_rules_at_fields,
    read_item_form,
)
from app.domain.inventory.item_views import (
    deleted_toast,
    deletion_refused,
    form_choices,
    form_page,
    item_page,
)
from app.domain.inventory.service import create_equipment, delete_equipment, edit_equipment
from app.lib.errors import EditConflict
from app.web.deletions import keep_alive
from app.web.descriptions import typed_values
from app.web.edit_forms import EditForm, saving
from app.web.errors import Rejected
from app.web.forms import form_text, rejecting
from app.web.htmx import Toast, with_missing
from app.web.merging import merge_answer, saved_toast, undo_of
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import EQUIPMENT_DELETE, EQUIPMENT_READ, EQUIPMENT_WRITE
from app.web.render import page, redirect
from app.web.state import viewer_of
from app.web.undo_permissions import operation_undo_url

PageRequest = Request[Any, Any, Any]


@get("/inventory/new", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def new_item(request: PageRequest, reading: Connection) -> Response[str]:
    """The form of new equipment."""
    return form_page(request, await form_choices(request, reading), EditForm(dict(BLANK), 1))


@post("/inventory/new", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def create_item(request: PageRequest, work: Work) -> Response[str]:
    """Add equipment, or show the form again with what needs another look."""
    choices = await form_choices(request, work.session)
    form = await read_item_form(request, work.session)

    def invalid(errors: dict[str, str]) -> Response[str]:
        again = EditForm(BLANK | form.answer.typed, 1, errors)
        return form_page(request, choices, again, taken=form.taken)

    with rejecting(invalid), database_rules_at_fields():
        item = await create_equipment(work, form.accepted())
    undo_url = operation_undo_url(viewer_of(request), work.operation, "equipment.created")
    receipt = Toast("Added", item.name, undo_url=undo_url)
    return redirect(request, f"/inventory/{item.id}", toast=receipt)


@get("/inventory/{equipment_id:int}", capability=EQUIPMENT_READ, include_in_schema=False)
async def show_item(request: PageRequest, reading: Connection, equipment_id: PathId) -> Response[str]:
    """The overview of equipment."""
    return await item_page(request, reading, equipment_id, "overview")


@get("/inventory/{equipment_id:int}/units", capability=EQUIPMENT_READ, include_in_schema=False)
async def show_units(
    request: PageRequest,
    reading: Connection,
    equipment_id: PathId,
    unit: FromQuery[int] = 0,
) -> Response[str]:
    """The units of equipment; `unit` is the one to point out."""
    return await item_page(request, reading, equipment_id, "units", selected_unit=unit)


@get("/inventory/{equipment_id:int}/maintenance", capability=EQUIPMENT_READ, include_in_schema=False)
async def show_maintenance(request: PageRequest, reading: Connection, equipment_id: PathId) -> Response[str]:
    """The maintenance of equipment."""
    return await item_page(request, reading, equipment_id, "maintenance")


@get("/inventory/{equipment_id:int}/history", capability=EQUIPMENT_READ, include_in_schema=False)
async def show_history(request: PageRequest, reading: Connection, equipment_id: PathId) -> Response[str]:
    """Who changed what about equipment, its units and its maintenance."""
    return await item_page(request, reading, equipment_id, "history")


@get("/inventory/{equipment_id:int}/edit", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def edit_form(request: PageRequest, reading: Connection, equipment_id: PathId) -> Response[str]:
    """The form of equipment as it stands."""
    row = await item_queries.item(reading, equipment_id)
    choices = await form_choices(request, reading)
    form = EditForm(typed_values(row, choices["fields"], READERS), row.version)
    return form_page(request, choices, form, item=row)


@post("/inventory/{equipment_id:int}/edit", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def edit_item(request: PageRequest, work: Work, equipment_id: PathId) -> Response[str]:
    """Save the form, merged with what others changed; the dialog decides what does not fit together."""
    choices = await form_choices(request, work.session)
    sent = await read_item_form(request, work.session, equipment_id)
    await keep_alive(request, work, (Equipment, equipment_id), sent.answer, choices["fields"])
    row = await item_queries.item(work.session, equipment_id)

    def again(form: EditForm) -> Response[str]:
        typed = typed_values(row, choices["fields"], READERS) | form.typed
        return form_page(request, choices, replace(form, typed=typed), item=row, taken=sent.taken)

    with saving(request, sent.answer, choices["fields"], again), database_rules_at_fields():
        edit = await edit_equipment(work, equipment_id, sent.accepted(), version=sent.answer.version)
    missing = await missing_now(work, [equipment_id]) if "quantity" in edit.changed else ""
    toast = with_missing(saved_toast(request, edit, choices["fields"]), missing)
    return redirect(request, f"/inventory/{equipment_id}", toast=toast)


@post("/inventory/{equipment_id:int}/archive", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def archive_item(request: PageRequest, work: Work, equipment_id: PathId) -> Response[str]:
    """Put equipment into the archive, or take it out again with `archived=0`."""
    archived = (await form_text(request)).get("archived") != "0"
    edit = await edit_equipment(work, equipment_id, {"archived": archived}, version=None)
    found = await bookings_of(work.session, equipment_id) if archived else None
    text = f"It is {found.words} still; who has booked it keeps it." if found and found.named else ""
    title = "Archived" if archived else "Taken out of the archive"
    undo_url = undo_of(edit)
    receipt = Toast(title, text, "amber" if text else "green", undo_url)
    return redirect(request, f"/inventory/{equipment_id}", toast=receipt)


@get("/inventory/{equipment_id:int}/deletion", capability=EQUIPMENT_DELETE, include_in_schema=False)
async def ask_deletion(request: PageRequest, reading: Connection, equipment_id: PathId) -> Response[str]:
    """The question before equipment is deleted, or which events have it so that it is not."""
    return page(
        request,
        "inventory/deletion.html",
        partial="inventory/_deletion.html",
        item=await item_queries.item(reading, equipment_id),
        bookings=await bookings_of(reading, equipment_id),
    )


@post("/inventory/{equipment_id:int}/deletion", capability=EQUIPMENT_DELETE, include_in_schema=False)
async def delete_item(request: PageRequest, work: Work, equipment_id: PathId) -> Response[str]:
    """Delete equipment, unless somebody changed it since the page was opened."""
    version = merge_answer(await form_text(request)).version
    row = await item_queries.item(work.session, equipment_id)
    try:
        await delete_equipment(work, equipment_id, version=version)
    except EditConflict as error:
        refused = deletion_refused(request, error)
        raise Rejected(
            await item_page(request, work.session, equipment_id, "overview", status=409, refused=refused)
        ) from error
    return redirect(request, "/inventory", toast=deleted_toast(row.name, work.operation))


ITEM_HANDLERS = [
    new_item,
    create_item,
    show_item,
    show_units,
    show_maintenance,
    show_history,
    edit_form,
    edit_item,
    archive_item,
    ask_deletion,
    delete_item,
]
