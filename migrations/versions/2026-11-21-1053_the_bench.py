"""the bench: movements, cases, handovers, inspections, counting

Revision: 0007_the_bench, after: 0006_client_imports
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007_the_bench"
down_revision = "0006_client_imports"
branch_labels = None
depends_on = None


LEDGER = """
create function movement_is_history() returns trigger language plpgsql as $$
begin
  raise exception using errcode = '23514', constraint = 'movement_is_history',
    message = 'movements are added, never changed or removed';
end $$;

create trigger movement_is_history before update or delete on movement
  for each statement execute function movement_is_history();

create function movement_guard() returns trigger language plpgsql as $$
-- The counts of a line add up to what can be: nothing is below zero, no more comes back or is settled than went
-- out, and a unit takes every step once. The line is locked, so that two who count at once see each other.
declare
  count record;
begin
  perform 1 from rental where id = new.rental_id for no key update;
  select
    coalesce(sum(quantity) filter (where step = 'picked'), 0) as picked,
    coalesce(sum(quantity) filter (where step = 'tested'), 0) as tested,
    coalesce(sum(quantity) filter (where step = 'packed'), 0) as packed,
    coalesce(sum(quantity) filter (where step = 'loaded'), 0) as loaded,
    coalesce(sum(quantity) filter (where step = 'dispatched'), 0) as dispatched,
    coalesce(sum(quantity) filter (where step = 'returned'), 0) as returned,
    coalesce(sum(quantity) filter (where step = 'checked'), 0) as checked,
    coalesce(sum(quantity) filter (where step = 'missing'), 0) as missing,
    coalesce(sum(quantity) filter (where step = 'settled'), 0) as settled
  into count from movement where rental_id = new.rental_id;
  if least(count.picked, count.tested, count.packed, count.loaded, count.dispatched, count.returned, count.checked,
      count.missing, count.settled) < 0
    or count.returned + count.settled > count.dispatched
    or count.missing > count.dispatched - count.returned - count.settled
    or count.checked > count.returned
  then
    raise exception using errcode = '23514', constraint = 'movement_adds_up',
      message = format('line %s: %s', new.rental_id, to_jsonb(count));
  end if;
  if new.unit_id is not null and exists (
    select 1 from movement where rental_id = new.rental_id and unit_id = new.unit_id
    group by step having sum(quantity) not in (0, 1)
  ) then
    raise exception using errcode = '23514', constraint = 'movement_adds_up',
      message = format('line %s: unit %s takes a step once', new.rental_id, new.unit_id);
  end if;
  return null;
end $$;

create trigger movement_guard after insert on movement for each row execute function movement_guard();
"""

MISSING = """
create or replace function block_unit(which bigint) returns void language sql begin atomic
  -- a unit is out of service once, however many jobs are open on it; one that is missing from a line is taken by
  -- that line still
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
    and (u.state <> 'missing' or u.rental_id is null)
    and cause.start_at is not null;
end;
"""

UNIT_STOCK = """
create or replace function unit_stock() returns trigger language plpgsql as $$
-- the stock of serialized equipment is the number of its units in service; their tags are searchable
begin
{but}  -- one transaction at a time: the statement after the lock sees what the one before has committed
  perform 1 from equipment where id in (select equipment_id from touched_units) order by id for no key update;
  update equipment e set
    quantity = case when e.tracking = 'serialized' then s.stock else e.quantity end,
    unit_words = s.words
  from (
    select touched.equipment_id,
      count(u.id) filter (where u.state not in ('lost', 'written_off', 'retired')) as stock,
      coalesce(string_agg(u.asset_tag || ' ' || u.serial_number, ' '), '') as words
    from (select distinct equipment_id from touched_units) touched
    left join unit u on u.equipment_id = touched.equipment_id and u.deleted_at is null
    group by touched.equipment_id
  ) s
  where e.id = s.equipment_id;
  return null;
end $$;

drop trigger unit_stock_update on unit;
create trigger unit_stock_update after update on unit
  referencing {old}new table as touched_units for each statement execute function unit_stock();
