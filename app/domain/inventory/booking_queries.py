"""Which events count on equipment."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.db.models import Event, Reservation
from app.lib.clock import now
from app.lib.sentences import counted

MOST_NAMED: Final = 5
_TAKING: Final = ("hold", "firm", "out")
_BINDING: Final = ("held", "requested", "confirmed")


@dataclass(frozen=True, slots=True)
class Booking:
    """An event that has equipment, or will."""

    id: int
    name: str
    status: str
    out_start: datetime
    out_end: datetime


@dataclass(frozen=True, slots=True)
class Bookings:
    """How many events have equipment or will, and the first MOST_NAMED of them by their start."""

    total: int
    named: tuple[Booking, ...]

    @property
    def words(self) -> str:
        """How many they are, and which is next: booked by 3 events, next by Summer Gala."""
        if not self.named:
            return "booked by no event"
        if self.total == 1:
            return f"booked by {self.named[0].name}"
        return f"booked by {counted(self.total, 'event')}, next by {self.named[0].name}"


async def bookings_of(reading: AsyncConnection | AsyncSession, equipment_id: int) -> Bookings:
    """The held, requested and confirmed events that take equipment and are not over, or have it still."""
    wanted = (
        select(Event.id, Event.name, Event.status, Event.out_start, Event.out_end)
        .join(Reservation, Reservation.event_id == Event.id)
        .where(
            Reservation.equipment_id == equipment_id,
            Reservation.state.in_(_TAKING),
            Event.deleted_at.is_(None),
            Event.status.in_(_BINDING),
            or_(Event.out_end > now(), Reservation.until_back),
        )
        .distinct()
        .subquery()
    )
    statement = (
        select(*wanted.c, func.count().over().label("total"))
        .order_by(wanted.c.out_start, wanted.c.id)
        .limit(MOST_NAMED)
    )
    rows = (await reading.execute(statement)).all()
    named = tuple(Booking(row.id, row.name, row.status, row.out_start, row.out_end) for row in rows)
    return Bookings(rows[0].total if rows else 0, named)
