"""The selects behind calendars that other programs subscribe to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import CalendarFeed, Client, Equipment, Event, Rental, User
from app.domain.calendar.policy import STATE_OF
from app.lib.clock import now
from app.lib.errors import NotFound
from app.web.permissions import CAPABILITIES, RENTAL_READ
from app.web.tokens import token_hash

PAST, AHEAD = timedelta(days=92), timedelta(days=550)
MOST = 5000
_NOTED_EVERY = timedelta(hours=1)
_READERS = [role for role, capabilities in CAPABILITIES.items() if RENTAL_READ in capabilities]


@dataclass(frozen=True, slots=True)
class FeedFacts:
    """A calendar that is read from outside: whose, of what."""

    id: int
    user_id: int
    scope: str
    equipment_id: int | None
    equipment_name: str | None


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """An event of a calendar that is read from outside; with `rental_id` it is `quantity` pieces of it."""

    id: int
    rental_id: int | None
    version: int
    updated_at: datetime
    name: str
    client_name: str | None
    venue: str
    status: str
    start_at: datetime
    end_at: datetime
    quantity: int


async def feeds_of(reading: AsyncConnection, user_id: int) -> Sequence[Any]:
    """The links of a person that are in force, newest first."""
    statement = (
        select(
            CalendarFeed.id, CalendarFeed.scope, CalendarFeed.equipment_id, CalendarFeed.created_at,
            CalendarFeed.read_at, Equipment.name.label("equipment_name"),
        )
        .outerjoin(Equipment, Equipment.id == CalendarFeed.equipment_id)
        .where(CalendarFeed.user_id == user_id, CalendarFeed.revoked_at.is_(None))
        .order_by(CalendarFeed.id.desc())
    )  # fmt: skip
    return (await reading.execute(statement)).all()


async def feed_by_secret(reading: AsyncConnection, secret: str) -> FeedFacts:
    """The calendar behind a link, when its person may still see it. Raises NotFound for anything else."""
    statement = (
        select(
            CalendarFeed.id,
            CalendarFeed.user_id,
            CalendarFeed.scope,
            CalendarFeed.equipment_id,
            Equipment.name.label("equipment_name"),
        )
        .join(User, User.id == CalendarFeed.user_id)
        .outerjoin(Equipment, Equipment.id == CalendarFeed.equipment_id)
        .where(CalendarFeed.secret_hash == token_hash(secret), CalendarFeed.revoked_at.is_(None))
        .where(User.active, User.role.in_(_READERS), Equipment.deleted_at.is_(None))
    )
    row = (await reading.execute(statement)).mappings().one_or_none()
    if row is None:
        raise NotFound("There is nothing at this address.")
    return FeedFacts(**row)


async def note_read(reading: AsyncConnection, feed_id: int) -> None:
    """Note that a link is in use, once an hour."""
    stale = or_(CalendarFeed.read_at.is_(None), CalendarFeed.read_at < now() - _NOTED_EVERY)
    await reading.execute(
        update(CalendarFeed).where(and_(CalendarFeed.id == feed_id, stale)).values(read_at=now())
    )


async def events_of(reading: AsyncConnection, feed: FeedFacts) -> list[FeedEvent]:
    """What a calendar shows: what is over for a quarter of a year, and a year and a half ahead."""
    of_equipment = feed.equipment_id is not None
    start = func.coalesce(Rental.start_at, Event.out_start) if of_equipment else Event.out_start
    end = func.coalesce(Rental.end_at, Event.out_end) if of_equipment else Event.out_end
    statement = (
        select(
            Event.id,
            (Rental.id if of_equipment else Event.id).label("line_id"),
            (func.greatest(Event.version, Rental.version) if of_equipment else Event.version).label(
                "version"
            ),
            (func.greatest(Event.updated_at, Rental.updated_at) if of_equipment else Event.updated_at).label(
                "updated_at"
            ),
            Event.name,
            Client.name.label("client_name"),
            Event.venue,
            Event.status,
            start.label("start_at"),
            end.label("end_at"),
            (Rental.quantity if of_equipment else Event.id).label("quantity"),
        )
        .outerjoin(Client, Client.id == Event.client_id)
        .where(Event.deleted_at.is_(None), Event.status.in_(STATE_OF), *_of(feed))
        .where(end > now() - PAST, start < now() + AHEAD)
        .order_by(start, Event.id)
        .limit(MOST)
    )
    if of_equipment:
        statement = statement.join(Rental, Rental.event_id == Event.id)
    rows = (await reading.execute(statement)).mappings()
    return [_event(dict(row), of_equipment=of_equipment) for row in rows]


def _of(feed: FeedFacts) -> list[ColumnElement[bool]]:
    if feed.scope == "person":
        return [Event.responsible_id == feed.user_id]
    if feed.equipment_id is not None:
        return [Rental.equipment_id == feed.equipment_id, Rental.deleted_at.is_(None), ~Rental.optional]
    return []


def _event(row: dict[str, Any], *, of_equipment: bool) -> FeedEvent:
    line_id, quantity = row.pop("line_id"), row.pop("quantity")
    return FeedEvent(
        **row, rental_id=line_id if of_equipment else None, quantity=quantity if of_equipment else 0
    )
