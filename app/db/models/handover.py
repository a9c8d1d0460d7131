"""Gear that changed hands: out to the client, or back."""

from datetime import datetime

from advanced_alchemy.base import IdentityBase
from advanced_alchemy.types import DateTimeUTC
from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

KINDS = ("dispatch", "check_in")


class Handover(IdentityBase):
    """One dispatch or one session of checking in, of a part of an event or all of it.

    `number` counts the handovers of a kind on an event, from 1. `signature` is the file with what was drawn,
    `signed_name` who signed. `override_reason` says why it went out although the gate was closed.
    """

    __tablename__ = "handover"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    kind: Mapped[str] = mapped_column(Text)
    number: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    vehicle: Mapped[str] = mapped_column(Text, server_default="", default="")
    signed_name: Mapped[str] = mapped_column(Text, server_default="", default="")
    signature: Mapped[str | None] = mapped_column(Text)
    notes: Mapped[str] = mapped_column(Text, server_default="", default="")
    override_reason: Mapped[str] = mapped_column(Text, server_default="", default="")
    created_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True), server_default=func.now())

    __table_args__ = (
        CheckConstraint(f"kind in {KINDS}", name="kind"),
        CheckConstraint("number >= 1", name="number"),
        UniqueConstraint("event_id", "kind", "number", name="uq_handover_number"),
        Index("ix_handover_at", "at"),
    )
