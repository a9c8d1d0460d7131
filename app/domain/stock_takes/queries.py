"""What should be at a location, and what was counted there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from app.domain.availability.queries import Connection
from app.domain.stock_takes.policy import CountedBulk, CountedUnit
from app.lib.errors import NotFound

# counted gear: what there is, less what is out with events
_BULK = text(
    """
    select e.id as equipment_id, e.name, e.sku, e.location,
      case when :location = '' or fold(e.location) = fold(:location) then e.quantity
        - coalesce((select sum(r.quantity) from reservation r
            where r.equipment_id = e.id and r.state = 'out' and r.until_back), 0) else 0 end as expected,
      coalesce(counted.pieces, 0) as counted,
      :location = '' or fold(e.location) = fold(:location) as here, e.photo, c.icon
    from equipment e
    join category c on c.id = e.category_id
    left join (
      select equipment_id, sum(quantity) as pieces from stock_count
      where stock_take_id = :stock_take_id and unit_id is null group by equipment_id
    ) counted on counted.equipment_id = e.id
    where e.deleted_at is null and e.tracking = 'bulk' and not e.archived
      and (counted.equipment_id is not null or :location = '' or fold(e.location) = fold(:location))
    order by natural_order(e.location), e.name_order, e.id
    """
)
_UNITS = text(
    """
    select u.id as unit_id, u.equipment_id, u.asset_tag, e.name, e.sku, u.state,
      coalesce(nullif(u.location, ''), e.location) as location, ev.name as with_event,
      coalesce(counted.pieces, 0) > 0 as counted,
      (:location = '' or fold(coalesce(nullif(u.location, ''), e.location)) = fold(:location)) as here,
      e.photo, c.icon
    from unit u join equipment e on e.id = u.equipment_id
    join category c on c.id = e.category_id
    left join rental r on r.id = u.rental_id left join event ev on ev.id = r.event_id
    left join (
      select unit_id, sum(quantity) as pieces from stock_count
      where stock_take_id = :stock_take_id and unit_id is not null group by unit_id
    ) counted on counted.unit_id = u.id
    where u.deleted_at is null and e.deleted_at is null and u.state not in ('written_off', 'retired')
      and (counted.unit_id is not null or (u.state not in ('lost', 'missing')
        and (:location = '' or fold(coalesce(nullif(u.location, ''), e.location)) = fold(:location))))
    order by e.name_order, u.tag_order, u.id
    """
)


async def counted_bulk(connection: Connection, stock_take_id: int, location: str) -> Sequence[CountedBulk]:
    """Counted gear that should be at a location, or was counted there. One statement."""
    rows = await connection.execute(_BULK, {"stock_take_id": stock_take_id, "location": location})
    return [CountedBulk(**row) for row in rows.mappings()]


async def counted_units(connection: Connection, stock_take_id: int, location: str) -> Sequence[CountedUnit]:
    """Units that should be at a location, or were counted there. One statement."""
    rows = await connection.execute(_UNITS, {"stock_take_id": stock_take_id, "location": location})
    return [CountedUnit(**row) for row in rows.mappings()]


_PLACES = text(
    """
    select place from (
      select location as place from equipment where deleted_at is null and not archived
      union
      select location from unit where deleted_at is null
    ) known where place <> '' order by natural_order(place), place
    """
)
_TAKES = """
    select s.id, s.version, s.name, s.location, s.status, s.notes, s.created_at, s.closed_at, s.started_by_id,
      trim(u.first_name || ' ' || u.last_name) as starter, u.avatar as starter_avatar,
      coalesce((select sum(c.quantity) from stock_count c where c.stock_take_id = s.id), 0) as pieces
    from stock_take s left join user_account u on u.id = s.started_by_id
    where s.deleted_at is null
"""
_LIST = text(f"{_TAKES} order by s.status <> 'open', s.id desc limit 100")
_ONE = text(f"{_TAKES} and s.id = :stock_take_id")
_APPLIED = text(
    """
    select c.entity, c.entity_id, c.label, c.action, c.fields from change c
    where c.operation = (
      select operation from change
      where entity = 'stock_take' and entity_id = :stock_take_id and action = 'stock_take.applied'
      order by id desc limit 1
    ) and c.entity <> 'stock_take' order by c.entity, c.id
    """
)


@dataclass(frozen=True, slots=True)
class Take:
    """A stock take as its page and the list show it; `pieces` were counted so far."""

    id: int
    version: int
    name: str
    location: str
    status: str
    notes: str
    created_at: datetime
    closed_at: datetime | None
    started_by_id: int | None
    starter: str | None
    starter_avatar: str | None
    pieces: int

    @property
    def is_open(self) -> bool:
        """Whether it is still being counted."""
        return self.status == "open"


async def places(connection: Connection) -> list[str]:
    """Every location that equipment or a unit has."""
    return [row.place for row in await connection.execute(_PLACES)]


async def stock_takes(connection: Connection) -> list[Take]:
    """The open ones first, then the newest."""
    return [Take(**row) for row in (await connection.execute(_LIST)).mappings()]


async def stock_take(connection: Connection, stock_take_id: int) -> Take:
    """One stock take. Raises NotFound."""
    row = (await connection.execute(_ONE, {"stock_take_id": stock_take_id})).mappings().one_or_none()
    if row is None:
        raise NotFound("This stock take does not exist.")
    return Take(**row)


async def applied_changes(connection: Connection, stock_take_id: int) -> Sequence[Any]:
    """What applying a count changed, as rows of the change log."""
    return (await connection.execute(_APPLIED, {"stock_take_id": stock_take_id})).all()
