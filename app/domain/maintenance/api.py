"""Maintenance in the API."""

from typing import Annotated, Any

from litestar import Response, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody, QueryParameter

from app.db.models import Maintenance
from app.domain.maintenance import policy, service
from app.domain.maintenance.api_queries import JOBS, job_conditions
from app.domain.maintenance.api_schemas import (
    ChangedMaintenance,
    Kind,
    MaintenanceRecord,
    NewMaintenance,
    State,
    Transition,
    WholeMaintenance,
)
from app.domain.maintenance.fields import check_upcoming
from app.lib import editing
from app.lib.conditions import Conditions
from app.lib.errors import Conflict, InvalidInput
from app.lib.fields import FieldError, clean
from app.lib.unit_of_work import UnitOfWork
from app.web.api import (
    Answer,
    EditTerms,
    FilterInstant,
    ListAnswer,
    api_router,
    listing,
    read_instant,
)
from app.web.api_paging import PageRequest
from app.web.parameters import Connection, FilterId, PathId, Work
from app.web.permissions import EQUIPMENT_READ, MAINTENANCE_REPORT, MAINTENANCE_WRITE


def provide_job_filter(
    *,
    q: Annotated[str, QueryParameter(description="Words in title and description.", max_length=200)] = "",
    equipment_id: FilterId = None,
    unit_id: FilterId = None,
    assignee_id: FilterId = None,
    kind: FromQuery[Kind | None] = None,
    job_state: Annotated[State | None, QueryParameter(name="state")] = None,
    blocks: FromQuery[bool | None] = None,
    due_before: FilterInstant = None,
    updated_since: FilterInstant = None,
) -> Conditions:
    """Which jobs are wanted. Raises InvalidInput."""
    return job_conditions(
        q=clean(q),
        equipment_id=equipment_id,
        unit_id=unit_id,
        assignee_id=assignee_id,
        kind=kind,
        state=job_state,
        blocks=blocks,
        due_before=read_instant(due_before, "due_before"),
        updated_since=read_instant(updated_since, "updated_since"),
    )


@get("/maintenance", capability=EQUIPMENT_READ, dependencies=listing(provide_job_filter))
async def list_maintenance(
    reading: Connection,
    paging: NamedDependency[PageRequest],
    wanted: NamedDependency[Conditions],
) -> Response[ListAnswer[MaintenanceRecord]]:
    """List jobs: filtered, sorted, page by page."""
    return await JOBS.page(reading, paging, wanted)


@post("/maintenance", capability=MAINTENANCE_REPORT)
async def report_maintenance(
    work: Work, data: JSONBody[NewMaintenance]
) -> Response[Answer[MaintenanceRecord]]:
    """Report a job on a unit, or on a quantity of equipment."""
    values = data.given()
    try:
        check_upcoming(values.get("expected_back"))
    except FieldError as error:
        raise InvalidInput({"expected_back": error.message}) from error
    job = await service.report(work, values)
    return await JOBS.created(work.session, job.id)


@get("/maintenance/{job_id:int}", capability=EQUIPMENT_READ)
async def get_maintenance(reading: Connection, job_id: PathId) -> Response[Answer[MaintenanceRecord]]:
    """Get one job; its version is the ETag."""
    return await JOBS.answer(reading, job_id)


@patch("/maintenance/{job_id:int}", capability=MAINTENANCE_WRITE)
async def change_maintenance(
    work: Work,
    job_id: PathId,
    data: JSONBody[ChangedMaintenance],
    terms: NamedDependency[EditTerms],
) -> Response[Answer[MaintenanceRecord]]:
    """Change the fields given."""
    return await _edit(work, job_id, data.given(), terms.version(data.version), terms)


@put("/maintenance/{job_id:int}", capability=MAINTENANCE_WRITE)
async def replace_maintenance(
    work: Work,
    job_id: PathId,
    data: JSONBody[WholeMaintenance],
    terms: NamedDependency[EditTerms],
) -> Response[Answer[MaintenanceRecord]]:
    """Replace all fields; those left out go back to their defaults."""
    return await _edit(work, job_id, data.whole(), terms.version(data.version), terms)


@delete("/maintenance/{job_id:int}", capability=MAINTENANCE_WRITE)
async def delete_maintenance(
    work: Work,
    job_id: PathId,
    terms: NamedDependency[EditTerms],
    version: FromQuery[int | None] = None,
) -> None:
    """Delete a job; its unit is free again. What somebody just changed is not deleted."""
    await service.delete_job(work, job_id, version=terms.version(version))


@post("/maintenance/{job_id:int}/restoration", capability=MAINTENANCE_WRITE, status_code=200)
async def restore_maintenance(work: Work, job_id: PathId) -> Response[Answer[MaintenanceRecord]]:
    """Take a delete back."""
    await service.restore_job(work, job_id)
    return await JOBS.answer(work.session, job_id)


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


async def _edit(
    work: UnitOfWork, job_id: int, values: dict[str, Any], version: int, terms: EditTerms
) -> Response[Answer[MaintenanceRecord]]:
    await service.edit_job(work, job_id, values, version=version, strategy=terms.strategy)
    return await JOBS.answer(work.session, job_id)


API = api_router(
    "Maintenance",
    [
        list_maintenance,
        report_maintenance,
        get_maintenance,
        change_maintenance,
        replace_maintenance,
        delete_maintenance,
        restore_maintenance,
        move_maintenance,
    ],
)
