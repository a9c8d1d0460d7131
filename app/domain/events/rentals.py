"""Commands on the lines of an event."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from app.db.models import Equipment, Event, Rental
from app.domain.events import policy
from app.domain.events.accessories import included_with, lines_along
from app.domain.events.booking import book_added, rebook
from app.domain.events.demand import Line
from app.domain.events.line_order import SPACING
from app.domain.events.rules import RentalRules
from app.lib import editing
from app.lib.batches import create_all
from app.lib.editing import Edit, Strategy
from app.lib.errors import Conflict, InvalidInput, NotFound
from app.lib.rules import register
from app.lib.unit_of_work import UnitOfWork

WRITABLE = (
    "quantity", "start_at", "end_at", "prep_minutes", "turnaround_minutes", "heading", "name", "position",
    "notes", "optional",
)  # fmt: skip
NEW = (*WRITABLE, "accessory_of_id", "kit_id")
_BOOKED = frozenset({"quantity", "start_at", "end_at", "prep_minutes", "turnaround_minutes", "optional"})

register(Rental.entity, RentalRules())


@dataclass(frozen=True, slots=True)
class NewLine:
    """Equipment to put on an event; `values` are fields of NEW, a quantity of 1 unless given."""

    equipment_id: int
    values: Mapping[str, Any]


async def add_rental(
    work: UnitOfWork,
    event_id: int,
    equipment_id: int,
    values: Mapping[str, Any],
    *,
    overbook_reason: str = "",
) -> Rental:
    """Add a line to an event that is not over. Raises NotFound, Conflict, InvalidInput, Shortage."""
    line = NewLine(equipment_id, values)
    (added,) = await add_rentals(work, event_id, [line], overbook_reason=overbook_reason)
    return added


async def add_rentals(
    work: UnitOfWork, event_id: int, lines: Sequence[NewLine], *, overbook_reason: str = ""
) -> list[Rental]:
    """Add lines to an event that is not over, all of them or none, in this order behind those it has.

    What is included with the equipment comes along. Returns the lines asked for. Raises NotFound,
    Conflict, InvalidInput, Shortage.
    """
    event = await _open_event(work, event_id)
    equipment = await _equipment(work, [line.equipment_id for line in lines])
    last = await work.session.scalar(select(func.max(Rental.position)).where(Rental.event_id == event_id))
    added = list[Rental]()
    for place, line in enumerate(lines, 1):
        known = equipment[line.equipment_id]
        given = {name: line.values[name] for name in NEW if name in line.values}
        defaults: dict[str, Any] = {
            "quantity": 1,
            "name": known.name,
            "position": (last or 0) + SPACING * place,
        }
        added.append(Rental(event_id=event_id, equipment_id=known.id, **{**defaults, **given}))
    await create_all(work, added)
    included = await included_with(work, equipment)
    along = [one for line in added for one in lines_along(line, included.get(line.equipment_id, ()))]
    if along:
        await create_all(work, along)
        equipment |= await _equipment(work, [one.equipment_id for one in along])
    lines_added = [Line(rental, equipment[rental.equipment_id]) for rental in (*added, *along)]
    await book_added(work, event, lines_added, overbook_reason=overbook_reason)
    return added


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
    event, rental = await event_and_rental(work, rental_id)
    given = {name: values[name] for name in WRITABLE if name in values}
    edit = await editing.edit(work, rental, given, version=version, strategy=strategy)
    if _BOOKED.intersection(edit.changed):
        await rebook(work, event, overbook_reason=overbook_reason)
    return edit


async def remove_rental(work: UnitOfWork, rental_id: int, *, version: int | None) -> Rental:
    """Take a line off an event, so that it can be restored. Raises NotFound, EditConflict, Conflict."""
    event, rental = await event_and_rental(work, rental_id)
    await editing.delete(work, rental, version=version)
    await rebook(work, event)
    return rental


async def remove_rentals(work: UnitOfWork, event_id: int, chosen: Mapping[int, int]) -> list[Rental]:
    """Take lines off an event, each at the version that was seen; all of them or none.

    Those that are gone already are passed over. Raises NotFound, EditConflict, Conflict.
    """
    event = await editing.lock(work, Event, event_id)
    refuse_over(event)
    rentals = await live_lines(work, event_id, chosen)
    for rental in rentals:
        if rental.deleted_at is None:  # it may have gone along with another of them
            await editing.delete(work, rental, version=chosen[rental.id])
    await rebook(work, event)
    return rentals


async def live_lines(
    work: UnitOfWork, event_id: int, rental_ids: Iterable[int] | None = None
) -> list[Rental]:
    """The lines of a locked event (or these of them), locked, in order."""
    statement = select(Rental).where(Rental.event_id == event_id, Rental.deleted_at.is_(None))
    if rental_ids is not None:
        statement = statement.where(Rental.id.in_(sorted(rental_ids)))
    locked = statement.order_by(Rental.id).with_for_update(key_share=True)
    found = await work.session.scalars(locked.execution_options(populate_existing=True))
    return sorted(found, key=lambda rental: (rental.position, rental.id))


async def restore_rental(work: UnitOfWork, rental_id: int) -> Rental:
    """Put a removed line back. Raises NotFound, Conflict, Shortage."""
    _event, rental = await event_and_rental(work, rental_id, deleted=True)
    await editing.restore(work, rental)
    return rental


def refuse_over(event: Event) -> None:
    """Raise Conflict for an event whose lines stay as they are."""
    if event.status not in policy.OPEN:
        raise Conflict(f"“{event.name}” is {policy.STATUS_WORDS[event.status]}: its lines stay as they are.")


async def _open_event(work: UnitOfWork, event_id: int) -> Event:
    try:
        event = await editing.lock(work, Event, event_id)
    except NotFound as error:
        raise InvalidInput({"event_id": "This event does not exist."}) from error
    if event.status not in policy.OPEN:
        raise Conflict(f"“{event.name}” is {policy.STATUS_WORDS[event.status]}: nothing can be added.")
    return event


async def event_and_rental(
    work: UnitOfWork, rental_id: int, *, deleted: bool = False
) -> tuple[Event, Rental]:
    """Lock the event first, then its line: every booking takes them in this order."""
    event_id = await work.session.scalar(select(Rental.event_id).where(Rental.id == rental_id))
    if event_id is None:
        raise NotFound("This line does not exist, or was deleted.")
    event = await editing.lock(work, Event, event_id)
    refuse_over(event)
    return event, await editing.lock(work, Rental, rental_id, deleted=deleted)


async def _equipment(work: UnitOfWork, equipment_ids: Sequence[int]) -> dict[int, Equipment]:
    """The equipment by id. Raises InvalidInput naming what is archived."""
    found = await work.session.scalars(
        select(Equipment).where(Equipment.id.in_(equipment_ids), Equipment.deleted_at.is_(None))
    )
    known = {one.id: one for one in found}
    if len(known) < len(set(equipment_ids)):
        raise InvalidInput({"equipment_id": "This equipment does not exist."})
    archived = [one.name for one in known.values() if one.archived]
    if archived:
        are = "is" if len(archived) == 1 else "are"
        raise InvalidInput({"equipment_id": f"{', '.join(sorted(archived))} {are} archived."})
    return known
