"""the peak of one equipment

Revision: 0006_availability_steps, after: 0005_kits_and_sub_hire
"""

import sqlalchemy as sa
from alembic import op

revision = "0006_availability_steps"
down_revision = "0005_kits_and_sub_hire"
branch_labels = None
depends_on = None

# what the people of an event hear of; the bell looks for the newest of it
MOVES = (
    "rental.substituted", "rental.reduced", "rental.given_up", "rental.shifted",
    "event.shifted", "event.supplied", "event.supplied_undone",
)  # fmt: skip

PEAK = """
create function availability_peak(item bigint, since timestamptz, until timestamptz, moment timestamptz)
returns integer language plpgsql stable parallel safe as $$
-- the most that is taken of an item at any moment from `since` up to `until`: max(load) of availability_steps for
-- one window, without pencils. A running sum in a loop costs a third of one in a window function.
declare
  changes integer[];
  change integer;
  peak integer;
begin
  with class (number, longest) as (
    values (0::smallint, interval '8 hours'), (1::smallint, interval '32 hours'), (2::smallint, interval '128 hours'),
      (3::smallint, interval '512 hours'), (4::smallint, interval '2048 hours'), (5::smallint, interval '8192 hours'),
      (6::smallint, interval '876000 hours')
  )
  select array_agg(edge.change order by edge.at desc, edge.change desc) into changes from (
    -- what goes on already counts from the beginning, as one
    select since as at, coalesce(sum(covering.load), 0)::integer as change from class cross join lateral (
      select r.load from reservation r
      where r.state <> 'pencil' and r.equipment_id = item and r.duration_class = class.number
        and r.start_at <= since and r.start_at >= since - class.longest and r.end_at > since
      offset 0
    ) covering
    union all
    select starting.start_at, starting.load from class cross join lateral (
      select r.start_at, r.load from reservation r
      where r.state <> 'pencil' and r.equipment_id = item and r.duration_class = class.number
        and r.start_at > since and r.start_at < until
      offset 0
    ) starting
    union all
    select ending.end_at, -ending.load from class cross join lateral (
      select r.end_at, r.load from reservation r
      where r.state <> 'pencil' and r.equipment_id = item and r.duration_class = class.number
        and r.start_at < until and r.start_at >= since - class.longest and r.end_at > since and r.end_at < until
      offset 0
    ) ending
    union all
    -- what should be back and is not: taken from its end on, until somebody says otherwise
    select greatest(overdue.end_at, since), overdue.load from reservation overdue
    where overdue.until_back and overdue.equipment_id = item and overdue.end_at <= moment and overdue.end_at < until
  ) edge;
  -- from the last change to the first: the most that is ever on top of what there is before it. At the same instant
  -- what ends goes before what starts.
  foreach change in array changes loop
    peak := change + greatest(peak, 0);
  end loop;
  return peak;
end $$;
"""

GUARD = """
create or replace function reservation_guard() returns trigger language plpgsql as $$
-- Runs at commit. Raises the version of the equipment in every case: under REPEATABLE READ a lock alone would let
-- two transactions pass that do not see each other; writing the same row does not. Then what has grown is checked.
declare
  starts timestamptz[] := array[]::timestamptz[];
  ends timestamptz[] := array[]::timestamptz[];
  stock integer;
  peak integer;
begin
  if tg_op = 'DELETE' then
    update availability set version = version + 1, xid = pg_current_xact_id() where equipment_id = old.equipment_id;
    return null;
  end if;
  if tg_op = 'UPDATE' and old.equipment_id <> new.equipment_id then
    update availability set version = version + 1, xid = pg_current_xact_id() where equipment_id = old.equipment_id;
  end if;
  update availability set version = version + 1, xid = pg_current_xact_id() where equipment_id = new.equipment_id;

  -- facts are recorded, whatever they do to the plan: repairs, gear hired in, gear that left or came back,
  -- and what a person overbooked on purpose
  if new.kind in ('block', 'sub_hire') or new.state = 'pencil' then return null; end if;
  if tg_op = 'INSERT' and new.state in ('out', 'returned') then return null; end if;
  -- the row may have been given back, or overbooked with a name, later in the same transaction
  if not exists (select 1 from reservation where id = new.id and state <> 'pencil' and not overbooked) then
    return null;
  end if;

  if tg_op = 'UPDATE' and old.state <> 'pencil' and old.equipment_id = new.equipment_id
    and new.quantity <= old.quantity
  then
    if new.start_at < old.start_at then
      starts := starts || new.start_at;
      ends := ends || least(old.start_at, new.end_at);
    end if;
    if new.end_at > old.end_at then
      starts := starts || greatest(old.end_at, new.start_at);
      ends := ends || new.end_at;
    end if;
    if starts = array[]::timestamptz[] then return null; end if;
  else
    starts := array[new.start_at];
    ends := array[new.end_at];
  end if;

  select quantity into stock from equipment where id = new.equipment_id;
  <peak>
  if peak > stock then
    raise exception using errcode = '23514', constraint = 'no_overbooking',
      message = format('equipment %s: %s taken of %s', new.equipment_id, peak, stock);
  end if;
  return null;
end $$;
"""
OF_STEPS = """select max(step.load) into peak from availability_steps(
    array_fill(new.equipment_id, array[cardinality(starts)]), starts, ends, false, now()) step;"""
OF_ONE = """select max(availability_peak(new.equipment_id, grown.since, grown.until, now())) into peak
  from unnest(starts, ends) grown (since, until);"""


def upgrade() -> None:
    op.execute(PEAK)
    op.execute(GUARD.replace("<peak>", OF_ONE))
    op.create_index("ix_change_moves", "change", ["id"], postgresql_where=sa.text(f"action in {MOVES}"))


def downgrade() -> None:
    op.drop_index("ix_change_moves", "change")
    op.execute(GUARD.replace("<peak>", OF_STEPS))
    op.execute("drop function availability_peak(bigint, timestamptz, timestamptz, timestamptz)")
