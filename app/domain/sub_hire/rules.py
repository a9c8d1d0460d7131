"""What has to hold for sub-hires, and what they bring to the stock."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from app.db.models import Client, Equipment, Event, SubHire
from app.domain.availability.service import write_supply
from app.domain.events.policy import LONGEST
from app.domain.sub_hire.fields import MOST
from app.domain.sub_hire.policy import supply_of
from app.lib.clock import now
from app.lib.errors import InvalidInput
from app.lib.rules import Rules, Write
from app.lib.unit_of_work import UnitOfWork


class SubHireRules(Rules[SubHire]):
    """So many of an equipment that is there, from a client that is there, for a sensible period.

    Its reservation follows whatever is written: by a form, a step, a merge, an undo.
    """

    async def check(self, work: UnitOfWork, writes: Sequence[Write[SubHire]]) -> None:
        """Raises InvalidInput with every field at fault."""
        for write in writes:
            errors = _period_errors(write.after)
            quantity = write.after["quantity"]
            if not isinstance(quantity, int) or not 1 <= quantity <= MOST:
                errors["quantity"] = f"Write a number between 1 and {MOST:,}."
            errors |= await _reference_errors(work, write)
            if errors:
                raise InvalidInput(errors)

    async def written(self, work: UnitOfWork, write: Write[SubHire]) -> None:
        """Bring to the stock what it says now."""
        subject = write.subject
        if write.is_new or write.sets("equipment_id"):
            equipment = await work.session.get_one(Equipment, subject.equipment_id)
            subject.name = equipment.name
        supply = supply_of({name: getattr(subject, name) for name in subject.editable})
        if write.is_new or supply != supply_of(write.before):
            await write_supply(work, subject.id, supply)


def _period_errors(after: Mapping[str, Any]) -> dict[str, str]:
    start, end, returned_at = after["start_at"], after["end_at"], after["returned_at"]
    errors = dict[str, str]()
    if start is None:
        errors["start_at"] = "Say when it comes."
    if end is None:
        errors["end_at"] = "Say when it has to be back."
    if start is not None and end is not None:
        if end <= start:
            errors["end_at"] = "It goes back after it came."
        elif end - start > LONGEST:
            errors["end_at"] = "More than ten years is too long."
    if (after["status"] == "returned") != (returned_at is not None):
        errors["returned_at"] = (
            "Say when it went back." if returned_at is None else "It has not gone back yet."
        )
    elif returned_at is not None and returned_at > now():
        errors["returned_at"] = "This is still to come."
    return errors


async def _reference_errors(work: UnitOfWork, write: Write[SubHire]) -> dict[str, str]:
    errors = dict[str, str]()
    wanted = (
        ("equipment_id", Equipment, "This equipment does not exist."),
        ("supplier_id", Client, "This client does not exist."),
        ("event_id", Event, "This event does not exist."),
    )
    for name, model, message in wanted:
        key = write.after[name]
        # what it is about may be deleted later; that does not keep the record from being written
        if key is None or not write.sets(name) or bool(write.is_new and write.subject.id):
            continue
        found = select(model.id).where(model.id == key, model.deleted_at.is_(None))
        if await work.session.scalar(found.with_for_update(read=True, key_share=True)) is None:
            errors[name] = message
    return errors
