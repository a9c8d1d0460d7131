"""Commands on the lines of an event."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from app.db.models import Equipment, Event, Rental
from app.domain.events import policy
from app.domain.events.booking import rebook
from app.domain.events.rules import RentalRules
from app.lib import editing
from app.lib.editing import Edit, Strategy
from app.lib.errors import Conflict, InvalidInput, NotFound
from app.lib.rules import register
from app.lib.unit_of_work import UnitOfWork

WRITABLE = (
    "quantity", "start_at", "end_at", "prep_minutes", "turnaround_minutes", "heading", "name", "position",
    "notes", "optional",
)  # fmt: skip
_BOOKED = frozenset({"quantity", "start_at", "end_at", "prep_minutes", "turnaround_minutes", "optional"})

register(Rental.entity, RentalRules())


async def add_rental(
    work: UnitOfWork,
    event_id: int,
    equipment_id: int,
    values: Mapping[str, Any],
    *,
    overbook_reason: str = "",
) -> Rental:
    """Add a line to an event that is not over. Raises NotFound, Conflict, InvalidInput, Shortage."""
    event = await _open_event(work, event_id)
    equipment = await _equipment(work, equipment_id)
    given = {name: values[name] for name in WRITABLE if name in values}
    last = await work.session.scalar(select(func.max(Rental.position)).where(Rental.event_id == event_id))
    defaults: dict[str, Any] = {"quantity": 1, "name": equipment.name, "position": (last or 0) + 1}
    rental = Rental(event_id=event_id, equipment_id=equipment.id, **{**defaults, **given})
    await editing.create(work, rental)
    await rebook(work, event, overbook_reason=overbook_reason)
    return rental


async def edit_rental(
    work: UnitOfWork,
    rental_id: int,
    values: Mapping[str, Any],
    *,
    version: int | None,
    strategy: Strategy = Strategy.MERGE,
    overbook_reason: str = "",
) -> Edit:
    """Change a line, merging with others. Raises NotFound, EditConflict, InvalidInput, Shortage."""
    event, rental = await _event_and_rental(work, rental_id)
    given = {name: values[name] for name in WRITABLE if name in values}
    edit = await editing.edit(work, rental, given, version=version, strategy=strategy)
    if _BOOKED.intersection(edit.changed):
        await rebook(work, event, overbook_reason=overbook_reason)
    return edit


async def remove_rental(work: UnitOfWork, rental_id: int, *, version: int | None) -> Rental:
    """Take a line off an event, so that it can be restored. Raises NotFound, EditConflict, Conflict."""
    event, rental = await _event_and_rental(work, rental_id)
    await editing.delete(work, rental, version=version)
    await rebook(work, event)
    return rental


async def restore_rental(work: UnitOfWork, rental_id: int) -> Rental:
    """Put a removed line back. Raises NotFound, Conflict, Shortage."""
    event, rental = await _event_and_rental(work, rental_id, deleted=True)
    await editing.restore(work, rental)
    await rebook(work, event)
    return rental


async def _open_event(work: UnitOfWork, event_id: int) -> Event:
    try:
        event = await editing.lock(work, Event, event_id)
    except NotFound as error:
        raise InvalidInput({"event_id": "This event does not exist."}) from error
    if event.status not in policy.OPEN:
        raise Conflict(f"“{event.name}” is {policy.STATUS_WORDS[event.status]}: nothing can be added.")
    return event


async def _event_and_rental(
    work: UnitOfWork, rental_id: int, *, deleted: bool = False
) -> tuple[Event, Rental]:
    """Lock the event first, then its line: every booking takes them in this order."""
    event_id = await work.session.scalar(select(Rental.event_id).where(Rental.id == rental_id))
    if event_id is None:
        raise NotFound("This line does not exist, or was deleted.")
    event = await editing.lock(work, Event, event_id)
    if event.status not in policy.OPEN:
        raise Conflict(f"“{event.name}” is {policy.STATUS_WORDS[event.status]}: its lines stay as they are.")
    return event, await editing.lock(work, Rental, rental_id, deleted=deleted)


async def _equipment(work: UnitOfWork, equipment_id: int) -> Equipment:
    equipment = await work.session.get(Equipment, equipment_id)
    if equipment is None or equipment.deleted_at is not None:
        raise InvalidInput({"equipment_id": "This equipment does not exist."})
    if equipment.archived:
        raise InvalidInput({"equipment_id": f"{equipment.name} is archived."})
    return equipment
