"""Finding anything by a few typed or scanned words."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.search.hits import (
    CaseHit,
    ClientHit,
    EquipmentHit,
    EventHit,
    JobHit,
    KitHit,
    Recent,
    UnitHit,
)
from app.domain.search.policy import prefix_query
from app.lib.folding import fold

EACH = 6


# The words are found by the index first; only then is anything ordered, and never more than the first
# candidates of a word that is everywhere.
_EQUIPMENT = text(r"""
    with found as materialized (
      (select id, true as exact from equipment
       where fold(sku) = :folded and deleted_at is null)
      union all
      (select id, false from equipment
       where search @@ to_tsquery('simple', :words) and deleted_at is null and fold(sku) <> :folded
       limit 400)
    )
    select e.id, e.name, e.sku, e.location, e.quantity, e.tracking, coalesce(s.icon, c.icon) as icon, e.photo,
      f.exact
    from found f join equipment e on e.id = f.id
    join category c on c.id = e.category_id left join category s on s.id = e.subcategory_id
    order by f.exact desc, e.archived,
      case when fold(e.name) like :start escape '\' then 0
           when fold(e.sku) like :start escape '\' then 1
           when fold(e.name) like :inside escape '\' then 2 else 3 end,
      e.name_order, e.id
    limit :limit
