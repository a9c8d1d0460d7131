"""What has to hold for maintenance jobs, and what they mean for their unit and the stock."""

from collections.abc import Sequence
from typing import ClassVar

from sqlalchemy import func, select

from app.db.models import Equipment, Maintenance, Unit, User
from app.domain.maintenance import policy
from app.lib import editing
from app.lib.errors import Conflict, InvalidInput
from app.lib.rules import Rules, Write
from app.lib.unit_of_work import UnitOfWork

_ABOUT_AMOUNT = ("quantity", "blocks")
_PLACING = ("state", "blocks", "deleted_at")


class MaintenanceRules(Rules[Maintenance]):
    """A job names what there is; its unit is where its open, blocking jobs say it belongs.

    What a step did to the unit or the stock is taken back with the step, or not at all.
    """

    taken_back_whole: ClassVar[bool] = True

    async def check(self, work: UnitOfWork, writes: Sequence[Write[Maintenance]]) -> None:
        """Raises InvalidInput at quantity, unit or assignee."""
        for write in writes:
            # equipment before unit, as whoever reports takes them
            equipment = await editing.lock(work, Equipment, write.subject.equipment_id, deleted=True)
            unit = await _lock_unit(work, write.subject)
            if write.after["state"] in policy.OPEN and write.sets(*_ABOUT_AMOUNT):
                _check_amount(equipment, unit, write.after["quantity"], blocks=write.after["blocks"])
            comes_back = write.is_new and bool(write.subject.id)
            if write.sets("assignee_id") and not comes_back:
                await _check_assignee(work, write.after["assignee_id"])

    async def written(self, work: UnitOfWork, write: Write[Maintenance]) -> None:
        """Take what is written off out of the stock, or put the unit where it belongs now."""
        if not write.sets(*_PLACING):
            return
        unit = await _lock_unit(work, write.subject)
        written_off = write.after["state"] == policy.WRITTEN_OFF
        if written_off and write.sets("state"):
            await _write_off(work, write.subject, unit)
        elif not written_off and (write.after["blocks"] or write.before.get("blocks")):
            await _place_unit(work, unit)


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
