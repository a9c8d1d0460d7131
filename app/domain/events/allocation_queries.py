"""The units of an equipment with what stands against binding them to a line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, Integer, Text, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY

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
_OF_EQUIPMENT = """
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
"""
_INSTANTS = tuple(bindparam(name, type_=DateTime(timezone=True)) for name in ("since", "until", "moment"))
_UNITS = text(
    f"""
    select u.id, u.asset_tag, u.serial_number, u.location, u.state, u.condition,
      bound.id is not null as is_bound, other.event_id, other.event_name, other.start_at,
      blocked.id is not null as is_blocked, used.last_end
    {_OF_EQUIPMENT}
    order by used.last_end nulls first, u.tag_order, u.id
    """
).bindparams(*_INSTANTS)
_FREE = text(
    f"""
    select u.id, u.asset_tag
    {_OF_EQUIPMENT}
      and u.state = any(:states) and other.event_id is null and blocked.id is null
    order by bound.id is null, case when :near then u.location end, case when :near then u.asset_tag end,
      used.last_end nulls first, u.tag_order, u.id
    limit :most
    """
).bindparams(*_INSTANTS, bindparam("states", type_=ARRAY(Text)), bindparam("most", type_=Integer))


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
    rental, period = await _line_and_period(connection, rental_id)
    units = await units_to_choose(connection, rental_id, rental.equipment_id, period)
    return UnitsOfLine(rental, period, tuple(units))


async def free_units_of_line(
    connection: Connection, rental_id: int, states: Sequence[str], *, most: int, near: bool
) -> list[tuple[int, str]]:
    """The units that nothing stands against as `free_units` has them, for a line. Raises NotFound."""
    rental, period = await _line_and_period(connection, rental_id)
    return await free_units(
        connection, rental_id, rental.equipment_id, period, states=states, most=most, near=near
    )


async def _line_and_period(connection: Connection, rental_id: int) -> tuple[Rental, Period]:
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
    return rental, block_period(Event(out_start=row.out_start, out_end=row.out_end), Line(rental, equipment))


async def units_to_choose(
    connection: Connection, rental_id: int, equipment_id: int, period: Period
) -> list[UnitChoice]:
    """Every unit in service of the equipment, and how it stands for the effective period of the line."""
    rows = await connection.execute(_UNITS, _asked(rental_id, equipment_id, period))
    return [UnitChoice(**row) for row in rows.mappings()]


async def free_units(
    connection: Connection,
    rental_id: int,
    equipment_id: int,
    period: Period,
    *,
    states: Sequence[str],
    most: int | None = None,
    near: bool = False,
) -> list[tuple[int, str]]:
    """The units in these states that nothing stands against, as (id, tag): those bound to the line first.

    Then those used longest ago, or, `near`, in the order of places. One statement.
    """
    asked = {**_asked(rental_id, equipment_id, period), "states": list(states), "most": most, "near": near}
    return [(row.id, row.asset_tag) for row in await connection.execute(_FREE, asked)]


def _asked(rental_id: int, equipment_id: int, period: Period) -> dict[str, Any]:
    return {
        "rental_id": rental_id,
        "equipment_id": equipment_id,
        "since": period.start,
        "until": period.end,
        "moment": now(),
    }
