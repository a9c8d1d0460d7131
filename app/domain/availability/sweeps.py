"""One pass over what is taken: the moment that decides, the peak of each day, the outline of a drawing.

The sweep is that of `availability_steps` (docs/availability.md) with two sums; of its steps, of which a
popular item has thousands, only what is asked for leaves the database.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import ARRAY, BigInteger, DateTime, Integer, bindparam, text

from app.domain.availability.queries import CLASSES, Connection, Window
from app.lib.clock import now

Layer = Literal["here", "late", "firm", "hold"]

_INSTANT = DateTime(timezone=True)
_OVERLAPPING = """
      select asked.n, greatest(r.start_at, asked.since) as start_at,
        case when r.end_at < asked.until then r.end_at end as end_at, {firm} as firm, r.load
      from asked cross join class cross join lateral (
        select r.start_at, r.end_at, r.load from reservation r
        where {state} and r.equipment_id = asked.equipment_id and r.duration_class = class.number
          and r.start_at < asked.until and r.start_at >= asked.since - class.longest
          and r.end_at > asked.since
        offset 0
      ) r
"""
# `firm` is what is taken, `load` with every pencil on top
_SWEEP = f"""
    {CLASSES},
    taken as materialized (
      {_OVERLAPPING.format(firm="r.load", state="r.state <> 'pencil'")}
      union all
      {_OVERLAPPING.format(firm="0", state="r.state = 'pencil'")}
      union all
      select asked.n, greatest(r.end_at, asked.since), null, r.load, r.load
      from asked cross join lateral (
        select r.end_at, r.load from reservation r
        where r.until_back and r.equipment_id = asked.equipment_id
          and r.end_at <= :moment and r.end_at < asked.until
        offset 0
      ) r
    ),
    edge as (
      select n, start_at as at, firm, load from taken
      union all
      select n, end_at, -firm, -load from taken where end_at is not null
      union all
      {{marks}}
    ),
    step as (
      select n, at, sum(sum(firm)::integer) over sweep as firm, sum(sum(load)::integer) over sweep as load
      from edge group by n, at
      window sweep as (partition by n order by at rows unbounded preceding)
    )
"""  # noqa: S608 - words of ours
_DECIDING = text(
    f"""
    with asked as materialized (
      select * from unnest(:ids, :starts, :ends) with ordinality as asked (equipment_id, since, until, n)
    ),
    {_SWEEP.format(marks="select n, since, 0, 0 from asked")}
    select distinct on (n) n, at, firm, first_value(at) over pencilled as pencilled_at,
      first_value(load) over pencilled as load
    from step window pencilled as (partition by n order by load desc, at) order by n, firm desc, at
    """  # noqa: S608 - words of ours
).bindparams(
    bindparam("ids", type_=ARRAY(BigInteger)),
    bindparam("starts", type_=ARRAY(_INSTANT)),
    bindparam("ends", type_=ARRAY(_INSTANT)),
    bindparam("moment", type_=_INSTANT),
)
# a mark at the start of each day, so that every step lies in one day
_DAYS = text(
    f"""
    with asked as materialized (
      select n, equipment_id, cast(:since as timestamptz) as since, cast(:until as timestamptz) as until
      from unnest(:ids) with ordinality as asked (equipment_id, n)
    ),
    {_SWEEP.format(marks="select n, day, 0, 0 from asked cross join unnest(:days) day")}
    select n, max(firm) as firm, max(load) as load
    from step group by n, width_bucket(at, :days) order by n, width_bucket(at, :days)
    """  # noqa: S608 - words of ours
).bindparams(
    bindparam("ids", type_=ARRAY(BigInteger)),
    bindparam("days", type_=ARRAY(_INSTANT)),
    *(bindparam(name, type_=_INSTANT) for name in ("since", "until", "moment")),
)
# what changes from one column of a drawing to the next; `here` is what is there, all else is wanted
_PROFILE = text(
    f"""
    with {CLASSES},
    found as materialized (
      select found.start_at, found.quantity * case when found.kind = 'block' then -1 else 1 end as amount,
        case when late then 'infinity' else found.end_at end as end_at,
        case when found.kind in ('block', 'sub_hire') then 'here' when late then 'late'
          when found.state = 'hold' then 'hold' else 'firm' end as layer
      from (
        select r.*, r.until_back and r.end_at <= :moment as late
        from class cross join lateral (
          select r.kind, r.state, r.quantity, r.start_at, r.end_at, r.until_back from reservation r
          where r.state <> 'pencil' and r.equipment_id = :id and r.duration_class = class.number
            and r.start_at < :until and r.start_at >= cast(:since as timestamptz) - class.longest
            and r.end_at > :since
          offset 0
        ) r
        union all
        select r.kind, r.state, r.quantity, r.start_at, r.end_at, r.until_back, true from reservation r
        where r.until_back and r.equipment_id = :id and r.end_at <= :moment and r.end_at <= :since
      ) found
    ),
    change as (
      select greatest(start_at, :since) as at, layer, amount from found
      union all
      select end_at, layer, -amount from found where end_at < :until
    )
    select cast(round(
        extract(epoch from at - :since) / extract(epoch from :until - :since) * :columns
      ) as integer) as x, layer, sum(amount) as amount
    from change group by x, layer
    """  # noqa: S608 - words of ours
).bindparams(
    bindparam("id", type_=BigInteger),
    bindparam("columns", type_=Integer),
    *(bindparam(name, type_=_INSTANT) for name in ("since", "until", "moment")),
)


@dataclass(frozen=True, slots=True)
class Deciding:
    """The first moment at which most is taken and how much that is; the same with every pencil on top."""

    at: datetime
    load: int
    pencilled_at: datetime
    with_pencils: int


@dataclass(frozen=True, slots=True)
class Change:
    """From column `x` on `amount` more are wanted of `layer` (late, firm or hold), or more are here."""

    x: int
    layer: Layer
    amount: int


async def deciding_of(
    connection: Connection, windows: Sequence[Window], *, moment: datetime | None = None
) -> list[Deciding]:
    """For each window, the moment that decides what is free."""
    if not windows:
        return []
    asked = {
        "ids": [window.equipment_id for window in windows],
        "starts": [window.period.start for window in windows],
        "ends": [window.period.end for window in windows],
        "moment": moment or now(),
    }
    return [
        Deciding(row.at, row.firm, row.pencilled_at, row.load)
        for row in await connection.execute(_DECIDING, asked)
    ]


async def profile_of(
    connection: Connection, window: Window, columns: int, *, moment: datetime
) -> list[Change]:
    """What changes at which of so many columns of a window, pencils left out; columns begin at 0."""
    asked = {
        "id": window.equipment_id,
        "since": window.period.start,
        "until": window.period.end,
        "columns": columns,
        "moment": moment,
    }
    return [Change(row.x, row.layer, row.amount) for row in await connection.execute(_PROFILE, asked)]


async def day_peaks_of(
    connection: Connection,
    equipment_ids: Sequence[int],
    bounds: Sequence[datetime],
    *,
    moment: datetime | None = None,
) -> list[list[tuple[int, int]]]:
    """For each equipment the most that is taken in each `[bounds[i], bounds[i + 1])`, then with pencils."""
    found: list[list[tuple[int, int]]] = [[] for _ in equipment_ids]
    if not equipment_ids:
        return found
    asked = {
        "ids": list(equipment_ids),
        "days": list(bounds[:-1]),
        "since": bounds[0],
        "until": bounds[-1],
        "moment": moment or now(),
    }
    for number, firm, load in await connection.execute(_DAYS, asked):
        found[number - 1].append((firm, load))
    return found
