"""kits, contacts, units on lines and sub-hire

Revision: 0005_kits_and_sub_hire, after: 0004_events_and_availability
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005_kits_and_sub_hire"
down_revision = "0004_events_and_availability"
branch_labels = None
depends_on = None

TABLES = (
    "allocation",
    "sub_hire",
    "attachment",
    "substitute",
    "kit_component",
    "gear_template_line",
    "calendar_feed",
    "accessory",
    "idempotency_key",
    "contact",
    "address",
    "kit",
    "gear_template",
)


def upgrade() -> None:
    op.create_table(
        "gear_template",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=1, increment=1), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("length(name) between 1 and 200", name=op.f("ck_gear_template_name_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gear_template")),
    )
    op.create_index(
        "uq_gear_template_name",
        "gear_template",
        [sa.literal_column("fold(name)")],
        unique=True,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_table(
        "kit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=1, increment=1), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), server_default="", nullable=False),
        sa.Column("daily_rate", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("notes", sa.Text(), server_default="", nullable=False),
        sa.Column("archived", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "name_order", sa.Text(), sa.Computed("natural_order(name)", persisted=True), nullable=False
        ),
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed(
                "search_document(name || ' ' || sku || ' ' || tag_words(tags) || ' ' || description)",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("daily_rate >= 0", name=op.f("ck_kit_daily_rate")),
        sa.CheckConstraint("length(name) between 1 and 200", name=op.f("ck_kit_name_length")),
        sa.CheckConstraint("length(sku) between 1 and 64", name=op.f("ck_kit_sku_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kit")),
    )
    op.create_index(
        "ix_kit_name_order",
        "kit",
        ["name_order", "id"],
        unique=False,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_index("ix_kit_search", "kit", ["search"], unique=False, postgresql_using="gin")
    op.create_index(
        "uq_kit_sku",
        "kit",
        [sa.literal_column("fold(sku)")],
        unique=True,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_table(
        "address",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=1, increment=1), nullable=False),
        sa.Column("client_id", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.Text(), server_default="main", nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("street", sa.Text(), server_default="", nullable=False),
        sa.Column("postal_code", sa.Text(), server_default="", nullable=False),
        sa.Column("city", sa.Text(), server_default="", nullable=False),
        sa.Column("country", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("purpose in ('main', 'billing', 'delivery')", name=op.f("ck_address_purpose")),
        sa.CheckConstraint("street <> '' or city <> ''", name=op.f("ck_address_is_somewhere")),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_address_client_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address")),
    )
    op.create_index(
        "ix_address_client_id",
        "address",
        ["client_id"],
        unique=False,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_table(
        "contact",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=1, increment=1), nullable=False),
        sa.Column("client_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), server_default="", nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("phone", sa.Text(), server_default="", nullable=False),
        sa.Column("notes", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("length(name) between 1 and 200", name=op.f("ck_contact_name_length")),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_contact_client_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    op.create_index(
        "ix_contact_client_id",
        "contact",
        ["client_id"],
        unique=False,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("length(key) between 1 and 200", name=op.f("ck_idempotency_key_key_length")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_idempotency_key_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "key", name=op.f("pk_idempotency_key")),
    )
    op.create_index("ix_idempotency_key_created_at", "idempotency_key", ["created_at"], unique=False)
    op.create_table(
        "accessory",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=1, increment=1), nullable=False),
        sa.Column("equipment_id", sa.BigInteger(), nullable=False),
        sa.Column("accessory_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("per", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("included", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("equipment_id <> accessory_id", name=op.f("ck_accessory_not_itself")),
        sa.CheckConstraint("per between 1 and 1000", name=op.f("ck_accessory_per")),
        sa.CheckConstraint("quantity between 1 and 1000", name=op.f("ck_accessory_quantity")),
        sa.ForeignKeyConstraint(
            ["accessory_id"], ["equipment.id"], name=op.f("fk_accessory_accessory_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["equipment_id"], ["equipment.id"], name=op.f("fk_accessory_equipment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accessory")),
    )
    op.create_index("ix_accessory_accessory_id", "accessory", ["accessory_id"], unique=False)
    op.create_index(
        "uq_accessory_pair",
        "accessory",
        ["equipment_id", "accessory_id"],
        unique=True,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=1, increment=1), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("equipment_id", sa.BigInteger(), nullable=True),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(scope = 'equipment') = (equipment_id is not null)", name=op.f("ck_calendar_feed_equipment")
        ),
        sa.CheckConstraint("scope in ('all', 'person', 'equipment')", name=op.f("ck_calendar_feed_scope")),
        sa.ForeignKeyConstraint(
            ["equipment_id"], ["equipment.id"], name=op.f("fk_calendar_feed_equipment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_calendar_feed_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
    )
    op.create_index("ix_calendar_feed_user_id", "calendar_feed", ["user_id"], unique=False)
    op.create_index("uq_calendar_feed_secret_hash", "calendar_feed", ["secret_hash"], unique=True)
    op.create_table(
        "gear_template_line",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=1, increment=1), nullable=False),
        sa.Column("template_id", sa.BigInteger(), nullable=False),
        sa.Column("equipment_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("heading", sa.Text(), server_default="", nullable=False),
        sa.Column("notes", sa.Text(), server_default="", nullable=False),
        sa.Column("optional", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity between 1 and 100000", name=op.f("ck_gear_template_line_quantity")),
        sa.ForeignKeyConstraint(
            ["equipment_id"],
            ["equipment.id"],
            name=op.f("fk_gear_template_line_equipment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["gear_template.id"],
            name=op.f("fk_gear_template_line_template_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gear_template_line")),
    )
    op.create_index(
        "ix_gear_template_line_equipment_id", "gear_template_line", ["equipment_id"], unique=False
    )
    op.create_index(
        "ix_gear_template_line_template_id", "gear_template_line", ["template_id", "position"], unique=False
    )
    op.create_table(
        "kit_component",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=1, increment=1), nullable=False),
        sa.Column("kit_id", sa.BigInteger(), nullable=False),
        sa.Column("equipment_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("quantity between 1 and 10000", name=op.f("ck_kit_component_quantity")),
        sa.ForeignKeyConstraint(
            ["equipment_id"], ["equipment.id"], name=op.f("fk_kit_component_equipment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["kit_id"], ["kit.id"], name=op.f("fk_kit_component_kit_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kit_component")),
    )
    op.create_index("ix_kit_component_equipment_id", "kit_component", ["equipment_id"], unique=False)
    op.create_index(
        "uq_kit_component_equipment_id",
        "kit_component",
        ["kit_id", "equipment_id"],
        unique=True,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_table(
        "substitute",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=1, increment=1), nullable=False),
        sa.Column("equipment_id", sa.BigInteger(), nullable=False),
        sa.Column("substitute_id", sa.BigInteger(), nullable=False),
        sa.Column("notes", sa.Text(), server_default="", nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("equipment_id <> substitute_id", name=op.f("ck_substitute_not_itself")),
        sa.ForeignKeyConstraint(
            ["equipment_id"], ["equipment.id"], name=op.f("fk_substitute_equipment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["substitute_id"], ["equipment.id"], name=op.f("fk_substitute_substitute_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitute")),
    )
    op.create_index("ix_substitute_substitute_id", "substitute", ["substitute_id"], unique=False)
    op.create_index(
        "uq_substitute_pair",
        "substitute",
        ["equipment_id", "substitute_id"],
        unique=True,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_table(
        "attachment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=1, increment=1), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("length(name) between 1 and 200", name=op.f("ck_attachment_name_length")),
        sa.CheckConstraint("size >= 0", name=op.f("ck_attachment_size")),
        sa.ForeignKeyConstraint(
            ["event_id"], ["event.id"], name=op.f("fk_attachment_event_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_index(
        "ix_attachment_event_id",
        "attachment",
        ["event_id"],
        unique=False,
        postgresql_where=sa.text("deleted_at is null"),
    )
    op.create_table(
        "sub_hire",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=1, increment=1), nullable=False),
        sa.Column("equipment_id", sa.BigInteger(), nullable=False),
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("start_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cost", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("reference", sa.Text(), server_default="", nullable=False),
        sa.Column("notes", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.Text(), server_default="draft", nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(status = 'returned') = (returned_at is not null)", name=op.f("ck_sub_hire_returned_at")
        ),
        sa.CheckConstraint(
            "status in ('draft', 'ordered', 'received', 'returned', 'cancelled')",
            name=op.f("ck_sub_hire_status"),
        ),
        sa.CheckConstraint("cost >= 0", name=op.f("ck_sub_hire_cost")),
        sa.CheckConstraint("end_at > start_at", name=op.f("ck_sub_hire_period")),
        sa.CheckConstraint("quantity between 1 and 100000", name=op.f("ck_sub_hire_quantity")),
        sa.ForeignKeyConstraint(["equipment_id"], ["equipment.id"], name=op.f("fk_sub_hire_equipment_id")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_sub_hire_event_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["client.id"], name=op.f("fk_sub_hire_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sub_hire")),
    )
    op.create_index("ix_sub_hire_equipment_id", "sub_hire", ["equipment_id"], unique=False)
    op.create_index("ix_sub_hire_event_id", "sub_hire", ["event_id"], unique=False)
    op.create_index("ix_sub_hire_start_at", "sub_hire", ["start_at", "id"], unique=False)
    op.create_index("ix_sub_hire_supplier_id", "sub_hire", ["supplier_id"], unique=False)
    op.create_table(
        "allocation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False, start=1, increment=1), nullable=False),
        sa.Column("rental_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("start_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.text("int8range(unit_id, unit_id, '[]')"), "&&"),
            (sa.text("tstzrange(start_at, end_at)"), "&&"),
            using="gist",
            name="unit_promised_once",
        ),
        sa.CheckConstraint("end_at > start_at", name=op.f("ck_allocation_period")),
        sa.ForeignKeyConstraint(
            ["rental_id"], ["rental.id"], name=op.f("fk_allocation_rental_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name=op.f("fk_allocation_unit_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation")),
        sa.UniqueConstraint("rental_id", "unit_id", name=op.f("uq_allocation_rental_id")),
    )
    op.create_index("ix_allocation_unit_id", "allocation", ["unit_id", "start_at"], unique=False)
    _extend()


def _extend() -> None:
    """What is new in tables that were there."""
    op.add_column("event", sa.Column("contact_id", sa.BigInteger(), nullable=True))
    op.add_column("event", sa.Column("colour", sa.Text(), server_default="", nullable=False))
    op.add_column("event", sa.Column("hold_warned_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_event_contact_id", "event", ["contact_id"], unique=False)
    op.create_foreign_key(
        op.f("fk_event_contact_id"), "event", "contact", ["contact_id"], ["id"], ondelete="SET NULL"
    )
    op.add_column("rental", sa.Column("kit_id", sa.BigInteger(), nullable=True))
    op.create_index("ix_rental_kit_id", "rental", ["kit_id"], unique=False)
    op.create_foreign_key(op.f("fk_rental_kit_id"), "rental", "kit", ["kit_id"], ["id"], ondelete="SET NULL")
    op.add_column("reservation", sa.Column("sub_hire_id", sa.BigInteger(), nullable=True))
    op.add_column("reservation", sa.Column("late_told_at", sa.DateTime(timezone=True), nullable=True))
    _index_reservations()
    _index_events(postgresql_include=["id", "out_end", "status"])
    op.create_foreign_key(
        op.f("fk_reservation_sub_hire_id"),
        "reservation",
        "sub_hire",
        ["sub_hire_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.add_column("company", sa.Column("binds_units", sa.Text(), server_default="later", nullable=False))
    op.create_check_constraint(
        op.f("ck_company_binds_units"), "company", "binds_units in ('later', 'confirmation')"
    )
    op.create_check_constraint(
        op.f("ck_event_colour"),
        "event",
        "colour in ('', 'accent', 'green', 'amber', 'red', 'cyan', 'plum', 'slate')",
    )
    op.create_check_constraint(
        op.f("ck_reservation_sub_hire_adds"), "reservation", "kind = 'sub_hire' or sub_hire_id is null"
    )


def _index_reservations() -> None:
    op.create_index("uq_reservation_sub_hire_id", "reservation", ["sub_hire_id"], unique=True)
    op.create_index(
        "ix_reservation_pencil_period",
        "reservation",
        ["duration_class", "start_at"],
        unique=False,
        postgresql_include=["equipment_id", "end_at", "load"],
        postgresql_where=sa.text("state = 'pencil'"),
    )


def _index_events(**covering: list[str]) -> None:
    op.drop_index("ix_event_out_start", table_name="event")
    op.create_index(
        "ix_event_out_start",
        "event",
        ["duration_class", "out_start"],
        unique=False,
        postgresql_where=sa.text("deleted_at is null"),
        **covering,
    )


def downgrade() -> None:
    _index_events()
    op.drop_column("company", "binds_units")
    op.drop_index("ix_reservation_pencil_period", table_name="reservation")
    op.drop_column("reservation", "late_told_at")
    op.drop_column("reservation", "sub_hire_id")
    op.drop_column("rental", "kit_id")
    for column in ("contact_id", "colour", "hold_warned_at"):
        op.drop_column("event", column)
    for table in TABLES:
        op.drop_table(table)
