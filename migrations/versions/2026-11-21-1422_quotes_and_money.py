"""quotes and money: prices, quote versions, invoices, payments, mail

Revision: 0008_quotes_and_money, after: 0007_the_bench
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008_quotes_and_money"
down_revision = "0007_the_bench"
branch_labels = None
depends_on = None

FIXED = """
create function stays_as_it_is() returns trigger language plpgsql as $$
-- what was sent, issued or received never changes; the arguments of the trigger are the columns that may go on
begin
  if tg_op = 'DELETE' or to_jsonb(old) - tg_argv is distinct from to_jsonb(new) - tg_argv then
    raise exception using errcode = '23514', constraint = tg_table_name || '_stays',
      message = format('%s %s is final', tg_table_name, old.id);
  end if;
  return new;
end $$;

create trigger quote_version_stays before update on quote_version for each row when (old.state <> 'draft')
  execute function stays_as_it_is('state', 'decided_at', 'version', 'updated_at');

create trigger quote_version_stays_there before delete on quote_version for each row when (old.state <> 'draft')
  execute function stays_as_it_is();

create trigger quote_happening_stays before update or delete on quote_happening for each row
  execute function stays_as_it_is();

-- two clients that are merged become one, and so do their accounts
create trigger invoice_stays before update on invoice for each row when (old.state = 'issued')
  execute function stays_as_it_is('client_id', 'reminders', 'reminded_on', 'version', 'updated_at');

create trigger invoice_stays_there before delete on invoice for each row when (old.state = 'issued')
  execute function stays_as_it_is();

create trigger payment_stays before update or delete on payment for each row
  execute function stays_as_it_is('client_id');
"""

STATES = """
create function quote_version_state() returns trigger language plpgsql as $$
begin
  if new.state <> old.state and not (old.state, new.state) in (
    ('draft', 'sent'), ('sent', 'accepted'), ('sent', 'declined'), ('sent', 'expired'), ('sent', 'superseded'),
    ('declined', 'superseded'), ('expired', 'superseded'), ('accepted', 'superseded')
  ) then
    raise exception using errcode = '23514', constraint = 'quote_version_state',
      message = format('version %s: %s is not followed by %s', old.id, old.state, new.state);
  end if;
  return new;
end $$;

create trigger quote_version_state before update on quote_version for each row
  execute function quote_version_state();
"""

LINES = """
create function quote_line_of_draft() returns trigger language plpgsql as $$
-- the draft is locked, so that a line cannot slip into what is being sent
begin
  perform 1 from quote_version where id = new.version_id and state = 'draft' for share;
  if not found then
    raise exception using errcode = '23514', constraint = 'quote_version_stays',
      message = format('version %s was sent', new.version_id);
  end if;
  return new;
end $$;

create trigger quote_line_of_draft before insert or update on quote_line for each row
  execute function quote_line_of_draft();

create trigger quote_group_of_draft before insert or update on quote_group for each row
  execute function quote_line_of_draft();

create function invoice_line_of_draft() returns trigger language plpgsql as $$
declare
  of_invoice bigint := case when tg_op = 'DELETE' then old.invoice_id else new.invoice_id end;
begin
  -- what an invoice charged for may be charged for again once credit notes took all of it back
  if tg_op = 'UPDATE' and new.source is null and to_jsonb(old) - 'source' = to_jsonb(new) - 'source'
    and exists (select from invoice where credits_id = of_invoice and state = 'issued')
    and 0 = (select sum(gross) from invoice where (id = of_invoice or credits_id = of_invoice) and state = 'issued')
  then
    return new;
  end if;
  perform 1 from invoice where id = of_invoice and state = 'draft' for share;
  if not found then
    raise exception using errcode = '23514', constraint = 'invoice_stays',
      message = format('invoice %s was issued', of_invoice);
  end if;
  return coalesce(new, old);
end $$;

create trigger invoice_line_of_draft before insert or update or delete on invoice_line for each row
  execute function invoice_line_of_draft();
"""

MONEY = """
create function credit_note_guard() returns trigger language plpgsql as $$
-- no more is taken back than was asked for, in the same currency and from the same client
declare
  credited invoice;
begin
  select * into credited from invoice where id = new.credits_id for no key update;
  if credited.state <> 'issued' or credited.kind = 'credit_note' or credited.client_id <> new.client_id
    or credited.currency <> new.currency
    or credited.gross + (select coalesce(sum(gross), 0) from invoice where credits_id = credited.id and state = 'issued') < 0
  then
    raise exception using errcode = '23514', constraint = 'credit_note_fits',
      message = format('credit note %s takes back more than invoice %s', new.id, credited.number);
  end if;
  return null;
end $$;

create trigger credit_note_guard after insert or update of state on invoice for each row
  when (new.kind = 'credit_note' and new.state = 'issued') execute function credit_note_guard();

