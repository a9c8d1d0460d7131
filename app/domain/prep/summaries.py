"""How far the bench is with an event, for the office: its steps, and who has acknowledged which change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from app.domain.availability.queries import Connection
from app.domain.prep.acknowledging import OfficeChange, has_begun, office_changes
from app.domain.prep.bench_queries import bench_event
from app.domain.prep.policy import FULFILMENT_WORDS, STEP_WORDS, fulfilment, progress
from app.domain.prep.queries import lines_of_event

SHOWN = 10
_ACKNOWLEDGED = text(
    """
    select c.label as name, c.at, c.fields -> 'known_quantity' ->> 0 as before,
      c.fields -> 'known_quantity' ->> 1 as after,
      coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username, 'AV-RENTALS') as person
    from change c left join user_account u on u.id = c.actor_id
    where c.parent_entity = 'event' and c.parent_id = :event_id and c.action = 'rental.acknowledged'
    order by c.id desc limit :most
    """
)


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A change of the office that somebody at the bench has seen."""

    name: str
    at: datetime
    before: str
    after: str
    person: str


@dataclass(frozen=True, slots=True)
class Summary:
    """Prep of an event. `steps` are what was done, how many pieces, of how many."""

    begun: bool
    state: tuple[str, str, str]
    steps: Sequence[tuple[str, int, int]]
    open_changes: Sequence[OfficeChange]
    acknowledged: Sequence[Acknowledged]
    waiting: int


async def summary_of(connection: Connection, event_id: int) -> Summary:
    """Prep of an event. A fixed number of statements. Raises NotFound."""
    event = await bench_event(connection, event_id)
    lines = await lines_of_event(connection, event_id)
    counts = [line.counts for line in lines]
    rows = await connection.execute(_ACKNOWLEDGED, {"event_id": event_id, "most": SHOWN})
    return Summary(
        begun=has_begun(lines),
        state=FULFILMENT_WORDS[fulfilment(counts, event.steps)],
        steps=[(STEP_WORDS[step][1], *progress(counts, step)) for step in event.steps],
        open_changes=await office_changes(connection, event_id, lines),
        acknowledged=[Acknowledged(**row) for row in rows.mappings()],
        waiting=event.waiting,
    )
