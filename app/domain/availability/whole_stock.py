"""What is free of many equipment at once: the figures of a page, and parts of selects over all the stock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import (
    ARRAY,
    CTE,
    BigInteger,
    ColumnElement,
    DateTime,
    ScalarSelect,
    bindparam,
    column,
    false,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.domain.availability.hired import supplies_of
from app.domain.availability.queries import CLASSES, Window
from app.lib.clock import now
from app.lib.periods import Period

Connection = AsyncConnection | AsyncSession

_FEW: Final = 5
_METER: Final = 44
_INSTANT: Final = DateTime(timezone=True)
_SINCE, _UNTIL, _MOMENT = (
    bindparam(name, type_=_INSTANT) for name in ("free_since", "free_until", "free_moment")
)
_COVERING: Final = """
        select r.start_at, r.end_at, r.load from reservation r
        where {state} and r.equipment_id = asked.equipment_id and r.duration_class = class.number
          and r.start_at < :free_until and r.start_at >= :free_since - class.longest
          and r.end_at > :free_since
        offset 0
"""
# the sweep of availability_steps for one period and many equipment, with and without pencils in one pass
_FIGURES = text(
    f"""
    with {CLASSES},
    asked as (select unnest(:ids) as equipment_id),
    taken as materialized (
      select asked.equipment_id, greatest(r.start_at, :free_since) as start_at,
        case when r.end_at < :free_until then r.end_at end as end_at, r.load as firm, r.load as every
      from asked cross join class cross join lateral (
        {_COVERING.format(state="r.state <> 'pencil'")}
      ) r
      union all
      select asked.equipment_id, greatest(r.end_at, :free_since), null, r.load, r.load
      from asked cross join lateral (
        select r.end_at, r.load from reservation r
        where r.until_back and r.equipment_id = asked.equipment_id
          and r.end_at <= :free_moment and r.end_at < :free_until
        offset 0
      ) r
      union all
      select asked.equipment_id, greatest(r.start_at, :free_since),
        case when r.end_at < :free_until then r.end_at end, 0, r.load
      from asked cross join class cross join lateral (
        {_COVERING.format(state="r.state = 'pencil'")}
      ) r
    ),
    edge as (
      select equipment_id, start_at as at, firm, every from taken
      union all
      select equipment_id, end_at, -firm, -every from taken where end_at is not null
      union all
      select equipment_id, :free_since, 0, 0 from asked
    ),
    step as (
      select equipment_id, sum(sum(firm)) over until_then as firm, sum(sum(every)) over until_then as every
      from edge group by equipment_id, at
      window until_then as (partition by equipment_id order by at rows unbounded preceding)
    ),
    peak as (select equipment_id, max(firm) as firm, max(every) as every from step group by equipment_id)
    select e.id, e.quantity as stock, e.quantity - peak.firm as free, e.quantity - peak.every as with_pencils,
      exists (
        select from sub_hire h
        where h.equipment_id = e.id and h.start_at < :free_until and h.end_at > :free_since
      ) as hired
    from peak join equipment e on e.id = peak.equipment_id
    """  # noqa: S608 - words of ours
).bindparams(_SINCE, _UNTIL, _MOMENT, bindparam("ids", type_=ARRAY(BigInteger)))
# Everything that overlaps the period, item by item in the order of time; all that changes at the same instant
# counts as one. Before the first of it nothing is taken.
_PEAKS = f"""
    with {CLASSES},
    taken as (
      select r.equipment_id, greatest(r.start_at, :free_since) as start_at,
        case when r.end_at < :free_until then r.end_at end as end_at, r.load
      from class cross join lateral (
        select r.equipment_id, r.start_at, r.end_at, r.load from reservation r
        where r.state <> 'pencil' and r.duration_class = class.number and r.start_at < :free_until
          and r.start_at >= :free_since - class.longest and r.end_at > :free_since
        offset 0
      ) r
      union all
      select r.equipment_id, greatest(r.start_at, :free_since),
        case when r.end_at < :free_until then r.end_at end, r.load
      from reservation r
      where {{pencils}} and r.state = 'pencil' and r.start_at < :free_until and r.end_at > :free_since
      union all
      select r.equipment_id, greatest(r.end_at, :free_since), null, r.load from reservation r
      where r.until_back and r.end_at <= :free_moment and r.end_at < :free_until
    ),
    edge as (
      select equipment_id, start_at as at, load as change from taken
      union all
      select equipment_id, end_at, -load from taken where end_at is not null
    ),
    step as (
      select equipment_id, at, sum(change) over (partition by equipment_id order by at) as load from edge
    )
    select equipment_id,
      case when min(at) > :free_since then greatest(max(load), 0) else max(load) end as peak
    from step group by equipment_id
"""  # noqa: S608 - words of ours


@dataclass(frozen=True, slots=True)
class Free:
    """What is left of `supply` pieces, own and hired in; below zero that many are missing."""

    left: int
    supply: int

    @property
    def tone(self) -> str:
        """The class of the figure: short, none left, few left, or plain."""
        if self.left < 0:
            return "is-short"
        if self.left == 0:
            return "is-none"
        return "is-low" if self.left * _FEW <= self.supply else ""

    @property
    def meter(self) -> str:
        """How far the meter beside the figure reaches, of 44."""
        return f"{_METER * min(max(self.left / self.supply, 0), 1):.1f}" if self.supply else "0.0"


@dataclass(frozen=True, slots=True)
class FreeOnDates(Free):
    """What is left over a period; `with_pencils` is what would be left if every quote came true."""

    with_pencils: int


async def free_of(
    connection: Connection, ids: Sequence[int], period: Period, *, moment: datetime | None = None
) -> dict[int, FreeOnDates]:
    """What is free of each equipment over one period, by id: one statement, three where gear is hired in."""
    if not ids:
        return {}
    rows = (await connection.execute(_FIGURES, {"ids": list(ids), **bound(period, moment)})).all()
    supplies = {row.id: row.stock for row in rows}
    hired = [row for row in rows if row.hired]
    windows = [Window(row.id, period) for row in hired]
    owned = [row.stock for row in hired]
    for window, supply in zip(
        windows, await supplies_of(connection, windows, owned, moment=moment), strict=True
    ):
        supplies[window.equipment_id] = supply
    return {row.id: FreeOnDates(row.free, supplies[row.id], row.with_pencils) for row in rows}


def bound(period: Period, moment: datetime | None = None) -> dict[str, datetime]:
    """The values that selects with `taken_of` or `peaks_of_all` in them are executed with."""
    return {"free_since": period.start, "free_until": period.end, "free_moment": moment or now()}


def taken_of(equipment_id: ColumnElement[int]) -> ScalarSelect[int]:
    """The most that is taken of one row's equipment: worked out for each row a select gets to look at."""
    steps = func.availability_steps(
        array([equipment_id]), array([_SINCE]), array([_UNTIL]), false(), _MOMENT
    ).table_valued(column("load", BigInteger), name="steps")
    return select(func.max(steps.c.load)).scalar_subquery()


def peaks_of_all(name: str, *, pencils: bool = False) -> CTE:
    """The most that is taken of every equipment of which anything is, as columns equipment_id and peak."""
    statement = text(_PEAKS.format(pencils="true" if pencils else "false")).bindparams(
        _SINCE, _UNTIL, _MOMENT
    )
    return statement.columns(column("equipment_id", BigInteger), column("peak", BigInteger)).cte(name)
