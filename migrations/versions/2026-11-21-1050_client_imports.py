"""imports of clients

Revision: 0006_client_imports, after: 0006_availability_steps
"""

import sqlalchemy as sa
from alembic import op

revision = "0006_client_imports"
down_revision = "0006_availability_steps"
branch_labels = None
depends_on = None

KINDS = "kind in ('equipment', 'client')"


def upgrade() -> None:
    for table in ("data_import", "import_mapping"):
        op.add_column(table, sa.Column("kind", sa.Text(), server_default="equipment", nullable=False))
        op.create_check_constraint(op.f(f"ck_{table}_kind"), table, KINDS)
    op.drop_constraint(op.f("uq_import_mapping_signature"), "import_mapping")
    op.create_unique_constraint(
        op.f("uq_import_mapping_kind_signature"), "import_mapping", ["kind", "signature"]
    )
    op.create_index(
        "ix_client_name_fold",
        "client",
        [sa.literal_column("fold(name)")],
        postgresql_where=sa.text("deleted_at is null"),
    )


def downgrade() -> None:
    op.drop_index("ix_client_name_fold", "client")
    op.execute("delete from import_mapping where kind <> 'equipment'")
    op.drop_constraint(op.f("uq_import_mapping_kind_signature"), "import_mapping")
    op.create_unique_constraint(op.f("uq_import_mapping_signature"), "import_mapping", ["signature"])
    # the files of these stay behind; the table does not know any more what they were
    op.execute("delete from data_import where kind <> 'equipment'")
    for table in ("import_mapping", "data_import"):
        op.drop_constraint(op.f(f"ck_{table}_kind"), table)
        op.drop_column(table, "kind")
