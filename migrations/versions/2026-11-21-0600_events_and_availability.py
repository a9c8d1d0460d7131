"""events and availability

Revision: 0004_events_and_availability, after: 0003_folding_and_unit_words
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.db.models.change import TransactionId

revision = "0004_events_and_availability"
down_revision = "0003_folding_and_unit_words"
branch_labels = None
depends_on = None


DURATION_CLASS = """
-- a period of class n is shorter than 8, 32, 128, 512, 2048, 8192 hours; longer ones, and those without end,
-- are of class 6. Within a class, "overlaps" is a range of start_at.
create function duration_class(start_at timestamptz, end_at timestamptz) returns smallint
language sql immutable strict parallel safe begin atomic
  select case when end_at = 'infinity' then 6
    else width_bucket(extract(epoch from end_at - start_at) / 3600, array[8, 32, 128, 512, 2048, 8192]::numeric[])
  end::smallint;
end;
"""

ENGINE = """
create function availability_steps(
  equipment_ids bigint[], starts timestamptz[], ends timestamptz[], with_pencils boolean, moment timestamptz
) returns table (n bigint, equipment_id bigint, at timestamptz, load bigint)
language sql stable parallel safe begin atomic
  -- what is taken of equipment_ids[n] from starts[n] to ends[n], as steps: the load from `at` to the next step
  with asked as (
    select asked.n, asked.equipment_id, asked.start_at, asked.end_at
    from unnest(equipment_ids, starts, ends) with ordinality as asked (equipment_id, start_at, end_at, n)
  ),
  class (number, longest) as (
    values (0::smallint, interval '8 hours'), (1::smallint, interval '32 hours'), (2::smallint, interval '128 hours'),
      (3::smallint, interval '512 hours'), (4::smallint, interval '2048 hours'), (5::smallint, interval '8192 hours'),
      (6::smallint, interval '876000 hours')
  ),
  taken as materialized (
    select asked.n, asked.equipment_id, greatest(covering.start_at, asked.start_at) as start_at,
      case when covering.end_at < asked.end_at then covering.end_at end as end_at, covering.load
    from asked cross join class cross join lateral (
      select r.start_at, r.end_at, r.load from reservation r
      where r.state <> 'pencil' and r.equipment_id = asked.equipment_id and r.duration_class = class.number
        and r.start_at < asked.end_at and r.start_at >= asked.start_at - class.longest
        and r.end_at > asked.start_at
      offset 0
    ) covering
    union all
    -- what should be back and is not: taken from its end on, until somebody says otherwise
    select asked.n, asked.equipment_id, greatest(overdue.end_at, asked.start_at), null::timestamptz, overdue.load
    from asked cross join lateral (
      select r.end_at, r.load from reservation r
      where r.until_back and r.equipment_id = asked.equipment_id
        and r.end_at <= moment and r.end_at < asked.end_at
      offset 0
    ) overdue
    union all
    select asked.n, asked.equipment_id, greatest(covering.start_at, asked.start_at),
      case when covering.end_at < asked.end_at then covering.end_at end, covering.load
    from asked cross join class cross join lateral (
      select r.start_at, r.end_at, r.load from reservation r
      where r.state = 'pencil' and r.equipment_id = asked.equipment_id and r.duration_class = class.number
        and r.start_at < asked.end_at and r.start_at >= asked.start_at - class.longest
        and r.end_at > asked.start_at
      offset 0
    ) covering
    where with_pencils
  ),
  edge as (
    select taken.n, taken.equipment_id, taken.start_at as at, taken.load as change from taken
    union all
    select taken.n, taken.equipment_id, taken.end_at, -taken.load from taken where taken.end_at is not null
    union all
    select asked.n, asked.equipment_id, asked.start_at, 0 from asked
  )
  select edge.n, edge.equipment_id, edge.at,
    sum(sum(edge.change)::integer) over (partition by edge.n order by edge.at rows unbounded preceding)
  from edge group by edge.n, edge.equipment_id, edge.at;
end;
"""

GUARD = """
create function reservation_guard() returns trigger language plpgsql as $$
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
  select max(step.load) into peak from availability_steps(
    array_fill(new.equipment_id, array[cardinality(starts)]), starts, ends, false, now()) step;
  if peak > stock then
    raise exception using errcode = '23514', constraint = 'no_overbooking',
      message = format('equipment %s: %s taken of %s', new.equipment_id, peak, stock);
  end if;
  return null;
