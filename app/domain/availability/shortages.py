"""Which equipment is short in a period, all in one statement. docs/availability.md explains the index."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import DateTime, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.domain.availability.policy import Step, Stretch, short_stretches
from app.domain.availability.queries import CLASSES, Window
from app.lib.clock import now
from app.lib.periods import Period

Connection = AsyncConnection | AsyncSession
COMING = timedelta(weeks=8)
"""How far ahead shortages are told of."""

# at one instant what ends comes before what begins, so no sum on the way is above the last of its instant
_SHORT = text(f"""
  with {CLASSES},
  taken as materialized (
    select covering.equipment_id, greatest(covering.start_at, :since) as start_at,
      case when covering.end_at < :until then covering.end_at end as end_at, covering.load
    from class cross join lateral (
      select r.equipment_id, r.start_at, r.end_at, r.load from reservation r
      where r.state <> 'pencil' and r.duration_class = class.number
        and r.start_at < :until and r.start_at >= :since - class.longest and r.end_at > :since
      offset 0
    ) covering
    union all
    -- what should be back and is not: taken from its end on
    select r.equipment_id, greatest(r.end_at, :since), null, r.load from reservation r
    where r.until_back and r.end_at <= :moment and r.end_at < :until
  ),
  -- all of it at once is not too much of most equipment: that needs no sweep
  doubtful as materialized (
    select equipment.id as equipment_id, equipment.name, equipment.quantity
    from (
      select taken.equipment_id, sum(taken.load) as load from taken where taken.load > 0
      group by taken.equipment_id
    ) most join equipment on equipment.id = most.equipment_id
    where most.load > equipment.quantity and equipment.deleted_at is null
  ),
  edge as (
    select taken.equipment_id, taken.start_at as at, taken.load as change
    from taken join doubtful on doubtful.equipment_id = taken.equipment_id
    union all
    select taken.equipment_id, taken.end_at, -taken.load
    from taken join doubtful on doubtful.equipment_id = taken.equipment_id
    where taken.end_at is not null
  ),
  swept as (
    select equipment_id, at, change,
      sum(change) over (partition by equipment_id order by at, change rows unbounded preceding) as load
    from edge
  ),
  peak as (select equipment_id, max(load) as load from swept group by equipment_id),
  short as (
    select doubtful.equipment_id as id, doubtful.name, doubtful.quantity
    from peak join doubtful on doubtful.equipment_id = peak.equipment_id
    where peak.load > doubtful.quantity
  )
  select short.id, short.name, short.quantity, swept.at, swept.load
  from short join swept on swept.equipment_id = short.id
  order by short.id, swept.at, swept.change
""").bindparams(  # noqa: S608 - put together of constants
    bindparam("since", type_=DateTime(timezone=True)),
    bindparam("until", type_=DateTime(timezone=True)),
    bindparam("moment", type_=DateTime(timezone=True)),
)


@dataclass(frozen=True, slots=True)
class ShortEquipment:
    """An equipment of which more is taken than there is, and when; `stock` is what is owned."""

    equipment_id: int
    name: str
    stock: int
    stretches: tuple[Stretch, ...]

    @property
    def short(self) -> int:
        """How many are missing at the worst moment."""
        return max(stretch.short for stretch in self.stretches)

    @property
    def start_at(self) -> datetime:
        """When it begins."""
        return self.stretches[0].period.start

    @property
    def end_at(self) -> datetime:
        """When it is over, as far as was asked."""
        return self.stretches[-1].period.end

    @property
    def window(self) -> Window:
        """From its first to its last shortage."""
        return Window(self.equipment_id, Period(self.start_at, self.end_at))

    def short_within(self, start: datetime, end: datetime) -> int:
        """How many are missing at the worst moment of a part of the period; 0 when it touches no shortage."""
        return max(
            (one.short for one in self.stretches if one.period.start < end and start < one.period.end),
            default=0,
        )


async def shortages_between(
    connection: Connection, period: Period, *, moment: datetime | None = None
) -> list[ShortEquipment]:
    """Every equipment of which too much is taken at some time of the period, by when it begins.

    Pencils do not count; what should be back at `moment` (now) and is not, does. `claims_of` says who
    takes it.
    """
    asked = {"since": period.start, "until": period.end, "moment": moment or now()}
    found = list[ShortEquipment]()
    answer = await connection.execute(_SHORT, asked)
    for (key, name, stock), rows in groupby(answer, key=lambda row: (row.id, row.name, row.quantity)):
        # only the last sum of an instant is what is taken from then on
        loads: dict[datetime, int] = {row.at: int(row.load) for row in rows}
        steps = [Step(at, load) for at, load in loads.items()]
        found.append(ShortEquipment(key, name, stock, tuple(short_stretches(steps, stock, period.end))))
    return sorted(found, key=lambda one: (one.start_at, -one.short, one.name))
