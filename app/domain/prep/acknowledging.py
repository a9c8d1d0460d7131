"""What the office changed since prep began, and that the bench knows of it.

Nothing is stored when the office changes something: a line is to be acknowledged where it wants another
quantity than the bench knows of (`known_line`), so the two can never disagree.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert

from app.db.models import KnownLine, Rental
from app.domain.availability.queries import Connection
from app.domain.prep.ledger import hold_lines
from app.domain.prep.queries import BenchLine, lines_by_id
from app.domain.prep.shared_event import share_event
from app.lib.changes import Entry, record_all
from app.lib.errors import Conflict
from app.lib.unit_of_work import UnitOfWork

# who changed a line last, and what was said about it
_LAST_CHANGES = text(
    """
    select distinct on (c.entity_id) c.entity_id as rental_id, c.id, c.at,
      coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username, 'AV-RENTALS') as actor
    from change c left join user_account u on u.id = c.actor_id
    where c.parent_entity = 'event' and c.parent_id = :event_id and c.entity = 'rental'
      and (c.action = 'rental.created' or c.fields ?| array['quantity', 'optional', 'deleted_at'])
    order by c.entity_id, c.id desc
    """
)


@dataclass(frozen=True, slots=True)
class OfficeChange:
    """A line that wants another quantity than the bench knows of: `before` is known, `after` wanted.

    `to_put_back` are pieces that were picked, are not wanted any more and have not left.
    """

    rental_id: int
    name: str
    notes: str
    before: int
    after: int
    to_put_back: int
    change_id: int | None
    at: datetime | None
    actor: str

    @property
    def difference(self) -> int:
        """How many more, or, negative, fewer."""
        return self.after - self.before


def has_begun(lines: Sequence[BenchLine]) -> bool:
    """Whether the bench knows the event already: before that, everything on the list is simply the list."""
    return any(line.known is not None for line in lines)


async def office_changes(
    connection: Connection, event_id: int, lines: Sequence[BenchLine]
) -> list[OfficeChange]:
    """What the bench has to acknowledge, in the order of the list. One statement, or none for nothing."""
    changed = [line for line in lines if (line.known or 0) != line.counts.wanted]
    if not changed or not has_begun(lines):
        return []
    rows = await connection.execute(_LAST_CHANGES, {"event_id": event_id})
    last = {row.rental_id: row for row in rows}
    return [
        OfficeChange(
            rental_id=line.id,
            name=line.name,
            notes=line.notes,
            before=line.known or 0,
            after=line.counts.wanted,
            to_put_back=line.counts.to_put_back,
            change_id=last[line.id].id if line.id in last else None,
            at=last[line.id].at if line.id in last else None,
            actor=last[line.id].actor if line.id in last else "",
        )
        for line in changed
    ]


async def _is_known(work: UnitOfWork, event_id: int) -> bool:
    begun = select(KnownLine.rental_id).where(KnownLine.event_id == event_id).limit(1)
    return await work.session.scalar(begun) is not None


async def acknowledge(work: UnitOfWork, event_id: int, rental_id: int, quantity: int) -> None:
    """Note that the bench knows a line wants `quantity` now; to do it twice is to do it once.

    Before prep began there is nothing to acknowledge.

    Raises NotFound, and Conflict when the line has changed again.
    """
    await share_event(work, event_id)
    line = (await hold_lines(work, event_id, [rental_id]))[rental_id]
    if line.counts.wanted != quantity:
        raise Conflict(f"{line.name} has been changed again: now it is {line.counts.wanted}.")
    if line.known == quantity or not await _is_known(work, event_id):
        return
    await _write_known(work, line)
    rental = await work.session.get_one(Rental, rental_id, populate_existing=True)
    rental.version += 1
    await work.session.flush()
    await record_all(
        work, [Entry(rental, "rental.acknowledged", {"known_quantity": (line.known or 0, quantity)})]
    )


async def note_known(work: UnitOfWork, rental_id: int) -> None:
    """Note what a line wants now because the bench itself changed it; nothing before prep began."""
    line = (await lines_by_id(work.session, [rental_id]))[rental_id]
    if await _is_known(work, line.event_id):
        await _write_known(work, line)


async def _write_known(work: UnitOfWork, line: BenchLine) -> None:
    known = {
        "rental_id": line.id,
        "event_id": line.event_id,
        "equipment_id": line.equipment_id,
        "quantity": line.counts.wanted,
        "known_by_id": work.actor.id,
    }
    changed = {"quantity": line.counts.wanted, "known_by_id": work.actor.id, "known_at": func.now()}
    await work.session.execute(
        insert(KnownLine).values(known).on_conflict_do_update(index_elements=["rental_id"], set_=changed)
    )
