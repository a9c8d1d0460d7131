"""Letters to clients."""

from datetime import datetime

from advanced_alchemy.types import DateTimeUTC
from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Stamped

MAIL_STATES = ("queued", "sent", "failed")


class Mail(Stamped):
    """A letter to a client, sent by a job after it was written. What is attached is made when it is sent.

    One that tells the client of an acceptance, or of an answer, names that happening; there is one of each.
    """

    __tablename__ = "mail"

    recipient: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    quote_version_id: Mapped[int | None] = mapped_column(ForeignKey("quote_version.id", ondelete="SET NULL"))
    happening_id: Mapped[int | None] = mapped_column(ForeignKey("quote_happening.id"))
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id", ondelete="SET NULL"))
    state: Mapped[str] = mapped_column(Text, server_default="queued", default="queued")
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"), default=0)
    problem: Mapped[str] = mapped_column(Text, server_default="", default="")
    sent_at: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    __table_args__ = (
        CheckConstraint(f"state in {MAIL_STATES}", name="state"),
        CheckConstraint("(state = 'sent') = (sent_at is not null)", name="sent"),
        Index("ix_mail_quote_version_id", "quote_version_id"),
        Index("ix_mail_invoice_id", "invoice_id"),
        Index("ix_mail_queued", "id", postgresql_where=text("state = 'queued'")),
        Index("uq_mail_happening_id", "happening_id", unique=True),
    )
