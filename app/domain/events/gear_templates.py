"""Commands on gear templates: lists of gear with a name that are put onto events as a whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from app.db.models import Equipment, Event, GearTemplate, GearTemplateLine, Rental
from app.domain.events.rentals import NewLine, add_rentals
from app.lib import editing
from app.lib.commands import Commands
from app.lib.errors import Conflict, InvalidInput
from app.lib.rules import Rules, Write, register
from app.lib.unit_of_work import UnitOfWork

WRITABLE = ("name", "notes")
_COPIED = ("equipment_id", "quantity", "heading", "notes", "optional")


class GearTemplateRules(Rules[GearTemplate]):
    """A template has a name that no other one has."""

    async def check(self, work: UnitOfWork, writes: Sequence[Write[GearTemplate]]) -> None:
        """Raises InvalidInput."""
        for write in writes:
            if not write.after["name"]:
                raise InvalidInput({"name": "Give it a name."})
            taken = select(GearTemplate.id).where(
                func.fold(GearTemplate.name) == func.fold(write.after["name"]),
                GearTemplate.deleted_at.is_(None),
                GearTemplate.id != (write.subject.id or 0),
            )
            if await work.session.scalar(taken.limit(1)) is not None:
                raise InvalidInput({"name": "There is a template with this name already."})


register(GearTemplate.entity, GearTemplateRules())

_TEMPLATES = Commands(GearTemplate, WRITABLE)

edit_template = _TEMPLATES.edit
"""Give a template another name or other notes. Raises NotFound, EditConflict, InvalidInput."""
delete_template = _TEMPLATES.delete
"""Delete a template so that it can be restored. Raises NotFound, EditConflict."""
restore_template = _TEMPLATES.restore
"""Take a delete back. Raises NotFound, InvalidInput where another one has its name now."""


@dataclass(frozen=True, slots=True)
class PutOn:
    """The lines that came onto an event, and how many were left out because their equipment is archived."""

    lines: tuple[Rental, ...]
    left_out: tuple[str, ...]


async def save_template(work: UnitOfWork, event_id: int, values: Mapping[str, Any]) -> GearTemplate:
    """Keep the gear of an event as a template. Raises NotFound, Conflict, InvalidInput."""
    event = await editing.lock(work, Event, event_id)
    rows = await work.session.scalars(
        select(Rental)
        .where(Rental.event_id == event_id, Rental.deleted_at.is_(None), Rental.accessory_of_id.is_(None))
        .order_by(Rental.position, Rental.id)
    )
    lines = rows.all()
    if not lines:
        raise Conflict(f"“{event.name}” has no gear to keep.")
    given = {name: values[name] for name in WRITABLE if name in values}
    template = await editing.create(work, GearTemplate(**given))
    for position, line in enumerate(lines, 1):
        kept = {name: getattr(line, name) for name in _COPIED}
        work.session.add(GearTemplateLine(template_id=template.id, position=position, **kept))
    await work.session.flush()
    return template


async def put_on_event(
    work: UnitOfWork, template_id: int, event_id: int, *, overbook_reason: str = ""
) -> PutOn:
    """Add the lines of a template to an event, all of them or none; archived equipment is left out.

    Raises NotFound, Conflict, InvalidInput, Shortage.
    """
    template = await editing.lock(work, GearTemplate, template_id)
    rows = await work.session.execute(
        select(GearTemplateLine, Equipment)
        .join(Equipment, Equipment.id == GearTemplateLine.equipment_id)
        .where(GearTemplateLine.template_id == template_id)
        .order_by(GearTemplateLine.position, GearTemplateLine.id)
    )
    wanted, left_out = list[NewLine](), list[str]()
    for line, equipment in rows:
        if equipment.archived or equipment.deleted_at is not None:
            left_out.append(equipment.name)
        else:
            values = {name: getattr(line, name) for name in _COPIED if name != "equipment_id"}
            wanted.append(NewLine(equipment.id, values))
    if not wanted:
        raise Conflict(f"Nothing of “{template.name}” can be rented any more.")
    added = await add_rentals(work, event_id, wanted, overbook_reason=overbook_reason)
    return PutOn(tuple(added), tuple(left_out))
