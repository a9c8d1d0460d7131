"""Reading the change log in an order that loses nothing."""

from collections.abc import Collection
from dataclasses import dataclass

import asyncpg

from app.db.engine import DirectConnection
from app.domain.live.positions import Position

PAGE = 500

_SIGNALS = """
    select c.xid::text::bigint as xid, c.id, c.entity, c.entity_id, c.version, c.action, c.parent_entity,
      c.parent_id, array(select jsonb_object_keys(c.fields)) as fields, c.actor_id,
      coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username, 'AV-RENTALS') as actor_name
    from change c left join user_account u on u.id = c.actor_id
"""
# What is booked has no change row per equipment: its row of `availability` says which transaction moved it
# last. Such a signal stands behind all changes of that transaction, and only the newest one is told.
_BEHIND_CHANGES = 2**62
_AFTER = f"""
    (
      {_SIGNALS}
      where (c.xid, c.id) > ($1::text::xid8, $2) and c.xid < pg_snapshot_xmin(pg_current_snapshot())
      order by c.xid, c.id limit $3
    ) union all (
      select a.xid::text::bigint, {_BEHIND_CHANGES} + a.equipment_id, 'availability', a.equipment_id,
        a.version::integer, 'availability.changed', null, null, array[]::text[], null, 'AV-RENTALS'
      from availability a
      where a.xid >= $1::text::xid8 and a.xid < pg_snapshot_xmin(pg_current_snapshot())
        and (a.xid > $1::text::xid8 or {_BEHIND_CHANGES} + a.equipment_id > $2)
      order by a.xid, a.equipment_id limit $3
    )
    order by 1, 2 limit $3
"""  # noqa: S608 - a number of ours
_NEWEST = f"""
    (
      select xid::text::bigint as xid, id from change
      where xid < pg_snapshot_xmin(pg_current_snapshot()) order by change.xid desc, id desc limit 1
    ) union all (
      select xid::text::bigint, {_BEHIND_CHANGES} + equipment_id from availability
      where xid < pg_snapshot_xmin(pg_current_snapshot())
      order by availability.xid desc, equipment_id desc limit 1
    )
    order by 1 desc, 2 desc limit 1
"""  # noqa: S608 - a number of ours
# the newest of each, from the end of its index: asked for any that is newer, all of the log may be read
_IS_BEHIND = """
    select coalesce((select (xid, id) > ($1::text::xid8, $2) from change
        order by change.xid desc, id desc limit 1), false)
      or coalesce((select xid > $1::text::xid8 from availability
        order by availability.xid desc limit 1), false)
"""
_UP_TO = f"""{_SIGNALS}
    where (c.xid, c.id) <= ($1::text::xid8, $2)
    order by c.xid desc, c.id desc
    limit $3
"""


@dataclass(frozen=True, slots=True)
class ChangeSignal:
    """One committed change, as much of it as pages need to know."""

    position: Position
    entity: str
    entity_id: int
    version: int
    action: str
    parent_entity: str | None
    parent_id: int | None
    fields: tuple[str, ...]
    actor_id: int | None
    actor_name: str


async def changes_after(connection: DirectConnection, position: Position) -> list[ChangeSignal]:
    """The next page of changes after `position`, at most PAGE, in reading order."""
    rows = await connection.fetch(_AFTER, str(position.xid), position.id, PAGE)
    return [_signal(row) for row in rows]


async def changes_up_to(connection: DirectConnection, position: Position, most: int) -> list[ChangeSignal]:
    """The last changes up to and including `position`, at most `most`, in reading order."""
    rows = await connection.fetch(_UP_TO, str(position.xid), position.id, most)
    return [_signal(row) for row in reversed(rows)]


def _signal(row: asyncpg.Record) -> ChangeSignal:
    return ChangeSignal(
        Position(row["xid"], row["id"]),
        row["entity"],
        row["entity_id"],
        row["version"],
        row["action"],
        row["parent_entity"],
        row["parent_id"],
        tuple(row["fields"]),
        row["actor_id"],
        row["actor_name"],
    )


async def newest_position(connection: DirectConnection) -> Position:
    """The position up to which everything is settled now."""
    row = await connection.fetchrow(_NEWEST)
    return Position(row["xid"], row["id"]) if row else Position()


async def is_behind(connection: DirectConnection, position: Position) -> bool:
    """Whether there are rows after `position`, settled or not."""
    return bool(await connection.fetchval(_IS_BEHIND, str(position.xid), position.id))


async def generation_of(connection: DirectConnection) -> str:
    """What tells this database cluster from every other."""
    return str(await connection.fetchval("select system_identifier from pg_control_system()"))


async def sessions_in_force(connection: DirectConnection, session_ids: Collection[int]) -> set[int]:
    """Which of these sessions are not over."""
    rows = await connection.fetch(
        "select id from session where id = any($1::bigint[]) and expires_at > now()", list(session_ids)
    )
    return {row["id"] for row in rows}
