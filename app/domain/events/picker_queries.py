"""Gear that may be added to an event, with what is free for its dates and, where not all is, why."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    DateTime,
    Text,
    TextClause,
    bindparam,
    exists,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import Equipment, Rental, Unit
from app.domain.availability.lateness import is_overdue
from app.domain.availability.queries import CLASSES
from app.domain.availability.whole_stock import Free
from app.domain.search.policy import prefix_query
from app.lib.clock import now
from app.lib.folding import fold

MOST_PICKED = 8
_NAMED = 2
_MAY_BE_ADDED = (Equipment.deleted_at.is_(None), ~Equipment.archived)
# how well a name has the words as they were typed: whole, as a beginning, within a word, not at all. K2 means
# a K2 before a K20, and SM58 comes before what a tag or a description likens to it
_NEARNESS = """case when name not ilike :inside escape '\\' then 4
  when name ~* :whole then 1 when name ~* :beginning then 2 else 3 end"""
# the exact SKU first, found through its index: to compare it row by row takes longer than all the rest
_BY_WORDS = f"""
    select e.*, case when e.id = exact.id then 0 else {_NEARNESS} end as rank
    from equipment e left join (
      select id from equipment where fold(sku) = :sku and deleted_at is null
    ) exact on true
    where e.id in (
      select id from equipment where fold(sku) = :sku and deleted_at is null
      union all
      (
        select id from equipment
        where search @@ to_tsquery('simple', :query) and deleted_at is null and not archived
        order by {_NEARNESS}, length(name), name_order, id limit {MOST_PICKED}
      )
    )
    and e.search @@ to_tsquery('simple', :query) and not e.archived
    order by rank, length(e.name), e.name_order, e.id limit {MOST_PICKED}
"""  # noqa: S608 - words of ours, values are bound
_BY_ID = """
    select e.*, 0 as rank from equipment e
    where e.id = any(:ids) and e.deleted_at is null and not e.archived
"""
# a period as in `block_period`; then the moment that decides, and who has most of it there
_GEAR = f"""
    with {CLASSES},
    gear as materialized (
      select row_number() over (order by found.rank, length(found.name), found.name_order, found.id) as n,
        found.id, found.name, found.sku, found.location, found.photo, found.quantity, c.icon,
        cast(:out_start as timestamptz) - make_interval(mins => found.prep_minutes) as since,
        case when found.kind = 'consumable' then 'infinity'
          else cast(:out_end as timestamptz) + make_interval(mins => found.turnaround_minutes) end as until
      from ({{found}}) found join category c on c.id = found.category_id
    ),
    deciding as materialized (
      select distinct on (step.n) step.n, step.at, step.load
      from (
        select array_agg(id order by n) as ids, array_agg(since order by n) as starts,
          array_agg(until order by n) as ends
        from gear
      ) asked cross join lateral
        availability_steps(asked.ids, asked.starts, asked.ends, false, cast(:moment as timestamptz)) step
      order by step.n, step.load desc, step.at
    )
    select gear.id, gear.name, gear.sku, gear.location, gear.photo, gear.icon, gear.quantity as stock,
      deciding.load, hired.quantity as hired, taker.quantity, taker.total, taker.event_id, taker.late,
      e.name as event_name
    from gear join deciding on deciding.n = gear.n cross join lateral (
      select coalesce(sum(r.quantity), 0) as quantity
      from sub_hire h join reservation r on r.sub_hire_id = h.id
      where h.equipment_id = gear.id and r.state <> 'pencil'
        and r.start_at <= deciding.at and r.end_at > deciding.at
    ) hired left join lateral (
      select taking.event_id, taking.late, sum(taking.quantity) as quantity,
        sum(sum(taking.quantity)) over () as total,
        row_number() over (order by max(taking.quantity) desc, min(taking.id)) as place
      from (
        select r.id, r.quantity, r.event_id,
          r.event_id is not null and {is_overdue("r")} as late
        from class cross join lateral (
          select r.* from reservation r
          where r.state <> 'pencil' and r.equipment_id = gear.id and r.duration_class = class.number
            and r.start_at <= deciding.at and r.start_at > deciding.at - class.longest
            and r.end_at > deciding.at and r.kind <> 'sub_hire'
          offset 0
        ) r
        union all
        select r.id, r.quantity, r.event_id, r.event_id is not null from reservation r
        where r.until_back and r.equipment_id = gear.id and r.end_at <= :moment
          and r.end_at <= deciding.at and r.kind <> 'sub_hire'
      ) taking
      group by taking.event_id, taking.late
    ) taker on taker.place <= {_NAMED}
    left join event e on e.id = taker.event_id
    order by gear.n, taker.place
