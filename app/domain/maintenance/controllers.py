"""The pages of maintenance: the list, reporting a job, a job, editing it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromQuery
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import Maintenance
from app.domain.availability.missing import missing_now
from app.domain.maintenance import form_queries, queries, service
from app.domain.maintenance.descriptions import job_fields, typed_job, zone_of
from app.domain.maintenance.fields import (
    KIND_WORDS,
    STATE_WORDS,
    STEP_WORDS,
    check_unit,
    job_readers,
    report_readers,
)
from app.domain.maintenance.filters import read_filter
from app.domain.maintenance.history import job_history
from app.lib.editing import Edit
from app.lib.fields import read_fields
from app.web.deletions import keep_alive
from app.web.edit_forms import EditForm, saving
from app.web.forms import form_text, rejecting
from app.web.htmx import Toast, with_missing
from app.web.merging import merge_answer, saved_toast
from app.web.parameters import Connection, FilterId, PathId, Work
from app.web.permissions import EQUIPMENT_READ, MAINTENANCE_REPORT, MAINTENANCE_WRITE
from app.web.render import page, redirect

WORDS: dict[str, Any] = {"kind_words": KIND_WORDS, "state_words": STATE_WORDS, "step_words": STEP_WORDS}


@get("/maintenance", capability=EQUIPMENT_READ, include_in_schema=False)
async def maintenance_page(request: Request[Any, Any, Any], reading: Connection) -> Response[str]:
    """Everything reported, in progress, waiting or due."""
    chosen = read_filter(request.query_params)
    jobs = await queries.find_jobs(reading, chosen)
    return page(
        request,
        "maintenance/list.html",
        partial="maintenance/_table.html",
        stands_at=chosen.query(page=chosen.page),
        chosen=chosen,
        jobs=jobs[: queries.PAGE],
        goes_on=len(jobs) > queries.PAGE,
        first=(chosen.page - 1) * queries.PAGE,
        counts=await queries.count_tabs(reading, chosen),
        people=await form_queries.people_for_work(reading),
        **WORDS,
    )


@get("/maintenance/new", capability=MAINTENANCE_REPORT, include_in_schema=False)
async def report_page(
    request: Request[Any, Any, Any],
    reading: Connection,
    equipment: FilterId = None,
    unit: FilterId = None,
    q: FromQuery[str] = "",
) -> Response[str]:
    """The form to report a job, or first the choice of what it is about.

    With `take` a whole SKU or asset tag is the choice already.
    """
    taking = equipment is None and "take" in request.query_params
    coded = await form_queries.subject_with_code(reading, q) if taking else None
    if coded:
        return redirect(request, coded.report_url)
    if equipment is None:
        found = await form_queries.subjects_to_choose(reading, q)
        return page(request, "maintenance/choose.html", partial="maintenance/_choose.html", q=q, found=found)
    typed = {"unit_id": str(unit or ""), "blocks": "1", "quantity": "1", "kind": "repair"}
    options = await _report_options(reading, equipment)
    return _report_form(request, options, typed, {})


@post("/maintenance/new", capability=MAINTENANCE_REPORT, include_in_schema=False)
async def report(request: Request[Any, Any, Any], work: Work) -> Response[str]:
    """Report a job."""
    typed = await form_text(request)
    fields = read_fields(typed, report_readers(zone_of(request)))
    if not fields.values.get("equipment_id"):
        return redirect(request, "/maintenance/new")
    options = await _report_options(await work.session.connection(), fields.values["equipment_id"])
    check_unit(fields, options["subject"].tracking)
    with rejecting(lambda errors: _report_form(request, options, typed, errors)):
        job = await service.report(work, fields.checked())
    missing = await missing_now(work, [job.equipment_id]) if job.blocks else ""
    toast = with_missing(Toast("Reported", job.title), missing)
    return redirect(request, f"/maintenance/{job.id}", toast=toast)


@get("/maintenance/{job_id:int}", capability=EQUIPMENT_READ, include_in_schema=False)
async def job_page(request: Request[Any, Any, Any], reading: Connection, job_id: PathId) -> Response[str]:
    """A job with its facts and its history."""
    people = await form_queries.people_for_work(reading)
    return page(
        request,
        "maintenance/job.html",
        partial="maintenance/_job.html",
        job=await queries.job_by_id(reading, job_id),
        entries=await job_history(request, reading, job_id, people),
        **WORDS,
    )


@get("/maintenance/{job_id:int}/edit", capability=MAINTENANCE_WRITE, include_in_schema=False)
async def edit_page(request: Request[Any, Any, Any], reading: Connection, job_id: PathId) -> Response[str]:
    """The form of a job."""
    job = await queries.job_by_id(reading, job_id)
    people = await form_queries.people_for_work(reading)
    return _edit_form(request, job, people, EditForm(typed_job(request, job), job.version))


@post("/maintenance/{job_id:int}/edit", capability=MAINTENANCE_WRITE, include_in_schema=False)
async def edit(request: Request[Any, Any, Any], work: Work, job_id: PathId) -> Response[str]:
    """Save a job, merged with what others saved meanwhile."""
    answer = merge_answer(await form_text(request))
    reading = await work.session.connection()
    people = await form_queries.people_for_work(reading)
    words = job_fields(request, people)
    await keep_alive(request, work, (Maintenance, job_id), answer, words)
    job = await queries.job_by_id(reading, job_id)
    with saving(request, answer, words, lambda form: _edit_form(request, job, people, form)):
        values = read_fields(answer.typed, job_readers(zone_of(request))).checked()
        done = await service.edit_job(work, job_id, values, version=answer.version)
    toast = await _receipt(work, job, done, saved_toast(request, done, words))
    return redirect(request, f"/maintenance/{job_id}", toast=toast)


async def _receipt(work: Work, job: queries.Job, done: Edit, saved: Toast) -> Toast:
    """What was saved; what blocking did to the unit is taken back with it."""
    undo_url = f"/maintenance/{job.id}/undo/{work.operation}" if done.change_id else None
    toast = replace(saved, undo_url=undo_url)
    if not service.TAKING.intersection(done.changed):
        return toast
    return with_missing(toast, await missing_now(work, [job.equipment_id]))


async def _report_options(reading: AsyncConnection, equipment_id: int) -> dict[str, Any]:
    subject = await form_queries.subject_of_report(reading, equipment_id)
    return {
        "subject": subject,
        "units": await form_queries.units_to_choose(reading, equipment_id),
        "people": await form_queries.people_for_work(reading),
    }


def _report_form(
    request: Request[Any, Any, Any],
    options: Mapping[str, Any],
    typed: Mapping[str, str],
    errors: Mapping[str, str],
) -> Response[str]:
    status = 422 if errors else 200
    return page(
        request, "maintenance/new.html", status=status, typed=typed, errors=errors, **options, **WORDS
    )


def _edit_form(
    request: Request[Any, Any, Any], job: queries.Job, people: list[tuple[int, str]], form: EditForm
) -> Response[str]:
    return page(
        request,
        "maintenance/edit.html",
        status=form.status,
        **form.context,
        typed=form.typed,
        job=job,
        people=people,
        **WORDS,
    )


HANDLERS = [maintenance_page, report_page, report, job_page, edit_page, edit]
