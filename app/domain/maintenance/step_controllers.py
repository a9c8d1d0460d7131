"""What is done with a job: its steps, deleting it, and taking either back."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.maintenance import policy, queries, service
from app.domain.maintenance.descriptions import typed_job, zone_of
from app.domain.maintenance.fields import STATE_WORDS, STEP_WORDS, step_readers
from app.lib.errors import InvalidInput, NotFound
from app.lib.fields import read_fields
from app.lib.unit_of_work import UnitOfWork
from app.web.forms import form_text, rejecting
from app.web.htmx import Toast, wants_partial
from app.web.permissions import MAINTENANCE_WRITE
from app.web.render import nothing, page, redirect


@get("/maintenance/{job_id:int}/steps/{step:str}", capability=MAINTENANCE_WRITE, include_in_schema=False)
async def step_page(
    request: Request[Any, Any, Any], reading: AsyncConnection, job_id: int, step: str
) -> Response[str]:
    """What may be said along with a step: a dialog, or a page."""
    job = await queries.job_by_id(reading, _known(step) and job_id)
    return _step_form(request, 200, job, step, typed=typed_job(job, zone_of(request)))


@post("/maintenance/{job_id:int}/steps/{step:str}", capability=MAINTENANCE_WRITE, include_in_schema=False)
async def take_step(
    request: Request[Any, Any, Any], work: UnitOfWork, job_id: int, step: str
) -> Response[str]:
    """Take a step. The page it was taken from hears of it by itself."""
    typed = await form_text(request)
    fields = read_fields(typed, step_readers(zone_of(request)))
    job = await queries.job_by_id(await work.session.connection(), _known(step) and job_id)
    with rejecting(lambda errors: _step_form(request, 422, job, step, typed=typed, errors=errors)):
        if fields.errors:
            raise InvalidInput(fields.errors)
        done, _ = await service.take_step(work, job_id, step, fields.values)
    undo = f"/maintenance/{job_id}/undo/{work.operation}"
    return _done(request, job_id, Toast(STATE_WORDS[done.state][0], done.title, undo_url=undo))


@post(
    "/maintenance/{job_id:int}/undo/{operation:uuid}", capability=MAINTENANCE_WRITE, include_in_schema=False
)
async def undo_step(
    request: Request[Any, Any, Any], work: UnitOfWork, job_id: int, operation: UUID
) -> Response[str]:
    """Take a step back together with what it did to the unit or the stock."""
    await service.undo_step(work, job_id, operation)
    return _done(request, job_id, Toast("Taken back"))


@post("/maintenance/{job_id:int}/deletion", capability=MAINTENANCE_WRITE, include_in_schema=False)
async def delete(request: Request[Any, Any, Any], work: UnitOfWork, job_id: int) -> Response[str]:
    """Delete a job, unless somebody changed it since the page was loaded."""
    version = (await form_text(request)).get("version", "")
    if not version.isdecimal():
        raise InvalidInput({"version": "This page is out of date. Load it again."})
    job = await service.delete_job(work, job_id, version=int(version))
    undo = f"/maintenance/{job_id}/restoration"
    return redirect(request, "/maintenance", toast=Toast("Deleted", job.title, undo_url=undo))


@post("/maintenance/{job_id:int}/restoration", capability=MAINTENANCE_WRITE, include_in_schema=False)
async def restore(request: Request[Any, Any, Any], work: UnitOfWork, job_id: int) -> Response[str]:
    """Take a delete back."""
    job = await service.restore_job(work, job_id)
    return _done(request, job_id, Toast("Restored", job.title))


def _known(step: str) -> bool:
    if step not in policy.STEPS:
        raise NotFound("There is no such step.")
    return True


def _done(request: Request[Any, Any, Any], job_id: int, toast: Toast) -> Response[str]:
    """A receipt where the page stays; the page of the job without scripts."""
    if wants_partial(request):
        return nothing(toast=toast)
    return redirect(request, f"/maintenance/{job_id}", toast=toast)


def _step_form(
    request: Request[Any, Any, Any],
    status: int,
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
        status=status,
        job=job,
        step=step,
        step_words=STEP_WORDS,
        asked=service.STEP_FIELDS[step],
        typed=typed,
        errors=errors or {},
    )


HANDLERS = [step_page, take_step, undo_step, delete, restore]
