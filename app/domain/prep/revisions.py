"""The revision of an event's gear: how often its list was changed. Papers carry it, and show their age."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from app.domain.availability.queries import Connection

# which units are bound, and in which order lines stand, is not on the list of what to take
_CHANGES = """
    from change c left join user_account u on u.id = c.actor_id
    where (c.parent_entity = 'event' and c.parent_id = :event_id and c.entity = 'rental'
        and (c.action = 'rental.created'
          or c.fields ?| array['quantity', 'equipment_id', 'optional', 'deleted_at', 'start_at', 'end_at',
            'notes']))
      or (c.entity = 'event' and c.entity_id = :event_id and c.action <> 'event.created'
        and c.fields ?| array['out_start', 'out_end', 'venue', 'venue_address', 'deleted_at'])
"""
_COUNT = text("select count(*) " + _CHANGES)
_SINCE = text(
    """
    select c.at, c.label, c.action, c.entity, c.entity_id, c.fields,
      coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username, 'AV-RENTALS') as actor
    """
    + _CHANGES
    + " order by c.id offset :revision"
)


@dataclass(frozen=True, slots=True)
class GearChange:
    """One change of an event's list of gear or of its dates, as the change log has it."""

    at: datetime
    label: str
    action: str
    entity: str
    entity_id: int
    fields: dict[str, Any]
    actor: str


async def revision_of(connection: Connection, event_id: int) -> int:
    """How often the gear or the dates of an event were changed so far."""
    return int((await connection.execute(_COUNT, {"event_id": event_id})).scalar_one())


async def changes_since(connection: Connection, event_id: int, revision: int) -> Sequence[GearChange]:
    """What was changed after a revision, oldest first."""
    rows = await connection.execute(_SINCE, {"event_id": event_id, "revision": revision})
    return [GearChange(**row) for row in rows.mappings()]