end $$;

create constraint trigger no_overbooking_insert_delete after insert or delete on reservation
  deferrable initially deferred for each row execute function reservation_guard();
create constraint trigger no_overbooking_update after update on reservation
  deferrable initially deferred for each row
  when ((old.equipment_id, old.kind, old.state, old.quantity, old.start_at, old.end_at, old.until_back)
    is distinct from (new.equipment_id, new.kind, new.state, new.quantity, new.start_at, new.end_at, new.until_back))
  execute function reservation_guard();

create function equipment_has_availability() returns trigger language plpgsql as $$
begin
  insert into availability (equipment_id) values (new.id);
  return null;
end $$;

create trigger equipment_has_availability after insert on equipment
  for each row execute function equipment_has_availability();

create function equipment_stock_changed() returns trigger language plpgsql as $$
-- less stock is a fact too: it is never refused, it shows as a shortage
begin
  update availability set version = version + 1, xid = pg_current_xact_id() where equipment_id = new.id;
  return null;
end $$;

create trigger equipment_stock_changed after update of quantity on equipment
  for each row when (old.quantity <> new.quantity) execute function equipment_stock_changed();

insert into availability (equipment_id) select id from equipment;
"""

BLOCKS = """
create function block_unit(which bigint) returns void language sql begin atomic
  -- a unit is out of service once, however many jobs are open on it
  delete from reservation where unit_id = which;
  insert into reservation (equipment_id, kind, state, quantity, start_at, end_at, until_back, unit_id, maintenance_id)
  select u.equipment_id, 'block', 'firm', 1, cause.start_at, greatest(cause.end_at, cause.start_at + interval '1 minute'),
    cause.end_at <> 'infinity', u.id, cause.maintenance_id
  from unit u cross join lateral (
    select min(one.start_at) as start_at, max(one.end_at) as end_at, max(one.maintenance_id) as maintenance_id
    from (
      select coalesce(m.started_at, case when m.kind <> 'repair' then m.due_at end, m.created_at) as start_at,
        coalesce(m.expected_back, 'infinity'::timestamptz) as end_at, m.id as maintenance_id
      from maintenance m
      where m.unit_id = which and m.blocks and m.deleted_at is null
        and m.state in ('reported', 'in_progress', 'waiting')
      union all
      select u.updated_at, case when exists (
          select 1 from maintenance m where m.unit_id = which and m.blocks and m.deleted_at is null
            and m.state in ('reported', 'in_progress', 'waiting')) then '-infinity'::timestamptz else 'infinity'::timestamptz end, null
      where u.state in ('quarantine', 'in_repair', 'missing')
    ) one
  ) cause
  where u.id = which and u.deleted_at is null and u.state not in ('lost', 'written_off', 'retired')
    and cause.start_at is not null;
end;

create function unit_state_blocks() returns trigger language plpgsql as $$
begin
  perform block_unit(new.id);
  return null;
end $$;

create trigger unit_state_blocks_insert after insert on unit
  for each row when (new.state in ('quarantine', 'in_repair', 'missing')) execute function unit_state_blocks();
create trigger unit_state_blocks_update after update of state, deleted_at on unit
  for each row when ((old.state, old.deleted_at) is distinct from (new.state, new.deleted_at))
  execute function unit_state_blocks();

create function block_quantity(which bigint) returns void language sql begin atomic
  delete from reservation where maintenance_id = which and unit_id is null;
  insert into reservation (equipment_id, kind, state, quantity, start_at, end_at, until_back, maintenance_id)
  select cause.equipment_id, 'block', 'firm', cause.quantity, cause.start_at,
    greatest(cause.end_at, cause.start_at + interval '1 minute'), cause.end_at <> 'infinity', which
  from (
    select m.equipment_id, m.quantity, coalesce(m.expected_back, 'infinity'::timestamptz) as end_at,
      coalesce(m.started_at, case when m.kind <> 'repair' then m.due_at end, m.created_at) as start_at
    from maintenance m
    where m.id = which and m.unit_id is null and m.blocks and m.deleted_at is null
      and m.state in ('reported', 'in_progress', 'waiting')
  ) cause;