"""
# a unit that only moves, as every scan has it, neither changes the stock nor has to wait for the equipment
UNIT_STOCK_THAT_CHANGES = UNIT_STOCK.format(
    old="old table as units_before ",
    but="""  if tg_op = 'UPDATE' then
    if not exists (
      select from touched_units u join units_before b using (id)
      where (u.equipment_id, u.asset_tag, u.serial_number, u.deleted_at is null,
          u.state in ('lost', 'written_off', 'retired'))
        is distinct from (b.equipment_id, b.asset_tag, b.serial_number, b.deleted_at is null,
          b.state in ('lost', 'written_off', 'retired'))
    ) then return null; end if;
  end if;
""",
)

INSPECTIONS = """
create view unit_inspection as
-- every test a unit has to pass: the last one, and the last day on which it counts as passed
select u.id as unit_id, u.equipment_id, rule.id as rule_id, rule.name, rule.warn_days, last.id as inspection_id,
  last.inspected_on, last.passed,
  case when last.id is null then rule.starts_on when last.passed then last.valid_until
    else last.inspected_on - 1 end as valid_until
from inspection_rule rule
join equipment e on e.id = rule.equipment_id or rule.category_id in (e.category_id, e.subcategory_id)
join unit u on u.equipment_id = e.id
left join lateral (
  select i.id, i.inspected_on, i.passed, i.valid_until from inspection i
  where i.unit_id = u.id and i.rule_id = rule.id and i.deleted_at is null
  order by i.inspected_on desc, i.id desc limit 1
) last on true
where rule.deleted_at is null and e.deleted_at is null and u.deleted_at is null
  and u.state not in ('lost', 'written_off', 'retired');
