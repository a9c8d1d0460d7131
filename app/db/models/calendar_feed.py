"""Calendars that other programs subscribe to."""

from datetime import datetime

from advanced_alchemy.types import DateTimeUTC
from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Stamped

SCOPES = ("all", "person", "equipment")


class CalendarFeed(Stamped):
    """A secret address below which one person's view of the calendar can be read until it is revoked.

    Only a hash of the secret is kept.
    """

    __tablename__ = "calendar_feed"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    scope: Mapped[str] = mapped_column(Text)
    equipment_id: Mapped[int | None] = mapped_column(ForeignKey("equipment.id", ondelete="CASCADE"))
    secret_hash: Mapped[str] = mapped_column(Text)
    revoked_at: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    read_at: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))

    __table_args__ = (
        CheckConstraint(f"scope in {SCOPES}", name="scope"),
        CheckConstraint("(scope = 'equipment') = (equipment_id is not null)", name="equipment"),
        Index("uq_calendar_feed_secret_hash", "secret_hash", unique=True),
        Index("ix_calendar_feed_user_id", "user_id"),
    )
