"""What the ledger says about the lines of an event."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.db.driver import Statement
from app.domain.availability.queries import Connection
from app.domain.prep.policy import Counts

# a line wants something while its event is confirmed or closed; what was moved is shown whatever became of it
_LINES = """
    select r.id, r.event_id, r.equipment_id, r.name, r.notes, r.heading, r.accessory_of_id, r.added_at_bench,
      e.tracking, e.kind, e.photo, e.sku,
      coalesce(nullif(e.location, ''), '') as location, c.name as category, c.icon,
      case when r.deleted_at is null and not r.optional and ev.deleted_at is null
        and ev.status in ('confirmed', 'closed') then r.quantity else 0 end as wanted,
      known.quantity as known, known.known_at,
      coalesce(m.picked, 0) as picked, coalesce(m.tested, 0) as tested, coalesce(m.packed, 0) as packed,
      coalesce(m.loaded, 0) as loaded, coalesce(m.dispatched, 0) as dispatched,
      coalesce(m.returned, 0) as returned, coalesce(m.checked, 0) as checked,
      coalesce(m.missing, 0) as missing, coalesce(m.settled, 0) as settled{more}
    from rental r
    join event ev on ev.id = r.event_id
    join equipment e on e.id = r.equipment_id
    join category c on c.id = coalesce(e.subcategory_id, e.category_id)
    left join known_line known on known.rental_id = r.id
    left join lateral (
      select sum(quantity) filter (where step = 'picked') as picked,
        sum(quantity) filter (where step = 'tested') as tested,
        sum(quantity) filter (where step = 'packed') as packed,
        sum(quantity) filter (where step = 'loaded') as loaded,
        sum(quantity) filter (where step = 'dispatched') as dispatched,
        sum(quantity) filter (where step = 'returned') as returned,
        sum(quantity) filter (where step = 'checked') as checked,
        sum(quantity) filter (where step = 'missing') as missing,
        sum(quantity) filter (where step = 'settled') as settled
      from movement where movement.rental_id = r.id
    ) m on true
"""
_ORDER = " order by natural_order(e.location), e.name_order, r.position, r.id"
_PLAIN = _LINES.format(more="")
_OF_EVENT = Statement(_PLAIN + "where r.event_id = :event_id" + _ORDER)
_OF_RENTALS = Statement(_PLAIN + "where r.id = any(:rental_ids)" + _ORDER)
_OF_EVENTS = Statement(_PLAIN + "where r.event_id = any(:event_ids)" + _ORDER)
_EQUIPMENT = "where r.event_id = :event_id and r.equipment_id = :equipment_id order by r.position, r.id"
_OF_EQUIPMENT = Statement(_PLAIN + _EQUIPMENT)
_TAKING = """
      r.quantity, r.start_at, r.end_at, coalesce(r.prep_minutes, e.prep_minutes) as prep_minutes,
      coalesce(r.turnaround_minutes, e.turnaround_minutes) as turnaround_minutes
"""
_TO_TAKE = Statement(
    f"""
    select e.kind, {_TAKING} from rental r join equipment e on e.id = r.equipment_id
    where r.id = :rental_id
    """  # noqa: S608 - words of ours
)
_MORE = f", {_TAKING}, (select prep_steps from company) as steps"  # noqa: S608 - words of ours
_TO_SCAN = Statement(_LINES.format(more=_MORE) + _EQUIPMENT)


@dataclass(frozen=True, slots=True)
class BenchLine:
    """A line as the bench sees it. `known` is the quantity the bench knows of; None before prep began."""

    id: int
    event_id: int
    equipment_id: int
    name: str
    notes: str
    heading: str
    accessory_of_id: int | None
    added_at_bench: bool
    tracking: str
    kind: str
    photo: str | None
    sku: str
    location: str
    category: str
    known: int | None
    known_at: datetime | None
    counts: Counts
    icon: str = "packages"

    @property
    def serialized(self) -> bool:
        """Whether units with tags are picked for it."""
        return self.tracking == "serialized"

    @property
    def concerns(self) -> bool:
        """Whether the bench has anything to do with it: it is wanted, or some of it was moved."""
        return bool(self.counts.wanted or self.counts.picked or self.counts.dispatched or self.known)


async def lines_of_event(connection: Connection, event_id: int) -> list[BenchLine]:
    """Every line of an event that concerns the bench, by location. One statement."""
    rows = await _OF_EVENT.rows(connection, {"event_id": event_id})
    return [line for line in map(_line, rows) if line.concerns]


async def lines_of_events(connection: Connection, event_ids: Sequence[int]) -> dict[int, list[BenchLine]]:
    """The lines that concern the bench, by event. One statement."""
    found: dict[int, list[BenchLine]] = {event_id: [] for event_id in event_ids}
    for row in await _OF_EVENTS.rows(connection, {"event_ids": list(event_ids)}):
        line = _line(row)
        if line.concerns:
            found[line.event_id].append(line)
    return found


async def lines_by_id(connection: Connection, rental_ids: Sequence[int]) -> dict[int, BenchLine]:
    """These lines, by id; unknown ones are left out. One statement."""
    rows = await _OF_RENTALS.rows(connection, {"rental_ids": list(rental_ids)})
    return {line.id: line for line in map(_line, rows)}


async def lines_of_equipment(connection: Connection, event_id: int, equipment_id: int) -> list[BenchLine]:
    """The lines of an event that are for this equipment, in the order of the event."""
    rows = await _OF_EQUIPMENT.rows(connection, {"event_id": event_id, "equipment_id": equipment_id})
    return [line for line in map(_line, rows) if line.concerns]


async def lines_to_scan(
    connection: Connection, event_id: int, equipment_id: int
) -> list[tuple[BenchLine, Any]]:
    """The same, each with its row: what `line_to_take` reads, and the `steps` that the shop takes."""
    rows = await _TO_SCAN.rows(connection, {"event_id": event_id, "equipment_id": equipment_id})
    return [(line, row) for line, row in ((_line(row), row) for row in rows) if line.concerns]


async def line_to_take(connection: Connection, rental_id: int) -> Any:
    """What says how much a line takes and when: quantity, period, minutes before and after, kind of gear."""
    (row,) = await _TO_TAKE.rows(connection, {"rental_id": rental_id})
    return row


def _line(row: Any) -> BenchLine:
    # by place: a list of 300 lines is read with every tap, and names cost more than the statement
    head, (icon, wanted, known, known_at), sums = row[:14], row[14:18], row[18:27]
    counts = Counts(wanted, *sums, comes_back=row["kind"] != "consumable")
    return BenchLine(*head, known=known, known_at=known_at, counts=counts, icon=icon)
