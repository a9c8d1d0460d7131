"""The units of an equipment with what stands against binding them to a line."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import DateTime, bindparam, select, text

from app.db.models import Equipment, Event, Rental
from app.domain.availability.queries import Connection
from app.domain.events.demand import Line, block_period
from app.lib.clock import now
from app.lib.errors import NotFound
from app.lib.periods import Period

_RENTAL = (
    "id", "event_id", "equipment_id", "name", "quantity", "start_at", "end_at", "prep_minutes",
    "turnaround_minutes",
)  # fmt: skip

# those that were promised longest ago come first, so that use is spread
_UNITS = text(
    """
    select u.id, u.asset_tag, u.serial_number, u.location, u.state, u.condition,
      bound.id is not null as is_bound, other.event_id, other.event_name, other.start_at,
      blocked.id is not null as is_blocked, used.last_end
    from unit u
    left join allocation bound on bound.unit_id = u.id and bound.rental_id = :rental_id
    left join lateral (
      select r.event_id, e.name as event_name, a.start_at
      from allocation a join rental r on r.id = a.rental_id join event e on e.id = r.event_id
      where a.unit_id = u.id and a.rental_id <> :rental_id and a.start_at < :until and a.end_at > :since
      order by a.start_at limit 1
    ) other on true
    left join lateral (
      select r.id from reservation r
      where r.unit_id = u.id and r.kind = 'block' and r.start_at < :until
        and (r.end_at > :since or (r.until_back and r.end_at <= :moment))
      limit 1
    ) blocked on true
    left join lateral (
      select max(a.end_at) as last_end from allocation a where a.unit_id = u.id and a.end_at <= :since
    ) used on true
    where u.equipment_id = :equipment_id and u.deleted_at is null
      and u.state not in ('lost', 'written_off', 'retired')
    order by used.last_end nulls first, u.tag_order, u.id
    """
).bindparams(*(bindparam(name, type_=DateTime(timezone=True)) for name in ("since", "until", "moment")))


@dataclass(frozen=True, slots=True)
class UnitChoice:
    """A unit that may be bound to a line. `event_name` is who has it at that time, from `start_at` on."""

    id: int
    asset_tag: str
    serial_number: str
    location: str
    state: str
    condition: str
    is_bound: bool
    event_id: int | None
    event_name: str | None
    start_at: datetime | None
    is_blocked: bool
    last_end: datetime | None

    @property
    def why_not(self) -> str:
        """Why it cannot be bound, as the end of a sentence; empty when it can."""
        if self.event_name:
            return f"is promised to “{self.event_name}”"
        return "is out of service then" if self.is_blocked else ""

    @property
    def is_free(self) -> bool:
        """Whether nothing stands against it."""
        return not self.why_not


@dataclass(frozen=True, slots=True)
class UnitsOfLine:
    """A line (detached), its effective period, and the units it may have."""

    rental: Rental
    period: Period
    units: tuple[UnitChoice, ...]


async def units_of_line(connection: Connection, rental_id: int) -> UnitsOfLine:
    """What there is to choose for a line. Raises NotFound."""
    statement = (
        select(
            *(getattr(Rental, name) for name in _RENTAL),
            Event.out_start,
            Event.out_end,
            Equipment.kind,
            Equipment.prep_minutes.label("prep"),
            Equipment.turnaround_minutes.label("turnaround"),
        )
        .join(Event, Event.id == Rental.event_id)
        .join(Equipment, Equipment.id == Rental.equipment_id)
        .where(Rental.id == rental_id, Rental.deleted_at.is_(None), Event.deleted_at.is_(None))
    )
    row = (await connection.execute(statement)).one_or_none()
    if row is None:
        raise NotFound("This line does not exist, or was deleted.")
    rental = Rental(**{name: getattr(row, name) for name in _RENTAL})
    equipment = Equipment(kind=row.kind, prep_minutes=row.prep, turnaround_minutes=row.turnaround)
    period = block_period(Event(out_start=row.out_start, out_end=row.out_end), Line(rental, equipment))
    units = await units_to_choose(connection, rental_id, rental.equipment_id, period)
    return UnitsOfLine(rental, period, tuple(units))


async def units_to_choose(
    connection: Connection, rental_id: int, equipment_id: int, period: Period
) -> list[UnitChoice]:
    """Every unit in service of the equipment, and how it stands for the effective period of the line."""
    rows = await connection.execute(
        _UNITS,
        {
            "rental_id": rental_id,
            "equipment_id": equipment_id,
            "since": period.start,
            "until": period.end,
            "moment": now(),
        },
    )
    return [UnitChoice(**row) for row in rows.mappings()]
