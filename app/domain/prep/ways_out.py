"""What may be done about a unit that is promised to others: another one, a swap, putting it back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import DateTime, Text, bindparam, text

from app.domain.availability.queries import Connection
from app.domain.events.allocation_queries import free_units
from app.domain.prep.judging import judge_unit, with_ways_out
from app.domain.prep.queries import BenchLine
from app.domain.prep.shared_event import AnyEvent
from app.domain.prep.unit_queries import HERE, UnitFacts, facts_of_unit
from app.domain.prep.verdicts import Verdict
from app.lib.periods import Period

FEW = 6
"""How many free units are looked at: the first one that nothing else stands against is offered."""

_PROMISES = text(
    """
    select a.rental_id, r.event_id, e.name as event, a.start_at, a.end_at
    from allocation a join rental r on r.id = a.rental_id join event e on e.id = r.event_id
    where a.unit_id = :unit_id and r.event_id <> :event_id and a.start_at < :until and a.end_at > :since
    order by a.start_at limit 2
    """
).bindparams(*(bindparam(name, type_=DateTime(timezone=True)) for name in ("since", "until")))
_PLACE = text(
    """
    select coalesce(nullif(u.location, ''), e.location) as place
    from unit u join equipment e on e.id = u.equipment_id where u.id = :unit_id
    """
).columns(place=Text)


@dataclass(frozen=True, slots=True)
class Promise:
    """The line of another event that has a unit, and for which effective period."""

    rental_id: int
    event_id: int
    event: str
    start_at: datetime
    end_at: datetime

    @property
    def period(self) -> Period:
        """When the line has it."""
        return Period(self.start_at, self.end_at)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The line of an event that a unit is wanted for at a step, and when it takes its gear."""

    event: AnyEvent
    line: BenchLine
    period: Period
    step: str
    near: bool = False

    @property
    def has_room(self) -> bool:
        """Whether one more may go on it."""
        counts = self.line.counts
        return max(counts.at(self.step), counts.picked) < counts.wanted


async def ways_out(connection: Connection, against: Verdict, facts: UnitFacts, wanted: Wanted) -> Verdict:
    """What stands against a unit, with what may be done instead where it is promised to others."""
    if against.kind != "promised":
        return against
    if not wanted.has_room:
        return with_ways_out(against, facts)
    other = await another(connection, wanted)
    place = await place_of(connection, other.id) if other else ""
    swap = await _swap(connection, facts, wanted)
    said = against.text if other else f"{against.text} No other one is free."
    return with_ways_out(replace(against, text=said), facts, other=other, place=place, swap=swap)


async def another(connection: Connection, wanted: Wanted) -> UnitFacts | None:
    """The free unit that is suggested first for a line and that nothing stands against; None without one."""
    line = wanted.line
    free = await free_units(
        connection, line.id, line.equipment_id, wanted.period, states=HERE, most=FEW, near=wanted.near
    )
    for unit_id, _ in free:
        facts = await facts_of_unit(connection, unit_id, wanted.event, wanted.period, [line.id])
        counts = facts.counts_on(line.id)
        been = counts if counts.dispatched else None
        if judge_unit(facts, line, been, event_id=wanted.event.id, step=wanted.step, force="") is None:
            return facts
    return None


async def the_promise(connection: Connection, unit_id: int, event_id: int, period: Period) -> Promise | None:
    """The one promise of a unit to another event in a period; None without one, or with more than one."""
    asked = {"unit_id": unit_id, "event_id": event_id, "since": period.start, "until": period.end}
    rows = (await connection.execute(_PROMISES, asked)).mappings().all()
    return Promise(**rows[0]) if len(rows) == 1 else None


async def for_them(connection: Connection, line: BenchLine, promise: Promise) -> Sequence[tuple[int, str]]:
    """The units that another event may have for the one it was promised, as (id, tag).

    Those come first that were promised to `line`, which has the other one then.
    """
    return await free_units(connection, line.id, line.equipment_id, promise.period, states=HERE, most=FEW)


async def place_of(connection: Connection, unit_id: int) -> str:
    """Where a unit is when it is on its shelf; "" where nobody has said."""
    return (await connection.execute(_PLACE, {"unit_id": unit_id})).scalar_one()


async def _swap(connection: Connection, facts: UnitFacts, wanted: Wanted) -> Mapping[str, str] | None:
    """The two lines that may exchange units: what is promised once, and with nobody, for one that is free."""
    if facts.rental_id is not None:
        return None
    promise = await the_promise(connection, facts.id, wanted.event.id, wanted.period)
    if promise is None or not await for_them(connection, wanted.line, promise):
        return None
    return {"rental_id": str(wanted.line.id), "with_rental_id": str(promise.rental_id)}
