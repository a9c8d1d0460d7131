"""The client's occasions and what is rented for them."""

from datetime import datetime
from typing import ClassVar

from advanced_alchemy.types import DateTimeUTC
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Editable

COLOURS = ("", "accent", "green", "amber", "red", "cyan", "plum", "slate")
STATUSES = (
    "draft", "requested", "quoted", "held", "confirmed", "closed",
    "lost", "cancelled", "declined", "withdrawn", "expired",
)  # fmt: skip
EXPIRING = ("held", "requested")

_LIVE = text("deleted_at is null")
_EXPIRING = "status in ('held', 'requested')"


class Event(Editable):
    """A client's occasion: when the gear is out, when it is used, who answers for it.

    `[out_start, out_end)` runs from dispatch to return, `[use_start, use_end)` is the show within it.
    A hold and a request end at `hold_expires_at`; its people were warned at `hold_warned_at`. `status` is
    changed by commands only (app/domain/events/policy.py). `duration_class` bounds the length of the event,
    so that "which events overlap" is a range of an index (docs/availability.md).
    """

    __tablename__ = "event"
    entity: ClassVar[str] = "event"
    editable: ClassVar[tuple[str, ...]] = (
        "name", "client_id", "contact_id", "venue", "venue_address", "out_start", "out_end", "use_start",
        "use_end", "notes", "client_notes", "responsible_id", "tags", "colour", "status",
        "status_reason", "hold_expires_at", "deleted_at",
    )  # fmt: skip

    name: Mapped[str] = mapped_column(Text)
    client_id: Mapped[int | None] = mapped_column(ForeignKey("client.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id", ondelete="SET NULL"))
    venue: Mapped[str] = mapped_column(Text, server_default="")
    venue_address: Mapped[str] = mapped_column(Text, server_default="")
    out_start: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True))
    out_end: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True))
    use_start: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    use_end: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    notes: Mapped[str] = mapped_column(Text, server_default="")
    client_notes: Mapped[str] = mapped_column(Text, server_default="")
    responsible_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"), default=list)
    colour: Mapped[str] = mapped_column(Text, server_default="", default="")
    status: Mapped[str] = mapped_column(Text, server_default="draft", default="draft")
    status_reason: Mapped[str] = mapped_column(Text, server_default="")
    hold_expires_at: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    hold_warned_at: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    duration_class: Mapped[int] = mapped_column(
        SmallInteger, Computed("duration_class(out_start, out_end)", persisted=True)
    )
    search: Mapped[str] = mapped_column(
        TSVECTOR,
        Computed(
            "search_document(name || ' ' || venue || ' ' || tag_words(tags) || ' ' || notes)",
            persisted=True,
        ),
    )

    __table_args__ = (
        CheckConstraint("length(name) between 1 and 200", name="name_length"),
        CheckConstraint(f"status in {STATUSES}", name="status"),
        CheckConstraint(f"colour in {COLOURS}", name="colour"),
        CheckConstraint("out_end > out_start", name="out_period"),
        CheckConstraint("out_end - out_start <= interval '87660 hours'", name="out_period_length"),
        CheckConstraint("(use_start is null) = (use_end is null)", name="use_period_whole"),
        CheckConstraint("use_end > use_start", name="use_period"),
        CheckConstraint("use_start >= out_start and use_end <= out_end", name="use_within_out"),
        CheckConstraint(f"({_EXPIRING}) = (hold_expires_at is not null)", name="hold_expires"),
        Index(
            "ix_event_out_start",
            "duration_class",
            "out_start",
            postgresql_include=("id", "out_end", "status"),
            postgresql_where=_LIVE,
        ),
        Index("ix_event_start", "out_start", "id", postgresql_where=_LIVE),
        Index("ix_event_client_id", "client_id", "out_start"),
        Index("ix_event_contact_id", "contact_id"),
        Index("ix_event_responsible_id", "responsible_id"),
        Index("ix_event_search", "search", postgresql_using="gin"),
        Index("ix_event_hold_expires_at", "hold_expires_at", postgresql_where=text(_EXPIRING)),
    )

    @property
    def label(self) -> str:
        """The name of the event."""
        return self.name


class Rental(Editable):
    """One line of an event: equipment, a quantity, a period (the event's unless it has its own).

    Prep and turnaround times are in minutes; None means the equipment's. An optional line reserves
    nothing until it is chosen. An accessory belongs to the line it goes along with; `kit_id` is the kit that
    the line came with. A line that was added at the bench waits for the office to approve it.
    """

    __tablename__ = "rental"
    entity: ClassVar[str] = "rental"
    editable: ClassVar[tuple[str, ...]] = (
        "equipment_id", "quantity", "start_at", "end_at", "prep_minutes", "turnaround_minutes", "heading",
        "name", "position", "notes", "optional", "accessory_of_id", "overbook_reason", "added_at_bench",
        "deleted_at",
    )  # fmt: skip

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    equipment_id: Mapped[int] = mapped_column(ForeignKey("equipment.id"))
    quantity: Mapped[int] = mapped_column(Integer)
    start_at: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    end_at: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    prep_minutes: Mapped[int | None] = mapped_column(Integer)
    turnaround_minutes: Mapped[int | None] = mapped_column(Integer)
    heading: Mapped[str] = mapped_column(Text, server_default="")
    position: Mapped[int] = mapped_column(Integer, server_default=text("0"), default=0)
    notes: Mapped[str] = mapped_column(Text, server_default="")
    optional: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), default=False)
    accessory_of_id: Mapped[int | None] = mapped_column()
    kit_id: Mapped[int | None] = mapped_column(ForeignKey("kit.id", ondelete="SET NULL"))
    overbook_reason: Mapped[str] = mapped_column(Text, server_default="")
    overbooked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    added_at_bench: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), default=False)
    name: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        UniqueConstraint("id", "event_id", name="uq_rental_id_event"),
        ForeignKeyConstraint(
            ["accessory_of_id", "event_id"], ["rental.id", "rental.event_id"], name="fk_rental_accessory_of"
        ),
        CheckConstraint("quantity between 1 and 100000", name="quantity"),
        CheckConstraint("(start_at is null) = (end_at is null)", name="period_whole"),
        CheckConstraint("end_at > start_at", name="period"),
        CheckConstraint("end_at - start_at <= interval '87660 hours'", name="period_length"),
        CheckConstraint("prep_minutes between 0 and 43200", name="prep_minutes"),
        CheckConstraint("turnaround_minutes between 0 and 43200", name="turnaround_minutes"),
        CheckConstraint("(overbook_reason = '') = (overbooked_by_id is null)", name="overbooking_has_a_name"),
        Index("ix_rental_event_id", "event_id", "position", "id"),
        Index("ix_rental_equipment_id", "equipment_id"),
        Index("ix_rental_accessory_of_id", "accessory_of_id"),
        Index("ix_rental_kit_id", "kit_id"),
    )

    @property
    def label(self) -> str:
        """How many of what."""
        return f"{self.quantity} × {self.name}"

    @property
    def parent(self) -> tuple[str, int]:
        """The event it is a line of."""
        return ("event", self.event_id)
