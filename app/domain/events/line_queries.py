"""The lines of an event with what is left of each equipment, and gear that may be added."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zlib import crc32

from sqlalchemy import exists, func, literal, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import Allocation, Category, Equipment, Event, Rental, SubHire, Unit, User
from app.domain.availability.hired import supplies_of
from app.domain.availability.queries import Window, peaks_of
from app.domain.availability.whole_stock import Free
from app.domain.events.demand import Line, block_period
from app.domain.events.noted_units import latest_units, noted
from app.domain.events.policy import BINDING, demand_state
from app.lib.errors import NotFound
from app.lib.history import name_of
from app.lib.periods import Period

_LINE_COLUMNS = (
    "id", "version", "event_id", "equipment_id", "quantity", "start_at", "end_at", "prep_minutes",
    "turnaround_minutes", "heading", "name", "position", "notes", "optional", "overbook_reason",
    "accessory_of_id", "kit_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class EventLine:
    """A line as the page shows it; `period` is when others cannot have the gear.

    `free` is how many this line can have beside everything else that takes the gear, also other lines of the
    event, which count where they are pencils as well (`pencilled_beside`); None where the event is over, or
    the line optional. `units` are the tags of those bound to it, None where
    it takes none: counted gear, and lines that take no stock; those have `noted`, the tags that were scanned.
    """

    rental: Rental
    equipment: Equipment
    icon: str
    photo: str | None
    overbooked_by: str
    period: Period
    free: Free | None
    is_pencil: bool
    pencilled_beside: int
    units: tuple[str, ...] | None
    noted: tuple[str, ...]

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
        return max(0, self.rental.quantity - self.free.left) if self.free else 0

    @property
    def digest(self) -> str:
        """Eight letters that are others when what the row shows is."""
        its = [getattr(self.rental, name) for name in _LINE_COLUMNS]
        told = (its, self.icon, self.photo, self.overbooked_by, self.free, self.short, self.units, self.noted)
        return f"{crc32(repr(told).encode()):08x}"

    @property
    def tone(self) -> str:
        """The class of the figure: by what is left when the line has what it wants."""
        return Free(self.free.left - self.rental.quantity, self.free.supply).tone if self.free else ""


async def lines_of_event(
    reading: AsyncConnection, event: Any, *, rental_id: int | None = None
) -> list[EventLine]:
    """The lines of an event (or one of them) in order: two statements, four where gear was hired in."""
    rows = (await reading.execute(_lines(event))).mappings().all()
    wanted = [_line(event, row) for row in rows]
    windows = [Window(line.equipment.id, period) for line, period in wanted]
    peaks = await peaks_of(reading, windows)
    supplies = await _supplies(reading, rows, windows)
    is_pencil = demand_state(event.status) == "pencil"
    beside = [_pencilled_beside(wanted, place) if is_pencil else 0 for place in range(len(wanted))]
    found = [
        EventLine(
            line.rental,
            line.equipment,
            row["icon"],
            row["photo"],
            row["overbooked_by"] or "",
            period,
            _free(event, line, supplies[place], peak, beside[place]),
            is_pencil,
            beside[place],
            _units(event, row),
            tuple(noted(row["told"], row["told_units"], row["quantity"])),
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


def _lines(event: Any) -> Any:
    tags = (
        select(func.array_agg(aggregate_order_by(Unit.asset_tag, Unit.tag_order)))
        .join(Allocation, Allocation.unit_id == Unit.id)
        .where(Allocation.rental_id == Rental.id)
    )
    may_note = (Equipment.tracking == "serialized") & (literal(event.status).not_in(BINDING))
    told = latest_units().where(may_note).correlate(Rental, Equipment).lateral()
    return (
        select(
            *(getattr(Rental, name) for name in _LINE_COLUMNS),
            Equipment.name.label("equipment_name"),
            Equipment.quantity.label("stock"),
            Equipment.kind,
            Equipment.archived,
            Equipment.photo,
            Equipment.prep_minutes.label("usual_prep"),
            Equipment.turnaround_minutes.label("usual_turnaround"),
            Category.icon,
            name_of(User).label("overbooked_by"),
            Equipment.tracking,
            tags.scalar_subquery().label("tags"),
            told.c.action.label("told"),
            told.c.fields.label("told_units"),
            exists().where(SubHire.equipment_id == Equipment.id).label("was_hired"),
        )
        .join(Equipment, Equipment.id == Rental.equipment_id)
        .join(Category, Category.id == Equipment.category_id)
        .outerjoin(User, User.id == Rental.overbooked_by_id)
        .outerjoin(told, true())
        .where(Rental.event_id == event.id, Rental.deleted_at.is_(None))
        .order_by(Rental.position, Rental.id)
    )


def _line(event: Any, row: Any) -> tuple[Line, Period]:
    rental = Rental(**{name: row[name] for name in _LINE_COLUMNS})
    equipment = Equipment(
        id=row["equipment_id"],
        name=row["equipment_name"],
        quantity=row["stock"],
        kind=row["kind"],
        archived=row["archived"],
        prep_minutes=row["usual_prep"],
        turnaround_minutes=row["usual_turnaround"],
    )
    line = Line(rental, equipment)
    return line, block_period(transient_event(event), line)


async def _supplies(reading: AsyncConnection, rows: Sequence[Any], windows: Sequence[Window]) -> list[int]:
    """Of how many pieces the figure of each line is; gear that was never hired in is not asked about."""
    found = [row["stock"] for row in rows]
    places = [place for place, row in enumerate(rows) if row["was_hired"]]
    asked, owned = [windows[place] for place in places], [found[place] for place in places]
    for place, supply in zip(places, await supplies_of(reading, asked, owned), strict=True):
        found[place] = supply
    return found


def _units(event: Any, row: Any) -> tuple[str, ...] | None:
    takes_units = row["tracking"] == "serialized" and event.status in BINDING and not row["optional"]
    return tuple(row["tags"] or ()) if takes_units else None


def _free(event: Any, line: Line, supply: int, peak: int, beside: int) -> Free | None:
    """How many the line can have. What is booked is in the peak with it; pencils take nothing yet."""
    state = demand_state(event.status)
    if state is None or line.rental.optional:
        return None
    own = 0 if state == "pencil" else line.rental.quantity
    return Free(line.equipment.quantity - peak + own - beside, supply)


def _pencilled_beside(wanted: Sequence[tuple[Line, Period]], place: int) -> int:
    """The most that other lines of the same event and equipment want at any moment of a line."""
    line, period = wanted[place]
    others = [
        (other.rental.quantity, its_period)
        for number, (other, its_period) in enumerate(wanted)
        if number != place and other.equipment.id == line.equipment.id and not other.rental.optional
    ]
    return _own_peak(period, others)


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
