"""people and inventory

Revision: 0001_people_and_inventory, after:
"""

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager
from sqlalchemy.dialects import postgresql

from app.db.models.change import TransactionId

revision = "0001_people_and_inventory"
down_revision = None
branch_labels = None
depends_on = None


# bodies that are bound when they are made: a restore runs without a search path and still finds `fold`
FUNCTIONS = """
-- lower case without accents, so that people find "Übergröße" by typing "ubergrosse"
create function fold(value text) returns text language sql immutable strict parallel safe begin atomic
  select translate(
    replace(replace(replace(lower(regexp_replace(normalize(value, NFKD), '[\\u0300-\\u036f]', '', 'g')),
      'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'),
    'øłđðıħ', 'olddih');
end;

-- digits padded to ten places, so that SM58-2 comes before SM58-10
create function natural_order(value text) returns text language sql immutable strict parallel safe begin atomic
  select left(regexp_replace(regexp_replace(fold(value), '(\\d+)', '0000000000\\1', 'g'),
    '\\d*(\\d{10})', '\\1', 'g'), 400);
end;

create function tag_words(words text[]) returns text language sql immutable strict parallel safe begin atomic
  select array_to_string(words, ' ');
end;

-- every run of letters and digits is a word; MegaPointe and SM58 are also found by their parts
create function search_document(value text) returns tsvector language sql immutable strict parallel safe begin atomic
  select to_tsvector('simple', regexp_replace(fold(
    value || ' ' || regexp_replace(value, '([[:lower:]])([[:upper:]])|([[:alpha:]])([0-9])|([0-9])([[:alpha:]])',
      '\\1\\3\\5 \\2\\4\\6', 'g')), '[^[:alnum:]]+', ' ', 'g'));
end;
"""

EVERYTHING_AWAY = """
do $$ declare gone record; begin
  for gone in select tablename from pg_tables where schemaname = 'public' and tablename <> 'alembic_version' loop
    execute format('drop table %I cascade', gone.tablename);
  end loop;
  for gone in select oid::regprocedure as name from pg_proc where pronamespace = 'public'::regnamespace loop
    execute format('drop function if exists %s cascade', gone.name);
  end loop;
  for gone in select typname from pg_type where typnamespace = 'public'::regnamespace and typtype in ('e', 'c')
    and typname <> 'alembic_version' loop
    execute format('drop type if exists %I cascade', gone.typname);
  end loop;
end $$;
"""

TRIGGERS = """
create function unit_stock() returns trigger language plpgsql as $$
-- the stock of serialized equipment is the number of its units in service; their tags are searchable
begin
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

create trigger unit_stock_insert after insert on unit
  referencing new table as touched_units for each statement execute function unit_stock();
create trigger unit_stock_update after update on unit
  referencing new table as touched_units for each statement execute function unit_stock();
create trigger unit_stock_delete after delete on unit
  referencing old table as touched_units for each statement execute function unit_stock();

create function equipment_stock() returns trigger language plpgsql as $$
-- nobody types the stock of serialized equipment: it is counted
begin
  if new.tracking = 'serialized' then
    select count(*) into new.quantity from unit
    where equipment_id = new.id and deleted_at is null and state not in ('lost', 'written_off', 'retired');
  end if;
  return new;
end $$;

create trigger equipment_stock before insert or update of tracking, quantity on equipment
  for each row execute function equipment_stock();

create function unit_of_serialized() returns trigger language plpgsql as $$
begin
  if not exists (select 1 from equipment where id = new.equipment_id and tracking = 'serialized') then
    raise exception using errcode = '23514', constraint = 'unit_of_serialized',
      message = 'only serialized equipment has units';
  end if;
  return new;
end $$;

create trigger unit_of_serialized before insert or update of equipment_id on unit
  for each row execute function unit_of_serialized();

create function change_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception using errcode = '23514', constraint = 'change_is_append_only',
    message = 'the change log is append-only';
end $$;

create trigger change_is_append_only before update or delete on change
  for each row execute function change_is_append_only();

create function change_wakes_readers() returns trigger language plpgsql as $$
-- within the transaction, so that readers wake exactly when there is something to read
begin
  perform pg_notify('change', '');
  return null;
end $$;

create trigger change_wakes_readers after insert on change
  for each statement execute function change_wakes_readers();
"""


