"""What is done with a job: its steps, deleting it, and taking either back."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from app.domain.availability.missing import missing_now
from app.domain.maintenance import policy, queries, service
from app.domain.maintenance.descriptions import typed_job, zone_of
from app.domain.maintenance.fields import STATE_WORDS, STEP_WORDS, step_readers
from app.lib.errors import NotFound
from app.lib.fields import read_fields
from app.web.forms import form_text, rejecting
from app.web.htmx import Toast, with_missing
from app.web.merging import sent_version
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import MAINTENANCE_WRITE
from app.web.render import page, receipt, redirect


@get("/maintenance/{job_id:int}/steps/{step:str}", capability=MAINTENANCE_WRITE, include_in_schema=False)
async def step_page(
    request: Request[Any, Any, Any],
    reading: Connection,
    job_id: PathId,
    step: FromPath[str],
) -> Response[str]:
    """What may be said along with a step: a dialog, or a page."""
    job = await queries.job_by_id(reading, _known(step) and job_id)
    return _step_form(request, job, step, typed=typed_job(request, job))


@post("/maintenance/{job_id:int}/steps/{step:str}", capability=MAINTENANCE_WRITE, include_in_schema=False)
async def take_step(
    request: Request[Any, Any, Any], work: Work, job_id: PathId, step: FromPath[str]
) -> Response[str]:
    """Take a step. The page it was taken from hears of it by itself."""
    typed = await form_text(request)
    fields = read_fields(typed, step_readers(zone_of(request)))
    job = await queries.job_by_id(await work.session.connection(), _known(step) and job_id)
    with rejecting(lambda errors: _step_form(request, job, step, typed=typed, errors=errors)):
        done, edit = await service.take_step(work, job_id, step, fields.checked())
    undo = f"/maintenance/{job_id}/undo/{work.operation}"
    toast = Toast(STATE_WORDS[done.state][0], done.title, undo_url=undo)
    if done.state == policy.WRITTEN_OFF or service.TAKING.intersection(edit.changed):
        toast = with_missing(toast, await missing_now(work, [done.equipment_id]))
    return receipt(request, f"/maintenance/{job_id}", toast)


@post(
    "/maintenance/{job_id:int}/undo/{operation:uuid}", capability=MAINTENANCE_WRITE, include_in_schema=False
)
async def undo_step(
    request: Request[Any, Any, Any],
    work: Work,
    job_id: PathId,
    operation: FromPath[UUID],
) -> Response[str]:
    """Take a step back together with what it did to the unit or the stock."""
    await service.undo_step(work, job_id, operation)
    return receipt(request, f"/maintenance/{job_id}", Toast("Taken back"))


@post("/maintenance/{job_id:int}/deletion", capability=MAINTENANCE_WRITE, include_in_schema=False)
async def delete(request: Request[Any, Any, Any], work: Work, job_id: PathId) -> Response[str]:
    """Delete a job, unless somebody changed it since the page was loaded."""
    version = await sent_version(request)
    job = await service.delete_job(work, job_id, version=version)
    undo = f"/maintenance/{job_id}/restoration"
    return redirect(request, "/maintenance", toast=Toast("Deleted", job.title, undo_url=undo))


@post("/maintenance/{job_id:int}/restoration", capability=MAINTENANCE_WRITE, include_in_schema=False)
async def restore(request: Request[Any, Any, Any], work: Work, job_id: PathId) -> Response[str]:
    """Take a delete back."""
    job = await service.restore_job(work, job_id)
    return receipt(request, f"/maintenance/{job_id}", Toast("Restored", job.title))


def _known(step: str) -> bool:
    if step not in policy.STEPS:
        raise NotFound("There is no such step.")
    return True


def _step_form(
    request: Request[Any, Any, Any],
    job: queries.Job,
    step: str,
    *,
    typed: Mapping[str, str],
    errors: Mapping[str, str] | None = None,
) -> Response[str]:
    return page(
        request,
        "maintenance/step.html",
        partial="maintenance/_step.html",
        status=422 if errors else 200,
        job=job,
        step=step,
        step_words=STEP_WORDS,
        asked=service.STEP_FIELDS[step],
        typed=typed,
        errors=errors or {},
    )


HANDLERS = [step_page, take_step, undo_step, delete, restore]
