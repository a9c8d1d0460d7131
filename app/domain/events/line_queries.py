"""The lines of an event with what is left of each equipment, and gear that may be added."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import Category, Equipment, Event, Rental, User
from app.domain.availability.queries import Window, peaks_of
from app.domain.events.demand import Line, block_period
from app.domain.events.policy import demand_state
from app.domain.search.policy import prefix_query
from app.lib.errors import NotFound
from app.lib.folding import fold
from app.lib.history import name_of
from app.lib.periods import Period

_FEW = 5
_MOST_PICKED = 8
_LINE_COLUMNS = (
    "id", "version", "event_id", "equipment_id", "quantity", "start_at", "end_at", "prep_minutes",
    "turnaround_minutes", "heading", "name", "position", "notes", "optional", "overbook_reason",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Free:
    """What is left of `stock` pieces over a period; below zero that many are missing."""

    left: int
    stock: int

    @property
    def tone(self) -> str:
        """The class of the figure: short, none left, few left, or plain."""
        if self.left < 0:
            return "is-short"
        if self.left == 0:
            return "is-none"
        return "is-low" if self.left * _FEW <= self.stock else ""


@dataclass(frozen=True, slots=True)
class EventLine:
    """A line as the page shows it; `period` is when others cannot have the gear.

    `free` is what is left for others with this line taken, also where the event takes nothing yet;
    None where the event is over, or the line optional.
    """

    rental: Rental
    equipment: Equipment
    icon: str
    overbooked_by: str
    period: Period
    free: Free | None

    @property
    def short(self) -> int:
        """How many pieces are missing."""
        return max(0, -self.free.left) if self.free else 0


@dataclass(frozen=True, slots=True)
class Gear:
    """Equipment that may be added, and how many are free for the dates of the event."""

    id: int
    name: str
    sku: str
    location: str
    icon: str
    photo: str | None
    free: Free


async def lines_of_event(
    reading: AsyncConnection, event: Any, *, rental_id: int | None = None
) -> list[EventLine]:
    """The lines of an event (or one of them) in order: two statements, however many there are."""
    rows = (await reading.execute(_lines(event.id))).mappings().all()
    lines = [_line(event, row) for row in rows]
    wanted = [(line, period) for line, period, *_ in lines]
    peaks = await peaks_of(reading, [Window(line.equipment.id, period) for line, period in wanted])
    found = [
        EventLine(line.rental, line.equipment, icon, name, period, _left(event, wanted, place, peak))
        for place, ((line, period, icon, name), peak) in enumerate(zip(lines, peaks, strict=True))
    ]
    return [line for line in found if rental_id is None or line.rental.id == rental_id]


async def find_gear(reading: AsyncConnection, event: Any, text: str) -> list[Gear]:
    """Equipment the words typed may mean, with what is free for the event: two statements."""
    words = prefix_query(text)
    if not words:
        return []
    statement = (
        select(
            Equipment.id, Equipment.name, Equipment.sku, Equipment.location, Equipment.photo,
            Equipment.quantity, Equipment.kind, Equipment.prep_minutes, Equipment.turnaround_minutes,
            Category.icon,
        )
        .join(Category, Category.id == Equipment.category_id)
        .where(Equipment.search.op("@@")(func.to_tsquery("simple", words)))
        .where(Equipment.deleted_at.is_(None), ~Equipment.archived)
        .order_by((func.fold(Equipment.sku) == fold(text)).desc(), Equipment.name_order, Equipment.id)
        .limit(_MOST_PICKED)
    )  # fmt: skip
    rows = (await reading.execute(statement)).all()
    windows = [
        Window(row.id, block_period(_transient_event(event), Line(Rental(), _transient_equipment(row))))
        for row in rows
    ]
    peaks = await peaks_of(reading, windows)
    return [
        Gear(
            row.id,
            row.name,
            row.sku,
            row.location,
            row.icon,
            row.photo,
            Free(row.quantity - peak, row.quantity),
        )
        for row, peak in zip(rows, peaks, strict=True)
    ]


async def event_of_rental(reading: AsyncConnection, rental_id: int) -> int:
    """The event a line belongs to. Raises NotFound."""
    statement = (
        select(Rental.event_id)
        .join(Event, Event.id == Rental.event_id)
        .where(Rental.id == rental_id, Event.deleted_at.is_(None))
    )
    found = await reading.scalar(statement)
    if found is None:
        raise NotFound("This line does not exist, or was deleted.")
    return found


def _lines(event_id: int) -> Any:
    return (
        select(
            *(getattr(Rental, name) for name in _LINE_COLUMNS),
            Equipment.name.label("equipment_name"),
            Equipment.quantity.label("stock"),
            Equipment.kind,
            Equipment.prep_minutes.label("usual_prep"),
            Equipment.turnaround_minutes.label("usual_turnaround"),
            Category.icon,
            name_of(User).label("overbooked_by"),
        )
        .join(Equipment, Equipment.id == Rental.equipment_id)
        .join(Category, Category.id == Equipment.category_id)
        .outerjoin(User, User.id == Rental.overbooked_by_id)
        .where(Rental.event_id == event_id, Rental.deleted_at.is_(None))
        .order_by(Rental.position, Rental.id)
    )


def _line(event: Any, row: Any) -> tuple[Line, Period, str, str]:
    rental = Rental(**{name: row[name] for name in _LINE_COLUMNS})
    equipment = Equipment(
        id=row["equipment_id"],
        name=row["equipment_name"],
        quantity=row["stock"],
        kind=row["kind"],
        prep_minutes=row["usual_prep"],
        turnaround_minutes=row["usual_turnaround"],
    )
    line = Line(rental, equipment)
    return line, block_period(_transient_event(event), line), row["icon"], row["overbooked_by"] or ""


def _left(event: Any, wanted: Sequence[tuple[Line, Period]], place: int, peak: int) -> Free | None:
    """What is left with this line taken. Pencils take nothing yet, so they are counted on top here."""
    line, period = wanted[place]
    state = demand_state(event.status)
    if state is None or line.rental.optional:
        return None
    own = 0
    if state == "pencil":
        own = sum(
            other.rental.quantity
            for other, its_period in wanted
            if other.equipment.id == line.equipment.id
            and not other.rental.optional
            and its_period.overlaps(period)
        )
    return Free(line.equipment.quantity - peak - own, line.equipment.quantity)


def _transient_event(event: Any) -> Event:
    out: tuple[datetime, datetime] = (event.out_start, event.out_end)
    return Event(out_start=out[0], out_end=out[1])


def _transient_equipment(row: Any) -> Equipment:
    return Equipment(kind=row.kind, prep_minutes=row.prep_minutes, turnaround_minutes=row.turnaround_minutes)
