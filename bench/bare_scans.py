"""The bare queries that a scan cannot do without, on one connection in one transaction."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias
from uuid import uuid4

import asyncpg

if TYPE_CHECKING:
    Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
else:
    Connection = asyncpg.Connection

# what no scan can do without: know the code, hold the line and the unit, read what stands against it and
# where the line stands, and write the action, the movement, the unit, its promise and the change
_ACTION = """
    insert into bench_action (nonce, event_id, kind, step, code, answer)
    values ($1, $2, 'scan', 'picked', $3, '{"kind": "right"}') returning id
"""
_UNIT = """
    select u.id, u.equipment_id from unit u where fold(u.asset_tag) = fold($1) and u.deleted_at is null
"""
_LINE = """
    select id from rental where event_id = $1 and equipment_id = $2 order by id for no key update
"""
_COUNTS = """
    select step, sum(quantity) from movement where rental_id = $1 group by step
"""
_FACTS = """
    select u.state, u.rental_id,
      exists (select from allocation a join rental r on r.id = a.rental_id
        where a.unit_id = u.id and r.event_id <> $2 and a.start_at < $4 and a.end_at > $3),
      exists (select from maintenance m where m.unit_id = u.id and m.blocks and m.deleted_at is null
        and m.state in ('reported', 'in_progress', 'waiting')),
      exists (select from unit_inspection t where t.unit_id = u.id and t.valid_until < current_date)
    from unit u where u.id = $1 for no key update of u
"""
_PROMISE = "insert into allocation (rental_id, unit_id, start_at, end_at) values ($1, $2, $3, $4)"
_MOVE = """
    insert into movement (action_id, event_id, rental_id, equipment_id, unit_id, step, quantity)
    values ($1, $2, $3, $4, $5, 'picked', 1) returning id
"""
_PLACE = "update unit set state = 'prepped', rental_id = $2, version = version + 1 where id = $1"
_CHANGE = """
    insert into change
      (action, entity, entity_id, version, label, fields, parent_entity, parent_id, operation)
    values ('prep.scan', 'movement', $1, 1, 'Lamp', '{"picked": [0, 1]}', 'event', $2, $3)
"""

# what an answer cannot do without: who asks; and on the page what was changed since, where the event and its
# lines stand, and the units of the line
_SESSION = """
    select s.id, u.id, u.first_name, u.role, u.time_zone, u.locale from session s
    join user_account u on u.id = s.user_id
    where s.token_hash = $1 and s.expires_at > now() and u.active
"""
_NEWS = """
    select e.name, e.status, e.out_start, (select prep_steps from company),
      (select count(*) from bench_action a
        where a.event_id = e.id and a.needs_a_look and a.looked_at is null),
      (select array_agg(distinct c.entity_id) from change c where c.xid >= pg_current_xact_id()
        and c.parent_entity = 'event' and c.parent_id = e.id)
    from event e where e.id = $1
"""
_LINES = """
    select r.id, r.name, r.notes, r.quantity, e.location, c.name, known.quantity, m.picked, m.dispatched
    from rental r join equipment e on e.id = r.equipment_id
    join category c on c.id = coalesce(e.subcategory_id, e.category_id)
    left join known_line known on known.rental_id = r.id
    left join lateral (
      select sum(quantity) filter (where step = 'picked') as picked,
        sum(quantity) filter (where step = 'dispatched') as dispatched
      from movement where movement.rental_id = r.id
    ) m on true
    where r.event_id = $1 order by natural_order(e.location), e.name_order, r.position, r.id
"""
_UNITS = """
    select u.id, u.asset_tag from (
      select m.unit_id, max(m.id) as last_id from movement m where m.rental_id = $1 group by m.unit_id
      having sum(m.quantity) filter (where m.step = 'picked') > 0 order by last_id desc limit 12
    ) its join unit u on u.id = its.unit_id order by its.last_id desc
"""


async def scan(connection: Connection, event_id: int, tag: str, *, shown: bool = False) -> None:
    """Count a unit; with what the page of the bench has to read for its answer where that is `shown`.

    Raises LookupError.
    """
    nonce = uuid4()
    async with connection.transaction():
        action = await connection.fetchval(_ACTION, nonce, event_id, tag)
        event = await connection.fetchrow(
            "select out_start, out_end from event where id = $1 for share", event_id
        )
        unit = await connection.fetchrow(_UNIT, tag)
        if unit is None or event is None:
            raise LookupError(tag)
        line = await connection.fetchval(_LINE, event_id, unit["equipment_id"])
        await connection.fetch(_COUNTS, line)
        period: Sequence[object] = (event["out_start"], event["out_end"])
        await connection.fetchrow(_FACTS, unit["id"], event_id, *period)
        await connection.execute(_PROMISE, line, unit["id"], *period)
        moved = await connection.fetchval(_MOVE, action, event_id, line, unit["equipment_id"], unit["id"])
        await connection.execute(_PLACE, unit["id"], line)
        await connection.execute(_CHANGE, moved, event_id, nonce)
        if shown:
            await connection.fetch(_NEWS, event_id)
            await connection.fetch(_LINES, event_id)
            await connection.fetch(_UNITS, line)


async def look_up(connection: Connection, token: str) -> None:
    """Find out who asks. Raises LookupError."""
    if await connection.fetchrow(_SESSION, token) is None:
        raise LookupError("this session is over")
