"""letters of happenings: which acceptance or answer a letter tells of

Revision: 0009_letters_of_happenings, after: 0008_quotes_and_money
"""

import sqlalchemy as sa
from alembic import op

revision = "0009_letters_of_happenings"
down_revision = "0008_quotes_and_money"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mail", sa.Column("happening_id", sa.BigInteger(), nullable=True))
    op.create_index("uq_mail_happening_id", "mail", ["happening_id"], unique=True)
    op.create_foreign_key(op.f("fk_mail_happening_id"), "mail", "quote_happening", ["happening_id"], ["id"])


def downgrade() -> None:
    op.drop_column("mail", "happening_id")