""")

# tag_order and the folded serial number are not indexed for prefixes: units are reached through the
# words of their equipment, which are
_UNITS = text(r"""
    with tagged as materialized (
      select id from unit where fold(asset_tag) = :folded and deleted_at is null
      union
      select id from unit
      where serial_number <> '' and fold(serial_number) = :folded and deleted_at is null
    ), near as materialized (
      select u.id from (
        select id from equipment where search @@ to_tsquery('simple', :words) and deleted_at is null limit 60
      ) e join unit u on u.equipment_id = e.id
      where u.deleted_at is null
        and (fold(u.asset_tag) like :start escape '\' or fold(u.serial_number) like :start escape '\')
      limit 400
    )
    select u.id, u.asset_tag, u.serial_number, u.state, e.name as equipment_name,
      u.id in (select id from tagged) as exact
    from unit u join equipment e on e.id = u.equipment_id
    where u.id in (select id from tagged union select id from near) and e.deleted_at is null
    order by exact desc, u.tag_order, u.id
    limit :limit
""")

_JOBS = text(r"""
    select m.id, m.title, m.state, e.name as equipment_name
    from maintenance m join equipment e on e.id = m.equipment_id left join unit u on u.id = m.unit_id
    where m.deleted_at is null
      and (fold(m.title) like :inside escape '\' or fold(u.asset_tag) = :folded)
    order by m.state in ('resolved', 'written_off'), m.id desc
    limit :limit
""")

_CLIENTS = text(r"""
    with found as materialized (
      select id from client where search @@ to_tsquery('simple', :words) and deleted_at is null limit 400
    )
    select c.id, c.name, c.email, c.blocked, c.archived
    from found f join client c on c.id = f.id
    order by c.archived, fold(c.name) not like :start escape '\', c.name_order, c.id
    limit :limit
""")

_KITS = text(r"""
    with found as materialized (
      select id from kit where search @@ to_tsquery('simple', :words) and deleted_at is null limit 400
    )
    select k.id, k.name, k.sku, k.archived
    from found f join kit k on k.id = f.id
    order by k.archived, fold(k.name) not like :start escape '\', k.name_order, k.id
    limit :limit
""")

# a shop has hundreds of cases, not millions: they are looked through
_CASES = text(r"""
    select c.id, c.code, c.name, c.location, e.name as event_name
    from gear_case c left join event e on e.id = c.event_id and e.deleted_at is null
    where c.deleted_at is null and not exists (
      select from unnest(string_to_array(:folded, ' ')) word
      where position(word in fold(concat_ws(' ', c.code, c.name, c.location))) = 0)
    order by fold(c.code) not like :start escape '\', fold(c.name) not like :start escape '\',
      natural_order(c.code), c.id
    limit :limit
""")

_EVENTS = text(r"""
    with named as materialized (
      select id from event where search @@ to_tsquery('simple', :words) and deleted_at is null
      order by out_start desc limit 400
    ), theirs as materialized (
      select e.id from (
        select id from client where search @@ to_tsquery('simple', :words) and deleted_at is null limit 60
      ) c join event e on e.client_id = c.id
      where e.deleted_at is null order by e.out_start desc limit 400
    )
    select e.id, e.name, e.status, c.name as client_name, e.out_start
    from event e left join client c on c.id = e.client_id
    where e.id in (select id from named union select id from theirs)
    order by e.out_end < now(), fold(e.name) not like :start escape '\',
      abs(extract(epoch from e.out_start - now())), e.id
    limit :limit
""")

_EXACT = text("""
    select 1 as rank, '/units/' || id as path from unit where fold(asset_tag) = :folded and deleted_at is null
    union all
    select 2, '/inventory/' || id from equipment where fold(sku) = :folded and deleted_at is null
    union all
    select 3, '/units/' || id from unit
    where serial_number <> '' and fold(serial_number) = :folded and deleted_at is null
    union all
    select 4, '/kits/' || id from kit where fold(sku) = :folded and deleted_at is null
    union all
    select 5, '/cases/' || id from gear_case where fold(code) = :folded and deleted_at is null
    order by rank
""")

_RECENT = text("""
    select entity, entity_id, label from (
      select distinct on (entity, entity_id) entity, entity_id, label, id from (
        select entity, entity_id, label, id from change
        where actor_id = :actor_id
          and entity in ('equipment', 'unit', 'maintenance', 'client', 'event', 'kit', 'case')
        order by id desc limit 60
      ) latest order by entity, entity_id, id desc
    ) once order by id desc limit :limit
""")


async def find_equipment(reading: AsyncConnection, typed: str, limit: int = EACH) -> list[EquipmentHit]:
    """Equipment by sku, name, tags, description, asset tags and serials; an exact sku comes first."""
    rows = await reading.execute(_EQUIPMENT, _parameters(typed, limit, "folded", "words", "start", "inside"))
    return [EquipmentHit(*row) for row in rows]


async def find_units(reading: AsyncConnection, typed: str, limit: int = EACH) -> list[UnitHit]:
    """Units whose asset tag or serial number is what was typed, or begins with it."""
    rows = await reading.execute(_UNITS, _parameters(typed, limit, "folded", "words", "start"))
    return [UnitHit(*row) for row in rows]


async def find_jobs(reading: AsyncConnection, typed: str, limit: int = EACH) -> list[JobHit]:
    """Maintenance jobs by a part of their title, or by the asset tag of their unit."""
    rows = await reading.execute(_JOBS, _parameters(typed, limit, "folded", "inside"))
    return [JobHit(*row) for row in rows]


async def find_clients(reading: AsyncConnection, typed: str, limit: int = EACH) -> list[ClientHit]:
    """Clients by the beginnings of their words; those whose name begins so come first."""
    if not prefix_query(typed):
        return []
    rows = await reading.execute(_CLIENTS, _parameters(typed, limit, "words", "start"))
    return [ClientHit(*row) for row in rows]


async def find_events(reading: AsyncConnection, typed: str, limit: int = EACH) -> list[EventHit]:
    """Events by the beginnings of their words or those of their client; what is to come is first."""
    if not prefix_query(typed):
        return []
    rows = await reading.execute(_EVENTS, _parameters(typed, limit, "words", "start"))
    return [EventHit(*row) for row in rows]


async def find_kits(reading: AsyncConnection, typed: str, limit: int = EACH) -> list[KitHit]:
    """Kits by the beginnings of their words; those whose name begins so come first."""
    if not prefix_query(typed):
        return []
    rows = await reading.execute(_KITS, _parameters(typed, limit, "words", "start"))
    return [KitHit(*row) for row in rows]


async def find_cases(reading: AsyncConnection, typed: str, limit: int = EACH) -> list[CaseHit]:
    """Cases with every typed word in their code, name or place; those whose code begins so come first."""
    rows = await reading.execute(_CASES, _parameters(typed, limit, "folded", "start"))
    return [CaseHit(*row) for row in rows]


async def find_exact(reading: AsyncConnection, code: str) -> str | None:
    """The page of what carries this code: a unit by tag, equipment by sku, a unit by serial, a kit, a case.

    None when nothing does, or several units share the serial number.
    """
    rows = (await reading.execute(_EXACT, {"folded": fold(code)})).all()
    first = [row for row in rows if row.rank == rows[0].rank]
    return first[0].path if len(first) == 1 else None


async def recent_records(reading: AsyncConnection, actor_id: int, limit: int = EACH) -> list[Recent]:
    """What this person changed last, each once."""
    return [Recent(*row) for row in await reading.execute(_RECENT, {"actor_id": actor_id, "limit": limit})]


def _parameters(typed: str, limit: int, *names: str) -> dict[str, object]:
    folded = fold(typed)
    pattern = folded.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    all_of_them: dict[str, object] = {
        "folded": folded,
        "words": prefix_query(typed),
        "start": f"{pattern}%",
        "inside": f"%{pattern}%",
    }
    return {name: all_of_them[name] for name in names} | {"limit": limit}
