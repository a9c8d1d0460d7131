"""Lines and equipment with what the ways out of a shortage need to know of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import Client, Equipment, Event, Rental
from app.domain.availability.policy import first_fit
from app.domain.availability.queries import Window, steps_of
from app.domain.events.demand import Line, block_period
from app.domain.events.policy import demand_state
from app.domain.shortages.policy import Part, first_start, with_own
from app.lib.errors import NotFound
from app.lib.periods import Period

GEAR = (
    Equipment.id, Equipment.name, Equipment.quantity, Equipment.kind, Equipment.prep_minutes,
    Equipment.turnaround_minutes,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LineFacts:
    """A line with what its ways out need to know of it and its event."""

    id: int
    version: int
    equipment_id: int
    quantity: int
    name: str
    overbook_reason: str
    event_id: int
    event_name: str
    event_status: str
    client_name: str
    start_at: datetime
    end_at: datetime
    event_start: datetime
    event_end: datetime

    def is_within(self, period: Period) -> bool:
        """Whether the line may have these dates by itself: they touch those of its event."""
        return period.overlaps(Period(self.event_start, self.event_end))


async def line_by_id(reading: AsyncConnection, rental_id: int) -> LineFacts:
    """One line. Raises NotFound."""
    found = await lines_by_id(reading, [rental_id])
    if not found:
        raise NotFound("This line does not exist, or was deleted.")
    return found[rental_id]


async def lines_by_id(reading: AsyncConnection, rental_ids: Iterable[int | None]) -> dict[int, LineFacts]:
    """These lines by id, as far as they are there: one statement, however many."""
    ids = sorted({key for key in rental_ids if key is not None})
    statement = (
        select(
            Rental.id,
            Rental.version,
            Rental.equipment_id,
            Rental.quantity,
            Rental.name,
            Rental.overbook_reason,
            Event.id.label("event_id"),
            Event.name.label("event_name"),
            Event.status.label("event_status"),
            Client.name.label("client_name"),
            Rental.start_at,
            Rental.end_at,
            Event.out_start.label("event_start"),
            Event.out_end.label("event_end"),
        )
        .join(Event, Event.id == Rental.event_id)
        .outerjoin(Client, Client.id == Event.client_id)
        .where(Rental.id.in_(ids), Rental.deleted_at.is_(None))
    )
    found = dict[int, LineFacts]()
    for row in (await reading.execute(statement)).mappings():
        values: dict[str, Any] = {str(key): value for key, value in row.items()}
        values["start_at"] = values["start_at"] or values["event_start"]
        values["end_at"] = values["end_at"] or values["event_end"]
        values["client_name"] = values["client_name"] or ""
        found[values["id"]] = LineFacts(**values)
    return found


async def first_room(
    reading: AsyncConnection, line: LineFacts, until: datetime, moment: datetime
) -> Period | None:
    """The next dates of the same length at which the line would not be short; None up to `until`."""
    statement = select(*GEAR).where(Equipment.id == line.equipment_id)
    row = (await reading.execute(statement)).mappings().one()
    equipment = Equipment(**{str(key): value for key, value in row.items()})
    if equipment.kind == "consumable":
        return None
    start = max(line.start_at, moment)
    out = Event(out_start=line.start_at, out_end=line.end_at)
    block = block_period(out, Line(Rental(), equipment))
    length = block.end - block.start
    begin = start - (line.start_at - block.start)
    (steps,) = await steps_of(reading, [Window(equipment.id, Period(begin, until + length))], moment=moment)
    # what the line takes itself is out of the way when it moves
    own = [] if demand_state(line.event_status) == "pencil" else [(-line.quantity, block)]
    room = equipment.quantity - line.quantity
    at = first_fit(with_own(steps, own), room, length.total_seconds(), until + length)
    if at is None:
        return None
    begin = at + (line.start_at - block.start)
    return Period(begin, begin + (line.end_at - line.start_at))


async def first_room_of_event(
    reading: AsyncConnection, line: LineFacts, until: datetime, moment: datetime
) -> Period | None:
    """The next dates of the event of a line at which nothing of it is short, moved as a whole; None up to
    `until`.
    """
    wanted = await _wanted_of_event(reading, line)
    if not wanted:
        return None
    begin = max(line.event_start, moment)
    early = min(period.start for _, _, period in wanted) - line.event_start
    longest = max(period.end for _, _, period in wanted) - line.event_start
    window = Period(begin + min(early, timedelta()), until + longest)
    steps = await steps_of(reading, [Window(one.id, window) for one, _, _ in wanted], moment=moment)
    taken = demand_state(line.event_status) != "pencil"
    parts = [
        Part(
            with_own(its, [(-pieces, period)] if taken else []),
            equipment.quantity - pieces,
            period.start - line.event_start,
            period.end - period.start,
        )
        for its, (equipment, pieces, period) in zip(steps, wanted, strict=True)
    ]
    start = first_start(parts, begin, until, window.end)
    return None if start is None else Period(start, start + (line.event_end - line.event_start))


async def _wanted_of_event(reading: AsyncConnection, line: LineFacts) -> list[tuple[Equipment, int, Period]]:
    """Of each equipment how many the event of a line takes, and from when to when at the widest."""
    own = (Rental.quantity.label("pieces"), Rental.start_at, Rental.end_at)
    statement = (
        select(*GEAR, *own, Rental.prep_minutes.label("prep"), Rental.turnaround_minutes.label("turnaround"))
        .join(Rental, Rental.equipment_id == Equipment.id)
        .where(Rental.event_id == line.event_id, Rental.deleted_at.is_(None), ~Rental.optional)
        .where(Equipment.kind != "consumable")
        .order_by(Equipment.id)
    )
    event = Event(out_start=line.event_start, out_end=line.event_end)
    found = dict[int, tuple[Equipment, int, Period]]()
    for row in (await reading.execute(statement)).mappings():
        equipment = Equipment(**{column.key: row[column.key] for column in GEAR})
        rental = Rental(
            start_at=row["start_at"],
            end_at=row["end_at"],
            prep_minutes=row["prep"],
            turnaround_minutes=row["turnaround"],
        )
        period = block_period(event, Line(rental, equipment))
        _, pieces, known = found.get(equipment.id, (equipment, 0, period))
        widest = Period(min(known.start, period.start), max(known.end, period.end))
        found[equipment.id] = (equipment, pieces + row["pieces"], widest)
    return list(found.values())