end;

create function maintenance_blocks() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' and old.unit_id is not null then perform block_unit(old.unit_id); end if;
  if tg_op = 'DELETE' then return null; end if;
  if new.unit_id is null then perform block_quantity(new.id);
  elsif tg_op = 'INSERT' or new.unit_id is distinct from old.unit_id then perform block_unit(new.unit_id);
  end if;
  return null;
end $$;

create trigger maintenance_blocks after insert or update or delete on maintenance
  for each row execute function maintenance_blocks();

select block_unit(u.id) from unit u
where u.state in ('quarantine', 'in_repair', 'missing')
  or exists (select 1 from maintenance m where m.unit_id = u.id and m.blocks);
select block_quantity(m.id) from maintenance m where m.unit_id is null;
"""

AWAY = """
drop trigger maintenance_blocks on maintenance;
drop trigger unit_state_blocks_insert on unit;
drop trigger unit_state_blocks_update on unit;
drop trigger equipment_stock_changed on equipment;
drop trigger equipment_has_availability on equipment;
drop function maintenance_blocks(), block_quantity(bigint), unit_state_blocks(), block_unit(bigint),
  equipment_stock_changed(), equipment_has_availability(),
  availability_steps(bigint[], timestamptz[], timestamptz[], boolean, timestamptz);
