"""What happened to the gear of an event at the bench: an append-only ledger, and who did it.

Counts are never set: every one of them is the sum of its movements, so two people who count at once add up.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from advanced_alchemy.base import DefaultBase, IdentityBase
from advanced_alchemy.types import DateTimeUTC
from sqlalchemy import BigInteger, Boolean, CheckConstraint, ForeignKey, Index, Integer, Text, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.orm import Mapped, mapped_column

PREP_STEPS = ("picked", "tested", "packed", "loaded")
STEPS = (*PREP_STEPS, "dispatched", "returned", "checked", "missing", "settled")
CONDITIONS = ("fine", "dirty", "damaged")
SETTLEMENTS = ("charged", "written_off")


class BenchAction(IdentityBase):
    """One tap or scan at the bench. Its `nonce` is chosen by the device: sent again, it is the same action.

    `answer` is the verdict that was given, so that a repetition gets the same one. `device_at` is when it
    happened on the device, `queued` that it waited there for a connection. What no longer fitted by then
    `needs_a_look` until somebody has dealt with it.
    """

    __tablename__ = "bench_action"

    nonce: Mapped[UUID] = mapped_column(PG_UUID(as_uuid=True))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    kind: Mapped[str] = mapped_column(Text)
    step: Mapped[str] = mapped_column(Text, server_default="")
    code: Mapped[str] = mapped_column(Text, server_default="")
    verdict: Mapped[str] = mapped_column(Text, server_default="")
    answer: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"), default=dict)
    device: Mapped[str] = mapped_column(Text, server_default="")
    device_at: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    queued: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), default=False)
    needs_a_look: Mapped[bool] = mapped_column(Boolean, server_default=text("false"), default=False)
    looked_at: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    looked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True), server_default=func.now())

    __table_args__ = (
        CheckConstraint("length(kind) between 1 and 40", name="kind_length"),
        CheckConstraint("length(code) <= 500", name="code_length"),
        Index("uq_bench_action_nonce", "nonce", unique=True),
        Index("ix_bench_action_event_id", "event_id", "id"),
        Index(
            "ix_bench_action_inbox",
            "event_id",
            "id",
            postgresql_where=text("needs_a_look and looked_at is null"),
        ),
    )


class Movement(IdentityBase):
    """So many pieces of a line, or one unit of it, took a step; a negative quantity takes one back.

    Prep: picked, tested, packed, loaded. Then: dispatched; returned, which is here again; checked, with the
    `condition` it came back in; missing, which is owed still; settled, which will not come back (`settlement`
    says whether it was charged). `outstanding = dispatched - returned - settled`, and what is missing is a
    part of it. The database refuses movements that do not add up (`movement_guard`), and to change one.
    """

    __tablename__ = "movement"

    action_id: Mapped[int] = mapped_column(ForeignKey("bench_action.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    rental_id: Mapped[int] = mapped_column(ForeignKey("rental.id"))
    equipment_id: Mapped[int] = mapped_column(ForeignKey("equipment.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("gear_case.id"))
    handover_id: Mapped[int | None] = mapped_column(ForeignKey("handover.id"))
    step: Mapped[str] = mapped_column(Text)
    quantity: Mapped[int] = mapped_column(Integer)
    condition: Mapped[str | None] = mapped_column(Text)
    settlement: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, server_default="", default="")
    photo: Mapped[str | None] = mapped_column(Text)
    maintenance_id: Mapped[int | None] = mapped_column(ForeignKey("maintenance.id"))
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("movement.id"))
    created_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True), server_default=func.now())

    __table_args__ = (
        CheckConstraint(f"step in {STEPS}", name="step"),
        CheckConstraint("quantity <> 0 and abs(quantity) <= 100000", name="quantity"),
        CheckConstraint("unit_id is null or abs(quantity) = 1", name="unit_is_one"),
        CheckConstraint("(step = 'checked') = (condition is not null)", name="condition_when_checked"),
        CheckConstraint(f"condition in {CONDITIONS}", name="condition"),
        CheckConstraint("(step = 'settled') = (settlement is not null)", name="settlement_when_settled"),
        CheckConstraint(f"settlement in {SETTLEMENTS}", name="settlement"),
        Index("ix_movement_rental_id", "rental_id", "step", postgresql_include=("quantity", "condition")),
        Index("ix_movement_event_id", "event_id", "id"),
        Index("ix_movement_action_id", "action_id"),
        Index("ix_movement_unit_id", "unit_id", "id", postgresql_where=text("unit_id is not null")),
        Index("ix_movement_case_id", "case_id", "id", postgresql_where=text("case_id is not null")),
        Index(
            "ix_movement_maintenance_id",
            "maintenance_id",
            postgresql_where=text("maintenance_id is not null"),
        ),
        Index(
            "ix_movement_to_check",
            "rental_id",
            postgresql_include=("step", "quantity"),
            postgresql_where=text("unit_id is null and step in ('returned', 'checked')"),
        ),
        Index("ix_movement_handover_id", "handover_id", postgresql_where=text("handover_id is not null")),
        Index(
            "ix_movement_equipment_missing",
            "equipment_id",
            postgresql_where=text("step in ('missing', 'settled')"),
        ),
        Index(
            "uq_movement_undoes_id", "undoes_id", unique=True, postgresql_where=text("undoes_id is not null")
        ),
    )


class KnownLine(DefaultBase):
    """How many pieces of a line the bench knows it has to prep.

    Written for every line when prep begins, and when somebody at the bench acknowledges what the office
    changed since. Where a line wants another number than this, it is to be acknowledged.
    """

    __tablename__ = "known_line"

    rental_id: Mapped[int] = mapped_column(
        ForeignKey("rental.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    equipment_id: Mapped[int] = mapped_column(ForeignKey("equipment.id"))
    quantity: Mapped[int] = mapped_column(Integer)
    known_at: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True), server_default=func.now())
    known_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    change_id: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (
        CheckConstraint("quantity >= 0", name="quantity"),
        Index("ix_known_line_event_id", "event_id"),
    )
