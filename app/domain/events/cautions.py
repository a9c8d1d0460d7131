"""What is odd about an event and may be so all the same: said in words, never refused."""

from datetime import datetime
from typing import Any

from sqlalchemy import case, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.db.models import Client, Equipment, Event, Rental
from app.domain.events.policy import CONFIRMED, DRAFT, HELD, OPEN, QUOTED, REQUESTED
from app.lib.clock import now

PAST = "These dates are over."
NO_GEAR = "There is no gear on this event: nothing is booked by confirming it."
_NAMED = 3
_AFTER_THE_START = "The hold ends only after the gear goes out."
_AFTER_THE_END = "The hold ends only after the gear is back."


def is_past(event: Any) -> bool:
    """Whether an event that is not confirmed yet is over."""
    return event.out_end <= now() and event.status in (DRAFT, QUOTED, REQUESTED, HELD)


def caution_of_hold(event: Any, expires_at: datetime | None) -> str:
    """What is odd about a hold until then; nothing where it ends before the gear goes out.

    A hold beyond the end of an event is refused, unless that is over already.
    """
    if expires_at is None or expires_at <= event.out_start:
        return ""
    if expires_at <= event.out_end:
        return _AFTER_THE_START
    return _AFTER_THE_END if event.out_end <= now() else ""


def caution_of_client(reason: str) -> str:
    """What is said of a client that is blocked for this reason; nothing without one."""
    return f"The client is blocked: {reason}" if reason else ""


async def caution_of_archived(reading: AsyncConnection | AsyncSession, event_id: int) -> str:
    """Which gear on an event is archived by now; nothing where none is."""
    archived = (
        select(Rental.name)
        .join(Equipment, Equipment.id == Rental.equipment_id)
        .where(Rental.event_id == event_id, Rental.deleted_at.is_(None), ~Rental.optional)
        .where(Equipment.archived)
        .group_by(Rental.name)
        .order_by(Rental.name)
    )
    names = (await reading.execute(archived)).scalars().all()
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"Archived by now: {', '.join(names[:_NAMED])}{more}." if names else ""


async def cautions_of_confirming(reading: AsyncConnection | AsyncSession, event: Any) -> list[str]:
    """What is odd about confirming an event (EventFacts), which asks first."""
    found = [
        "" if event.pieces else NO_GEAR,
        caution_of_client(event.client_warning),
        await caution_of_archived(reading, event.id),
    ]
    return [one for one in found if one]


async def cautions_about(reading: AsyncConnection | AsyncSession, event_id: int) -> list[str]:
    """Everything that is odd about an event as it stands."""
    gear = select(Rental.id).where(Rental.event_id == Event.id, Rental.deleted_at.is_(None), ~Rental.optional)
    statement = (
        select(
            Event.status,
            Event.out_start,
            Event.out_end,
            Event.hold_expires_at,
            gear.exists().label("has_gear"),
            case((Client.blocked, Client.block_reason), else_="").label("block"),
        )
        .outerjoin(Client, Client.id == Event.client_id)
        .where(Event.id == event_id)
    )
    event = (await reading.execute(statement)).one()
    found = [
        PAST if is_past(event) else "",
        caution_of_hold(event, event.hold_expires_at),
        NO_GEAR if event.status == CONFIRMED and not event.has_gear else "",
        caution_of_client(event.block) if event.status in OPEN else "",
        await caution_of_archived(reading, event_id) if event.status == CONFIRMED else "",
    ]
    return [one for one in found if one]
