"""What was recorded of a unit's tests: the history, corrections, deleting, certificates."""

from typing import Any

from litestar import Request, Response, get, post

from app.db.models import Inspection
from app.domain.inspections import record_queries, service
from app.domain.inspections.descriptions import INSPECTION_FIELDS
from app.domain.inspections.fields import INSPECTION_READERS
from app.lib.content_disposition import attachment
from app.lib.errors import NotFound
from app.lib.fields import read_fields
from app.lib.file_store import FileMissingError
from app.web.company import shop_day
from app.web.deletions import keep_alive
from app.web.descriptions import typed_values
from app.web.edit_forms import EditForm, saving
from app.web.forms import form_text
from app.web.htmx import Toast
from app.web.merging import merge_answer, saved_toast, sent_version
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import EQUIPMENT_READ, MAINTENANCE_WRITE
from app.web.render import page, redirect
from app.web.state import runtime, viewer_of
from app.web.undo_permissions import operation_undo_url

_EDITED = {name: INSPECTION_READERS[name] for name in ("inspected_on", "valid_until", "inspector", "notes")}
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, no-cache",
}


@get("/units/{unit_id:int}/inspections", capability=EQUIPMENT_READ, include_in_schema=False)
async def unit_inspections(
    request: Request[Any, Any, Any], reading: Connection, unit_id: PathId
) -> Response[str]:
    """What a unit has to pass, and what was recorded of it."""
    return page(
        request,
        "inspections/unit.html",
        partial="inspections/_unit.html",
        unit=await record_queries.unit_to_test(reading, unit_id),
        tests=await record_queries.tests_of_unit(reading, unit_id, shop_day(request)),
        recorded=await record_queries.recorded_of_unit(reading, unit_id),
    )


@get("/inspections/{inspection_id:int}/edit", capability=MAINTENANCE_WRITE, include_in_schema=False)
async def edit_page(
    request: Request[Any, Any, Any], reading: Connection, inspection_id: PathId
) -> Response[str]:
    """The form to correct what was recorded."""
    found = await record_queries.recorded_by_id(reading, inspection_id)
    return _form(request, found, EditForm(typed_values(found, INSPECTION_FIELDS, _EDITED), found.version))


@post("/inspections/{inspection_id:int}/edit", capability=MAINTENANCE_WRITE, include_in_schema=False)
async def edit(request: Request[Any, Any, Any], work: Work, inspection_id: PathId) -> Response[str]:
    """Correct what was recorded, merged with what others saved meanwhile."""
    answer = merge_answer(await form_text(request))
    await keep_alive(request, work, (Inspection, inspection_id), answer, INSPECTION_FIELDS)
    found = await record_queries.recorded_by_id(work.session, inspection_id)
    with saving(request, answer, INSPECTION_FIELDS, lambda form: _form(request, found, form)):
        values = read_fields(answer.typed, _EDITED).checked()
        done = await service.edit_inspection(work, inspection_id, values, version=answer.version)
    there = f"/units/{found.unit_id}/inspections"
    return redirect(request, there, toast=saved_toast(request, done, INSPECTION_FIELDS))


@post("/inspections/{inspection_id:int}/deletion", capability=MAINTENANCE_WRITE, include_in_schema=False)
async def delete(request: Request[Any, Any, Any], work: Work, inspection_id: PathId) -> Response[str]:
    """Delete a record, unless somebody changed it since the page was loaded: the test before it counts."""
    version = await sent_version(request)
    gone = await service.delete_inspection(work, inspection_id, version=version)
    undo_url = operation_undo_url(viewer_of(request), work.operation, "inspection.deleted")
    there = f"/units/{gone.unit_id}/inspections"
    return redirect(request, there, toast=Toast("Deleted", gone.name, undo_url=undo_url))


@get("/inspections/{inspection_id:int}/certificate", capability=EQUIPMENT_READ, include_in_schema=False)
async def certificate(
    request: Request[Any, Any, Any], reading: Connection, inspection_id: PathId
) -> Response[bytes]:
    """A certificate, always as a download: what people upload is never shown as a page of ours."""
    found = await record_queries.recorded_by_id(reading, inspection_id)
    if found.certificate is None:
        raise NotFound("No certificate was kept of this test.")
    try:
        content = await runtime(request).files.read_async(found.certificate)
    except FileMissingError as error:
        raise NotFound("This file is not there any more.") from error
    headers = {**_HEADERS, "Content-Disposition": attachment(found.certificate_name)}
    return Response(content, media_type="application/octet-stream", headers=headers)


def _form(request: Request[Any, Any, Any], found: record_queries.Recorded, form: EditForm) -> Response[str]:
    typed = dict.fromkeys(_EDITED, "") | form.typed
    return page(
        request, "inspections/edit.html", status=form.status, **form.context, found=found, typed=typed
    )


HANDLERS = [unit_inspections, edit_page, edit, delete, certificate]