def upgrade() -> None:
    _execute_all(FUNCTIONS)
    op.create_table(
        "category",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=1, increment=1), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("icon", sa.Text(), server_default="box", nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "level",
            sa.SmallInteger(),
            sa.Computed("case when parent_id is null then 1 else 2 end", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "parent_level",
            sa.SmallInteger(),
            sa.Computed("case when parent_id is null then null else 1 end", persisted=True),
            nullable=True,
        ),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("length(name) between 1 and 80", name=op.f("ck_category_name_length")),
        sa.ForeignKeyConstraint(
            ["parent_id", "parent_level"], ["category.id", "category.level"], name="fk_category_parent"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category")),
        sa.UniqueConstraint("id", "level", name="uq_category_id_level"),
        sa.UniqueConstraint("id", "parent_id", name="uq_category_id_parent"),
    )
    op.create_index(
        "uq_category_name",
        "category",
        [sa.literal_column("coalesce(parent_id, 0)"), sa.literal_column("fold(name)")],
        unique=True,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_table(
        "company",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=1, increment=1), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), server_default="", nullable=False),
        sa.Column("currency", sa.Text(), server_default="EUR", nullable=False),
        sa.Column("time_zone", sa.Text(), server_default="UTC", nullable=False),
        sa.Column("locale", sa.Text(), server_default="en_GB", nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_company_currency")),
        sa.CheckConstraint("id = 1", name=op.f("ck_company_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company")),
    )
    op.create_table(
        "user_account",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=1, increment=1), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("first_name", sa.Text(), server_default="", nullable=False),
        sa.Column("last_name", sa.Text(), server_default="", nullable=False),
        sa.Column("phone", sa.Text(), server_default="", nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("time_zone", sa.Text(), server_default="", nullable=False),
        sa.Column("locale", sa.Text(), server_default="", nullable=False),
        sa.Column("theme", sa.Text(), server_default="", nullable=False),
        sa.Column("shortcuts", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("avatar", sa.Text(), nullable=True),
        sa.Column("password_hash", sa.Text(), server_default="", nullable=False),
        sa.Column("must_change_password", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("notifications_seen", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "role in ('admin', 'manager', 'technician', 'employee', 'viewer', 'client')",
            name=op.f("ck_user_account_role"),
        ),
        sa.CheckConstraint("theme in ('', 'light', 'dark')", name=op.f("ck_user_account_theme")),
        sa.CheckConstraint("length(username) between 1 and 64", name=op.f("ck_user_account_username_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
    )
    op.create_index(
        "uq_user_account_email",
        "user_account",
        [sa.literal_column("lower(email)")],
        unique=True,
        postgresql_where=sa.text("email <> ''"),
    )
    op.create_index(
        "uq_user_account_username", "user_account", [sa.literal_column("lower(username)")], unique=True
    )
    op.create_table(
        "change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=1, increment=1), nullable=False),
        sa.Column("xid", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), server_default="", nullable=False),
        sa.Column("parent_entity", sa.Text(), nullable=True),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "fields", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("operation", sa.UUID(), nullable=False),
        sa.Column("undoes_id", sa.BigInteger(), nullable=True),
        sa.Column("merged_with_id", sa.BigInteger(), nullable=True),
        sa.Column("request_id", sa.Text(), server_default="", nullable=False),
        sa.Column("ip", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_change_actor_id")),
        sa.ForeignKeyConstraint(["merged_with_id"], ["change.id"], name=op.f("fk_change_merged_with_id")),
        sa.ForeignKeyConstraint(["undoes_id"], ["change.id"], name=op.f("fk_change_undoes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change")),
    )
    op.create_index("ix_change_actor", "change", ["actor_id", "id"], unique=False)
    op.create_index("ix_change_operation", "change", ["operation"], unique=False)
    op.create_index("ix_change_parent", "change", ["parent_entity", "parent_id", "id"], unique=False)
    op.create_index(
        "ix_change_undoes_id",
        "change",
        ["undoes_id"],
        unique=False,
        postgresql_where=sa.text("undoes_id is not null"),
    )
    op.create_index("uq_change_position", "change", ["xid", "id"], unique=True)
    op.create_index("uq_change_version", "change", ["entity", "entity_id", "version"], unique=True)
    op.create_table(
        "data_import",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=1, increment=1), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="mapping", nullable=False),
        sa.Column(
            "reading", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column(
            "mapping", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("all_or_nothing", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("total", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("done", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("current", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "report", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("operation", sa.UUID(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "state in ('mapping', 'queued', 'running', 'done', 'failed', 'stopping', 'stopped')",
            name=op.f("ck_data_import_state"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_data_import_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_import")),
    )
    op.create_index("ix_data_import_user_id", "data_import", ["user_id", "id"], unique=False)
    op.create_table(
        "equipment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=1, increment=1), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("category_id", sa.BigInteger(), nullable=False),
        sa.Column("subcategory_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), server_default="equipment", nullable=False),
        sa.Column("tracking", sa.Text(), server_default="bulk", nullable=False),
        sa.Column("quantity", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("status", sa.Text(), server_default="good", nullable=False),
        sa.Column("location", sa.Text(), server_default="", nullable=False),
        sa.Column("daily_rate", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("replacement_value", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("weight_kg", sa.Numeric(precision=10, scale=3), nullable=True),
        sa.Column("power_w", sa.Integer(), nullable=True),
        sa.Column("prep_minutes", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("turnaround_minutes", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("notes", sa.Text(), server_default="", nullable=False),
        sa.Column("photo", sa.Text(), nullable=True),
        sa.Column("archived", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("unit_words", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "name_order", sa.Text(), sa.Computed("natural_order(name)", persisted=True), nullable=False
        ),
        sa.Column("sku_order", sa.Text(), sa.Computed("natural_order(sku)", persisted=True), nullable=False),
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed(
                "search_document(name || ' ' || sku || ' ' || tag_words(tags) || ' ' || unit_words || ' ' || description)",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind in ('equipment', 'consumable')", name=op.f("ck_equipment_kind")),
        sa.CheckConstraint(
            "not (kind = 'consumable' and tracking = 'serialized')",
            name=op.f("ck_equipment_consumable_is_bulk"),
        ),
        sa.CheckConstraint("status in ('good', 'damaged', 'maintenance')", name=op.f("ck_equipment_status")),
        sa.CheckConstraint("tracking in ('bulk', 'serialized')", name=op.f("ck_equipment_tracking")),
        sa.CheckConstraint("daily_rate >= 0", name=op.f("ck_equipment_daily_rate")),
        sa.CheckConstraint("length(name) between 1 and 200", name=op.f("ck_equipment_name_length")),
        sa.CheckConstraint("length(sku) between 1 and 64", name=op.f("ck_equipment_sku_length")),
        sa.CheckConstraint("power_w >= 0", name=op.f("ck_equipment_power_w")),
        sa.CheckConstraint("prep_minutes between 0 and 43200", name=op.f("ck_equipment_prep_minutes")),
        sa.CheckConstraint("quantity between 0 and 1000000", name=op.f("ck_equipment_quantity")),
        sa.CheckConstraint("replacement_value >= 0", name=op.f("ck_equipment_replacement_value")),
        sa.CheckConstraint(
            "turnaround_minutes between 0 and 43200", name=op.f("ck_equipment_turnaround_minutes")
        ),
        sa.CheckConstraint("weight_kg >= 0", name=op.f("ck_equipment_weight_kg")),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"], name=op.f("fk_equipment_category_id")),
        sa.ForeignKeyConstraint(
            ["subcategory_id", "category_id"],
            ["category.id", "category.parent_id"],
            name="fk_equipment_subcategory",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_equipment")),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index(
        "ix_equipment_category_id",
        "equipment",
        ["category_id", "name_order", "id"],
        unique=False,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_index(
        "ix_equipment_name_order",
        "equipment",
        ["name_order", "id"],
        unique=False,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_index("ix_equipment_search", "equipment", ["search"], unique=False, postgresql_using="gin")
    op.create_index(
        "ix_equipment_sku_order",
        "equipment",
        ["sku_order", "id"],
        unique=False,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_index("ix_equipment_subcategory_id", "equipment", ["subcategory_id"], unique=False)
    op.create_index(
        "ix_equipment_updated_at",
        "equipment",
        ["updated_at", "id"],
        unique=False,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_index(
        "uq_equipment_sku",
        "equipment",
        [sa.literal_column("fold(sku)")],
        unique=True,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_table(
        "import_mapping",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=1, increment=1), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("mapping", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_import_mapping_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_mapping")),
        sa.UniqueConstraint("signature", name=op.f("uq_import_mapping_signature")),
    )
    op.create_table(
        "one_time_link",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=1, increment=1), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(purpose = 'setup') = (user_id is null)", name=op.f("ck_one_time_link_purpose_user")
        ),
        sa.CheckConstraint("purpose in ('setup', 'password')", name=op.f("ck_one_time_link_purpose")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_one_time_link_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_link")),
    )
    op.create_index("uq_one_time_link_token_hash", "one_time_link", ["token_hash"], unique=True)
    op.create_table(
        "preference",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=1, increment=1), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_preference_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preference")),
    )
    op.create_index("uq_preference_user_id_name", "preference", ["user_id", "name"], unique=True)
    op.create_table(
        "saved_view",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=1, increment=1), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("length(name) between 1 and 60", name=op.f("ck_saved_view_name_length")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_saved_view_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
    )
    op.create_index(
        "ix_saved_view_page",
        "saved_view",
        ["page"],
        unique=False,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_index(
        "uq_saved_view_name",
        "saved_view",
        ["user_id", "page", sa.literal_column("fold(name)")],
        unique=True,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_table(
        "session",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=1, increment=1), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("keep", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("ip", sa.Text(), server_default="", nullable=False),
        sa.Column("user_agent", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "last_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind in ('browser', 'token')", name=op.f("ck_session_kind")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_session_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
    )
    op.create_index("ix_session_expires_at", "session", ["expires_at"], unique=False)
    op.create_index("ix_session_user_id", "session", ["user_id"], unique=False)
    op.create_index("uq_session_token_hash", "session", ["token_hash"], unique=True)
    op.create_table(
        "unit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=1, increment=1), nullable=False),
        sa.Column("equipment_id", sa.BigInteger(), nullable=False),
        sa.Column("asset_tag", sa.Text(), nullable=False),
        sa.Column("serial_number", sa.Text(), server_default="", nullable=False),
        sa.Column("location", sa.Text(), server_default="", nullable=False),
        sa.Column("condition", sa.Text(), server_default="good", nullable=False),
        sa.Column("state", sa.Text(), server_default="in_stock", nullable=False),
        sa.Column("notes", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "tag_order", sa.Text(), sa.Computed("natural_order(asset_tag)", persisted=True), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("condition in ('good', 'worn', 'damaged')", name=op.f("ck_unit_condition")),
        sa.CheckConstraint(
            "state in ('in_stock', 'allocated', 'prepped', 'out', 'returned', 'quarantine', 'in_repair', 'missing', 'lost', 'written_off', 'retired')",
            name=op.f("ck_unit_state"),
        ),
        sa.CheckConstraint("length(asset_tag) between 1 and 64", name=op.f("ck_unit_asset_tag_length")),
        sa.ForeignKeyConstraint(
            ["equipment_id"], ["equipment.id"], name=op.f("fk_unit_equipment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
    )
    op.create_index("ix_unit_equipment_id", "unit", ["equipment_id", "tag_order"], unique=False)
    op.create_index(
        "ix_unit_serial_number",
        "unit",
        [sa.literal_column("fold(serial_number)")],
        unique=False,
        postgresql_where=sa.text("serial_number <> ''"),
    )
    op.create_index(
        "uq_unit_asset_tag",
        "unit",
        [sa.literal_column("fold(asset_tag)")],
        unique=True,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_table(
        "maintenance",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=1, increment=1), nullable=False),
        sa.Column("equipment_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("quantity", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("kind", sa.Text(), server_default="repair", nullable=False),
        sa.Column("state", sa.Text(), server_default="reported", nullable=False),
        sa.Column("blocks", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("cost", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expected_back", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reported_by_id", sa.BigInteger(), nullable=True),
        sa.Column("assignee_id", sa.BigInteger(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolution", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(state in ('resolved', 'written_off')) = (resolved_at is not null)",
            name=op.f("ck_maintenance_resolved_at"),
        ),
        sa.CheckConstraint(
            "kind in ('preventive', 'repair', 'inspection')", name=op.f("ck_maintenance_kind")
        ),
        sa.CheckConstraint(
            "state in ('reported', 'in_progress', 'waiting', 'resolved', 'written_off')",
            name=op.f("ck_maintenance_state"),
        ),
        sa.CheckConstraint("cost >= 0", name=op.f("ck_maintenance_cost")),
        sa.CheckConstraint("length(title) between 1 and 200", name=op.f("ck_maintenance_title_length")),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_maintenance_quantity")),
        sa.CheckConstraint("unit_id is null or quantity = 1", name=op.f("ck_maintenance_unit_is_one")),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["user_account.id"], name=op.f("fk_maintenance_assignee_id")
        ),
        sa.ForeignKeyConstraint(
            ["equipment_id"], ["equipment.id"], name=op.f("fk_maintenance_equipment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["reported_by_id"], ["user_account.id"], name=op.f("fk_maintenance_reported_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name=op.f("fk_maintenance_unit_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maintenance")),
    )
    op.create_index("ix_maintenance_equipment_id", "maintenance", ["equipment_id"], unique=False)
    op.create_index(
        "ix_maintenance_open",
        "maintenance",
        ["state", "due_at"],
        unique=False,
        postgresql_where=sa.text("state in ('reported', 'in_progress', 'waiting') and deleted_at is null"),
    )
    op.create_index("ix_maintenance_unit_id", "maintenance", ["unit_id"], unique=False)
    _execute_all(TRIGGERS)
    _execute_all(SchemaManager.get_schema())


def downgrade() -> None:
    _execute_all(EVERYTHING_AWAY)


def _execute_all(statements: str) -> None:
    """Run several statements at once, which needs the simple protocol of the driver."""
    op.get_bind().connection.dbapi_connection.run_async(lambda driver: driver.execute(statements))
