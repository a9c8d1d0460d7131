"""Sign-ins, and links that work once."""

from datetime import datetime

from advanced_alchemy.base import IdentityBase
from advanced_alchemy.types import DateTimeUTC
from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column


class Session(IdentityBase):
    """One sign-in: of a browser (cookie) or of a program (bearer token). Its secret is kept as a hash."""

    __tablename__ = "session"

    token_hash: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(Text)
    keep: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), default=False)
    ip: Mapped[str] = mapped_column(Text, server_default="")
    user_agent: Mapped[str] = mapped_column(Text, server_default="")
    created_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True), server_default=func.now())
    last_seen_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True), server_default=func.now())
    expires_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True))

    __table_args__ = (
        CheckConstraint("kind in ('browser', 'token')", name="kind"),
        Index("uq_session_token_hash", "token_hash", unique=True),
        Index("ix_session_user_id", "user_id"),
        Index("ix_session_expires_at", "expires_at"),
    )


class OneTimeLink(IdentityBase):
    """A link that works once: to set the first admin up, or to choose a new password."""

    __tablename__ = "one_time_link"

    token_hash: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True), server_default=func.now())
    expires_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True))
    used_at: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))

    __table_args__ = (
        CheckConstraint("purpose in ('setup', 'password')", name="purpose"),
        CheckConstraint("(purpose = 'setup') = (user_id is null)", name="purpose_user"),
        Index("uq_one_time_link_token_hash", "token_hash", unique=True),
    )
