"""The selects behind the timeline: which rows are shown, and the categories they are grouped by.

What stands on equipment is asked of app/domain/availability/claims.py, on units of unit_queries.py. Rows are
found by what is booked in the window; where that is much, they are walked in their order and looked at one by
one whether something stands on them, so a page costs the rows it passes and not what is booked on the others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, BindParameter, DateTime, Text, bindparam, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import Category
from app.db.models.unit import GONE
from app.domain.availability.queries import CLASSES
from app.domain.availability.shortages import shortages_between
from app.domain.search.policy import prefix_query
from app.domain.timeline.filters import Cursor, TimelineFilter
from app.domain.timeline.unit_queries import UNIT_BOOKED
from app.lib.periods import Period

PAGE = 40
_FEW = 4000
MOST_AT_ONCE = 400

_SHELVES = """
    shelf as materialized (
      select id, name, row_number() over (order by position, natural_order(name), id) as place from category
      where parent_id is null
    )
"""
_BOOKED = """
    (
      exists (
        select from class cross join lateral (
          select from reservation r
          where r.state <> 'pencil' and r.equipment_id = shown.id and r.duration_class = class.number
            and r.start_at < :until and r.start_at >= :since - class.longest and r.end_at > :since
          limit 1
        ) r
      )
      or exists (
        select from reservation r
        where r.until_back and r.equipment_id = shown.id and r.end_at <= :moment and r.end_at < :until
      )
      or exists (
        select from class cross join lateral (
          select from reservation r
          where r.state = 'pencil' and r.equipment_id = shown.id and r.duration_class = class.number
            and r.start_at < :until and r.start_at >= :since - class.longest and r.end_at > :since
          limit 1
        ) r
      )
    )
"""
# all equipment on which something stands, as long as that is not too much to list
_FEW_BOOKED = text(
    f"""
    with {CLASSES}
    select equipment_id, count(*) as bookings from (
      select r.equipment_id from class cross join lateral (
        select r.equipment_id from reservation r
        where r.state <> 'pencil' and r.duration_class = class.number
          and r.start_at < :until and r.start_at >= :since - class.longest and r.end_at > :since
        offset 0
      ) r
      union all
      select r.equipment_id from class cross join lateral (
        select r.equipment_id from reservation r
        where r.state = 'pencil' and r.duration_class = class.number
          and r.start_at < :until and r.start_at >= :since - class.longest and r.end_at > :since
        offset 0
      ) r
      union all
      select r.equipment_id from reservation r
      where r.until_back and r.end_at <= :moment and r.end_at < :until
      limit :most
    ) r
    group by equipment_id
    """  # noqa: S608 - words of ours
).bindparams(*(bindparam(name, type_=DateTime(timezone=True)) for name in ("since", "until", "moment")))
# in order first, then one by one whether they are shown, until there are enough
_PAGE_OF = f"""
    with {CLASSES}, {_SHELVES}
    select shown.equipment_id, shown.unit_id, shown.name, shown.tag, shown.category_id, shown.category,
      shown.name_order, shown.tag_order, shown.stock, coalesce(a.version, 0) as version
    from (select shown.* from ({{source}} offset 0) shown where {{booked}} limit :most) shown
    left join availability a on a.equipment_id = shown.equipment_id
    order by shown.place, shown.name_order, shown.equipment_id, shown.tag_order, shown.unit_id
"""  # noqa: S608 - words of ours, values are bound
# one category after the other, each in the order of an index: a page is found without sorting the rest
_EQUIPMENT = """
    select here.* from (select * from shelf order by place) shelf cross join lateral (
      select e.id, e.id as equipment_id, 0::bigint as unit_id, e.name, '' as tag, e.name_order,
        '' as tag_order, '' as state, e.quantity as stock, e.category_id, shelf.name as category, shelf.place
      from equipment e
      where e.category_id = shelf.id and {conditions} order by e.name_order, e.id offset 0
    ) here
