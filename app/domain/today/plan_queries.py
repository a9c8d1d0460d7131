"""What the plan says about some days: what leaves, comes back, is late or to be prepped, and who has to act.

Events of a period are found through their duration class, so old ones cost nothing (docs/availability.md).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import BindParameter, DateTime, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.availability.lateness import due_at, is_overdue
from app.domain.availability.queries import CLASSES
from app.lib.periods import Period
from app.web.viewer import Person


def _instants(*names: str) -> list[BindParameter[Any]]:
    return [bindparam(name, type_=DateTime(timezone=True)) for name in names]


_GEAR = f"""
    select coalesce(sum(r.quantity), 0) as pieces,
      coalesce(sum(r.quantity) filter (where r.state = 'firm'), 0) as here,
      coalesce(sum(r.quantity) filter (where r.state = 'out'), 0) as away,
      coalesce(bool_or({is_overdue("r")}), false) as late
    from reservation r where r.event_id = e.id and r.kind in ('rental', 'sale')
"""  # noqa: S608 - words of ours
_MOVES = text(
    f"""
    with {CLASSES},
    near as (
      select e.* from class cross join lateral (
        select e.id, e.name, e.out_start, e.out_end from event e
        where e.deleted_at is null and e.status = 'confirmed' and e.duration_class = class.number
          and e.out_start < :until and e.out_start >= :since - class.longest and e.out_end >= :since
        offset 0
      ) e
    )
    select e.way, e.id, e.name, e.at, gear.pieces, gear.here, gear.away, gear.late
    from (
      select 'out' as way, id, name, out_start as at from near where out_start >= :since
      union all
      select 'back', id, name, out_end from near where out_end < :until
    ) e cross join lateral ({_GEAR}) gear
    order by e.at, e.id
    """  # noqa: S608 - words of ours
).bindparams(*_instants("since", "until", "moment"))
_PREP = text(
    f"""
    with {CLASSES}
    select e.id, e.name, e.at, gear.pieces, gear.here, e.responsible_id, e.person, count(*) over () as total
    from class cross join lateral (
      select e.id, e.name, e.out_start as at, e.responsible_id,
        coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username, '') as person
      from event e left join user_account u on u.id = e.responsible_id
      where e.deleted_at is null and e.status = 'confirmed' and e.duration_class = class.number
        and e.out_start < :until and e.out_start >= :moment - class.longest and e.out_end > :moment
      offset 0
    ) e cross join lateral ({_GEAR}) gear
    where gear.here > 0
    order by e.at, e.id limit :most
    """  # noqa: S608 - words of ours
).bindparams(*_instants("until", "moment"))
_OVERDUE = text(
    f"""
    with late as (
      select r.event_id, r.equipment_id, sum(r.quantity) as quantity,
        min({due_at("r")}) as due_at
      from reservation r join event e on e.id = r.event_id
      where {is_overdue("r")} and e.deleted_at is null and e.status = 'confirmed'
      group by r.event_id, r.equipment_id
    )
    select e.id, e.name, coalesce(c.name, '') as client_name, coalesce(c.phone, '') as phone,
      min(late.due_at) as due_at, count(*) as kinds, count(*) over () as total,
      (array_agg(late.quantity || ' ' || q.name order by late.quantity desc, q.name))[1:3] as gear
    from late join event e on e.id = late.event_id join equipment q on q.id = late.equipment_id
    left join client c on c.id = e.client_id
    group by e.id, c.id
    order by min(late.due_at), e.id limit :most
    """  # noqa: S608 - words of ours
).bindparams(*_instants("moment"))
_WAITING_COLUMNS = """
    e.id, e.name, e.status as state, e.out_start, e.out_end, coalesce(c.name, '') as client_name,
    count(*) over () as total
    from event e left join client c on c.id = e.client_id
    where e.deleted_at is null
