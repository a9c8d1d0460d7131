"""What the page of a client shows beside its own fields: its events, and the gear it has now."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import Event, Rental, Reservation
from app.domain.availability.lateness import overdue_at
from app.domain.clients.policy import OVER
from app.lib.clock import now

MOST_EVENTS = 50
MOST_PAST = 20
MOST_OUT = 100


@dataclass(frozen=True, slots=True)
class ClientEvent:
    """An event of a client."""

    id: int
    name: str
    venue: str
    status: str
    out_start: datetime
    out_end: datetime

    @property
    def is_out(self) -> bool:
        """Whether its gear should be out right now."""
        return self.status == "confirmed" and self.out_start <= now() < self.out_end


@dataclass(frozen=True, slots=True)
class GearOut:
    """So many pieces of an equipment that are with a client, when they are due, whether they are late."""

    equipment_id: int
    name: str
    event_id: int
    event_name: str
    quantity: int
    due: datetime
    is_late: bool


@dataclass(frozen=True, slots=True)
class Totals:
    """The events of a client in figures: all that are there, and what of them is still to come."""

    events: int
    confirmed: int
    upcoming: int


async def upcoming_events(reading: AsyncConnection, client_id: int) -> list[ClientEvent]:
    """The events of a client that are going on or to come, the next one first, at most MOST_EVENTS."""
    statement = _events(client_id, _is_ahead()).order_by(Event.out_start, Event.id).limit(MOST_EVENTS)
    return [ClientEvent(*row) for row in await reading.execute(statement)]


async def past_events(reading: AsyncConnection, client_id: int) -> list[ClientEvent]:
    """The events of a client that are over or will not be, the latest first, at most MOST_PAST."""
    order = (Event.out_start.desc(), Event.id.desc())
    statement = _events(client_id, ~_is_ahead()).order_by(*order).limit(MOST_PAST)
    return [ClientEvent(*row) for row in await reading.execute(statement)]


async def event_totals(reading: AsyncConnection, client_id: int) -> Totals:
    """How many events a client has and had."""
    statement = select(
        func.count(),
        func.count().filter(Event.status.in_(("confirmed", "closed"))),
        func.count().filter(_is_ahead()),
    ).where(Event.client_id == client_id, Event.deleted_at.is_(None))
    return Totals(*(await reading.execute(statement)).one())


async def gear_out(reading: AsyncConnection, client_id: int) -> list[GearOut]:
    """What a client has now, what is due first on top, at most MOST_OUT lines."""
    due = func.min(func.coalesce(Rental.end_at, Event.out_end))
    is_late = func.bool_or(overdue_at(now()))
    statement = (
        select(
            Reservation.equipment_id,
            Rental.name,
            Event.id,
            Event.name,
            func.sum(Reservation.quantity),
            due,
            is_late,
        )
        .join(Rental, Rental.id == Reservation.rental_id)
        .join(Event, Event.id == Reservation.event_id)
        .where(Event.client_id == client_id, Reservation.state == "out", Reservation.until_back)
        .group_by(Reservation.equipment_id, Rental.name, Event.id, Event.name)
        .order_by(due, Event.id, Rental.name)
        .limit(MOST_OUT)
    )
    return [GearOut(*row) for row in await reading.execute(statement)]


def _is_ahead() -> ColumnElement[bool]:
    return (Event.out_end > now()) & Event.status.not_in(OVER)


def _events(client_id: int, wanted: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    columns = [getattr(Event, one.name) for one in fields(ClientEvent)]
    return select(*columns).where(Event.client_id == client_id, Event.deleted_at.is_(None), wanted)
