"""Adding gear one by one, by hand or by scanning: what stands on the event already becomes more."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import Event, Rental
from app.domain.events import policy
from app.domain.events.allocation import allocate_also
from app.domain.events.noted_units import ScannedUnit, note, tags_on_event
from app.domain.events.picker_queries import exactly, line_to_raise
from app.domain.events.rentals import add_rental, edit_rental
from app.lib import editing
from app.lib.errors import Conflict
from app.lib.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Picked:
    """What became of gear that was picked: a line that is new, or one that has more now."""

    line: Rental
    is_new: bool
    tag: str = ""

    @property
    def words(self) -> str:
        """It in a receipt."""
        if self.tag:
            return f"{self.tag}: {self.line.quantity} \N{MULTIPLICATION SIGN} {self.line.name}"
        if self.is_new:
            return self.line.label
        return f"{self.line.name}: now {self.line.quantity}"


async def pick(
    work: UnitOfWork, event_id: int, equipment_id: int, quantity: int, *, overbook_reason: str = ""
) -> Picked:
    """Add so many pieces: to the plain line of this equipment, or as a new one.

    Raises NotFound, Conflict, InvalidInput, Shortage.
    """
    await editing.lock(work, Event, event_id)
    present = await line_to_raise(await work.session.connection(), event_id, equipment_id)
    if present is None:
        values = {"quantity": quantity}
        added = await add_rental(work, event_id, equipment_id, values, overbook_reason=overbook_reason)
        return Picked(added, is_new=True)
    more = {"quantity": present.quantity + quantity}
    await edit_rental(work, present.id, more, version=None, overbook_reason=overbook_reason)
    return Picked(await work.session.get_one(Rental, present.id), is_new=False)


async def pick_unit(
    work: UnitOfWork, event_id: int, unit: ScannedUnit, *, overbook_reason: str = ""
) -> Picked:
    """Add one unit by its tag: one piece more, unless the line has as many as there are units already.

    What takes stock is bound to it; a draft remembers the tag (see noted_units). Raises Conflict for a unit
    that is on the list already, gone or promised elsewhere, and as `pick` does.
    """
    event = await editing.lock(work, Event, event_id)
    reading = await work.session.connection()
    on_list = await tags_on_event(reading, event_id, unit.equipment_id)
    if any(unit.asset_tag in tags for tags in on_list.values()):
        raise Conflict(f"{unit.asset_tag} is on the list already.")
    if unit.is_gone:
        raise Conflict(f"{unit.asset_tag} is out of service for good.")
    present = await line_to_raise(reading, event_id, unit.equipment_id)
    tags = on_list.get(present.id, []) if present else []
    if present and len(tags) < present.quantity and present.quantity >= unit.stock:
        picked = Picked(await work.session.get_one(Rental, present.id), is_new=False)
    else:
        picked = await pick(work, event_id, unit.equipment_id, 1, overbook_reason=overbook_reason)
    if event.status in policy.BINDING:
        await allocate_also(work, picked.line.id, [unit.id])
    else:
        await note(work, picked.line, tags, unit.asset_tag)
    return Picked(picked.line, picked.is_new, unit.asset_tag)


async def meant_exactly(reading: AsyncConnection, words: str) -> int | None:
    """The one equipment that has these words as its SKU, name or the tag of a unit."""
    found = await exactly(reading, words) if words else []
    return found[0] if len(found) == 1 else None
