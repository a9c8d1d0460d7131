"""Counting what is there."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from advanced_alchemy.base import IdentityBase
from advanced_alchemy.types import DateTimeUTC
from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text, func, text
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Editable

STATUSES = ("open", "applied", "cancelled")


class StockTake(Editable):
    """One counting of one location; an empty location is all of the stock.

    Open until what was counted is applied to the stock, or it is cancelled.
    """

    __tablename__ = "stock_take"
    entity: ClassVar[str] = "stock_take"
    editable: ClassVar[tuple[str, ...]] = (
        "name", "location", "status", "notes", "closed_at", "deleted_at",
    )  # fmt: skip

    name: Mapped[str] = mapped_column(Text)
    location: Mapped[str] = mapped_column(Text, server_default="")
    status: Mapped[str] = mapped_column(Text, server_default="open", default="open")
    notes: Mapped[str] = mapped_column(Text, server_default="")
    started_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    closed_at: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))

    __table_args__ = (
        CheckConstraint("length(name) between 1 and 200", name="name_length"),
        CheckConstraint(f"status in {STATUSES}", name="status"),
        CheckConstraint("(status = 'open') = (closed_at is null)", name="closed_at"),
        Index("ix_stock_take_open", "id", postgresql_where=text("status = 'open'")),
    )

    @property
    def label(self) -> str:
        """What is counted."""
        return self.name


class StockCount(IdentityBase):
    """So many pieces, or one unit, that somebody counted; a negative quantity takes a count back.

    Append-only, with a nonce chosen by the device: several people count at once, and a repeated scan
    counts once.
    """

    __tablename__ = "stock_count"

    stock_take_id: Mapped[int] = mapped_column(ForeignKey("stock_take.id", ondelete="CASCADE"))
    nonce: Mapped[UUID] = mapped_column(PG_UUID(as_uuid=True))
    equipment_id: Mapped[int] = mapped_column(ForeignKey("equipment.id", ondelete="CASCADE"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id", ondelete="CASCADE"))
    quantity: Mapped[int] = mapped_column(Integer)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True), server_default=func.now())

    __table_args__ = (
        CheckConstraint("quantity <> 0 and abs(quantity) <= 100000", name="quantity"),
        CheckConstraint("unit_id is null or abs(quantity) = 1", name="unit_is_one"),
        Index("uq_stock_count_nonce", "nonce", unique=True),
        Index("ix_stock_count_stock_take_id", "stock_take_id", "equipment_id"),
    )
