"""orders of the inventory table

Revision: 0002_table_orders, after: 0001_people_and_inventory
"""

import sqlalchemy as sa
from alembic import op

revision = "0002_table_orders"
down_revision = "0001_people_and_inventory"
branch_labels = None
depends_on = None

ORDERS = {
    "status": ["status"],
    "kind": ["kind"],
    "tracking": ["tracking"],
    "quantity": ["quantity"],
    "daily_rate": ["daily_rate"],
    "replacement_value": ["replacement_value"],
    "weight_kg": ["weight_kg"],
    "power_w": ["power_w"],
    "location": ["nullif(lower(location), '')"],
    "category_location": ["category_id", "nullif(lower(location), '')"],
    "shelf": ["coalesce(subcategory_id, category_id)"],
}


def upgrade() -> None:
    for name, keys in ORDERS.items():
        op.create_index(
            f"ix_equipment_{name}",
            "equipment",
            [*map(sa.text, keys), "id"],
            postgresql_where=sa.text("deleted_at is null"),
        )


def downgrade() -> None:
    for name in ORDERS:
        op.drop_index(f"ix_equipment_{name}", "equipment")
