"""What stands on the days of a calendar: how many a day, and the first few of each day.

What is sent is bounded, however busy a month is, and so is the work: of the plan as a whole, each day is
asked for its first few, and counted no further than a reader cares. What a filter leaves is found in one walk
over all the days and counted to the end. Which events overlap is a range of an index (docs/availability.md).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Boolean, DateTime, Integer, Text, TextClause, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.availability.lateness import due_at, is_overdue
from app.domain.availability.queries import CLASSES
from app.domain.calendar.filters import FILTERED_BY, CalendarFilter
from app.domain.calendar.items import Item, Shown
from app.domain.calendar.policy import CONFIRMED, MAINTENANCE, OVERDUE, STATE_OF
from app.domain.events import policy
from app.lib.clock import now
from app.lib.periods import known_end

COUNTED = 99
"""How many are counted of a busy day besides those that are sent."""

_RENTED = """
  select from rental l join equipment q on q.id = l.equipment_id
  where l.event_id = e.id and l.deleted_at is null
    and (cast(:equipment as bigint) is null or l.equipment_id = :equipment)
    and (cast(:category as bigint) is null or :category in (q.category_id, q.subcategory_id))
"""
_FILTERED = f"""
  e.deleted_at is null
  and (cast(:client as bigint) is null or e.client_id = :client)
  and (cast(:person as bigint) is null or e.responsible_id = :person)
  and ((cast(:equipment as bigint) is null and cast(:category as bigint) is null) or exists ({_RENTED}))
"""
# what is late and what is in repair; events are rank 1
_BESIDE = f"""
      select 2 as rank, e.id, min({due_at("r")}) as start_at, :moment as end_at, sum(r.quantity) as quantity
      from reservation r join event e on e.id = r.event_id
      where :overdue and {is_overdue("r")} and {_FILTERED}
      group by e.id
      having min({due_at("r")}) < :until and :moment > :since
      union all
      select 3, m.id, coalesce(r.start_at, m.due_at),
        case when r.id is null then m.due_at + interval '1 hour'
          when r.until_back and r.end_at <= :moment then 'infinity' else r.end_at end, m.quantity
      from maintenance m join equipment q on q.id = m.equipment_id
      left join reservation r on r.maintenance_id = m.id
      where :maintenance and m.state in ('reported', 'in_progress', 'waiting') and m.deleted_at is null
        and coalesce(r.start_at, m.due_at) < :until
        and (r.end_at > :since or r.until_back or (r.id is null and m.due_at + interval '1 hour' > :since))
        and cast(:client as bigint) is null
        and (cast(:person as bigint) is null or m.assignee_id = :person)
        and (cast(:equipment as bigint) is null or m.equipment_id = :equipment)
        and (cast(:category as bigint) is null or :category in (q.category_id, q.subcategory_id))
"""  # noqa: S608 - words of ours
# found, counted and put in order as ids and instants alone: names are looked up one by one of what is shown,
# once of each, on the first day it is shown on
_NAMED = """,
    item as (
      select rank, id, start_at, end_at, quantity, min(day) as day from placed
      group by rank, id, start_at, end_at, quantity
    )
    select item.id, item.start_at, item.end_at, item.quantity,
      (
        select array_agg(coalesce(counted.total, 0) order by each.day)
        from generate_series(1, :days) each (day)
        left join (select distinct day, total from placed) counted on counted.day = each.day
      ) as totals,
      coalesce(c.name, '') as client_name, coalesce(e.version, m.version) as version,
      coalesce(e.name, m.title) as title, coalesce(e.venue, m.name) as venue,
      case when item.rank = 1 then e.status else '' end as status,
      (array['event', 'overdue', 'maintenance'])[item.rank] as kind
    from item
    left join lateral (
      select e.version, e.name, e.venue, e.status, e.client_id from event e
      where e.id = item.id and item.rank < 3
      offset 0
    ) e on true
    left join client c on c.id = e.client_id
    left join lateral (
      select m.version, m.title, q.name from maintenance m join equipment q on q.id = m.equipment_id
      where m.id = item.id and item.rank = 3
      offset 0
    ) m on true
    order by item.day, item.rank = 3, item.start_at, item.end_at desc, item.rank, item.id
"""
_OF_DAY = """
          select e.id, e.out_start as start_at, e.out_end as end_at, 0 as quantity from event e
          where e.deleted_at is null and e.status = any(:statuses) and e.duration_class = class.number
            and e.out_start >= day.since - class.longest and e.out_start < {until} and e.out_end > day.since
          order by {order} limit :per_day
"""
# Each day by itself. The first few are those that began first: where what lasts for weeks fills the day, of
# what is shorter only that is looked at which began before it. Counted is first what begins on the day.
_EACH_DAY = f"""
    with {CLASSES},
    day as materialized (
      select n, (cast(:bounds as timestamptz[]))[n] as since, (cast(:bounds as timestamptz[]))[n + 1] as until
      from generate_series(1, :days) n
    ),
    beside as materialized ({_BESIDE}),
    placed as (
      select day.n as day, counted.total, first.*
      from day cross join lateral (
        select cast(count(*) as integer) as total from (
          select from class cross join lateral (
            select from event e
            where e.deleted_at is null and e.status = any(:statuses) and e.duration_class = class.number
              and e.out_start >= day.since and e.out_start < day.until
            offset 0
          ) e
          union all
          select from class cross join lateral (
            select from event e
            where e.deleted_at is null and e.status = any(:statuses) and e.duration_class = class.number
              and e.out_start >= day.since - class.longest and e.out_start < day.since
              and e.out_end > day.since
            offset 0
          ) e
          union all
          select from beside where start_at < day.until and end_at > day.since
          limit :counted
        ) one
      ) counted
      cross join lateral (
        select case when count(*) < :per_day then day.until else max(start_at) + interval '1 microsecond' end
          as until
        from (
          select e.start_at from class cross join lateral (
            {_OF_DAY.format(until="day.until", order="e.out_start")}
          ) e
          where class.number > 3
          order by e.start_at limit :per_day
        ) one
      ) lasting
      cross join lateral (
        select * from (
          select 1 as rank, e.* from class cross join lateral (
            {_OF_DAY.format(until="lasting.until", order="e.out_start, e.out_end desc, e.id")}
          ) e
          union all
          select * from beside where start_at < day.until and end_at > day.since
        ) one
        order by rank = 3, start_at, end_at desc, rank, id limit :per_day
      ) first
    ){_NAMED}
