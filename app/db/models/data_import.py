"""Files people bring in, and how their columns were mapped."""

from datetime import datetime
from typing import Any
from uuid import UUID

from advanced_alchemy.types import DateTimeUTC
from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Stamped

KINDS = ("equipment", "client")
STATES = ("mapping", "queued", "running", "done", "failed", "stopping", "stopped")


class DataImport(Stamped):
    """One uploaded file on its way in; `kind` says what its rows are.

    The file itself lies in the file store under `file`. `reading` holds how it is read (encoding,
    delimiter, header), `mapping` which column becomes which field, `report` the counts and problems of
    the last check or run. Every change the run makes carries `operation`, so a stop can undo it.
    """

    __tablename__ = "data_import"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    kind: Mapped[str] = mapped_column(Text, server_default="equipment", default="equipment")
    filename: Mapped[str] = mapped_column(Text)
    file: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default="mapping", default="mapping")
    reading: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"), default=dict)
    mapping: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"), default=dict)
    all_or_nothing: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), default=False)
    total: Mapped[int] = mapped_column(Integer, server_default=text("0"), default=0)
    done: Mapped[int] = mapped_column(Integer, server_default=text("0"), default=0)
    current: Mapped[str] = mapped_column(Text, server_default="")
    report: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"), default=dict)
    operation: Mapped[UUID] = mapped_column(PG_UUID(as_uuid=True))
    started_at: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    finished_at: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))

    __table_args__ = (
        CheckConstraint(f"state in {STATES}", name="state"),
        CheckConstraint(f"kind in {KINDS}", name="kind"),
        Index("ix_data_import_user_id", "user_id", "id"),
    )

    @property
    def entity(self) -> str:
        """What the change log calls it."""
        return "import" if self.kind == "equipment" else f"{self.kind}_import"


class ImportMapping(Stamped):
    """The mapping last used for files with this header, so that the next one fits at once."""

    __tablename__ = "import_mapping"

    kind: Mapped[str] = mapped_column(Text, server_default="equipment", default="equipment")
    signature: Mapped[str] = mapped_column(Text)
    filename: Mapped[str] = mapped_column(Text)
    mapping: Mapped[dict[str, Any]] = mapped_column(JSONB)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    __table_args__ = (
        CheckConstraint(f"kind in {KINDS}", name="kind"),
        UniqueConstraint("kind", "signature"),
    )