"""  # noqa: S608 - words of ours, values are bound
_TYPES = {
    **dict.fromkeys(("out_start", "out_end", "moment"), DateTime(timezone=True)),
    **dict.fromkeys(("sku", "query", "inside", "whole", "beginning"), Text()),
    "ids": ARRAY(BigInteger),
}


def _statement(found: str, *names: str) -> TextClause:
    asked = ("out_start", "out_end", "moment", *names)
    return text(_GEAR.format(found=found)).bindparams(
        *(bindparam(name, type_=_TYPES[name]) for name in asked)
    )


_WORDS_GEAR, _ID_GEAR = (
    _statement(_BY_WORDS, "query", "sku", "inside", "whole", "beginning"),
    _statement(_BY_ID, "ids"),
)


@dataclass(frozen=True, slots=True)
class Gear:
    """Equipment that may be added, how many are free for the dates of the event, and why not more."""

    id: int
    name: str
    sku: str
    location: str
    icon: str
    photo: str | None
    free: Free
    why: str


async def find_gear(reading: AsyncConnection, event: Any, words: str) -> list[Gear]:
    """Equipment the words typed may mean, with what is free for the event, in one statement."""
    query = prefix_query(words)
    if not query:
        return []
    literally = words.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    begins = rf"\m{re.escape(words.strip())}"
    asked = {
        "query": query,
        "sku": fold(words),
        "inside": f"%{literally}%",
        "whole": rf"{begins}\M",
        "beginning": begins,
    }
    return await _gear(reading, event, _WORDS_GEAR, asked)


async def exactly(reading: AsyncConnection, words: str) -> list[int]:
    """Equipment whose SKU or name this is, or one of whose units has it as its tag."""
    folded = func.fold(words)
    tagged = exists().where(
        Unit.equipment_id == Equipment.id, Unit.deleted_at.is_(None), func.fold(Unit.asset_tag) == folded
    )
    statement = (
        select(Equipment.id)
        .where(or_(func.fold(Equipment.sku) == folded, func.fold(Equipment.name) == folded, tagged))
        .where(*_MAY_BE_ADDED)
        .limit(2)
    )
    return list((await reading.scalars(statement)).all())


async def free_of(reading: AsyncConnection, event: Any, equipment_ids: Sequence[int]) -> dict[int, Gear]:
    """These equipment with what is free for the dates of an event, in one statement."""
    found = await _gear(reading, event, _ID_GEAR, {"ids": sorted(set(equipment_ids))})
    return {gear.id: gear for gear in found}


async def line_to_raise(reading: AsyncConnection, event_id: int, equipment_id: int) -> Any:
    """Id and quantity of the line that more of an equipment is added to; None without.

    It is what a new line would be: for the dates of the event, in no group, of no kit and along with nothing.
    """
    statement = (
        select(Rental.id, Rental.quantity)
        .join(Equipment, Equipment.id == Rental.equipment_id)
        .where(*_MAY_BE_ADDED, Rental.event_id == event_id, Rental.equipment_id == equipment_id)
        .where(Rental.deleted_at.is_(None), ~Rental.optional, Rental.start_at.is_(None))
        .where(Rental.prep_minutes.is_(None), Rental.turnaround_minutes.is_(None), Rental.heading == "")
        .where(Rental.accessory_of_id.is_(None), Rental.kit_id.is_(None))
        .order_by(Rental.id.desc())
        .limit(1)
    )
    return (await reading.execute(statement)).one_or_none()


async def _gear(
    reading: AsyncConnection, event: Any, statement: TextClause, asked: dict[str, Any]
) -> list[Gear]:
    dates = {"out_start": event.out_start, "out_end": event.out_end, "moment": now()}
    found = list[Gear]()
    for _, rows in groupby(await reading.execute(statement, asked | dates), key=lambda row: row.id):
        takers = list(rows)
        one = takers[0]
        free = Free(one.stock - one.load, one.stock + one.hired)
        why = "" if one.total is None else _sentence(takers)
        found.append(Gear(one.id, one.name, one.sku, one.location, one.icon, one.photo, free, why))
    return found


def _sentence(takers: Sequence[Any]) -> str:
    """Who has most of it at the moment that decides, like: 5 at Rosenberg Festival, 2 out of service."""
    parts = [f"{taker.quantity} {_place(taker)}" for taker in takers]
    rest = takers[0].total - sum(taker.quantity for taker in takers)
    return ", ".join([*parts, *([f"{rest} elsewhere"] if rest else [])])


def _place(taker: Any) -> str:
    if taker.event_id is None:
        return "out of service"
    return f"at {taker.event_name}{', late' if taker.late else ''}"
