"""Gear templates: kept from an event, put onto one, listed, renamed, deleted."""

from typing import Any

from litestar import Request, Response, get, post

from app.db.models import GearTemplate
from app.domain.events import gear_templates, queries, template_queries
from app.domain.events.descriptions import TEMPLATE_FIELDS
from app.domain.events.fields import TEMPLATE_READERS
from app.domain.events.refusals import done, refusing
from app.lib.errors import InvalidInput
from app.lib.fields import identifier, read_fields
from app.lib.sentences import counted
from app.web.deletions import keep_alive
from app.web.descriptions import typed_values
from app.web.edit_forms import EditForm, saving
from app.web.forms import form_text, rejecting
from app.web.htmx import Toast
from app.web.merging import merge_answer, saved_toast, sent_version
from app.web.overbooking import take_reason
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import RENTAL_READ, RENTAL_WRITE
from app.web.render import page, receipt, redirect

_LIST = "/gear-templates"


@get("/gear-templates", capability=RENTAL_READ, include_in_schema=False)
async def templates_page(request: Request[Any, Any, Any], reading: Connection) -> Response[str]:
    """All templates."""
    found = await template_queries.templates(reading)
    return page(request, "events/templates.html", partial="events/_templates.html", templates=found)


@get("/events/{event_id:int}/template", capability=RENTAL_WRITE, include_in_schema=False)
async def keep_page(request: Request[Any, Any, Any], reading: Connection, event_id: PathId) -> Response[str]:
    """The form that keeps the gear of an event as a template."""
    event = await queries.event_by_id(reading, event_id)
    return _keep_form(request, event, {"name": event.name}, {})


@post("/events/{event_id:int}/template", capability=RENTAL_WRITE, include_in_schema=False)
async def keep(request: Request[Any, Any, Any], work: Work, event_id: PathId) -> Response[str]:
    """Keep the gear of an event as a template."""
    typed = await form_text(request)
    event = await queries.event_by_id(await work.session.connection(), event_id)
    with rejecting(lambda errors: _keep_form(request, event, typed, errors)):
        values = read_fields(typed, TEMPLATE_READERS).checked("name")
        template = await gear_templates.save_template(work, event_id, values)
    undo = f"/operations/{work.operation}/undo"
    return done(request, event_id, Toast("Template saved", template.name, undo_url=undo))


@get("/events/{event_id:int}/templates", capability=RENTAL_WRITE, include_in_schema=False)
async def choose_page(
    request: Request[Any, Any, Any], reading: Connection, event_id: PathId
) -> Response[str]:
    """The templates that may be put onto an event."""
    return page(
        request,
        "events/template_choose.html",
        partial="events/_template_choose.html",
        event=await queries.event_by_id(reading, event_id),
        templates=await template_queries.templates(reading),
    )


@post("/events/{event_id:int}/templates", capability=RENTAL_WRITE, include_in_schema=False)
async def put_on(request: Request[Any, Any, Any], work: Work, event_id: PathId) -> Response[str]:
    """Put a template onto an event, all of it or nothing."""
    typed = await form_text(request)
    reason = take_reason(request, typed)
    template_id = identifier(typed.get("template_id"))
    if template_id is None:
        raise InvalidInput({"template_id": "Choose a template."})
    with refusing(request, event_id, typed):
        put = await gear_templates.put_on_event(work, template_id, event_id, overbook_reason=reason)
    undo = None if reason else f"/operations/{work.operation}/undo"
    return done(request, event_id, _put_on(put, undo))


def _put_on(put: gear_templates.PutOn, undo: str | None) -> Toast:
    lines = counted(len(put.lines), "line")
    if not put.left_out:
        return Toast("Added", lines, undo_url=undo)
    return Toast(f"{lines} added", f"Archived by now: {', '.join(put.left_out)}.", "amber", undo)


@get("/gear-templates/{template_id:int}/edit", capability=RENTAL_WRITE, include_in_schema=False)
async def edit_page(
    request: Request[Any, Any, Any], reading: Connection, template_id: PathId
) -> Response[str]:
    """The form of a template: its name and notes."""
    template = await template_queries.template_by_id(reading, template_id)
    typed = typed_values(template, TEMPLATE_FIELDS, gear_templates.WRITABLE)
    return _edit_form(request, template, EditForm(typed, template.version))


@post("/gear-templates/{template_id:int}/edit", capability=RENTAL_WRITE, include_in_schema=False)
async def edit(request: Request[Any, Any, Any], work: Work, template_id: PathId) -> Response[str]:
    """Save a template, merged with what others saved meanwhile."""
    answer = merge_answer(await form_text(request))
    await keep_alive(request, work, (GearTemplate, template_id), answer, TEMPLATE_FIELDS)
    template = await template_queries.template_by_id(await work.session.connection(), template_id)

    def show(form: EditForm) -> Response[str]:
        return _edit_form(request, template, form)

    with saving(request, answer, TEMPLATE_FIELDS, show, target="#modal"):
        values = read_fields(answer.typed, TEMPLATE_READERS).checked("name")
        edit = await gear_templates.edit_template(work, template_id, values, version=answer.version)
    return redirect(request, _LIST, toast=saved_toast(request, edit, TEMPLATE_FIELDS))


@post("/gear-templates/{template_id:int}/deletion", capability=RENTAL_WRITE, include_in_schema=False)
async def delete(request: Request[Any, Any, Any], work: Work, template_id: PathId) -> Response[str]:
    """Delete a template, unless somebody changed it since the page was loaded."""
    version = await sent_version(request)
    template = await gear_templates.delete_template(work, template_id, version=version)
    undo = f"/gear-templates/{template_id}/restoration"
    return receipt(request, _LIST, Toast("Deleted", template.name, undo_url=undo))


@post("/gear-templates/{template_id:int}/restoration", capability=RENTAL_WRITE, include_in_schema=False)
async def restore(request: Request[Any, Any, Any], work: Work, template_id: PathId) -> Response[str]:
    """Take a delete back."""
    template = await gear_templates.restore_template(work, template_id)
    return receipt(request, _LIST, Toast("Restored", template.name))


def _keep_form(request: Any, event: Any, typed: dict[str, str], errors: dict[str, str]) -> Response[str]:
    return page(
        request,
        "events/template_keep.html",
        partial="events/_template_keep.html",
        status=422 if errors else 200,
        event=event,
        typed=typed,
        errors=errors,
    )


def _edit_form(request: Any, template: template_queries.TemplateFacts, form: EditForm) -> Response[str]:
    return page(
        request,
        "events/template_edit.html",
        partial="events/_template_edit.html",
        status=form.status,
        **form.context,
        typed=form.typed,
        template=template,
    )


HANDLERS = [
    templates_page, keep_page, keep, choose_page, put_on, edit_page, edit, delete, restore,
]  # fmt: skip
