"""What was added at the bench and waits for the office."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from app.domain.availability.queries import Connection
from app.web.viewer import Person

_TO_APPROVE = text(
    """
    select r.id, r.name, r.quantity, r.notes, c.at, c.actor_id,
      coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username, '') as person, u.avatar
    from rental r
    left join lateral (
      select at, actor_id from change
      where entity = 'rental' and entity_id = r.id and action = 'rental.added_at_bench'
      order by id desc limit 1) c on true
    left join user_account u on u.id = c.actor_id
    where r.event_id = :event_id and r.added_at_bench and r.deleted_at is null
    order by r.position, r.id
    """
)


@dataclass(frozen=True, slots=True)
class Added:
    """A line that came from the bench, or got more there: who did it last, and when."""

    rental_id: int
    name: str
    quantity: int
    notes: str
    person: Person | None
    at: datetime | None


async def to_approve(connection: Connection, event_id: int) -> Sequence[Added]:
    """The lines of an event that the office has not agreed to yet. One statement."""
    rows = await connection.execute(_TO_APPROVE, {"event_id": event_id})
    return [
        Added(
            row.id,
            row.name,
            row.quantity,
            row.notes,
            Person(row.actor_id, row.person, row.avatar) if row.actor_id else None,
            row.at,
        )
        for row in rows
    ]