create function payment_guard() returns trigger language plpgsql as $$
-- no more is given back than came in; a payment is in the currency of its invoice and of its client
declare
  paid payment;
  asked invoice;
begin
  if new.refund_of_id is not null then
    select * into paid from payment where id = new.refund_of_id for no key update;
    if paid.refund_of_id is not null or paid.currency <> new.currency or paid.client_id <> new.client_id
      or paid.amount + (select sum(amount) from payment where refund_of_id = paid.id) < 0
    then
      raise exception using errcode = '23514', constraint = 'refund_fits',
        message = format('payment %s is given back twice', paid.id);
    end if;
  end if;
  if new.invoice_id is not null then
    select * into asked from invoice where id = new.invoice_id;
    if asked.state <> 'issued' or asked.currency <> new.currency or asked.client_id <> new.client_id then
      raise exception using errcode = '23514', constraint = 'payment_fits',
        message = format('payment %s is not for invoice %s', new.id, asked.id);
    end if;
  end if;
  return null;
end $$;

create trigger payment_guard after insert on payment for each row execute function payment_guard();
"""

# one account for each client: what was asked for is positive, what came in negative. Nothing else is kept, so a
# balance is always the sum of its entries, and entries never change
ENTRIES = """
create view account_entry as
select 'invoice' as kind, id, client_id, event_id, id as invoice_id, currency, issued_on as day, number as name,
  gross as amount
from invoice where state = 'issued'
union all
select case when refund_of_id is null then 'payment' else 'refund' end, id, client_id, event_id, invoice_id, currency,
  received_on, method, -amount
