"""The selects behind calendars: what stands on them, and what their filters offer.

How many there are a day is counted, but only the first few of each day are sent: what is sent is bounded,
however busy a month is. Which events overlap is a range of an index (docs/availability.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Boolean, DateTime, Integer, Text, bindparam, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import Category, Client, Equipment, Event
from app.domain.calendar.filters import CalendarFilter
from app.domain.calendar.policy import MAINTENANCE, OVERDUE, STATE_OF, Kind, State
from app.domain.events import policy
from app.domain.search.policy import prefix_query
from app.lib.clock import now
from app.lib.errors import NotFound
from app.lib.folding import fold
from app.lib.periods import known_end

_MOST_EVENTS = 200
_FEW = 8
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
# found, counted and put in order as ids and instants alone: names are looked up one by one of what is shown
_ITEMS = text(f"""
    with class (number, longest) as (
      values (0::smallint, interval '8 hours'), (1::smallint, interval '32 hours'),
        (2::smallint, interval '128 hours'), (3::smallint, interval '512 hours'),
        (4::smallint, interval '2048 hours'), (5::smallint, interval '8192 hours'),
        (6::smallint, interval '87660 hours')
    ),
    found as (
      select 1 as rank, event.* from class cross join lateral (
        select e.id, e.out_start as start_at, e.out_end as end_at, 0 as quantity
        from event e
        where e.duration_class = class.number and e.out_start >= :since - class.longest
          and e.out_start < :until and e.out_end > :since and e.status = any(:statuses) and {_FILTERED}
        offset 0
      ) event
      union all
      select 2, e.id, min(r.end_at), :moment, sum(r.quantity)
      from reservation r join event e on e.id = r.event_id
      where :overdue and r.until_back and r.end_at < :moment and {_FILTERED}
      group by e.id
      having min(r.end_at) < :until and :moment > :since
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
    placed as (
      select shown.*, each.day, row_number() over (
        partition by each.day order by shown.rank = 3, shown.start_at, end_at desc, shown.rank, id
      ) as place
      from shown left join lasting on lasting.day = shown.last_day
        cross join lateral generate_series(first_day, last_day) each (day)
      where shown.rank = 3 or lasting.start_at is null or shown.start_at <= lasting.start_at
    )
    select placed.day, placed.place, placed.id, placed.start_at, placed.end_at, placed.quantity,
      counted.total, coalesce(c.name, '') as client_name, coalesce(e.version, m.version) as version,
      coalesce(e.name, m.title) as title, coalesce(e.venue, q.name) as venue,
      case when placed.rank = 1 then e.status else '' end as status,
      (array['event', 'overdue', 'maintenance'])[placed.rank] as kind
    from placed join counted on counted.day = placed.day
    left join lateral (
      select e.version, e.name, e.venue, e.status, e.client_id from event e
      where e.id = placed.id and placed.rank < 3
      offset 0
    ) e on true
    left join client c on c.id = e.client_id
    left join maintenance m on m.id = placed.id and placed.rank = 3
    left join equipment q on q.id = m.equipment_id
    where placed.place <= :per_day
    order by placed.day, placed.place
""").bindparams(  # noqa: S608 - constants of ours
    *(bindparam(name, type_=DateTime(timezone=True)) for name in ("since", "until", "moment")),
    *(bindparam(name, type_=BigInteger()) for name in ("client", "person", "equipment", "category")),
    *(bindparam(name, type_=Boolean()) for name in ("overdue", "maintenance")),
    *(bindparam(name, type_=Integer()) for name in ("days", "per_day")),
    bindparam("statuses", type_=ARRAY(Text)),
    bindparam("bounds", type_=ARRAY(DateTime(timezone=True))),
)


@dataclass(frozen=True, slots=True)
class Item:
    """Something that stands on a calendar: an event, gear of one that is late, or a repair.

    `end_at` is FOREVER where it is not known; `venue` is the equipment of a repair. Repairs come last a day:
    they go on for long, and hide nothing.
    """

    kind: Kind
    id: int
    version: int
    title: str
    client_name: str
    venue: str
    state: State
    start_at: datetime
    end_at: datetime
    quantity: int
    is_open: bool

    @property
    def url(self) -> str:
        """Its page."""
        return f"/maintenance/{self.id}" if self.kind == MAINTENANCE else f"/events/{self.id}"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a calendar shows: the first items of each day, and how many each day has, from the first on."""

    items: tuple[Item, ...]
    totals: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters offer, as (id, name)."""

    categories: list[tuple[int, str]]
    clients: list[tuple[int, str]]
    people: list[tuple[int, str]]
    equipment: str


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
        **{name: wanted.id_of(name) for name in ("client", "person", "equipment", "category")},
    }
    totals, items = [0] * (len(bounds) - 1), dict[tuple[str, int], Item]()
    for row in (await reading.execute(_ITEMS, given)).mappings():
        totals[row["day"] - 1] = row["total"]
        items.setdefault((row["kind"], row["id"]), _item(row))
    return Shown(tuple(items.values()), tuple(totals))


def _item(row: Mapping[Any, Any]) -> Item:
    return Item(
        kind=row["kind"],
        id=row["id"],
        version=row["version"],
        title=row["title"],
        client_name=row["client_name"],
        venue=row["venue"],
        state=STATE_OF[row["status"]] if row["status"] else row["kind"],
        start_at=row["start_at"],
        end_at=known_end(row["end_at"]),
        quantity=row["quantity"],
        is_open=row["kind"] == "event" and row["status"] in policy.OPEN,
    )


async def categories_to_choose(reading: AsyncConnection) -> list[tuple[int, str]]:
    """Id and name of the categories at the top, in their order."""
    statement = (
        select(Category.id, Category.name)
        .where(Category.deleted_at.is_(None), Category.parent_id.is_(None))
        .order_by(Category.position, Category.name)
    )
    return [(key, name) for key, name in await reading.execute(statement)]


async def name_of_equipment(reading: AsyncConnection, equipment_id: int | None) -> str:
    """What an equipment is called; nothing for none."""
    return await reading.scalar(select(Equipment.name).where(Equipment.id == equipment_id)) or ""


async def find_equipment(reading: AsyncConnection, words: str) -> list[tuple[int, str, str]]:
    """Id, name and sku of the first equipment that these words mean."""
    query = prefix_query(words)
    if not query:
        return []
    statement = (
        select(Equipment.id, Equipment.name, Equipment.sku)
        .where(Equipment.search.op("@@")(func.to_tsquery("simple", query)), Equipment.deleted_at.is_(None))
        .order_by((func.fold(Equipment.sku) == fold(words)).desc(), Equipment.name_order, Equipment.id)
        .limit(_FEW)
    )
    return [(key, name, sku) for key, name, sku in await reading.execute(statement)]


async def equipment_by_id(reading: AsyncConnection, equipment_id: int) -> Any:
    """What the calendar of an equipment says about it. Raises NotFound."""
    statement = (
        select(
            Equipment.id, Equipment.name, Equipment.sku, Equipment.quantity, Equipment.kind, Equipment.photo,
            Equipment.archived, Equipment.prep_minutes, Equipment.turnaround_minutes, Category.icon,
        )
        .join(Category, Category.id == Equipment.category_id)
        .where(Equipment.id == equipment_id, Equipment.deleted_at.is_(None))
    )  # fmt: skip
    row = (await reading.execute(statement)).one_or_none()
    if row is None:
        raise NotFound("This equipment does not exist, or was deleted.")
    return row


async def open_events(reading: AsyncConnection, present: int | None = None) -> Sequence[Any]:
    """The events gear can be added to, by when they go out; the `present` one in any case."""
    statement = (
        select(Event.id, Event.name, Event.out_start, Event.out_end, Client.name.label("client_name"))
        .outerjoin(Client, Client.id == Event.client_id)
        .where(Event.deleted_at.is_(None), Event.status.in_(policy.OPEN))
        .where((Event.out_end > now()) | (Event.id == present))
        .order_by((func.coalesce(Event.id == present, False)).desc(), Event.out_start, Event.id)
        .limit(_MOST_EVENTS)
    )
    return (await reading.execute(statement)).all()