drop table reservation, availability, rental, event, client;
drop function reservation_guard(), duration_class(timestamptz, timestamptz);
"""


def upgrade() -> None:
    _execute_all(DURATION_CLASS)
    op.create_table(
        "client",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=1, increment=1), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="company", nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("phone", sa.Text(), server_default="", nullable=False),
        sa.Column("website", sa.Text(), server_default="", nullable=False),
        sa.Column("tax_number", sa.Text(), server_default="", nullable=False),
        sa.Column("payment_terms_days", sa.Integer(), nullable=True),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("notes", sa.Text(), server_default="", nullable=False),
        sa.Column("supplier", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("blocked", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("block_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("archived", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("merged_into_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "name_order", sa.Text(), sa.Computed("natural_order(name)", persisted=True), nullable=False
        ),
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed(
                "search_document(name || ' ' || email || ' ' || phone || ' ' || tax_number || ' ' || tag_words(tags) || ' ' || notes)",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind in ('company', 'person')", name=op.f("ck_client_kind")),
        sa.CheckConstraint("not blocked or block_reason <> ''", name=op.f("ck_client_block_has_reason")),
        sa.CheckConstraint("length(name) between 1 and 200", name=op.f("ck_client_name_length")),
        sa.CheckConstraint(
            "merged_into_id is null or deleted_at is not null", name=op.f("ck_client_merged_is_deleted")
        ),
        sa.CheckConstraint("payment_terms_days between 0 and 365", name=op.f("ck_client_payment_terms_days")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["client.id"], name=op.f("fk_client_merged_into_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client")),
    )
    op.create_index(
        "ix_client_name_order",
        "client",
        ["name_order", "id"],
        unique=False,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_index("ix_client_search", "client", ["search"], unique=False, postgresql_using="gin")
    op.create_index(
        "ix_client_updated_at",
        "client",
        ["updated_at", "id"],
        unique=False,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_table(
        "availability",
        sa.Column("equipment_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("xid", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["equipment_id"], ["equipment.id"], name=op.f("fk_availability_equipment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("equipment_id", name=op.f("pk_availability")),
        postgresql_with={"fillfactor": "50"},
    )
    op.create_index("ix_availability_xid", "availability", ["xid"], unique=False)
    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=1, increment=1), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("client_id", sa.BigInteger(), nullable=True),
        sa.Column("venue", sa.Text(), server_default="", nullable=False),
        sa.Column("venue_address", sa.Text(), server_default="", nullable=False),
        sa.Column("out_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("out_end", sa.DateTime(timezone=True), nullable=False),
        sa.Column("use_start", sa.DateTime(timezone=True), nullable=True),
        sa.Column("use_end", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notes", sa.Text(), server_default="", nullable=False),
        sa.Column("client_notes", sa.Text(), server_default="", nullable=False),
        sa.Column("responsible_id", sa.BigInteger(), nullable=True),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("status", sa.Text(), server_default="draft", nullable=False),
        sa.Column("status_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("hold_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("requested_by_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "duration_class",
            sa.SmallInteger(),
            sa.Computed("duration_class(out_start, out_end)", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed(
                "search_document(name || ' ' || venue || ' ' || tag_words(tags) || ' ' || notes)",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(status in ('held', 'requested')) = (hold_expires_at is not null)",
            name=op.f("ck_event_hold_expires"),
        ),
        sa.CheckConstraint(
            "out_end - out_start <= interval '87660 hours'", name=op.f("ck_event_out_period_length")
        ),
        sa.CheckConstraint(
            "status in ('draft', 'requested', 'quoted', 'held', 'confirmed', 'closed', 'lost', 'cancelled', 'declined', 'withdrawn', 'expired')",
            name=op.f("ck_event_status"),
        ),
        sa.CheckConstraint("(use_start is null) = (use_end is null)", name=op.f("ck_event_use_period_whole")),
        sa.CheckConstraint("length(name) between 1 and 200", name=op.f("ck_event_name_length")),
        sa.CheckConstraint("out_end > out_start", name=op.f("ck_event_out_period")),
        sa.CheckConstraint("use_end > use_start", name=op.f("ck_event_use_period")),
        sa.CheckConstraint(
            "use_start >= out_start and use_end <= out_end", name=op.f("ck_event_use_within_out")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_event_client_id")),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["user_account.id"], name=op.f("fk_event_requested_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["responsible_id"], ["user_account.id"], name=op.f("fk_event_responsible_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    op.create_index("ix_event_client_id", "event", ["client_id", "out_start"], unique=False)
    op.create_index(
        "ix_event_hold_expires_at",
        "event",
        ["hold_expires_at"],
        unique=False,
        postgresql_where=sa.text("status in ('held', 'requested')"),
    )
    op.create_index(
        "ix_event_out_start",
        "event",
        ["duration_class", "out_start"],
        unique=False,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_index("ix_event_responsible_id", "event", ["responsible_id"], unique=False)
    op.create_index("ix_event_search", "event", ["search"], unique=False, postgresql_using="gin")
    op.create_index(
        "ix_event_start",
        "event",
        ["out_start", "id"],
        unique=False,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_table(
        "rental",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=1, increment=1), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("equipment_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("start_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("prep_minutes", sa.Integer(), nullable=True),
        sa.Column("turnaround_minutes", sa.Integer(), nullable=True),
        sa.Column("heading", sa.Text(), server_default="", nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("notes", sa.Text(), server_default="", nullable=False),
        sa.Column("optional", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("accessory_of_id", sa.Integer(), nullable=True),
        sa.Column("overbook_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("overbooked_by_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(overbook_reason = '') = (overbooked_by_id is null)",
            name=op.f("ck_rental_overbooking_has_a_name"),
        ),
        sa.CheckConstraint(
            "end_at - start_at <= interval '87660 hours'", name=op.f("ck_rental_period_length")
        ),
        sa.CheckConstraint("(start_at is null) = (end_at is null)", name=op.f("ck_rental_period_whole")),
        sa.CheckConstraint("end_at > start_at", name=op.f("ck_rental_period")),
        sa.CheckConstraint("prep_minutes between 0 and 43200", name=op.f("ck_rental_prep_minutes")),
        sa.CheckConstraint("quantity between 1 and 100000", name=op.f("ck_rental_quantity")),
        sa.CheckConstraint(
            "turnaround_minutes between 0 and 43200", name=op.f("ck_rental_turnaround_minutes")
        ),
        sa.ForeignKeyConstraint(
            ["accessory_of_id", "event_id"], ["rental.id", "rental.event_id"], name="fk_rental_accessory_of"
        ),
        sa.ForeignKeyConstraint(["equipment_id"], ["equipment.id"], name=op.f("fk_rental_equipment_id")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_rental_event_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["overbooked_by_id"], ["user_account.id"], name=op.f("fk_rental_overbooked_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rental")),
        sa.UniqueConstraint("id", "event_id", name="uq_rental_id_event"),
    )
    op.create_index("ix_rental_accessory_of_id", "rental", ["accessory_of_id"], unique=False)
    op.create_index("ix_rental_equipment_id", "rental", ["equipment_id"], unique=False)
    op.create_index("ix_rental_event_id", "rental", ["event_id", "position", "id"], unique=False)
    op.create_table(
        "reservation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=1, increment=1), nullable=False),
        sa.Column("equipment_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="rental", nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("start_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_back", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("overbooked", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=True),
        sa.Column("rental_id", sa.BigInteger(), nullable=True),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("maintenance_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "load",
            sa.Integer(),
            sa.Computed("case when kind = 'sub_hire' then -quantity else quantity end", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "duration_class",
            sa.SmallInteger(),
            sa.Computed("duration_class(start_at, end_at)", persisted=True),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(kind in ('rental', 'sale')) = (rental_id is not null)", name=op.f("ck_reservation_of_rental")
        ),
        sa.CheckConstraint(
            "kind = 'block' or maintenance_id is null", name=op.f("ck_reservation_maintenance_blocks")
        ),
        sa.CheckConstraint(
            "kind in ('rental', 'sale', 'block', 'sub_hire')", name=op.f("ck_reservation_kind")
        ),
        sa.CheckConstraint(
            "state in ('pencil', 'hold', 'firm', 'out', 'returned')", name=op.f("ck_reservation_state")
        ),
        sa.CheckConstraint(
            "unit_id is null or (kind = 'block' and quantity = 1)",
            name=op.f("ck_reservation_unit_is_blocked"),
        ),
        sa.CheckConstraint(
            "(rental_id is null) or (event_id is not null)", name=op.f("ck_reservation_of_event")
        ),
        sa.CheckConstraint("end_at > start_at", name=op.f("ck_reservation_period")),
        sa.CheckConstraint("isfinite(start_at)", name=op.f("ck_reservation_start_is_known")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_reservation_quantity")),
        sa.ForeignKeyConstraint(
            ["equipment_id"], ["equipment.id"], name=op.f("fk_reservation_equipment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_reservation_event_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["maintenance_id"],
            ["maintenance.id"],
            name=op.f("fk_reservation_maintenance_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["rental_id"], ["rental.id"], name=op.f("fk_reservation_rental_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name=op.f("fk_reservation_unit_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservation")),
        postgresql_with={
            "autovacuum_vacuum_scale_factor": "0.02",
            "autovacuum_vacuum_insert_scale_factor": "0.02",
        },
    )
    op.create_index(
        "ix_reservation_equipment_period",
        "reservation",
        ["equipment_id", "duration_class", "start_at"],
        unique=False,
        postgresql_include=("end_at", "load"),
        postgresql_where=sa.text("state <> 'pencil'"),
    )
    op.create_index("ix_reservation_event_id", "reservation", ["event_id"], unique=False)
    op.create_index(
        "ix_reservation_pencil",
        "reservation",
        ["equipment_id", "duration_class", "start_at"],
        unique=False,
        postgresql_include=("end_at", "load"),
        postgresql_where=sa.text("state = 'pencil'"),
    )
    op.create_index(
        "ix_reservation_period",
        "reservation",
        ["duration_class", "start_at"],
        unique=False,
        postgresql_include=("equipment_id", "end_at", "load"),
        postgresql_where=sa.text("state <> 'pencil'"),
    )
    op.create_index("ix_reservation_rental_id", "reservation", ["rental_id"], unique=False)
    op.create_index(
        "ix_reservation_until_back",
        "reservation",
        ["equipment_id", "end_at"],
        unique=False,
        postgresql_include=("load",),
        postgresql_where=sa.text("until_back"),
    )
    op.create_index("uq_reservation_maintenance_id", "reservation", ["maintenance_id"], unique=True)
    op.create_index(
        "uq_reservation_unit_id",
        "reservation",
        ["unit_id"],
        unique=True,
        postgresql_where=sa.text("unit_id is not null and maintenance_id is null"),
    )
    _execute_all(ENGINE)
    _execute_all(GUARD)
    _execute_all(BLOCKS)


def downgrade() -> None:
    _execute_all(AWAY)


def _execute_all(statements: str) -> None:
    """Run several statements at once, which needs the simple protocol of the driver."""
    op.get_bind().connection.dbapi_connection.run_async(lambda driver: driver.execute(statements))