"""  # noqa: S608 - words of ours
# one walk over everything in the period
_ALTOGETHER = f"""
    with {CLASSES},
    found as (
      select 1 as rank, event.* from class cross join lateral (
        select e.id, e.out_start as start_at, e.out_end as end_at, 0 as quantity
        from event e
        where e.duration_class = class.number and e.out_start >= :since - class.longest
          and e.out_start < :until and e.out_end > :since and e.status = any(:statuses) and {_FILTERED}
        offset 0
      ) event
      union all
      {_BESIDE}
    ),
    shown as materialized (
      select found.*, greatest(1, width_bucket(start_at, :bounds)) as first_day,
        least(:days, width_bucket(end_at - interval '1 microsecond', :bounds)) as last_day
      from found
    ),
    counted as (
      select day, cast(sum(sum(change)) over (order by day) as integer) as total from (
        select first_day as day, count(*) as change from shown where first_day <= last_day group by first_day
        union all
        select last_day + 1, -count(*) from shown where first_day <= last_day group by last_day
        union all
        select day, 0 from generate_series(1, :days) day
      ) change
      group by day
    ),
    -- what begins later than the last of the first ones of its last day is not among them on any day: to
    -- know that of most, it is enough to look at what goes on for long
    lasting as (
      select day, (array_agg(start_at order by start_at))[:per_day] as start_at
      from shown cross join lateral generate_series(first_day, last_day) day
      where rank < 3 and last_day - first_day >= :days / 3
      group by day
    ),
    numbered as (
      select shown.*, each.day, row_number() over (
        partition by each.day order by shown.rank = 3, shown.start_at, end_at desc, shown.rank, id
      ) as place
      from shown left join lasting on lasting.day = shown.last_day
        cross join lateral generate_series(first_day, last_day) each (day)
      where shown.rank = 3 or lasting.start_at is null or shown.start_at <= lasting.start_at
    ),
    placed as (
      select numbered.*, counted.total from numbered join counted on counted.day = numbered.day
      where numbered.place <= :per_day
    ){_NAMED}
"""  # noqa: S608 - words of ours
_TYPES = {
    **dict.fromkeys(("since", "until", "moment"), DateTime(timezone=True)),
    **dict.fromkeys(("client", "person", "equipment", "category"), BigInteger()),
    **dict.fromkeys(("overdue", "maintenance"), Boolean()),
    **dict.fromkeys(("days", "per_day"), Integer()),
    "statuses": ARRAY(Text),
    "bounds": ARRAY(DateTime(timezone=True)),
}


def _statement(words: str, **types: Any) -> TextClause:
    return text(words).bindparams(
        *(bindparam(name, type_=type_) for name, type_ in {**_TYPES, **types}.items())
    )


_DAY_BY_DAY, _IN_ONE_WALK = _statement(_EACH_DAY, counted=Integer()), _statement(_ALTOGETHER)


async def items_between(
    reading: AsyncConnection,
    wanted: CalendarFilter,
    bounds: Sequence[datetime],
    *,
    per_day: int,
    moment: datetime | None = None,
) -> Shown:
    """What stands on the days between `bounds`: one statement, at most `per_day` items a day."""
    given = {
        "since": bounds[0],
        "until": bounds[-1],
        "bounds": list(bounds),
        "days": len(bounds) - 1,
        "per_day": per_day,
        "moment": moment or now(),
        "statuses": wanted.statuses,
        "overdue": OVERDUE in wanted.states,
        "maintenance": MAINTENANCE in wanted.states,
        **{name: wanted.id_of(name) for name in FILTERED_BY},
    }
    statement, most = _IN_ONE_WALK, None
    if _is_of_everything(wanted):
        most = per_day + COUNTED
        # one more tells whether there are more
        statement, given["counted"] = _DAY_BY_DAY, most + 1
    found = (await reading.execute(statement, given)).all()
    totals = found[0].totals if found else [0] * (len(bounds) - 1)
    return Shown(
        tuple(map(_item, found)),
        tuple(total if most is None else min(total, most) for total in totals),
        tuple(most is not None and total > most for total in totals),
    )


def _is_of_everything(wanted: CalendarFilter) -> bool:
    """Whether a day is full after a few steps: no filter is in force, and most of a plan is confirmed."""
    return CONFIRMED in wanted.states and not any(wanted.id_of(name) for name in FILTERED_BY)


def _item(row: Any) -> Item:
    return Item(
        kind=row.kind,
        id=row.id,
        version=row.version,
        title=row.title,
        client_name=row.client_name,
        venue=row.venue,
        state=STATE_OF[row.status] if row.status else row.kind,
        start_at=row.start_at,
        end_at=known_end(row.end_at),
        quantity=row.quantity,
        is_open=row.kind == "event" and row.status in policy.OPEN,
    )
