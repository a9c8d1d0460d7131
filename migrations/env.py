"""How migrations run: one transaction each, one process at a time, never waiting long for a lock."""

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.dialects.postgresql.base import ischema_names

import app.db.models  # noqa: F401 - registers every table
from app.db.base import metadata
from app.db.models.change import TransactionId

ischema_names["xid8"] = TransactionId
ADVISORY_LOCK = 7_245_001


def include_object(_object: object, name: str | None, kind: str, *_: object) -> bool:
    """Leave the tables of the job queue alone: they come with their own schema."""
    return not (kind == "table" and name is not None and name.startswith("procrastinate_"))


def run(connection: Connection) -> None:
    """Migrate over an open connection."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_object=include_object,
        transaction_per_migration=True,
        compare_type=True,
        compare_server_default=False,
    )
    connection.execute(text("select pg_advisory_lock(:key)"), {"key": ADVISORY_LOCK})
    connection.execute(text("set lock_timeout = '2s'"))
    connection.commit()
    try:
        with context.begin_transaction():
            context.run_migrations()
    finally:
        connection.rollback()
        connection.execute(text("reset lock_timeout"))
        connection.execute(text("select pg_advisory_unlock(:key)"), {"key": ADVISORY_LOCK})
        connection.commit()


run(context.config.attributes["connection"])