"""
_UNITS = """
    select here.* from (select * from shelf order by place) shelf cross join lateral (
      select u.id, e.id as equipment_id, u.id as unit_id, e.name, u.asset_tag as tag, e.name_order,
        u.tag_order, u.state, e.quantity as stock, e.category_id, shelf.name as category, shelf.place
      from unit u join equipment e on e.id = u.equipment_id
      where e.category_id = shelf.id and {conditions}
      order by e.name_order, e.id, u.tag_order, u.id offset 0
    ) here
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the timeline: equipment, or with `unit_id` one unit of it."""

    equipment_id: int
    unit_id: int
    name: str
    tag: str
    category_id: int
    category: str
    name_order: str
    tag_order: str
    stock: int
    version: int

    @property
    def key(self) -> int:
        """The id of what the row is about."""
        return self.unit_id or self.equipment_id

    @property
    def cursor(self) -> Cursor:
        """Where the row stands in the list."""
        return Cursor(self.category_id, self.name_order, self.equipment_id, self.tag_order, self.unit_id)


async def rows_of(
    reading: AsyncConnection,
    chosen: TimelineFilter,
    period: Period,
    moment: datetime,
    ids: Sequence[int] | None = None,
) -> tuple[list[Row], bool]:
    """One page of rows in their order, and whether the list goes on; or those of `ids` that match."""
    values: dict[str, Any] = {"most": PAGE + 1 if ids is None else MOST_AT_ONCE}
    conditions, booked = _filters(chosen, values), "true"
    if ids is not None:
        conditions.append(f"{'u' if chosen.of_units else 'e'}.id = any(:ids)")
        values["ids"] = list(ids)
    elif chosen.cursor:
        conditions.append(_beyond(chosen, chosen.cursor, values))
    if chosen.show == "short":
        conditions.append("e.id = any(:few)")
        short = await shortages_between(reading, period, moment=moment)
        values["few"] = [one.equipment_id for one in short]
    elif chosen.show == "booked":
        window = {"since": period.start, "until": period.end, "moment": moment}
        few = await _few_booked(reading, window)
        if few is not None:
            conditions.append("e.id = any(:few)")
            values["few"] = few
        if few is None or chosen.of_units:
            booked = UNIT_BOOKED if chosen.of_units else _BOOKED
            values |= window
    elif ids is None:
        # archived gear has a row only where something stands on it
        conditions.append("not e.archived")
    source = (_UNITS if chosen.of_units else _EQUIPMENT).format(conditions=" and ".join(conditions))
    statement = text(_PAGE_OF.format(source=source, booked=booked)).bindparams(*typed(values))
    found = [Row(**row) for row in (await reading.execute(statement, values)).mappings()]
    return (found[:PAGE], len(found) > PAGE) if ids is None else (found, False)


async def _few_booked(reading: AsyncConnection, window: Mapping[str, Any]) -> list[int] | None:
    """The equipment on which something stands; None where looking row by row is quicker than listing it."""
    answer = await reading.execute(_FEW_BOOKED, {**window, "most": _FEW + 1})
    rows = answer.all()
    return None if sum(row.bookings for row in rows) > _FEW else [row.equipment_id for row in rows]


async def shelves(reading: AsyncConnection) -> list[tuple[int, str]]:
    """Id and name of the categories, in the order people gave them."""
    statement = (
        select(Category.id, Category.name)
        .where(Category.deleted_at.is_(None), Category.parent_id.is_(None))
        .order_by(Category.position, func.natural_order(Category.name), Category.id)
    )
    return [(key, name) for key, name in await reading.execute(statement)]


def _filters(chosen: TimelineFilter, values: dict[str, Any]) -> list[str]:
    conditions = ["e.deleted_at is null"]
    if chosen.of_units:
        conditions += ["u.deleted_at is null", "u.state <> all(:gone)"]
        values["gone"] = list(GONE)
    for name, column in (("category", "e.category_id"), ("item", "e.id")):
        if getattr(chosen, name):
            conditions.append(f"{column} = :{name}")
            values[name] = int(getattr(chosen, name))
    if chosen.q:
        words = prefix_query(chosen.q)
        conditions.append("e.search @@ to_tsquery('simple', :words)" if words else "false")
        values |= {"words": words} if words else {}
    return conditions


def _beyond(chosen: TimelineFilter, after: Cursor, values: dict[str, Any]) -> str:
    values |= {"category_after": after.category, "name_after": after.name, "equipment_after": after.equipment}
    place = "(select place from shelf where id = :category_after)"
    if not chosen.of_units:
        here = "(shelf.place, e.name_order, e.id)"
        return f"shelf.place >= {place} and {here} > ({place}, :name_after, :equipment_after)"
    values |= {"tag_after": after.tag, "unit_after": after.unit}
    here = "(shelf.place, e.name_order, e.id, u.tag_order, u.id)"
    last = f"({place}, :name_after, :equipment_after, :tag_after, :unit_after)"
    return f"shelf.place >= {place} and {here} > {last}"


def typed(values: dict[str, Any]) -> list[BindParameter[Any]]:
    """The values of a statement with the types the database needs to be told."""
    types: dict[str, Any] = {
        **dict.fromkeys(("since", "until", "moment"), DateTime(timezone=True)),
        **dict.fromkeys(("category", "item", "category_after", "equipment_after", "unit_after"), BigInteger),
        **dict.fromkeys(("name_after", "tag_after", "words"), Text),
        **dict.fromkeys(("ids", "few"), ARRAY(BigInteger)),
        "gone": ARRAY(Text),
    }
    return [bindparam(name, type_=types[name]) for name in values if name in types]
