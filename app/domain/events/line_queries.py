"""The lines of an event with what is left of each equipment, and gear that may be added."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import Allocation, Category, Equipment, Event, Rental, Unit, User
from app.domain.availability.queries import Window, peaks_of
from app.domain.events.demand import Line, block_period
from app.domain.events.policy import BINDING, demand_state
from app.lib.errors import NotFound
from app.lib.history import name_of
from app.lib.periods import Period

_FEW = 5
_LINE_COLUMNS = (
    "id", "version", "event_id", "equipment_id", "quantity", "start_at", "end_at", "prep_minutes",
    "turnaround_minutes", "heading", "name", "position", "notes", "optional", "overbook_reason",
    "accessory_of_id", "kit_id",
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
    None where the event is over, or the line optional. `units` are the tags of those bound to it, None where
    it takes none: counted gear, and lines that take no stock.
    """

    rental: Rental
    equipment: Equipment
    icon: str
    photo: str | None
    overbooked_by: str
    period: Period
    free: Free | None
    units: tuple[str, ...] | None

    @property
    def id(self) -> int:
        """The id of the line."""
        return self.rental.id

    @property
    def heading(self) -> str:
        """What it stands under."""
        return self.rental.heading

    @property
    def accessory_of_id(self) -> int | None:
        """The line it goes along with."""
        return self.rental.accessory_of_id

    @property
    def short(self) -> int:
        """How many pieces are missing."""
        return max(0, -self.free.left) if self.free else 0


async def lines_of_event(
    reading: AsyncConnection, event: Any, *, rental_id: int | None = None
) -> list[EventLine]:
    """The lines of an event (or one of them) in order: two statements, however many there are."""
    rows = (await reading.execute(_lines(event.id))).mappings().all()
    wanted = [_line(event, row) for row in rows]
    peaks = await peaks_of(reading, [Window(line.equipment.id, period) for line, period in wanted])
    found = [
        EventLine(
            line.rental,
            line.equipment,
            row["icon"],
            row["photo"],
            row["overbooked_by"] or "",
            period,
            _left(event, wanted, place, peak),
            _units(event, row),
        )
        for place, (row, (line, period), peak) in enumerate(zip(rows, wanted, peaks, strict=True))
    ]
    return [line for line in found if rental_id is None or line.rental.id == rental_id]


async def rental_by_id(reading: AsyncConnection, rental_id: int) -> Rental:
    """One line, detached, with what its form shows. Raises NotFound."""
    statement = (
        select(*(getattr(Rental, name) for name in _LINE_COLUMNS))
        .join(Event, Event.id == Rental.event_id)
        .where(Rental.id == rental_id, Rental.deleted_at.is_(None), Event.deleted_at.is_(None))
    )
    row = (await reading.execute(statement)).mappings().one_or_none()
    if row is None:
        raise NotFound("This line does not exist, or was deleted.")
    return Rental(**row)


async def headings_of(reading: AsyncConnection, event_id: int) -> list[str]:
    """The headings an event has, in order."""
    statement = (
        select(Rental.heading)
        .where(Rental.event_id == event_id, Rental.deleted_at.is_(None), Rental.heading != "")
        .group_by(Rental.heading)
        .order_by(func.min(Rental.position), Rental.heading)
    )
    return list((await reading.scalars(statement)).all())


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
    tags = (
        select(func.array_agg(aggregate_order_by(Unit.asset_tag, Unit.tag_order)))
        .join(Allocation, Allocation.unit_id == Unit.id)
        .where(Allocation.rental_id == Rental.id)
    )
    return (
        select(
            *(getattr(Rental, name) for name in _LINE_COLUMNS),
            Equipment.name.label("equipment_name"),
            Equipment.quantity.label("stock"),
            Equipment.kind,
            Equipment.photo,
            Equipment.prep_minutes.label("usual_prep"),
            Equipment.turnaround_minutes.label("usual_turnaround"),
            Category.icon,
            name_of(User).label("overbooked_by"),
            Equipment.tracking,
            tags.scalar_subquery().label("tags"),
        )
        .join(Equipment, Equipment.id == Rental.equipment_id)
        .join(Category, Category.id == Equipment.category_id)
        .outerjoin(User, User.id == Rental.overbooked_by_id)
        .where(Rental.event_id == event_id, Rental.deleted_at.is_(None))
        .order_by(Rental.position, Rental.id)
    )


def _line(event: Any, row: Any) -> tuple[Line, Period]:
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
    return line, block_period(transient_event(event), line)


def _units(event: Any, row: Any) -> tuple[str, ...] | None:
    takes_units = row["tracking"] == "serialized" and event.status in BINDING and not row["optional"]
    return tuple(row["tags"] or ()) if takes_units else None


def _left(event: Any, wanted: Sequence[tuple[Line, Period]], place: int, peak: int) -> Free | None:
    """What is left with this line taken. Pencils take nothing yet, so they are counted on top here."""
    line, period = wanted[place]
    state = demand_state(event.status)
    if state is None or line.rental.optional:
        return None
    own = 0
    if state == "pencil":
        own = _own_peak(
            period,
            [
                (other.rental.quantity, its_period)
                for other, its_period in wanted
                if other.equipment.id == line.equipment.id and not other.rental.optional
            ],
        )
    return Free(line.equipment.quantity - peak - own, line.equipment.quantity)


def _own_peak(period: Period, lines: Sequence[tuple[int, Period]]) -> int:
    """The most that lines of one equipment take together at any moment of a period."""
    inside = [(quantity, its_period) for quantity, its_period in lines if its_period.overlaps(period)]
    moments = {max(its_period.start, period.start) for _, its_period in inside}
    return max(
        (
            sum(quantity for quantity, its_period in inside if its_period.start <= at < its_period.end)
            for at in moments
        ),
        default=0,
    )


def transient_event(event: Any) -> Event:
    """As much of an event as its effective periods need, in no session."""
    out: tuple[datetime, datetime] = (event.out_start, event.out_end)
    return Event(out_start=out[0], out_end=out[1])
