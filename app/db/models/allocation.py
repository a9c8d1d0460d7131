"""Which unit goes on which line."""

from datetime import datetime

from advanced_alchemy.base import IdentityBase
from advanced_alchemy.types import DateTimeUTC
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column


class Allocation(IdentityBase):
    """One unit promised to one rental for its effective period; no unit is promised twice at a time.

    Allocating takes no stock: the reservation of the rental has done that. A line of four has four
    pieces of "any", until units are bound to it.
    """

    __tablename__ = "allocation"

    rental_id: Mapped[int] = mapped_column(ForeignKey("rental.id", ondelete="CASCADE"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id", ondelete="CASCADE"))
    start_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True))
    end_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True))
    created_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True), server_default=func.now())

    __table_args__ = (
        UniqueConstraint("rental_id", "unit_id"),
        CheckConstraint("end_at > start_at", name="period"),
        # ranges of one id: equality inside a gist index without an extension
        ExcludeConstraint(
            (text("int8range(unit_id, unit_id, '[]')"), "&&"),
            (text("tstzrange(start_at, end_at)"), "&&"),
            name="unit_promised_once",
            using="gist",
        ),
        Index("ix_allocation_unit_id", "unit_id", "start_at"),
    )
