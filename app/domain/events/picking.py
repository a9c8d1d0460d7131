"""Adding gear one by one, as when tags are scanned: what stands on the event already becomes more."""

from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import Event, Rental
from app.domain.events.picker_queries import exactly, line_to_raise
from app.domain.events.rentals import add_rental, edit_rental
from app.lib import editing
from app.lib.unit_of_work import UnitOfWork


async def pick(
    work: UnitOfWork, event_id: int, equipment_id: int, quantity: int, *, overbook_reason: str = ""
) -> Rental:
    """Add so many pieces: to the plain line of this equipment, or as a new one.

    Raises NotFound, Conflict, InvalidInput, Shortage.
    """
    await editing.lock(work, Event, event_id)
    present = await line_to_raise(await work.session.connection(), event_id, equipment_id)
    if present is None:
        values = {"quantity": quantity}
        return await add_rental(work, event_id, equipment_id, values, overbook_reason=overbook_reason)
    more = {"quantity": present.quantity + quantity}
    await edit_rental(work, present.id, more, version=None, overbook_reason=overbook_reason)
    return await work.session.get_one(Rental, present.id)


async def meant_exactly(reading: AsyncConnection, words: str) -> int | None:
    """The one equipment that has these words as its SKU, name or the tag of a unit."""
    found = await exactly(reading, words) if words else []
    return found[0] if len(found) == 1 else None
