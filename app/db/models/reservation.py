"""What consumes stock, and when. docs/availability.md explains the engine that reads these rows."""

from datetime import datetime

from advanced_alchemy.base import DefaultBase, IdentityBase
from advanced_alchemy.types import DateTimeUTC
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.change import TransactionId

KINDS = ("rental", "sale", "block", "sub_hire")
STATES = ("pencil", "hold", "firm", "out", "returned")

_RESERVING = "state <> 'pencil'"
_COVERING = ("end_at", "load")


class Availability(DefaultBase):
    """One narrow row per equipment: what a booking locks, and the version of everything that is booked.

    Every change of reservations or stock raises `version`, in the transaction that makes it: two reads
    with the same version saw the same reservations. `xid` is the transaction that raised it, for readers that
    follow changes (docs/live.md).
    """

    __tablename__ = "availability"

    equipment_id: Mapped[int] = mapped_column(
        ForeignKey("equipment.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    version: Mapped[int] = mapped_column(BigInteger, server_default=text("0"), default=0)
    xid: Mapped[str] = mapped_column(TransactionId(), server_default=text("pg_current_xact_id()"))

    __table_args__ = (Index("ix_availability_xid", "xid"), {"postgresql_with": {"fillfactor": "50"}})


class Reservation(IdentityBase):
    """A quantity of equipment that is taken for a period (or, hired in, added for one).

    `[start_at, end_at)` is the effective period: prep and turnaround are in it; a sale never ends.
    `load` is what it takes from the stock, negative for a sub-hire. With `until_back` it keeps consuming
    past its end until somebody says the gear is back. `overbooked` means a person took more than there is
    on purpose. `reserving` rows consume, pencils are only seen. That it is late was told at `late_told_at`.
    """

    __tablename__ = "reservation"

    equipment_id: Mapped[int] = mapped_column(ForeignKey("equipment.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(Text, server_default="rental", default="rental")
    state: Mapped[str] = mapped_column(Text)
    quantity: Mapped[int] = mapped_column(Integer)
    start_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True))
    end_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True))
    until_back: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), default=False)
    overbooked: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), default=False)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    rental_id: Mapped[int | None] = mapped_column(ForeignKey("rental.id", ondelete="CASCADE"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id", ondelete="CASCADE"))
    maintenance_id: Mapped[int | None] = mapped_column(ForeignKey("maintenance.id", ondelete="CASCADE"))
    sub_hire_id: Mapped[int | None] = mapped_column(ForeignKey("sub_hire.id", ondelete="CASCADE"))
    late_told_at: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    load: Mapped[int] = mapped_column(
        Integer, Computed("case when kind = 'sub_hire' then -quantity else quantity end", persisted=True)
    )
    duration_class: Mapped[int] = mapped_column(
        SmallInteger, Computed("duration_class(start_at, end_at)", persisted=True)
    )

    __table_args__ = (
        CheckConstraint(f"kind in {KINDS}", name="kind"),
        CheckConstraint(f"state in {STATES}", name="state"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("end_at > start_at", name="period"),
        CheckConstraint("isfinite(start_at)", name="start_is_known"),
        CheckConstraint("(kind in ('rental', 'sale')) = (rental_id is not null)", name="of_rental"),
        CheckConstraint("(rental_id is null) or (event_id is not null)", name="of_event"),
        CheckConstraint("unit_id is null or (kind = 'block' and quantity = 1)", name="unit_is_blocked"),
        CheckConstraint("kind = 'block' or maintenance_id is null", name="maintenance_blocks"),
        CheckConstraint("kind = 'sub_hire' or sub_hire_id is null", name="sub_hire_adds"),
        Index(
            "ix_reservation_equipment_period",
            "equipment_id",
            "duration_class",
            "start_at",
            postgresql_include=_COVERING,
            postgresql_where=text(_RESERVING),
        ),
        Index(
            "ix_reservation_period",
            "duration_class",
            "start_at",
            postgresql_include=("equipment_id", *_COVERING),
            postgresql_where=text(_RESERVING),
        ),
        Index(
            "ix_reservation_pencil",
            "equipment_id",
            "duration_class",
            "start_at",
            postgresql_include=_COVERING,
            postgresql_where=text("state = 'pencil'"),
        ),
        Index(
            "ix_reservation_pencil_period",
            "duration_class",
            "start_at",
            postgresql_include=("equipment_id", *_COVERING),
            postgresql_where=text("state = 'pencil'"),
        ),
        Index(
            "ix_reservation_until_back",
            "equipment_id",
            "end_at",
            postgresql_include=("load",),
            postgresql_where=text("until_back"),
        ),
        Index("ix_reservation_event_id", "event_id"),
        Index("ix_reservation_rental_id", "rental_id"),
        Index("ix_reservation_unit_id", "unit_id", postgresql_where=text("unit_id is not null")),
        Index("uq_reservation_maintenance_id", "maintenance_id", unique=True),
        Index("uq_reservation_sub_hire_id", "sub_hire_id", unique=True),
        Index(
            "uq_reservation_unit_id",
            "unit_id",
            unique=True,
            postgresql_where=text("unit_id is not null and maintenance_id is null"),
        ),
        {
            "postgresql_with": {
                "autovacuum_vacuum_scale_factor": "0.02",
                "autovacuum_vacuum_insert_scale_factor": "0.02",
            }
        },
    )
