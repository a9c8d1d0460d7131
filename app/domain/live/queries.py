"""Reading the change log in an order that loses nothing."""

from dataclasses import dataclass

from app.db.engine import DirectConnection
from app.domain.live.positions import Position

PAGE = 500

_ROWS = """
    select c.xid::text::bigint as xid, c.id, c.entity, c.entity_id, c.version, c.action, c.parent_entity,
      c.parent_id, array(select jsonb_object_keys(c.fields)) as fields, c.actor_id,
      coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username, 'AV-RENTALS') as actor_name
    from change c left join user_account u on u.id = c.actor_id
    where (c.xid, c.id) > ($1::text::xid8, $2) and c.xid < pg_snapshot_xmin(pg_current_snapshot())
    order by c.xid, c.id
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
    rows = await connection.fetch(_ROWS, str(position.xid), position.id, PAGE)
    return [
        ChangeSignal(
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
        for row in rows
    ]


async def newest_position(connection: DirectConnection) -> Position:
    """The position up to which everything is settled now."""
    row = await connection.fetchrow("""
        select xid::text::bigint as xid, id from change
        where xid < pg_snapshot_xmin(pg_current_snapshot()) order by xid desc, id desc limit 1
    """)
    return Position(row["xid"], row["id"]) if row else Position()


async def is_behind(connection: DirectConnection, position: Position) -> bool:
    """Whether there are rows after `position`, settled or not."""
    return bool(
        await connection.fetchval(
            "select exists (select 1 from change where (xid, id) > ($1::text::xid8, $2))",
            str(position.xid),
            position.id,
        )
    )


async def generation_of(connection: DirectConnection) -> str:
    """What tells this database cluster from every other."""
    return str(await connection.fetchval("select system_identifier from pg_control_system()"))
