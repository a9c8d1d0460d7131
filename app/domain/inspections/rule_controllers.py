"""The rules of inspections: listed, added, edited, deleted."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get, post

from app.db.models import InspectionRule
from app.domain.inspections import queries, service
from app.domain.inspections.descriptions import RULE_FIELDS
from app.domain.inspections.fields import RULE_READERS
from app.lib.fields import read_fields
from app.web.company import shop_day
from app.web.deletions import keep_alive
from app.web.descriptions import typed_values
from app.web.edit_forms import EditForm, saving
from app.web.forms import form_text, rejecting
from app.web.htmx import Toast
from app.web.merging import merge_answer, saved_toast, sent_version
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import EQUIPMENT_READ, EQUIPMENT_WRITE
from app.web.render import page, redirect
from app.web.state import viewer_of
from app.web.undo_permissions import operation_undo_url

LIST = "/inspections/rules"
_EDITED = {name: RULE_READERS[name] for name in RULE_READERS if name not in ("equipment_id", "category_id")}


@get(LIST, capability=EQUIPMENT_READ, include_in_schema=False)
async def rules_page(request: Request[Any, Any, Any], reading: Connection) -> Response[str]:
    """What has to be tested how often."""
    rules = await queries.rules(reading, shop_day(request))
    return page(request, "inspections/rules.html", partial="inspections/_rules.html", rules=rules)


@get("/inspections/rules/new", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def new_rule(request: Request[Any, Any, Any], reading: Connection) -> Response[str]:
    """The form of a new rule."""
    typed = dict.fromkeys(RULE_READERS, "") | {
        "warn_days": "30",
        "interval_months": "12",
        "starts_on": shop_day(request).isoformat(),
    }
    subjects = await queries.rule_subjects(reading)
    return _rule_form(request, subjects, typed | dict(request.query_params), {})


@post("/inspections/rules/new", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def add_rule(request: Request[Any, Any, Any], work: Work) -> Response[str]:
    """Add a rule, or show the form again with what needs another look."""
    typed = dict.fromkeys(RULE_READERS, "") | await form_text(request)
    subjects = await queries.rule_subjects(work.session)

    def invalid(errors: Mapping[str, str]) -> Response[str]:
        return _rule_form(request, subjects, typed, errors)

    with rejecting(invalid):
        rule = await service.create_rule(work, read_fields(typed, RULE_READERS).checked())
    undo_url = operation_undo_url(viewer_of(request), work.operation, "inspection_rule.created")
    return redirect(request, LIST, toast=Toast("Added", rule.name, undo_url=undo_url))


@get("/inspections/rules/{rule_id:int}/edit", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def edit_page(request: Request[Any, Any, Any], reading: Connection, rule_id: PathId) -> Response[str]:
    """The form of a rule as it stands."""
    rule = await queries.rule_by_id(reading, rule_id, shop_day(request))
    return _edit_form(request, rule, EditForm(typed_values(rule, RULE_FIELDS, _EDITED), rule.version))


@post("/inspections/rules/{rule_id:int}/edit", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def edit(request: Request[Any, Any, Any], work: Work, rule_id: PathId) -> Response[str]:
    """Save a rule, merged with what others saved meanwhile."""
    answer = merge_answer(await form_text(request))
    await keep_alive(request, work, (InspectionRule, rule_id), answer, RULE_FIELDS)
    rule = await queries.rule_by_id(work.session, rule_id, shop_day(request))
    with saving(request, answer, RULE_FIELDS, lambda form: _edit_form(request, rule, form)):
        values = read_fields(answer.typed, _EDITED).checked()
        done = await service.edit_rule(work, rule_id, values, version=answer.version)
    return redirect(request, LIST, toast=saved_toast(request, done, RULE_FIELDS))


@post("/inspections/rules/{rule_id:int}/deletion", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def delete(request: Request[Any, Any, Any], work: Work, rule_id: PathId) -> Response[str]:
    """Delete a rule, unless somebody changed it since the page was loaded."""
    version = await sent_version(request)
    rule = await service.delete_rule(work, rule_id, version=version)
    undo_url = operation_undo_url(viewer_of(request), work.operation, "inspection_rule.deleted")
    return redirect(request, LIST, toast=Toast("Deleted", rule.name, undo_url=undo_url))


def _rule_form(
    request: Request[Any, Any, Any],
    subjects: tuple[list[tuple[int, str]], list[tuple[int, str]]],
    typed: Mapping[str, str],
    errors: Mapping[str, str],
) -> Response[str]:
    equipment, categories = subjects
    return page(
        request,
        "inspections/rule_new.html",
        status=422 if errors else 200,
        typed=typed,
        errors=errors,
        equipment=equipment,
        categories=categories,
    )


def _edit_form(request: Request[Any, Any, Any], rule: queries.Rule, form: EditForm) -> Response[str]:
    typed = dict.fromkeys(_EDITED, "") | form.typed
    return page(
        request, "inspections/rule_edit.html", status=form.status, **form.context, rule=rule, typed=typed
    )


HANDLERS = [rules_page, new_rule, add_rule, edit_page, edit, delete]
