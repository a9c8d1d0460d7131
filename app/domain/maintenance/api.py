"""Maintenance in the API."""

from typing import Any

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from app.db.models import Maintenance
from app.domain.maintenance import policy, service
from app.domain.maintenance.api_queries import JOBS, provide_job_filter
from app.domain.maintenance.api_schemas import (
    ChangedMaintenance,
    MaintenanceRecord,
    NewMaintenance,
    Transition,
    WholeMaintenance,
)
from app.domain.maintenance.fields import check_upcoming
from app.lib import editing
from app.lib.errors import Conflict, InvalidInput
from app.lib.fields import FieldError
from app.lib.unit_of_work import UnitOfWork
from app.web.api import Answer, EditTerms, api_router
from app.web.api_routes import Routes
from app.web.parameters import PathId, Work
from app.web.permissions import EQUIPMENT_READ, MAINTENANCE_REPORT, MAINTENANCE_WRITE

JOB = Routes("maintenance", MaintenanceRecord, JOBS, read=EQUIPMENT_READ, write=MAINTENANCE_WRITE, noun="job")


@post("/maintenance/{job_id:int}/transition", capability=MAINTENANCE_WRITE, status_code=200)
async def move_maintenance(
    work: Work,
    job_id: PathId,
    data: JSONBody[Transition],
    terms: NamedDependency[EditTerms],
) -> Response[Answer[MaintenanceRecord]]:
    """Start a job, let it wait, go on, resolve it or write it off. Naming a version is optional."""
    job = await editing.lock(work, Maintenance, job_id)
    # a job that moved on since that version is refused; nothing is written here
    version = terms.optional_version(data.version)
    await editing.edit(work, job, {}, version=version, strategy=terms.strategy)
    await service.take_step(work, job_id, *_step(job.state, data))
    return await JOBS.answer(work.session, job_id)


def _step(state: str, data: Transition) -> tuple[str, dict[str, Any]]:
    """The step that leads from one state to the other, and what is said along with it.

    Raises Conflict where there is no such step, InvalidInput for what cannot be said with it.
    """
    values = data.given()
    wanted: str = values.pop("state")
    step = next((one for one in policy.steps_from(state) if policy.state_after(state, one) == wanted), None)
    if step is None:
        raise Conflict(f"A job that is {state.replace('_', ' ')} cannot become {wanted.replace('_', ' ')}.")
    foreign = sorted(set(values) - set(service.STEP_FIELDS[step]))
    if foreign:
        raise InvalidInput(dict.fromkeys(foreign, "This cannot be said with this transition."))
    return step, values


async def _report(work: UnitOfWork, values: dict[str, Any]) -> Maintenance:
    try:
        check_upcoming(values.get("expected_back"))
    except FieldError as error:
        raise InvalidInput({"expected_back": error.message}) from error
    return await service.report(work, values)


API = api_router(
    "Maintenance",
    [
        JOB.listing("List jobs: filtered, sorted, page by page.", provide_job_filter),
        JOB.creation(
            NewMaintenance,
            _report,
            "Report a job on a unit, or on a quantity of equipment.",
            verb="report",
            capability=MAINTENANCE_REPORT,
        ),
        JOB.single(),
        JOB.change(ChangedMaintenance, service.edit_job),
        JOB.replacement(WholeMaintenance, service.edit_job),
        JOB.deletion(
            service.delete_job,
            "Delete a job; its unit is free again. What somebody just changed is not deleted.",
        ),
        JOB.restoration(service.restore_job),
        move_maintenance,
    ],
)
