"""The order in which quotes are locked: the event, the quote, its versions by id, what is said of lines."""

from sqlalchemy import select

from app.db.models import Event, Quote, QuoteVersion
from app.lib import editing
from app.lib.errors import NotFound
from app.lib.unit_of_work import UnitOfWork


async def hold_event_of(work: UnitOfWork, version_id: int) -> Event:
    """Lock the event that a version is for, before the version itself. Raises NotFound."""
    return await editing.lock(work, Event, (await _owners(work, version_id))[0])


async def hold_quote_of(work: UnitOfWork, version_id: int) -> Event:
    """Lock the event that a version is for and then its quote; returns the event. Raises NotFound."""
    event_id, quote_id = await _owners(work, version_id)
    event = await editing.lock(work, Event, event_id)
    await editing.lock(work, Quote, quote_id)
    return event


async def _owners(work: UnitOfWork, version_id: int) -> tuple[int, int]:
    # a version stays with its event and its quote, so nothing has to be held to read which they are
    statement = select(QuoteVersion.event_id, QuoteVersion.quote_id).where(QuoteVersion.id == version_id)
    row = (await work.session.execute(statement)).one_or_none()
    if row is None:
        raise NotFound("This version does not exist, or was deleted.")
    return row.event_id, row.quote_id
