"""The pages of a case: adding, looking, editing, deleting."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get, post

from app.db.models import Case
from app.domain.cases import queries, service
from app.domain.cases.descriptions import CASE_FIELDS, ITEM_FIELDS
from app.domain.cases.fields import CASE_READERS, KIND_WORDS
from app.domain.cases.pages import case_context
from app.lib.fields import clean, identifier, read_fields
from app.lib.history import about, changes
from app.web.change_entries import entries
from app.web.deletions import keep_alive
from app.web.descriptions import typed_values
from app.web.edit_forms import EditForm, saving
from app.web.forms import form_text, rejecting
from app.web.htmx import Toast
from app.web.merging import merge_answer, saved_toast, sent_version
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import EQUIPMENT_DELETE, PREP, RENTAL_READ
from app.web.render import page, redirect
from app.web.state import viewer_of
from app.web.undo_permissions import operation_undo_url

PageRequest = Request[Any, Any, Any]

_BLANK = {**dict.fromkeys(CASE_READERS, ""), "kind": "temporary"}


@get("/cases/new", capability=PREP, include_in_schema=False)
async def new_case(request: PageRequest) -> Response[str]:
    """The form of a new case; the address may bring its code."""
    return _new_form(request, _BLANK | {"code": clean(request.query_params.get("code", ""))[:64]}, {})


@post("/cases/new", capability=PREP, include_in_schema=False)
async def add_case(request: PageRequest, work: Work) -> Response[str]:
    """Add a case, or show the form again with what needs another look."""
    typed = await form_text(request)
    with rejecting(lambda errors: _new_form(request, _BLANK | typed, errors)):
        case = await service.create_case(work, read_fields(typed, CASE_READERS).checked("code", "name"))
    undo_url = operation_undo_url(viewer_of(request), work.operation, "case.created")
    return redirect(request, f"/cases/{case.id}", toast=Toast("Added", case.code, undo_url=undo_url))


@get("/cases/{case_id:int}", capability=RENTAL_READ, include_in_schema=False)
async def case_page(request: PageRequest, reading: Connection, case_id: PathId) -> Response[str]:
    """A case with what is in it."""
    shown = await case_context(reading, case_id)
    return page(request, "cases/case.html", partial="cases/_case.html", **shown)


@get("/cases/{case_id:int}/history", capability=RENTAL_READ, include_in_schema=False)
async def case_history(request: PageRequest, reading: Connection, case_id: PathId) -> Response[str]:
    """Who changed what about a case and what should be in it."""
    case = await queries.case_by_id(reading, case_id)
    before = identifier(request.query_params.get("before"))
    rows, older = await changes(reading, about("case", case_id), before=before)
    described = {"case": CASE_FIELDS, "case_item": ITEM_FIELDS}
    found = entries(rows, viewer_of(request), described, page_of=("case", case_id))
    shown: dict[str, Any] = {
        "case": case,
        "tab": "history",
        "entries": found,
        "older": older,
        "before": before,
    }
    return page(request, "cases/case.html", partial="cases/_case.html", **shown)


@get("/cases/{case_id:int}/edit", capability=PREP, include_in_schema=False)
async def edit_page(request: PageRequest, reading: Connection, case_id: PathId) -> Response[str]:
    """The form of a case as it stands."""
    case = await queries.case_by_id(reading, case_id)
    return _edit_form(request, case, EditForm(typed_values(case, CASE_FIELDS, CASE_READERS), case.version))


@post("/cases/{case_id:int}/edit", capability=PREP, include_in_schema=False)
async def edit(request: PageRequest, work: Work, case_id: PathId) -> Response[str]:
    """Save a case, merged with what others saved meanwhile."""
    answer = merge_answer(await form_text(request))
    await keep_alive(request, work, (Case, case_id), answer, CASE_FIELDS)
    case = await queries.case_by_id(work.session, case_id)
    with saving(request, answer, CASE_FIELDS, lambda form: _edit_form(request, case, form)):
        values = read_fields(answer.typed, CASE_READERS).checked()
        done = await service.edit_case(work, case_id, values, version=answer.version)
    return redirect(request, f"/cases/{case_id}", toast=saved_toast(request, done, CASE_FIELDS))


@post("/cases/{case_id:int}/deletion", capability=EQUIPMENT_DELETE, include_in_schema=False)
async def delete(request: PageRequest, work: Work, case_id: PathId) -> Response[str]:
    """Delete a case, unless somebody changed it since the page was loaded."""
    version = await sent_version(request)
    case = await service.delete_case(work, case_id, version=version)
    undo_url = operation_undo_url(viewer_of(request), work.operation, "case.deleted")
    return redirect(request, "/cases", toast=Toast("Deleted", case.code, undo_url=undo_url))


def _new_form(request: PageRequest, typed: Mapping[str, str], errors: Mapping[str, str]) -> Response[str]:
    return page(
        request,
        "cases/new.html",
        status=422 if errors else 200,
        typed=typed,
        errors=errors,
        kinds=KIND_WORDS,
    )


def _edit_form(request: PageRequest, case: queries.CaseRow, form: EditForm) -> Response[str]:
    return page(
        request,
        "cases/edit.html",
        status=form.status,
        **form.context,
        case=case,
        typed=_BLANK | form.typed,
        kinds=KIND_WORDS,
    )


HANDLERS = [new_case, add_case, case_page, case_history, edit_page, edit, delete]
