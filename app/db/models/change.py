"""The append-only log of everything that was changed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from advanced_alchemy.base import IdentityBase
from advanced_alchemy.types import DateTimeUTC
from sqlalchemy import BigInteger, FetchedValue, ForeignKey, Index, Integer, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

MOVES = (
    "rental.substituted", "rental.reduced", "rental.given_up", "rental.shifted",
    "event.shifted", "event.supplied", "event.supplied_undone",
)  # fmt: skip
"""What somebody does to an event to end a shortage: news for the people of the event."""


class TransactionId(UserDefinedType[str]):
    """PostgreSQL's 64-bit transaction id, which orders the log for its readers."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """The name of the type in SQL."""
        return "xid8"


class Change(IdentityBase):
    """Who changed what, when, from what to what.

    `fields` maps each field to [before, after] as wire values. `version` is the record's version after
    the change. `parent_*` names the record on whose page it also belongs. `operation` groups the changes
    of one intent (a bulk action, an import), so that they can be undone together. `xid` and `id` are the
    position readers resume from; see docs/live.md for why the id alone would lose rows.
    """

    __tablename__ = "change"

    xid: Mapped[str] = mapped_column(
        TransactionId(), server_default=text("pg_current_xact_id()"), server_onupdate=FetchedValue()
    )
    at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True), server_default=func.clock_timestamp())
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    action: Mapped[str] = mapped_column(Text)
    entity: Mapped[str] = mapped_column(Text)
    entity_id: Mapped[int] = mapped_column(BigInteger)
    version: Mapped[int] = mapped_column(Integer)
    label: Mapped[str] = mapped_column(Text, server_default="")
    parent_entity: Mapped[str | None] = mapped_column(Text)
    parent_id: Mapped[int | None] = mapped_column(BigInteger)
    fields: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    operation: Mapped[UUID] = mapped_column(PG_UUID(as_uuid=True))
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("change.id"))
    merged_with_id: Mapped[int | None] = mapped_column(ForeignKey("change.id"))
    request_id: Mapped[str] = mapped_column(Text, server_default="")
    ip: Mapped[str] = mapped_column(Text, server_default="")

    __table_args__ = (
        Index("uq_change_position", "xid", "id", unique=True),
        Index("uq_change_version", "entity", "entity_id", "version", unique=True),
        Index("ix_change_parent", "parent_entity", "parent_id", "id"),
        Index("ix_change_actor", "actor_id", "id"),
        Index("ix_change_operation", "operation"),
        Index("ix_change_undoes_id", "undoes_id", postgresql_where=text("undoes_id is not null")),
        Index("ix_change_moves", "id", postgresql_where=text(f"action in {MOVES}")),
    )
