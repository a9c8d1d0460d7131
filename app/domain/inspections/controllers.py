"""Recording tests: of one unit or of several at once, with a certificate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from litestar import Request, Response, get, post
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.domain.inspections import record_queries, service
from app.domain.inspections.certificates import ACCEPTED, keep_certificate
from app.domain.inspections.fields import INSPECTION_READERS
from app.domain.inspections.policy import valid_until
from app.domain.prep.codes import find_code
from app.lib.errors import Conflict, InvalidInput
from app.lib.fields import clean, identifier, read_fields
from app.lib.sentences import counted
from app.web.company import shop_day
from app.web.forms import count_upload, form_file, form_list, form_text, rejecting
from app.web.htmx import Toast
from app.web.parameters import Connection, Work
from app.web.permissions import MAINTENANCE_WRITE
from app.web.render import page, redirect
from app.web.state import runtime, viewer_of
from app.web.undo_permissions import operation_undo_url

MOST_UNITS = 200
Asked = Request[Any, Any, Any]
Reading = AsyncConnection | AsyncSession


@dataclass(frozen=True, slots=True)
class _Form:
    """The units that were tested, the tests all of them have to pass, and what was typed."""

    units: Sequence[record_queries.TestedUnit] = ()
    rules: Sequence[record_queries.RuleChoice] = ()
    typed: Mapping[str, str] = field(default_factory=dict[str, str])
    code: str = ""


@get("/inspections/new", capability=MAINTENANCE_WRITE, include_in_schema=False)
async def new_inspection(request: Asked, reading: Connection) -> Response[str]:
    """What was tested and how: units come from the address, or by scanning their tags one by one."""
    given = request.query_params
    chosen, preferred = _chosen([*given.getall("unit", []), *given.getall("ids", [])])
    code = clean(given.get("code", ""))[:200]
    unit_id = await _scanned(reading, code)
    if unit_id is not None:
        units = "&".join(f"unit={key}" for key in dict.fromkeys([*chosen, unit_id]))
        return redirect(request, f"/inspections/new?{units}")
    typed = _blank(request) | {"rule_id": str(preferred or "")} | dict(given)
    form = await _form(reading, chosen, typed, code)
    return _page(request, form, {"code": f"No unit has the tag “{code}”."} if code else {})


@post("/inspections/new", capability=MAINTENANCE_WRITE, include_in_schema=False)
async def record(request: Asked, work: Work) -> Response[str]:
    """Record the test of every unit that was chosen, or show the form again."""
    typed = await form_text(request)
    chosen, _preferred = _chosen(await form_list(request, "unit"))
    form = await _form(work.session, chosen, dict.fromkeys(INSPECTION_READERS, "") | typed)
    with rejecting(lambda errors: _page(request, form, errors)):
        values = read_fields(typed, INSPECTION_READERS).checked("rule_id", "passed", "inspected_on")
        values |= await _certificate(request)
        done = await _recorded(work, chosen, values)
    return _told(request, work, chosen, done, passed=values["passed"])


def _told(
    request: Asked, work: Work, chosen: Sequence[int], done: Sequence[Any], *, passed: bool
) -> Response[str]:
    """The way on after tests: to the list, or to the jobs that were opened."""
    where = f"/units/{chosen[0]}/inspections" if len(chosen) == 1 else "/inspections"
    if passed:
        undo_url = operation_undo_url(viewer_of(request), work.operation, "inspection.passed")
        toast = Toast(f"{counted(len(done), 'test')} recorded", done[0].name, undo_url=undo_url)
        return redirect(request, where, toast=toast)
    jobs = [one.maintenance_id for one in done]
    text = f"{counted(len(jobs), 'job')} opened: out of service until resolved."
    there = f"/maintenance/{jobs[0]}" if len(jobs) == 1 else where
    return redirect(request, there, toast=Toast("Failed, and noted", text, "amber"))


async def _recorded(work: Work, chosen: Sequence[int], values: dict[str, Any]) -> Sequence[Any]:
    rule_id, passed, day = values.pop("rule_id"), values["passed"], values.pop("inspected_on")
    given = {name: value for name, value in values.items() if name != "passed"}
    try:
        return await service.record(work, chosen, rule_id, passed=passed, inspected_on=day, values=given)
    except Conflict as error:
        raise InvalidInput({"unit": error.message}) from error


async def _certificate(request: Asked) -> dict[str, str]:
    upload = await form_file(request, "certificate")
    if upload is None:
        return {}
    await count_upload(request)
    kept = await keep_certificate(runtime(request).files, upload.filename, await upload.read())
    return {"certificate": kept.file, "certificate_name": kept.name}


def _chosen(given: Sequence[str]) -> tuple[list[int], int | None]:
    """The units of an address, each once, and the test they were chosen for when it is the same for all.

    Each is an id, or the ids of a unit and of a test with a colon between.
    """
    pairs = [one.partition(":")[::2] for one in given[:MOST_UNITS]]
    units = [key for one, _rule in pairs if (key := identifier(one)) is not None]
    rules = {identifier(rule) for _one, rule in pairs}
    return list(dict.fromkeys(units)), rules.pop() if len(rules) == 1 else None


async def _scanned(reading: Reading, code: str) -> int | None:
    found = await find_code(reading, code) if code else None
    return found.id if found is not None and found.kind == "unit" else None


def _blank(request: Asked) -> dict[str, str]:
    own = {"inspected_on": shop_day(request).isoformat(), "passed": "1", "inspector": viewer_of(request).name}
    return dict.fromkeys(INSPECTION_READERS, "") | own


async def _form(reading: Reading, chosen: Sequence[int], typed: Mapping[str, str], code: str = "") -> _Form:
    units = await record_queries.units_to_test(reading, chosen)
    rules = await record_queries.rules_of_units(reading, [unit.id for unit in units]) if units else []
    if len(rules) == 1 and not typed["rule_id"]:
        typed = {**typed, "rule_id": str(rules[0].id)}
    return _Form(units, rules, typed, code)


def _until(form: _Form) -> date | None:
    """Until when a test that is passed would be valid, as far as it is known."""
    months = next((one.interval_months for one in form.rules if str(one.id) == form.typed["rule_id"]), None)
    try:
        return valid_until(date.fromisoformat(form.typed["inspected_on"]), months) if months else None
    except (ValueError, OverflowError):
        return None


def _page(request: Asked, form: _Form, errors: Mapping[str, str]) -> Response[str]:
    return page(
        request,
        "inspections/new.html",
        status=422 if errors else 200,
        units=form.units,
        rules=form.rules,
        rule_choices=[(one.id, one.name) for one in form.rules],
        typed=form.typed,
        code=form.code,
        until=_until(form),
        errors=errors,
        accepted=ACCEPTED,
    )


HANDLERS = [new_inspection, record]
