"""The pages of a kit: adding, looking, editing, archiving, deleting."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get, post

from app.db.models import Kit
from app.domain.kits import queries, service
from app.domain.kits.descriptions import COMPONENT_FIELDS, kit_fields
from app.domain.kits.fields import KIT_READERS
from app.domain.kits.pages import kit_context
from app.domain.maintenance.descriptions import company_of
from app.lib.fields import identifier, read_fields
from app.lib.history import about, changes
from app.web.change_entries import entries
from app.web.deletions import keep_alive
from app.web.descriptions import Fields, typed_values
from app.web.edit_forms import EditForm, saving
from app.web.forms import form_text, rejecting
from app.web.htmx import Toast
from app.web.merging import merge_answer, saved_toast, sent_version, undo_of
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import EQUIPMENT_DELETE, EQUIPMENT_READ, EQUIPMENT_WRITE
from app.web.render import page, redirect
from app.web.state import viewer_of
from app.web.undo_permissions import operation_undo_url

_BLANK = dict.fromkeys(KIT_READERS, "")


@get("/kits/new", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def new_kit(request: Request[Any, Any, Any]) -> Response[str]:
    """The form of a new kit."""
    return _new_form(request, _BLANK, {})


@post("/kits/new", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def add_kit(request: Request[Any, Any, Any], work: Work) -> Response[str]:
    """Add a kit, or show the form again with what needs another look."""
    typed = await form_text(request)
    with rejecting(lambda errors: _new_form(request, _BLANK | typed, errors)):
        kit = await service.create_kit(work, read_fields(typed, KIT_READERS).checked("name", "sku"))
    undo_url = operation_undo_url(viewer_of(request), work.operation, "kit.created")
    return redirect(request, f"/kits/{kit.id}", toast=Toast("Added", kit.name, undo_url=undo_url))


@get("/kits/{kit_id:int}", capability=EQUIPMENT_READ, include_in_schema=False)
async def kit_page(request: Request[Any, Any, Any], reading: Connection, kit_id: PathId) -> Response[str]:
    """A kit with what is in it."""
    shown = await kit_context(request, reading, kit_id)
    return page(request, "kits/kit.html", partial="kits/_kit.html", **shown)


@get("/kits/{kit_id:int}/history", capability=EQUIPMENT_READ, include_in_schema=False)
async def kit_history(request: Request[Any, Any, Any], reading: Connection, kit_id: PathId) -> Response[str]:
    """Who changed what about a kit and its components."""
    kit = await queries.kit_by_id(reading, kit_id)
    before = identifier(request.query_params.get("before"))
    rows, older = await changes(reading, about("kit", kit_id), before=before)
    described = {"kit": _fields(request), "kit_component": COMPONENT_FIELDS}
    found = entries(rows, viewer_of(request), described, page_of=("kit", kit_id))
    shown: dict[str, Any] = {"kit": kit, "tab": "history", "entries": found, "older": older, "before": before}
    return page(request, "kits/kit.html", partial="kits/_kit.html", **shown)


@get("/kits/{kit_id:int}/edit", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def edit_page(request: Request[Any, Any, Any], reading: Connection, kit_id: PathId) -> Response[str]:
    """The form of a kit as it stands."""
    kit = await queries.kit_by_id(reading, kit_id)
    form = EditForm(typed_values(kit, _fields(request), KIT_READERS), kit.version)
    return _edit_form(request, kit, form)


@post("/kits/{kit_id:int}/edit", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def edit(request: Request[Any, Any, Any], work: Work, kit_id: PathId) -> Response[str]:
    """Save a kit, merged with what others saved meanwhile."""
    answer, fields = merge_answer(await form_text(request)), _fields(request)
    await keep_alive(request, work, (Kit, kit_id), answer, fields)
    kit = await queries.kit_by_id(work.session, kit_id)
    with saving(request, answer, fields, lambda form: _edit_form(request, kit, form)):
        values = read_fields(answer.typed, KIT_READERS).checked()
        done = await service.edit_kit(work, kit_id, values, version=answer.version)
    return redirect(request, f"/kits/{kit_id}", toast=saved_toast(request, done, fields))


@post("/kits/{kit_id:int}/archive", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def archive(request: Request[Any, Any, Any], work: Work, kit_id: PathId) -> Response[str]:
    """Put a kit into the archive, or take it out again with `archived=0`."""
    archived = (await form_text(request)).get("archived") != "0"
    done = await service.edit_kit(work, kit_id, {"archived": archived}, version=None)
    title = "Archived" if archived else "Taken out of the archive"
    undo_url = undo_of(done)
    return redirect(request, f"/kits/{kit_id}", toast=Toast(title, undo_url=undo_url))


@post("/kits/{kit_id:int}/deletion", capability=EQUIPMENT_DELETE, include_in_schema=False)
async def delete(request: Request[Any, Any, Any], work: Work, kit_id: PathId) -> Response[str]:
    """Delete a kit, unless somebody changed it since the page was loaded."""
    version = await sent_version(request)
    kit = await service.delete_kit(work, kit_id, version=version)
    undo_url = operation_undo_url(viewer_of(request), work.operation, "kit.deleted")
    return redirect(request, "/kits", toast=Toast("Deleted", kit.name, undo_url=undo_url))


def _fields(request: Request[Any, Any, Any]) -> Fields:
    return kit_fields(company_of(request).currency)


def _new_form(
    request: Request[Any, Any, Any], typed: Mapping[str, str], errors: Mapping[str, str]
) -> Response[str]:
    return page(request, "kits/new.html", status=422 if errors else 200, typed=typed, errors=errors)


def _edit_form(request: Request[Any, Any, Any], kit: queries.KitDetails, form: EditForm) -> Response[str]:
    return page(
        request, "kits/edit.html", status=form.status, **form.context, kit=kit, typed=_BLANK | form.typed
    )


HANDLERS = [new_kit, add_kit, kit_page, kit_history, edit_page, edit, archive, delete]
