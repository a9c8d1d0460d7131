"""Commands on maintenance jobs. What a job means for its unit is written in the same transaction."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from app.db.models import Change, Equipment, Maintenance, Unit, User
from app.domain.maintenance import policy
from app.domain.maintenance.fields import STATE_WORDS
from app.lib import editing
from app.lib.clock import now
from app.lib.editing import Edit, Strategy
from app.lib.errors import Conflict, InvalidInput, NotFound
from app.lib.undoing import undo_operation
from app.lib.unit_of_work import UnitOfWork

REPORTABLE = (
    "equipment_id", "unit_id", "quantity", "title", "description", "kind", "blocks", "due_at",
    "expected_back", "assignee_id",
)  # fmt: skip
STEP_FIELDS: dict[str, tuple[str, ...]] = {
    policy.START: ("expected_back", "assignee_id"),
    policy.WAIT: ("expected_back",),
    policy.RESUME: ("expected_back",),
    policy.RESOLVE: ("resolution", "cost"),
    policy.WRITE_OFF: ("resolution", "cost"),
}


async def report(work: UnitOfWork, values: Mapping[str, Any]) -> Maintenance:
    """Report a job on a unit, or on a quantity of equipment. `equipment_id` and `title` are required.

    A job that blocks puts a unit that is here into quarantine. Raises InvalidInput, also for a unit of
    other equipment, a missing unit where only a unit can be blocked, and more than there is.
    """
    given = {name: values[name] for name in REPORTABLE if name in values}
    equipment = await _equipment(work, given.get("equipment_id"))
    unit = await _unit(work, equipment, given.get("unit_id"))
    _check_amount(equipment, unit, given.get("quantity", 1), blocks=given.get("blocks", True))
    await _check_assignee(work, given.get("assignee_id"))
    job = await editing.create(
        work, Maintenance(**given, reported_by_id=work.actor.id), "maintenance.reported"
    )
    if job.blocks:
        await _place_unit(work, unit)
    return job


async def edit_job(
    work: UnitOfWork,
    job_id: int,
    values: Mapping[str, Any],
    *,
    version: int | None,
    strategy: Strategy = Strategy.MERGE,
) -> Edit:
    """Change what a job says, merging with others; blocking or not moves its unit accordingly.

    `values` never hold the state: that is `take_step`. Raises NotFound, EditConflict, InvalidInput.
    """
    job = await editing.lock(work, Maintenance, job_id)
    equipment = await editing.lock(work, Equipment, job.equipment_id, deleted=True)
    unit = await _lock_unit(work, job)
    blocked = job.blocks
    if values.get("assignee_id") != job.assignee_id:
        await _check_assignee(work, values.get("assignee_id"))
    if job.state in policy.OPEN and ("quantity" in values or "blocks" in values):
        amount, blocks = values.get("quantity", job.quantity), values.get("blocks", job.blocks)
        _check_amount(equipment, unit, amount, blocks=blocks)
    edit = await editing.edit(work, job, values, version=version, strategy=strategy)
    if (blocked or job.blocks) and job.state in policy.OPEN:
        await _place_unit(work, unit)
    return edit


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
        await _check_assignee(work, given["assignee_id"])
    if state in policy.CLOSED:
        given["resolved_at"] = now()
    unit = await _lock_unit(work, job)
    edit = await editing.edit(work, job, given, version=None, action=f"maintenance.{state}")
    if state == policy.WRITTEN_OFF:
        await _write_off(work, job, unit)
    elif job.blocks:
        await _place_unit(work, unit)
    return job, edit


async def delete_job(work: UnitOfWork, job_id: int, *, version: int | None) -> Maintenance:
    """Delete a job so that it can be restored; its unit is free again. Raises NotFound, EditConflict."""
    job = await editing.lock(work, Maintenance, job_id)
    unit = await _lock_unit(work, job)
    await editing.delete(work, job, version=version)
    if job.blocks and job.state in policy.OPEN:
        await _place_unit(work, unit)
    return job


async def restore_job(work: UnitOfWork, job_id: int) -> Maintenance:
    """Take a delete back; an open job that blocks holds its unit again. Raises NotFound."""
    job = await editing.lock(work, Maintenance, job_id, deleted=True)
    unit = await _lock_unit(work, job)
    await editing.edit(work, job, {"deleted_at": None}, version=None)
    if job.blocks and job.state in policy.OPEN:
        await _place_unit(work, unit)
    return job


async def undo_step(work: UnitOfWork, job_id: int, operation: UUID) -> None:
    """Take back all that one step of a job did. Raises NotFound, or Conflict saying what is in the way."""
    of_job = select(Change.id).where(
        Change.operation == operation, Change.entity == "maintenance", Change.entity_id == job_id
    )
    if await work.session.scalar(of_job) is None:
        raise NotFound("There is nothing to undo.")
    _, problems = await undo_operation(work, str(operation))
    if problems:
        raise Conflict(" ".join(problems))


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


async def _lock_unit(work: UnitOfWork, job: Maintenance) -> Unit | None:
    """The unit of a job; one that is deleted is left alone."""
    if job.unit_id is None:
        return None
    unit = await editing.lock(work, Unit, job.unit_id, deleted=True)
    return unit if unit.deleted_at is None else None


def _check_amount(equipment: Equipment, unit: Unit | None, quantity: int, *, blocks: bool) -> None:
    if equipment.tracking == "serialized" and unit is None and blocks:
        raise InvalidInput({"unit_id": "Say which unit is out of service, or take “out of service” away."})
    if unit is not None and quantity != 1:
        raise InvalidInput({"quantity": "A unit is one."})
    if unit is None and quantity > equipment.quantity:
        raise InvalidInput({"quantity": f"There are only {equipment.quantity} of {equipment.name}."})


async def _check_assignee(work: UnitOfWork, assignee_id: int | None) -> None:
    if assignee_id is None:
        return
    known = select(func.count()).select_from(User).where(User.id == assignee_id, User.active)
    if not await work.session.scalar(known):
        raise InvalidInput({"assignee_id": "Choose one of the list."})


async def _place_unit(work: UnitOfWork, unit: Unit | None) -> None:
    """Put a locked unit where its open, blocking jobs say it belongs."""
    if unit is None:
        return
    blocking = await work.session.scalars(
        select(Maintenance.state).where(
            Maintenance.unit_id == unit.id,
            Maintenance.blocks,
            Maintenance.state.in_(policy.OPEN),
            Maintenance.deleted_at.is_(None),
        )
    )
    state = policy.unit_state_after(unit.state, blocking.all())
    await editing.edit(work, unit, {"state": state}, version=None)


async def _write_off(work: UnitOfWork, job: Maintenance, unit: Unit | None) -> None:
    """Take what the job is about out of the stock."""
    if unit is not None:
        if unit.state in policy.IN_USE:
            raise Conflict(f"{unit.asset_tag} is in use. Bring it back before you write it off.")
        await editing.edit(work, unit, {"state": "written_off"}, version=None)
        return
    equipment = await editing.lock(work, Equipment, job.equipment_id, deleted=True)
    if equipment.tracking == "serialized":
        raise Conflict("This job names no unit. Write the units off one by one.")
    if job.quantity > equipment.quantity:
        raise Conflict(f"Only {equipment.quantity} of {equipment.name} are left: change the quantity first.")
    await editing.edit(work, equipment, {"quantity": equipment.quantity - job.quantity}, version=None)
