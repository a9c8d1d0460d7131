"""Commands on sub-hires: facts, never refused for what they do to the plan, which is told instead."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.db.models import Client, Equipment, SubHire
from app.domain.availability.service import Supply, require_free
from app.domain.availability.shortage import EquipmentShortage, Shortage, missing_words
from app.domain.sub_hire import policy
from app.domain.sub_hire.fields import STATUS_STATES
from app.domain.sub_hire.rules import SubHireRules
from app.lib import editing
from app.lib.clock import now
from app.lib.editing import Edit, Strategy
from app.lib.errors import Conflict, InvalidInput
from app.lib.rules import register
from app.lib.unit_of_work import UnitOfWork

register(SubHire.entity, SubHireRules())

WRITABLE = (
    "equipment_id", "supplier_id", "event_id", "quantity", "start_at", "end_at", "returned_at", "cost",
    "reference", "notes",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command did to a sub-hire, and what is short where it brings less than before."""

    sub_hire: SubHire
    edit: Edit
    shortages: tuple[EquipmentShortage, ...] = ()

    @property
    def missing(self) -> str:
        """What is short now and whom it concerns, in words; empty when nothing is."""
        return missing_words(self.shortages)


async def create_sub_hire(work: UnitOfWork, values: Mapping[str, Any]) -> SubHire:
    """Hire gear in: a draft, or with `status` "ordered" an order. Raises InvalidInput.

    `equipment_id`, `supplier_id`, `quantity`, `start_at` and `end_at` are required.
    """
    missing = {
        name: message
        for name, message in (
            ("equipment_id", "Choose the equipment."),
            ("supplier_id", "Choose the supplier."),
            ("quantity", "Write a number."),
        )
        if values.get(name) is None
    }
    if missing:
        raise InvalidInput(missing)
    await _require_supplier(work, values["supplier_id"])
    equipment = await work.session.get(Equipment, values["equipment_id"])
    if equipment is not None and equipment.archived:
        raise InvalidInput({"equipment_id": f"{equipment.name} is archived."})
    given = {name: values[name] for name in WRITABLE if name in values and name != "returned_at"}
    # a draft may say which; what is not there yet is noted as none
    given.setdefault("start_at", None)
    given.setdefault("end_at", None)
    sub_hire = SubHire(
        **given, status=values.get("status", policy.DRAFT), name=equipment.name if equipment else ""
    )
    return await editing.create(work, sub_hire)


async def edit_sub_hire(
    work: UnitOfWork,
    sub_hire_id: int,
    values: Mapping[str, Any],
    *,
    version: int | None,
    strategy: Strategy = Strategy.MERGE,
) -> Outcome:
    """Change a sub-hire, merging with others. Its state follows from steps.

    Raises NotFound, EditConflict, InvalidInput.
    """
    sub_hire = await editing.lock(work, SubHire, sub_hire_id)
    before = _supply(sub_hire)
    given = {name: values[name] for name in WRITABLE if name in values}
    if given.get("supplier_id", sub_hire.supplier_id) != sub_hire.supplier_id:
        await _require_supplier(work, given["supplier_id"])
    edit = await editing.edit(work, sub_hire, given, version=version, strategy=strategy)
    return await _outcome(work, sub_hire, edit, before)


async def take_step(
    work: UnitOfWork, sub_hire_id: int, step: str, values: Mapping[str, Any] | None = None
) -> Outcome:
    """Order, receive, return, cancel or reopen. To return may say when (`returned_at`): now unless given.

    Raises NotFound, Conflict when the state does not allow it, InvalidInput.
    """
    sub_hire = await editing.lock(work, SubHire, sub_hire_id)
    before = _supply(sub_hire)
    status = policy.status_after(sub_hire.status, step)
    if status is None:
        word = STATUS_STATES[sub_hire.status][0].lower()
        raise Conflict(f"“{sub_hire.label}” is {word}: this step does not follow.")
    given: dict[str, Any] = {"status": status}
    if step == policy.RETURN:
        given["returned_at"] = (values or {}).get("returned_at") or now()
    edit = await editing.edit(work, sub_hire, given, version=None, action=f"sub_hire.{status}")
    return await _outcome(work, sub_hire, edit, before)


async def delete_sub_hire(work: UnitOfWork, sub_hire_id: int, *, version: int | None) -> Outcome:
    """Delete a sub-hire so that it can be restored; it brings nothing any more.

    Raises NotFound, EditConflict.
    """
    sub_hire = await editing.lock(work, SubHire, sub_hire_id)
    before = _supply(sub_hire)
    edit = await editing.delete(work, sub_hire, version=version)
    return await _outcome(work, sub_hire, edit, before)


async def restore_sub_hire(work: UnitOfWork, sub_hire_id: int) -> SubHire:
    """Take a delete back; it brings what it brought. Raises NotFound."""
    sub_hire = await editing.lock(work, SubHire, sub_hire_id, deleted=True)
    await editing.restore(work, sub_hire)
    return sub_hire


def _supply(sub_hire: SubHire) -> Supply | None:
    return policy.supply_of({name: getattr(sub_hire, name) for name in sub_hire.editable})


async def _outcome(work: UnitOfWork, sub_hire: SubHire, edit: Edit, before: Supply | None) -> Outcome:
    if before is None:
        return Outcome(sub_hire, edit)
    try:
        await require_free(work, before.less(_supply(sub_hire)))
    except Shortage as shortage:
        return Outcome(sub_hire, edit, shortage.shortages)
    return Outcome(sub_hire, edit)


async def _require_supplier(work: UnitOfWork, client_id: int) -> None:
    client = await work.session.get(Client, client_id)
    if client is not None and client.deleted_at is None and not client.supplier:
        raise InvalidInput({"supplier_id": f"{client.name} is no supplier. Say so on its page first."})