from payment;
"""

COLUMNS = {
    "client": ("price_list_id", "discount_percent", "language", "tax_treatment"),
    "company": (
        "prices_include_tax",
        "tax_rounding",
        "quote_days",
        "deposit_percent",
        "due_days",
        "terms",
        "bank_name",
        "iban",
        "bic",
    ),
    "equipment": ("tax_rate_id",),
}
TABLES = (
    "payment_attempt",
    "payment",
    "mail",
    "invoice_line",
    "quote_line",
    "quote_happening",
    "quote_group",
    "invoice",
    "quote_version",
    "quote_link",
    "quote",
    "price_rule",
    "tax_rate",
    "provider_event",
    "price_list",
    "number_range",
    "factor_table",
)
FUNCTIONS = (
    "stays_as_it_is",
    "quote_version_state",
    "quote_line_of_draft",
    "invoice_line_of_draft",
    "credit_note_guard",
    "payment_guard",
)


def upgrade() -> None:
    _prices()
    _quotes()
    _money()
    _columns()
    _execute_all(FIXED + STATES + LINES + MONEY + ENTRIES)


def _prices() -> None:
    op.create_table(
        "factor_table",
        sa.Column(
            "id",
            sa.BigInteger(),
            sa.Identity(always=False, start=1, increment=1),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("steps", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("further", sa.Numeric(precision=8, scale=4), server_default=sa.text("1"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("further between 0 and 10", name=op.f("ck_factor_table_further")),
        sa.CheckConstraint("jsonb_array_length(steps) between 1 and 60", name=op.f("ck_factor_table_steps")),
        sa.CheckConstraint("length(name) between 1 and 100", name=op.f("ck_factor_table_name_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_factor_table")),
    )
    op.create_index(
        "uq_factor_table_name",
        "factor_table",
        [sa.literal_column("fold(name)")],
        unique=True,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_table(
        "price_list",
        sa.Column(
            "id",
            sa.BigInteger(),
            sa.Identity(always=False, start=1, increment=1),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), server_default="", nullable=False),
        sa.Column("currency", sa.Text(), server_default="EUR", nullable=False),
        sa.Column("is_default", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("archived", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_price_list_currency")),
        sa.CheckConstraint("length(name) between 1 and 100", name=op.f("ck_price_list_name_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_list")),
    )
    op.create_index(
        "uq_price_list_default",
        "price_list",
        ["is_default"],
        unique=True,
        postgresql_where=sa.text("is_default and deleted_at is null"),
    )
    op.create_index(
        "uq_price_list_name",
        "price_list",
        [sa.literal_column("fold(name)")],
        unique=True,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_table(
        "tax_rate",
        sa.Column(
            "id",
            sa.BigInteger(),
            sa.Identity(always=False, start=1, increment=1),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("percent", sa.Numeric(precision=6, scale=3), nullable=False),
        sa.Column("account", sa.Text(), server_default="", nullable=False),
        sa.Column("is_default", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("length(name) between 1 and 100", name=op.f("ck_tax_rate_name_length")),
        sa.CheckConstraint("percent between 0 and 100", name=op.f("ck_tax_rate_percent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_rate")),
    )
    op.create_index(
        "uq_tax_rate_default",
        "tax_rate",
        ["is_default"],
        unique=True,
        postgresql_where=sa.text("is_default and deleted_at is null"),
    )
    op.create_index(
        "uq_tax_rate_name",
        "tax_rate",
        [sa.literal_column("fold(name)")],
        unique=True,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_table(
        "price_rule",
        sa.Column(
            "id",
            sa.BigInteger(),
            sa.Identity(always=False, start=1, increment=1),
            nullable=False,
        ),
        sa.Column("price_list_id", sa.BigInteger(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("equipment_id", sa.BigInteger(), nullable=True),
        sa.Column("kit_id", sa.BigInteger(), nullable=True),
        sa.Column("category_id", sa.BigInteger(), nullable=True),
        sa.Column("basis", sa.Text(), server_default="day", nullable=False),
        sa.Column("amount", sa.Numeric(precision=14, scale=4), nullable=True),
        sa.Column("factor_table_id", sa.BigInteger(), nullable=True),
        sa.Column("weekend", sa.Text(), server_default="days", nullable=False),
        sa.Column("minimum_days", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("minimum_charge", sa.Numeric(precision=15, scale=3), nullable=True),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(scope = 'category') = (category_id is not null)", name=op.f("ck_price_rule_category")
        ),
        sa.CheckConstraint(
            "(scope = 'equipment') = (equipment_id is not null)", name=op.f("ck_price_rule_equipment")
        ),
        sa.CheckConstraint("(scope = 'kit') = (kit_id is not null)", name=op.f("ck_price_rule_kit")),
        sa.CheckConstraint(
            "basis = 'day' or factor_table_id is null", name=op.f("ck_price_rule_factors_are_of_days")
        ),
        sa.CheckConstraint(
            "basis in ('day', 'week', 'hour', 'flat', 'piece')", name=op.f("ck_price_rule_basis")
        ),
        sa.CheckConstraint(
            "scope in ('equipment', 'kit', 'category', 'everything')", name=op.f("ck_price_rule_scope")
        ),
        sa.CheckConstraint("weekend in ('days', 'one', 'free')", name=op.f("ck_price_rule_weekend")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_price_rule_amount")),
        sa.CheckConstraint("minimum_charge >= 0", name=op.f("ck_price_rule_minimum_charge")),
        sa.CheckConstraint("minimum_days between 1 and 366", name=op.f("ck_price_rule_minimum_days")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_price_rule_category_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["equipment_id"], ["equipment.id"], name=op.f("fk_price_rule_equipment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["factor_table_id"], ["factor_table.id"], name=op.f("fk_price_rule_factor_table_id")
        ),
        sa.ForeignKeyConstraint(
            ["kit_id"], ["kit.id"], name=op.f("fk_price_rule_kit_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["price_list_id"], ["price_list.id"], name=op.f("fk_price_rule_price_list_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_rule")),
    )
    op.create_index("ix_price_rule_category_id", "price_rule", ["category_id"], unique=False)
    op.create_index("ix_price_rule_equipment_id", "price_rule", ["equipment_id"], unique=False)
    op.create_index("ix_price_rule_factor_table_id", "price_rule", ["factor_table_id"], unique=False)
    op.create_index("ix_price_rule_kit_id", "price_rule", ["kit_id"], unique=False)
    op.create_index(
        "uq_price_rule_target",
        "price_rule",
        [
            "price_list_id",
            sa.literal_column("coalesce(equipment_id, 0)"),
            sa.literal_column("coalesce(kit_id, 0)"),
            sa.literal_column("coalesce(category_id, 0)"),
        ],
        unique=True,
        postgresql_where=sa.text("deleted_at is null"),
    )


def _quotes() -> None:
    op.create_table(
        "quote",
        sa.Column(
            "id",
            sa.BigInteger(),
            sa.Identity(always=False, start=1, increment=1),
            nullable=False,
        ),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_quote_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote")),
        sa.UniqueConstraint("number", name="uq_quote_number"),
    )
    op.create_index("ix_quote_event_id", "quote", ["event_id"], unique=False)
    op.create_table(
        "quote_link",
        sa.Column(
            "id",
            sa.BigInteger(),
            sa.Identity(always=False, start=1, increment=1),
            nullable=False,
        ),
        sa.Column("quote_id", sa.BigInteger(), nullable=False),
        sa.Column("salt", sa.Text(), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user_account.id"], name=op.f("fk_quote_link_created_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["quote_id"], ["quote.id"], name=op.f("fk_quote_link_quote_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_link")),
    )
    op.create_index("ix_quote_link_quote_id", "quote_link", ["quote_id"], unique=False)
    op.create_table(
        "quote_version",
        sa.Column(
            "id",
            sa.BigInteger(),
            sa.Identity(always=False, start=1, increment=1),
            nullable=False,
        ),
        sa.Column("quote_id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("based_on_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), server_default="draft", nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("intro", sa.Text(), server_default="", nullable=False),
        sa.Column("terms", sa.Text(), server_default="", nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("charge_start", sa.DateTime(timezone=True), nullable=True),
        sa.Column("charge_end", sa.DateTime(timezone=True), nullable=True),
        sa.Column("price_list_id", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("prices_include_tax", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("tax_rounding", sa.Text(), server_default="rate", nullable=False),
        sa.Column("reverse_charge", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "discount_percent", sa.Numeric(precision=6, scale=3), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "discount_amount", sa.Numeric(precision=15, scale=3), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "deposit_percent", sa.Numeric(precision=6, scale=3), server_default=sa.text("0"), nullable=False
        ),
        sa.Column("language", sa.Text(), server_default="en", nullable=False),
        sa.Column("show_images", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("content_hash", sa.Text(), server_default="", nullable=False),
        sa.Column("net", sa.Numeric(precision=15, scale=3), nullable=True),
        sa.Column("tax", sa.Numeric(precision=15, scale=3), nullable=True),
        sa.Column("gross", sa.Numeric(precision=15, scale=3), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(content is null) = (content_hash = '')", name=op.f("ck_quote_version_content_has_hash")
        ),
        sa.CheckConstraint(
            "(state = 'draft') = (content is null)", name=op.f("ck_quote_version_sent_has_content")
        ),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_quote_version_currency")),
        sa.CheckConstraint("language in ('en', 'de')", name=op.f("ck_quote_version_language")),
        sa.CheckConstraint(
            "state in ('draft', 'sent', 'accepted', 'declined', 'expired', 'superseded')",
            name=op.f("ck_quote_version_state"),
        ),
        sa.CheckConstraint("tax_rounding in ('rate', 'line')", name=op.f("ck_quote_version_tax_rounding")),
        sa.CheckConstraint(
            "(charge_start is null) = (charge_end is null)", name=op.f("ck_quote_version_charge_period_whole")
        ),
        sa.CheckConstraint("charge_end > charge_start", name=op.f("ck_quote_version_charge_period")),
        sa.CheckConstraint(
            "deposit_percent between 0 and 100", name=op.f("ck_quote_version_deposit_percent")
        ),
        sa.CheckConstraint("discount_amount >= 0", name=op.f("ck_quote_version_discount_amount")),
        sa.CheckConstraint(
            "discount_percent between 0 and 100", name=op.f("ck_quote_version_discount_percent")
        ),
        sa.CheckConstraint("length(title) between 1 and 200", name=op.f("ck_quote_version_title_length")),
        sa.CheckConstraint("net + tax = gross", name=op.f("ck_quote_version_sums")),
        sa.ForeignKeyConstraint(
            ["based_on_id"],
            ["quote_version.id"],
            name=op.f("fk_quote_version_based_on_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_quote_version_event_id")),
        sa.ForeignKeyConstraint(
            ["price_list_id"], ["price_list.id"], name=op.f("fk_quote_version_price_list_id")
        ),
        sa.ForeignKeyConstraint(
            ["quote_id"], ["quote.id"], name=op.f("fk_quote_version_quote_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["sent_by_id"], ["user_account.id"], name=op.f("fk_quote_version_sent_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_version")),
        sa.UniqueConstraint("quote_id", "number", name="uq_quote_version_number"),
    )
    op.create_index("ix_quote_version_event_id", "quote_version", ["event_id"], unique=False)
    op.create_index("ix_quote_version_price_list_id", "quote_version", ["price_list_id"], unique=False)
    op.create_index(
        "ix_quote_version_valid_until",
        "quote_version",
        ["valid_until"],
        unique=False,
        postgresql_where=sa.text("state = 'sent'"),
    )
    op.create_index(
        "uq_quote_version_accepted",
        "quote_version",
        ["event_id"],
        unique=True,
        postgresql_where=sa.text("state = 'accepted' and deleted_at is null"),
    )
    op.create_index(
        "uq_quote_version_draft",
        "quote_version",
        ["quote_id"],
        unique=True,
        postgresql_where=sa.text("state = 'draft' and deleted_at is null"),
    )
    op.create_table(
        "quote_group",
        sa.Column(
            "id",
            sa.BigInteger(),
            sa.Identity(always=False, start=1, increment=1),
            nullable=False,
        ),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("quote_id", sa.BigInteger(), nullable=False),
        sa.Column("heading", sa.Text(), nullable=False),
        sa.Column(
            "discount_percent", sa.Numeric(precision=6, scale=3), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "discount_amount", sa.Numeric(precision=15, scale=3), server_default=sa.text("0"), nullable=False
        ),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("discount_amount >= 0", name=op.f("ck_quote_group_discount_amount")),
        sa.CheckConstraint(
            "discount_percent between 0 and 100", name=op.f("ck_quote_group_discount_percent")
        ),
        sa.ForeignKeyConstraint(
            ["quote_id"], ["quote.id"], name=op.f("fk_quote_group_quote_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["quote_version.id"], name=op.f("fk_quote_group_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_group")),
        sa.UniqueConstraint("version_id", "heading", name="uq_quote_group_heading"),
    )
    op.create_index("ix_quote_group_quote_id", "quote_group", ["quote_id"], unique=False)
    op.create_table(
        "quote_happening",
        sa.Column(
            "id",
            sa.BigInteger(),
            sa.Identity(always=False, start=1, increment=1),
            nullable=False,
        ),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("words", sa.Text(), server_default="", nullable=False),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("signature", sa.Text(), nullable=True),
        sa.Column(
            "chosen", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False
        ),
        sa.Column("content_hash", sa.Text(), server_default="", nullable=False),
        sa.Column("gross", sa.Numeric(precision=15, scale=3), nullable=True),
        sa.CheckConstraint(
            "kind <> 'accepted' or (name <> '' and content_hash <> '')",
            name=op.f("ck_quote_happening_acceptance_is_whole"),
        ),
        sa.CheckConstraint(
            "kind in ('opened', 'asked', 'answered', 'accepted', 'declined', 'refused')",
            name=op.f("ck_quote_happening_kind"),
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_quote_happening_actor_id")),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["quote_version.id"],
            name=op.f("fk_quote_happening_version_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_happening")),
    )
    op.create_index("ix_quote_happening_version_id", "quote_happening", ["version_id", "id"], unique=False)
    op.create_index(
        "uq_quote_happening_accepted",
        "quote_happening",
        ["version_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'accepted'"),
    )
    op.create_table(
        "quote_line",
        sa.Column(
            "id",
            sa.BigInteger(),
            sa.Identity(always=False, start=1, increment=1),
            nullable=False,
        ),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("quote_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="free", nullable=False),
        sa.Column("rental_id", sa.BigInteger(), nullable=True),
        sa.Column("kit_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("quantity", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("basis", sa.Text(), nullable=True),
        sa.Column("rate", sa.Numeric(precision=14, scale=4), nullable=True),
        sa.Column("multiple", sa.Numeric(precision=12, scale=4), nullable=True),
        sa.Column(
            "discount_percent", sa.Numeric(precision=6, scale=3), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "discount_amount", sa.Numeric(precision=15, scale=3), server_default=sa.text("0"), nullable=False
        ),
        sa.Column("tax_rate_id", sa.BigInteger(), nullable=True),
        sa.Column("optional", sa.Boolean(), nullable=True),
        sa.Column("hidden", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("heading", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("(kind = 'kit') = (kit_id is not null)", name=op.f("ck_quote_line_kit")),
        sa.CheckConstraint("(kind = 'rental') = (rental_id is not null)", name=op.f("ck_quote_line_rental")),
        sa.CheckConstraint(
            "basis in ('day', 'week', 'hour', 'flat', 'piece')", name=op.f("ck_quote_line_basis")
        ),
        sa.CheckConstraint(
            "kind <> 'free' or (quantity is not null and rate is not null)",
            name=op.f("ck_quote_line_free_is_whole"),
        ),
        sa.CheckConstraint("kind in ('rental', 'kit') or name is not null", name=op.f("ck_quote_line_named")),
        sa.CheckConstraint("kind in ('rental', 'kit', 'free', 'note')", name=op.f("ck_quote_line_kind")),
        sa.CheckConstraint("abs(rate) <= 9999999", name=op.f("ck_quote_line_rate")),
        sa.CheckConstraint("discount_amount >= 0", name=op.f("ck_quote_line_discount_amount")),
        sa.CheckConstraint("discount_percent between 0 and 100", name=op.f("ck_quote_line_discount_percent")),
        sa.CheckConstraint("multiple between 0 and 10000", name=op.f("ck_quote_line_multiple")),
        sa.CheckConstraint("quantity between 0 and 100000", name=op.f("ck_quote_line_quantity")),
        sa.ForeignKeyConstraint(
            ["kit_id"], ["kit.id"], name=op.f("fk_quote_line_kit_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["quote_id"], ["quote.id"], name=op.f("fk_quote_line_quote_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["rental_id"], ["rental.id"], name=op.f("fk_quote_line_rental_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tax_rate_id"], ["tax_rate.id"], name=op.f("fk_quote_line_tax_rate_id")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["quote_version.id"], name=op.f("fk_quote_line_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote_line")),
    )
    op.create_index("ix_quote_line_kit_id", "quote_line", ["kit_id"], unique=False)
    op.create_index("ix_quote_line_quote_id", "quote_line", ["quote_id"], unique=False)
    op.create_index("ix_quote_line_rental_id", "quote_line", ["rental_id"], unique=False)
    op.create_index("uq_quote_line_kit_id", "quote_line", ["version_id", "kit_id"], unique=True)
    op.create_index("uq_quote_line_rental_id", "quote_line", ["version_id", "rental_id"], unique=True)


def _money() -> None:
    op.create_table(
        "number_range",
        sa.Column(
            "id",
            sa.BigInteger(),
            sa.Identity(always=False, start=1, increment=1),
            nullable=False,
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("next", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("next >= 1", name=op.f("ck_number_range_next")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_range")),
        sa.UniqueConstraint("kind", "year", name="uq_number_range_kind_year"),
    )
    op.create_table(
        "provider_event",
        sa.Column(
            "id",
            sa.BigInteger(),
            sa.Identity(always=False, start=1, increment=1),
            nullable=False,
        ),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("provider_event_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_event")),
        sa.UniqueConstraint("provider", "provider_event_id", name="uq_provider_event_id"),
    )
    op.create_table(
        "invoice",
        sa.Column(
            "id",
            sa.BigInteger(),
            sa.Identity(always=False, start=1, increment=1),
            nullable=False,
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="draft", nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("client_id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=True),
        sa.Column("quote_version_id", sa.BigInteger(), nullable=True),
        sa.Column("credits_id", sa.BigInteger(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("intro", sa.Text(), server_default="", nullable=False),
        sa.Column("closing", sa.Text(), server_default="", nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("prices_include_tax", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("tax_rounding", sa.Text(), server_default="rate", nullable=False),
        sa.Column("reverse_charge", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "discount_percent", sa.Numeric(precision=6, scale=3), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "discount_amount", sa.Numeric(precision=15, scale=3), server_default=sa.text("0"), nullable=False
        ),
        sa.Column("language", sa.Text(), server_default="en", nullable=False),
        sa.Column("due_days", sa.Integer(), server_default=sa.text("14"), nullable=False),
        sa.Column("service_start", sa.Date(), nullable=True),
        sa.Column("service_end", sa.Date(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("issued_by_id", sa.BigInteger(), nullable=True),
        sa.Column("reminders", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("content_hash", sa.Text(), server_default="", nullable=False),
        sa.Column("net", sa.Numeric(precision=15, scale=3), nullable=True),
        sa.Column("tax", sa.Numeric(precision=15, scale=3), nullable=True),
        sa.Column("gross", sa.Numeric(precision=15, scale=3), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(kind = 'credit_note') = (credits_id is not null)", name=op.f("ck_invoice_credits")
        ),
        sa.CheckConstraint(
            "(state = 'issued') = (number is not null and issued_on is not null and due_on is not null and content is not null and gross is not null)",
            name=op.f("ck_invoice_issued_is_whole"),
        ),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_invoice_currency")),
        sa.CheckConstraint("kind <> 'credit_note' or gross <= 0", name=op.f("ck_invoice_credit_is_negative")),
        sa.CheckConstraint(
            "kind in ('deposit', 'part', 'final', 'credit_note')", name=op.f("ck_invoice_kind")
        ),
        sa.CheckConstraint("language in ('en', 'de')", name=op.f("ck_invoice_language")),
        sa.CheckConstraint("state = 'draft' or deleted_at is null", name=op.f("ck_invoice_issued_stays")),
        sa.CheckConstraint("state in ('draft', 'issued')", name=op.f("ck_invoice_state")),
        sa.CheckConstraint("tax_rounding in ('rate', 'line')", name=op.f("ck_invoice_tax_rounding")),
        sa.CheckConstraint("discount_amount >= 0", name=op.f("ck_invoice_discount_amount")),
        sa.CheckConstraint("discount_percent between 0 and 100", name=op.f("ck_invoice_discount_percent")),
        sa.CheckConstraint("due_days between 0 and 365", name=op.f("ck_invoice_due_days")),
        sa.CheckConstraint("length(title) between 1 and 200", name=op.f("ck_invoice_title_length")),
        sa.CheckConstraint("net + tax = gross", name=op.f("ck_invoice_sums")),
        sa.CheckConstraint("reminders between 0 and 9", name=op.f("ck_invoice_reminders")),
        sa.CheckConstraint("service_end >= service_start", name=op.f("ck_invoice_service_period")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_invoice_client_id")),
        sa.ForeignKeyConstraint(["credits_id"], ["invoice.id"], name=op.f("fk_invoice_credits_id")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_invoice_event_id")),
        sa.ForeignKeyConstraint(["issued_by_id"], ["user_account.id"], name=op.f("fk_invoice_issued_by_id")),
        sa.ForeignKeyConstraint(
            ["quote_version_id"], ["quote_version.id"], name=op.f("fk_invoice_quote_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice")),
        sa.UniqueConstraint("number", name="uq_invoice_number"),
    )
    op.create_index("ix_invoice_client_id", "invoice", ["client_id", "issued_on"], unique=False)
    op.create_index("ix_invoice_credits_id", "invoice", ["credits_id"], unique=False)
    op.create_index(
        "ix_invoice_due_on",
        "invoice",
        ["due_on", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'issued'"),
    )
    op.create_index("ix_invoice_event_id", "invoice", ["event_id"], unique=False)
    op.create_index("ix_invoice_quote_version_id", "invoice", ["quote_version_id"], unique=False)
    op.create_table(
        "invoice_line",
        sa.Column(
            "id",
            sa.BigInteger(),
            sa.Identity(always=False, start=1, increment=1),
            nullable=False,
        ),
        sa.Column("invoice_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("quantity", sa.Numeric(precision=12, scale=2), server_default=sa.text("1"), nullable=False),
        sa.Column("basis", sa.Text(), server_default="flat", nullable=False),
        sa.Column("units", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("rate", sa.Numeric(precision=14, scale=4), nullable=False),
        sa.Column("multiple", sa.Numeric(precision=12, scale=4), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "discount_percent", sa.Numeric(precision=6, scale=3), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "discount_amount", sa.Numeric(precision=15, scale=3), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "tax_percent", sa.Numeric(precision=6, scale=3), server_default=sa.text("0"), nullable=False
        ),
        sa.Column("heading", sa.Text(), server_default="", nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("abs(rate) <= 9999999", name=op.f("ck_invoice_line_rate")),
        sa.CheckConstraint("units between 1 and 100000", name=op.f("ck_invoice_line_units")),
        sa.CheckConstraint("tax_percent between 0 and 100", name=op.f("ck_invoice_line_tax_percent")),
        sa.CheckConstraint("discount_amount >= 0", name=op.f("ck_invoice_line_discount_amount")),
        sa.CheckConstraint(
            "discount_percent between 0 and 100", name=op.f("ck_invoice_line_discount_percent")
        ),
        sa.CheckConstraint("length(name) between 1 and 300", name=op.f("ck_invoice_line_name_length")),
        sa.CheckConstraint("multiple between 0 and 10000", name=op.f("ck_invoice_line_multiple")),
        sa.CheckConstraint("quantity between 0 and 100000", name=op.f("ck_invoice_line_quantity")),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_invoice_line_invoice_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_line")),
    )
    op.create_index(
        "ix_invoice_line_invoice_id", "invoice_line", ["invoice_id", "position", "id"], unique=False
    )
    op.create_index(
        "uq_invoice_line_source",
        "invoice_line",
        ["source"],
        unique=True,
        postgresql_where=sa.text("source is not null and deleted_at is null"),
    )
    op.create_table(
        "mail",
        sa.Column(
            "id",
            sa.BigInteger(),
            sa.Identity(always=False, start=1, increment=1),
            nullable=False,
        ),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("quote_version_id", sa.BigInteger(), nullable=True),
        sa.Column("invoice_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), server_default="queued", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("problem", sa.Text(), server_default="", nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("written_by_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("(state = 'sent') = (sent_at is not null)", name=op.f("ck_mail_sent")),
        sa.CheckConstraint("state in ('queued', 'sent', 'failed')", name=op.f("ck_mail_state")),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_mail_invoice_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["quote_version_id"],
            ["quote_version.id"],
            name=op.f("fk_mail_quote_version_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["written_by_id"], ["user_account.id"], name=op.f("fk_mail_written_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
    )
    op.create_index("ix_mail_invoice_id", "mail", ["invoice_id"], unique=False)
    op.create_index(
        "ix_mail_queued", "mail", ["id"], unique=False, postgresql_where=sa.text("state = 'queued'")
    )
    op.create_index("ix_mail_quote_version_id", "mail", ["quote_version_id"], unique=False)
    op.create_table(
        "payment",
        sa.Column(
            "id",
            sa.BigInteger(),
            sa.Identity(always=False, start=1, increment=1),
            nullable=False,
        ),
        sa.Column("client_id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=True),
        sa.Column("invoice_id", sa.BigInteger(), nullable=True),
        sa.Column("refund_of_id", sa.BigInteger(), nullable=True),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=15, scale=3), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("provider", sa.Text(), server_default="", nullable=False),
        sa.Column("provider_reference", sa.Text(), nullable=True),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("recorded_by_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_payment_currency")),
        sa.CheckConstraint(
            "method in ('cash', 'card', 'transfer', 'online')", name=op.f("ck_payment_method")
        ),
        sa.CheckConstraint(
            "(refund_of_id is null) = (amount > 0)", name=op.f("ck_payment_refund_is_negative")
        ),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_payment_amount")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_payment_client_id")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_payment_event_id")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_payment_invoice_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user_account.id"], name=op.f("fk_payment_recorded_by_id")
        ),
        sa.ForeignKeyConstraint(["refund_of_id"], ["payment.id"], name=op.f("fk_payment_refund_of_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("nonce", name="uq_payment_nonce"),
        sa.UniqueConstraint("provider", "provider_reference", name="uq_payment_provider_reference"),
    )
    op.create_index("ix_payment_client_id", "payment", ["client_id", "received_on"], unique=False)
    op.create_index("ix_payment_event_id", "payment", ["event_id"], unique=False)
    op.create_index("ix_payment_invoice_id", "payment", ["invoice_id"], unique=False)
    op.create_index("ix_payment_refund_of_id", "payment", ["refund_of_id"], unique=False)
    op.create_table(
        "payment_attempt",
        sa.Column(
            "id",
            sa.BigInteger(),
            sa.Identity(always=False, start=1, increment=1),
            nullable=False,
        ),
        sa.Column("invoice_id", sa.BigInteger(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=True),
        sa.Column("amount", sa.Numeric(precision=15, scale=3), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("problem", sa.Text(), server_default="", nullable=False),
        sa.Column("payment_id", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(state = 'succeeded') = (payment_id is not null)",
            name=op.f("ck_payment_attempt_succeeded_has_payment"),
        ),
        sa.CheckConstraint(
            "state in ('open', 'processing', 'succeeded', 'failed', 'cancelled')",
            name=op.f("ck_payment_attempt_state"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_attempt_amount")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_payment_attempt_invoice_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_payment_attempt_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_attempt")),
        sa.UniqueConstraint("provider", "provider_id", name="uq_payment_attempt_provider_id"),
        sa.UniqueConstraint("reference", name="uq_payment_attempt_reference"),
    )
    op.create_index("ix_payment_attempt_invoice_id", "payment_attempt", ["invoice_id"], unique=False)
    op.create_index(
        "ix_payment_attempt_open",
        "payment_attempt",
        ["updated_at"],
        unique=False,
        postgresql_where=sa.text("state in ('open', 'processing')"),
    )


def _columns() -> None:
    op.add_column(
        "client",
        sa.Column("price_list_id", sa.BigInteger(), nullable=True),
    )
    op.add_column(
        "client",
        sa.Column(
            "discount_percent", sa.Numeric(precision=6, scale=3), server_default=sa.text("0"), nullable=False
        ),
    )
    op.add_column("client", sa.Column("language", sa.Text(), server_default="", nullable=False))
    op.add_column("client", sa.Column("tax_treatment", sa.Text(), server_default="standard", nullable=False))
    op.create_index("ix_client_price_list_id", "client", ["price_list_id"], unique=False)
    op.create_foreign_key(op.f("fk_client_price_list_id"), "client", "price_list", ["price_list_id"], ["id"])
    op.add_column(
        "company",
        sa.Column("prices_include_tax", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("company", sa.Column("tax_rounding", sa.Text(), server_default="rate", nullable=False))
    op.add_column(
        "company", sa.Column("quote_days", sa.Integer(), server_default=sa.text("14"), nullable=False)
    )
    op.add_column(
        "company",
        sa.Column(
            "deposit_percent", sa.Numeric(precision=6, scale=3), server_default=sa.text("0"), nullable=False
        ),
    )
    op.add_column(
        "company", sa.Column("due_days", sa.Integer(), server_default=sa.text("14"), nullable=False)
    )
    op.add_column("company", sa.Column("terms", sa.Text(), server_default="", nullable=False))
    op.add_column("company", sa.Column("bank_name", sa.Text(), server_default="", nullable=False))
    op.add_column("company", sa.Column("iban", sa.Text(), server_default="", nullable=False))
    op.add_column("company", sa.Column("bic", sa.Text(), server_default="", nullable=False))
    op.add_column(
        "equipment",
        sa.Column("tax_rate_id", sa.BigInteger(), nullable=True),
    )
    op.create_foreign_key(op.f("fk_equipment_tax_rate_id"), "equipment", "tax_rate", ["tax_rate_id"], ["id"])


def downgrade() -> None:
    op.execute("drop view account_entry")
    for table, columns in COLUMNS.items():
        for column in columns:
            op.drop_column(table, column)
    for table in TABLES:
        op.drop_table(table)
    for function in FUNCTIONS:
        op.execute(f"drop function {function}()")


def _execute_all(statements: str) -> None:
    """Run several statements at once, which needs the simple protocol of the driver."""
    op.get_bind().connection.dbapi_connection.run_async(lambda driver: driver.execute(statements))
