"""Two years of events over a stock: popularity as in a real shop, a few things for months, most for days.

Popularity is Zipf's with an exponent of 0.9, lengths are exponential with a mean of 3.1 days, of 80 days for
one event in two hundred. One event in ten is a quote, one in ten a hold, one in ten cancelled; ten lines
each. The stock of every item is the most that is ever taken of it, so the plan fits, and hot items are full
at their peaks. The same seed makes the same plan.
"""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

LINES = 10

_QUIET = text("set session_replication_role = replica")
_LOUD = text("set session_replication_role = origin")
_SEED = text("select setseed(:seed)")
_EVENTS = text("""
    insert into event (name, out_start, out_end, status, hold_expires_at)
    select 'Event ' || n, start_at, start_at + length, status,
      case when status = 'held' then now() + interval '30 days' end
    from (
      select n,
        date_trunc('minute', now() - interval '365 days' + random() * interval '730 days') as start_at,
        make_interval(mins => greatest(60, (-ln(1 - random()) * 1440 *
          case when random() < 0.005 then 80 else 3.1 end)::int)) as length,
        (array['draft', 'held', 'cancelled', 'confirmed', 'confirmed', 'confirmed', 'confirmed', 'confirmed',
          'confirmed', 'confirmed'])[1 + floor(random() * 10)::int] as status
      from generate_series(1, :events) n
      offset 0
    ) drawn
""")
# the inverse of the sum of k^-0.9, which is about (k^0.1 - 1) / 0.1 + 0.6
_RENTALS = text("""
    insert into rental (event_id, equipment_id, quantity, name, position)
    select event.id, least(cast(:items as int), greatest(1, floor(power(greatest(0,
        drawn.u * ((power(cast(cast(:items as int) as float8), 0.1) - 1) / 0.1 + 0.6) - 0.6) * 0.1 + 1, 10)
      )::int)), 1 + floor(drawn.v * 4)::int,
      'Line', drawn.position
    from event cross join lateral (
      select position, random() as u, random() as v, event.id as of_event
      from generate_series(1, :lines) position
      offset 0
    ) drawn
""")
_RESERVATIONS = text("""
    insert into reservation (equipment_id, kind, state, quantity, start_at, end_at, event_id, rental_id)
    select rental.equipment_id, 'rental',
      case event.status when 'draft' then 'pencil' when 'held' then 'hold'
        else case when event.out_end < now() then 'returned' else 'firm' end end,
      rental.quantity, event.out_start, event.out_end, event.id, rental.id
    from rental join event on event.id = rental.event_id
    where event.status <> 'cancelled'
""")
_STOCK = text("""
    with moment as (
      select equipment_id, start_at as at, load from reservation where state <> 'pencil'
      union all
      select equipment_id, end_at, -load from reservation where state <> 'pencil'
    ),
    level as (
      select equipment_id, sum(load) over (partition by equipment_id order by at, load) as taken from moment
    ),
    peak as (select equipment_id, max(taken) as taken from level group by equipment_id)
    update equipment set quantity = greatest(peak.taken, 1) from peak where peak.equipment_id = equipment.id
""")
_OVERSOLD = text("""
    with moment as (
      select equipment_id, start_at as at, load from reservation where state <> 'pencil'
      union all
      select equipment_id, end_at, -load from reservation where state <> 'pencil'
    ),
    level as (
      select equipment_id, sum(load) over (partition by equipment_id order by at, load) as taken from moment
    )
    select count(*) from (
      select level.equipment_id from level join equipment on equipment.id = level.equipment_id
      group by level.equipment_id, equipment.quantity having max(level.taken) > equipment.quantity
    ) over_stock
""")


async def fill(connection: AsyncConnection, items: int, rentals: int, seed: float) -> None:
    """Put `rentals` lines over items 1 to `items` into an autocommit connection's database.

    Constraint triggers are off meanwhile: the plan is right by construction, and a million guards take hours.
    """
    await connection.execute(_QUIET)
    await connection.execute(_SEED, {"seed": seed})
    await connection.execute(_EVENTS, {"events": max(1, rentals // LINES)})
    await connection.execute(_RENTALS, {"items": items, "lines": LINES})
    await connection.execute(_RESERVATIONS)
    await connection.execute(_STOCK)
    await connection.execute(_LOUD)
    await connection.execute(text("vacuum analyze"))


async def oversold(connection: AsyncConnection) -> int:
    """Of how many items more is taken at some moment than there is, counted without the engine."""
    return int(await connection.scalar(_OVERSOLD) or 0)
