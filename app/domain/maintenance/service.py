"""Commands on maintenance jobs. What a job means for its unit is written in the same transaction."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.db.models import Change, Equipment, Maintenance, Unit
from app.domain.maintenance import policy
from app.domain.maintenance.fields import STATE_WORDS
from app.domain.maintenance.rules import MaintenanceRules
from app.lib import editing
from app.lib.clock import now
from app.lib.commands import Commands
from app.lib.editing import Edit
from app.lib.errors import Conflict, InvalidInput, NotFound
from app.lib.rules import register
from app.lib.undoing import undo_operation
from app.lib.unit_of_work import UnitOfWork

register("maintenance", MaintenanceRules())

REPORTABLE = (
    "quantity",
    "title",
    "description",
    "kind",
    "blocks",
    "due_at",
    "expected_back",
    "assignee_id",
)
TAKING = frozenset({"blocks", "quantity", "due_at", "expected_back"})
"""Fields whose change may take gear away that is booked."""
STEP_FIELDS: dict[str, tuple[str, ...]] = {
    policy.START: ("expected_back", "assignee_id"),
    policy.WAIT: ("expected_back",),
    policy.RESUME: ("expected_back",),
    policy.RESOLVE: ("resolution", "cost"),
    policy.WRITE_OFF: ("resolution", "cost"),
}

_JOBS = Commands(Maintenance, (*REPORTABLE, "cost", "resolution"))

edit_job = _JOBS.edit
"""Change what a job says, merging with others; blocking or not moves its unit accordingly.

The state is not said but reached: that is `take_step`. Raises NotFound, EditConflict, InvalidInput.
"""
delete_job = _JOBS.delete
"""Delete a job so that it can be restored; its unit is free again. Raises NotFound, EditConflict."""
restore_job = _JOBS.restore
"""Take a delete back; an open job that blocks holds its unit again. Raises NotFound."""


async def report(work: UnitOfWork, values: Mapping[str, Any]) -> Maintenance:
    """Report a job on a unit, or on a quantity of equipment. `equipment_id` and `title` are required.

    A job that blocks puts a unit that is here into quarantine. Raises InvalidInput, also for a unit of
    other equipment, a missing unit where only a unit can be blocked, and more than there is.
    """
    equipment = await _equipment(work, values.get("equipment_id"))
    unit = await _unit(work, equipment, values.get("unit_id"))
    given = {name: values[name] for name in REPORTABLE if name in values}
    job = Maintenance(**given, equipment_id=equipment.id, unit_id=unit.id if unit else None)
    job.reported_by_id = work.actor.id
    return await editing.create(work, job, "maintenance.reported")


async def take_step(
    work: UnitOfWork, job_id: int, step: str, values: Mapping[str, Any] | None = None
) -> tuple[Maintenance, Edit]:
    """Start, wait, resume, resolve or write off (policy.STEPS), with what is said along (STEP_FIELDS).

    Writing off takes the unit, or the quantity, out of the stock. Raises NotFound, Conflict when the state
    or the whereabouts of the unit do not allow it, InvalidInput.
    """
    job = await editing.lock(work, Maintenance, job_id)
    state = policy.state_after(job.state, step)
    if state is None:
        raise Conflict(f"“{job.title}” is {STATE_WORDS[job.state][0].lower()}: this step does not follow.")
    given = {name: value for name, value in (values or {}).items() if name in STEP_FIELDS[step]}
    given["state"] = state
    if step == policy.START:
        given["started_at"] = job.started_at or now()
        given["assignee_id"] = given.get("assignee_id") or job.assignee_id or work.actor.id
    if state in policy.CLOSED:
        given["resolved_at"] = now()
    return job, await editing.edit(work, job, given, version=None, action=f"maintenance.{state}")


async def undo_step(work: UnitOfWork, job_id: int, operation: UUID) -> None:
    """Take back all that one step of a job did. Raises NotFound, or Conflict saying what is in the way."""
    of_job = select(Change.id).where(
        Change.operation == operation, Change.entity == "maintenance", Change.entity_id == job_id
    )
    if await work.session.scalar(of_job) is None:
        raise NotFound("There is nothing to undo.")
    await undo_operation(work, operation)


async def _equipment(work: UnitOfWork, equipment_id: int | None) -> Equipment:
    if equipment_id is None:
        raise InvalidInput({"equipment_id": "Choose the equipment."})
    try:
        return await editing.lock(work, Equipment, equipment_id)
    except NotFound as error:
        raise InvalidInput({"equipment_id": "This equipment does not exist."}) from error


async def _unit(work: UnitOfWork, equipment: Equipment, unit_id: int | None) -> Unit | None:
    if unit_id is None:
        return None
    try:
        unit = await editing.lock(work, Unit, unit_id)
    except NotFound as error:
        raise InvalidInput({"unit_id": "This unit does not exist."}) from error
    if unit.equipment_id != equipment.id:
        raise InvalidInput({"unit_id": f"{unit.asset_tag} is not a unit of {equipment.name}."})
    return unit