"""


def upgrade() -> None:
    op.create_table(
        "stock_take",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=1, increment=1), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        sa.Column("notes", sa.Text(), server_default="", nullable=False),
        sa.Column("started_by_id", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(status = 'open') = (closed_at is null)", name=op.f("ck_stock_take_closed_at")),
        sa.CheckConstraint("status in ('open', 'applied', 'cancelled')", name=op.f("ck_stock_take_status")),
        sa.CheckConstraint("length(name) between 1 and 200", name=op.f("ck_stock_take_name_length")),
        sa.ForeignKeyConstraint(
            ["started_by_id"], ["user_account.id"], name=op.f("fk_stock_take_started_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_take")),
    )
    op.create_index(
        "ix_stock_take_open", "stock_take", ["id"], unique=False, postgresql_where=sa.text("status = 'open'")
    )
    op.create_table(
        "inspection_rule",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=1, increment=1), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("equipment_id", sa.BigInteger(), nullable=True),
        sa.Column("category_id", sa.BigInteger(), nullable=True),
        sa.Column("interval_months", sa.Integer(), nullable=False),
        sa.Column("warn_days", sa.Integer(), server_default=sa.text("30"), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("notes", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(equipment_id is null) <> (category_id is null)", name=op.f("ck_inspection_rule_of_one")
        ),
        sa.CheckConstraint(
            "interval_months between 1 and 240", name=op.f("ck_inspection_rule_interval_months")
        ),
        sa.CheckConstraint("length(name) between 1 and 200", name=op.f("ck_inspection_rule_name_length")),
        sa.CheckConstraint("warn_days between 0 and 365", name=op.f("ck_inspection_rule_warn_days")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_inspection_rule_category_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["equipment_id"],
            ["equipment.id"],
            name=op.f("fk_inspection_rule_equipment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_rule")),
    )
    op.create_index("ix_inspection_rule_category_id", "inspection_rule", ["category_id"], unique=False)
    op.create_index("ix_inspection_rule_equipment_id", "inspection_rule", ["equipment_id"], unique=False)
    op.create_table(
        "bench_action",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=1, increment=1), nullable=False),
        sa.Column("nonce", sa.UUID(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=True),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), server_default="", nullable=False),
        sa.Column("code", sa.Text(), server_default="", nullable=False),
        sa.Column("verdict", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "answer", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("device", sa.Text(), server_default="", nullable=False),
        sa.Column("device_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("queued", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("needs_a_look", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looked_by_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("length(code) <= 500", name=op.f("ck_bench_action_code_length")),
        sa.CheckConstraint("length(kind) between 1 and 40", name=op.f("ck_bench_action_kind_length")),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_bench_action_actor_id")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_bench_action_event_id")),
        sa.ForeignKeyConstraint(
            ["looked_by_id"], ["user_account.id"], name=op.f("fk_bench_action_looked_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bench_action")),
    )
    op.create_index("ix_bench_action_event_id", "bench_action", ["event_id", "id"], unique=False)
    op.create_index(
        "ix_bench_action_inbox",
        "bench_action",
        ["event_id", "id"],
        unique=False,
        postgresql_where=sa.text("needs_a_look and looked_at is null"),
    )
    op.create_index("uq_bench_action_nonce", "bench_action", ["nonce"], unique=True)
    op.create_table(
        "gear_case",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=1, increment=1), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="temporary", nullable=False),
        sa.Column("location", sa.Text(), server_default="", nullable=False),
        sa.Column("weight_kg", sa.Numeric(precision=10, scale=3), nullable=True),
        sa.Column("notes", sa.Text(), server_default="", nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind in ('temporary', 'permanent')", name=op.f("ck_gear_case_kind")),
        sa.CheckConstraint("length(code) between 1 and 64", name=op.f("ck_gear_case_code_length")),
        sa.CheckConstraint("length(name) between 1 and 200", name=op.f("ck_gear_case_name_length")),
        sa.CheckConstraint("weight_kg >= 0", name=op.f("ck_gear_case_weight_kg")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_gear_case_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gear_case")),
    )
    op.create_index(
        "ix_gear_case_event_id",
        "gear_case",
        ["event_id"],
        unique=False,
        postgresql_where=sa.text("event_id is not null"),
    )
    op.create_index(
        "uq_gear_case_code",
        "gear_case",
        [sa.literal_column("fold(code)")],
        unique=True,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_table(
        "handover",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=1, increment=1), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("vehicle", sa.Text(), server_default="", nullable=False),
        sa.Column("signed_name", sa.Text(), server_default="", nullable=False),
        sa.Column("signature", sa.Text(), nullable=True),
        sa.Column("notes", sa.Text(), server_default="", nullable=False),
        sa.Column("override_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind in ('dispatch', 'check_in')", name=op.f("ck_handover_kind")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_handover_number")),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_handover_actor_id")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_handover_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
        sa.UniqueConstraint("event_id", "kind", "number", name="uq_handover_number"),
    )
    op.create_index("ix_handover_at", "handover", ["at"], unique=False)
    op.create_table(
        "case_item",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=1, increment=1), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("equipment_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("quantity between 1 and 10000", name=op.f("ck_case_item_quantity")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["gear_case.id"], name=op.f("fk_case_item_case_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["equipment_id"], ["equipment.id"], name=op.f("fk_case_item_equipment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_item")),
    )
    op.create_index("ix_case_item_equipment_id", "case_item", ["equipment_id"], unique=False)
    op.create_index(
        "uq_case_item_equipment_id",
        "case_item",
        ["case_id", "equipment_id"],
        unique=True,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_table(
        "known_line",
        sa.Column("rental_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("equipment_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("known_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("known_by_id", sa.BigInteger(), nullable=True),
        sa.Column("change_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_known_line_quantity")),
        sa.ForeignKeyConstraint(["equipment_id"], ["equipment.id"], name=op.f("fk_known_line_equipment_id")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_known_line_event_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["known_by_id"], ["user_account.id"], name=op.f("fk_known_line_known_by_id")),
        sa.ForeignKeyConstraint(
            ["rental_id"], ["rental.id"], name=op.f("fk_known_line_rental_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("rental_id", name=op.f("pk_known_line")),
    )
    op.create_index("ix_known_line_event_id", "known_line", ["event_id"], unique=False)
    op.create_table(
        "stock_count",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=1, increment=1), nullable=False),
        sa.Column("stock_take_id", sa.BigInteger(), nullable=False),
        sa.Column("nonce", sa.UUID(), nullable=False),
        sa.Column("equipment_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("quantity <> 0 and abs(quantity) <= 100000", name=op.f("ck_stock_count_quantity")),
        sa.CheckConstraint("unit_id is null or abs(quantity) = 1", name=op.f("ck_stock_count_unit_is_one")),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_stock_count_actor_id")),
        sa.ForeignKeyConstraint(
            ["equipment_id"], ["equipment.id"], name=op.f("fk_stock_count_equipment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["stock_take_id"],
            ["stock_take.id"],
            name=op.f("fk_stock_count_stock_take_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name=op.f("fk_stock_count_unit_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_count")),
    )
    op.create_index(
        "ix_stock_count_stock_take_id", "stock_count", ["stock_take_id", "equipment_id"], unique=False
    )
    op.create_index("uq_stock_count_nonce", "stock_count", ["nonce"], unique=True)
    op.create_table(
        "inspection",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=1, increment=1), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("rule_id", sa.BigInteger(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("inspected_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("inspector", sa.Text(), server_default="", nullable=False),
        sa.Column("notes", sa.Text(), server_default="", nullable=False),
        sa.Column("certificate", sa.Text(), nullable=True),
        sa.Column("certificate_name", sa.Text(), server_default="", nullable=False),
        sa.Column("maintenance_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "passed = (valid_until is not null)", name=op.f("ck_inspection_valid_when_passed")
        ),
        sa.CheckConstraint("valid_until >= inspected_on", name=op.f("ck_inspection_valid_until")),
        sa.ForeignKeyConstraint(
            ["maintenance_id"],
            ["maintenance.id"],
            name=op.f("fk_inspection_maintenance_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["inspection_rule.id"], name=op.f("fk_inspection_rule_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name=op.f("fk_inspection_unit_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection")),
    )
    op.create_index("ix_inspection_rule_id", "inspection", ["rule_id"], unique=False)
    op.create_index(
        "ix_inspection_unit_id", "inspection", ["unit_id", "rule_id", "inspected_on"], unique=False
    )
    op.create_table(
        "movement",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=1, increment=1), nullable=False),
        sa.Column("action_id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("rental_id", sa.BigInteger(), nullable=False),
        sa.Column("equipment_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("handover_id", sa.BigInteger(), nullable=True),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("condition", sa.Text(), nullable=True),
        sa.Column("settlement", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("photo", sa.Text(), nullable=True),
        sa.Column("maintenance_id", sa.BigInteger(), nullable=True),
        sa.Column("undoes_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(step = 'checked') = (condition is not null)", name=op.f("ck_movement_condition_when_checked")
        ),
        sa.CheckConstraint(
            "(step = 'settled') = (settlement is not null)", name=op.f("ck_movement_settlement_when_settled")
        ),
        sa.CheckConstraint("condition in ('fine', 'dirty', 'damaged')", name=op.f("ck_movement_condition")),
        sa.CheckConstraint("settlement in ('charged', 'written_off')", name=op.f("ck_movement_settlement")),
        sa.CheckConstraint(
            "step in ('picked', 'tested', 'packed', 'loaded', 'dispatched', 'returned', 'checked', 'missing', 'settled')",
            name=op.f("ck_movement_step"),
        ),
        sa.CheckConstraint("quantity <> 0 and abs(quantity) <= 100000", name=op.f("ck_movement_quantity")),
        sa.CheckConstraint("unit_id is null or abs(quantity) = 1", name=op.f("ck_movement_unit_is_one")),
        sa.ForeignKeyConstraint(["action_id"], ["bench_action.id"], name=op.f("fk_movement_action_id")),
        sa.ForeignKeyConstraint(["case_id"], ["gear_case.id"], name=op.f("fk_movement_case_id")),
        sa.ForeignKeyConstraint(["equipment_id"], ["equipment.id"], name=op.f("fk_movement_equipment_id")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_movement_event_id")),
        sa.ForeignKeyConstraint(["handover_id"], ["handover.id"], name=op.f("fk_movement_handover_id")),
        sa.ForeignKeyConstraint(
            ["maintenance_id"], ["maintenance.id"], name=op.f("fk_movement_maintenance_id")
        ),
        sa.ForeignKeyConstraint(["rental_id"], ["rental.id"], name=op.f("fk_movement_rental_id")),
        sa.ForeignKeyConstraint(["undoes_id"], ["movement.id"], name=op.f("fk_movement_undoes_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_movement_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_movement")),
    )
    op.create_index("ix_movement_action_id", "movement", ["action_id"], unique=False)
    op.create_index(
        "ix_movement_case_id",
        "movement",
        ["case_id", "id"],
        unique=False,
        postgresql_where=sa.text("case_id is not null"),
    )
    op.create_index(
        "ix_movement_equipment_missing",
        "movement",
        ["equipment_id"],
        unique=False,
        postgresql_where=sa.text("step in ('missing', 'settled')"),
    )
    op.create_index("ix_movement_event_id", "movement", ["event_id", "id"], unique=False)
    op.create_index(
        "ix_movement_handover_id",
        "movement",
        ["handover_id"],
        unique=False,
        postgresql_where=sa.text("handover_id is not null"),
    )
    op.create_index(
        "ix_movement_maintenance_id",
        "movement",
        ["maintenance_id"],
        unique=False,
        postgresql_where=sa.text("maintenance_id is not null"),
    )
    op.create_index(
        "ix_movement_to_check",
        "movement",
        ["rental_id"],
        unique=False,
        postgresql_include=("step", "quantity"),
        postgresql_where=sa.text("unit_id is null and step in ('returned', 'checked')"),
    )
    op.create_index(
        "ix_movement_rental_id",
        "movement",
        ["rental_id", "step"],
        unique=False,
        postgresql_include=("quantity", "condition"),
    )
    op.create_index(
        "ix_movement_unit_id",
        "movement",
        ["unit_id", "id"],
        unique=False,
        postgresql_where=sa.text("unit_id is not null"),
    )
    op.create_index(
        "uq_movement_undoes_id",
        "movement",
        ["undoes_id"],
        unique=True,
        postgresql_where=sa.text("undoes_id is not null"),
    )
    op.add_column(
        "company",
        sa.Column(
            "prep_steps",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{picked,packed}'"),
            nullable=False,
        ),
    )
    op.add_column("company", sa.Column("paper_size", sa.Text(), server_default="A4", nullable=False))
    for name in ("address", "phone", "email", "website", "tax_number"):
        op.add_column("company", sa.Column(name, sa.Text(), server_default="", nullable=False))
    op.add_column("company", sa.Column("logo", sa.Text(), nullable=True))
    op.add_column(
        "rental", sa.Column("added_at_bench", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("unit", sa.Column("rental_id", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_unit_rental_id",
        "unit",
        ["rental_id"],
        unique=False,
        postgresql_where=sa.text("rental_id is not null"),
    )
    op.create_foreign_key(
        op.f("fk_unit_rental_id"), "unit", "rental", ["rental_id"], ["id"], ondelete="SET NULL"
    )
    op.create_check_constraint(
        op.f("ck_company_prep_steps"),
        "company",
        "prep_steps <@ array['picked', 'tested', 'packed', 'loaded']",
    )
    op.create_check_constraint(op.f("ck_company_picked_always"), "company", "prep_steps @> array['picked']")
    op.create_check_constraint(op.f("ck_company_paper_size"), "company", "paper_size in ('A4', 'Letter')")
    op.create_check_constraint(
        op.f("ck_unit_with_a_line"), "unit", "rental_id is null or state in ('prepped', 'out', 'missing')"
    )
    # every scan changes a unit, which looks for what blocks it
    op.create_index(
        "ix_reservation_unit_id",
        "reservation",
        ["unit_id"],
        unique=False,
        postgresql_where=sa.text("unit_id is not null"),
    )
    _execute_all(LEDGER + MISSING + UNIT_STOCK_THAT_CHANGES + INSPECTIONS)


def downgrade() -> None:
    op.drop_index("ix_reservation_unit_id", "reservation")
    _execute_all(
        "drop view unit_inspection; drop table movement; drop function movement_is_history(), movement_guard();"
    )
    _execute_all(UNIT_STOCK.format(old="", but=""))
    _execute_all(MISSING.replace("    and (u.state <> 'missing' or u.rental_id is null)\n", ""))
    op.drop_column("unit", "rental_id")
    op.drop_column("rental", "added_at_bench")
    for column in (
        "prep_steps", "paper_size", "address", "phone", "email", "website", "tax_number", "logo",
    ):  # fmt: skip
        op.drop_column("company", column)
    for table in (
        "inspection", "inspection_rule", "stock_count", "stock_take", "known_line", "case_item", "handover",
        "gear_case", "bench_action",
    ):  # fmt: skip
        op.drop_table(table)


def _execute_all(statements: str) -> None:
    """Run several statements at once, which needs the simple protocol of the driver."""
    op.get_bind().connection.dbapi_connection.run_async(lambda driver: driver.execute(statements))