"""
_WAITING = text(
    f"""
    (select 'request' as kind, e.hold_expires_at as at, {_WAITING_COLUMNS}
       and :confirms and e.status = 'requested'
     order by e.hold_expires_at, e.id limit :most)
    union all
    (select 'hold', e.hold_expires_at, {_WAITING_COLUMNS}
       and (:confirms or (:writes and e.responsible_id = :person))
       and e.status = 'held' and e.hold_expires_at < :hold_ends
     order by e.responsible_id is distinct from :person, e.hold_expires_at, e.id limit :most)
    union all
    (select 'plan', e.out_start, {_WAITING_COLUMNS}
       and :writes and e.responsible_id = :person
       and e.status in ('draft', 'quoted') and e.out_start > :moment and e.out_start < :plans_start
     order by e.out_start, e.id limit :most)
    union all
    (select 'job', m.due_at, m.id, m.title, m.state, null, null, q.name, count(*) over ()
     from maintenance m join equipment q on q.id = m.equipment_id
     where m.deleted_at is null and :repairs and m.assignee_id = :person
       and m.state in ('reported', 'in_progress', 'waiting')
     order by m.due_at nulls last, m.id limit :most)
    """  # noqa: S608 - words of ours
).bindparams(*_instants("moment", "hold_ends", "plans_start"))


@dataclass(frozen=True, slots=True)
class Move:
    """An event whose gear leaves or comes back at `at`; of its `pieces` some are `here`, some `away`."""

    way: Literal["out", "back"]
    id: int
    name: str
    at: datetime
    pieces: int
    here: int
    away: int
    late: bool


@dataclass(frozen=True, slots=True)
class ToPrep:
    """An event that leaves at `at`, `here` of its `pieces` still with us. `total` counts all there are."""

    id: int
    name: str
    at: datetime
    pieces: int
    here: int
    responsible_id: int | None
    person: str
    total: int

    @property
    def responsible(self) -> Person | None:
        """Who answers for it."""
        return None if self.responsible_id is None else Person(self.responsible_id, self.person)


@dataclass(frozen=True, slots=True)
class Overdue:
    """An event whose gear should be back since `due_at`: the first of `kinds` kinds. `total` counts all."""

    id: int
    name: str
    client_name: str
    phone: str
    due_at: datetime
    kinds: int
    total: int
    gear: list[str]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for somebody: a request, a hold that ends, an own plan that begins, an own job, at `at`."""

    kind: Literal["request", "hold", "plan", "job"]
    at: datetime | None
    id: int
    name: str
    state: str
    out_start: datetime | None
    out_end: datetime | None
    client_name: str
    total: int


@dataclass(frozen=True, slots=True)
class Asker:
    """For whom things wait, and which of them may be theirs."""

    person: int
    confirms: bool
    writes: bool
    repairs: bool

    @property
    def anything(self) -> bool:
        """Whether something may wait for this person at all."""
        return self.confirms or self.writes or self.repairs


async def moves_in(reading: AsyncConnection, period: Period, moment: datetime) -> list[Move]:
    """What of the confirmed events leaves and comes back in the period, in order of time."""
    asked = {"since": period.start, "until": period.end, "moment": moment}
    return [Move(**row) for row in (await reading.execute(_MOVES, asked)).mappings()]


async def to_prep(reading: AsyncConnection, until: datetime, moment: datetime, most: int) -> list[ToPrep]:
    """Confirmed events that begin before `until` and whose gear has not all left, by departure."""
    asked = {"until": until, "moment": moment, "most": most}
    return [ToPrep(**row) for row in (await reading.execute(_PREP, asked)).mappings()]


async def overdue(reading: AsyncConnection, moment: datetime, most: int) -> list[Overdue]:
    """Events whose gear should be back and is not, by when it was due."""
    answer = await reading.execute(_OVERDUE, {"moment": moment, "most": most})
    return [Overdue(**row) for row in answer.mappings()]


async def waiting_for(
    reading: AsyncConnection,
    asker: Asker,
    *,
    moment: datetime,
    hold_ends: datetime,
    plans_start: datetime,
    most: int,
) -> list[Waiting]:
    """What waits for a person, at most `most` of each kind.

    Requests to answer, holds that end before `hold_ends`, own plans that begin before `plans_start`, jobs.
    """
    asked = {
        "person": asker.person,
        "confirms": asker.confirms,
        "writes": asker.writes,
        "repairs": asker.repairs,
        "moment": moment,
        "hold_ends": hold_ends,
        "plans_start": plans_start,
        "most": most,
    }
    return [Waiting(**row) for row in (await reading.execute(_WAITING, asked)).mappings()]
