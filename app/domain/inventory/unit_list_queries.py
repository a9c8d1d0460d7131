"""The units that are out of service in some way, whatever they are units of."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, exists, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from app.db.models import Equipment, Maintenance, Unit
from app.db.models.maintenance import OPEN
from app.lib.clock import now

PAGE = 100
HELD_BACK = ("quarantine", "in_repair", "missing")


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A unit that cannot be rented, with its newest open job and when that expects it back."""

    id: int
    version: int
    asset_tag: str
    location: str
    equipment_id: int
    equipment_name: str
    job_id: int | None
    job_title: str | None
    expected_back: datetime | None

    @property
    def is_late_back(self) -> bool:
        """Whether it was expected back by now."""
        return self.expected_back is not None and self.expected_back < now()


async def units_held_back(
    reading: AsyncConnection, state: str, after: int | None
) -> tuple[list[HeldBack], bool]:
    """A page of the units in this state by tag, from `after` the one with this id on; whether it goes on."""
    later, place = aliased(Maintenance), aliased(Unit)
    newest = and_(
        Maintenance.unit_id == Unit.id,
        Maintenance.state.in_(OPEN),
        Maintenance.deleted_at.is_(None),
        ~exists().where(
            later.unit_id == Unit.id,
            later.state.in_(OPEN),
            later.deleted_at.is_(None),
            later.id > Maintenance.id,
        ),
    )
    statement = (
        select(
            Unit.id, Unit.version, Unit.asset_tag, Unit.location, Unit.equipment_id,
            Equipment.name.label("equipment_name"), Maintenance.id.label("job_id"),
            Maintenance.title.label("job_title"), Maintenance.expected_back,
        )
        .join(Equipment, Equipment.id == Unit.equipment_id)
        .outerjoin(Maintenance, newest)
        .where(Unit.state == state, Unit.deleted_at.is_(None))
        .order_by(Unit.tag_order, Unit.id)
        .limit(PAGE + 1)
    )  # fmt: skip
    if after is not None:
        tag = select(place.tag_order).where(place.id == after).scalar_subquery()
        statement = statement.where(tuple_(Unit.tag_order, Unit.id) > tuple_(tag, after))
    found = [HeldBack(**row) for row in (await reading.execute(statement)).mappings()]
    return found[:PAGE], len(found) > PAGE


async def count_held_back(reading: AsyncConnection) -> dict[str, int]:
    """How many units there are in each of these states."""
    counts = [func.count().filter(Unit.state == state).label(state) for state in HELD_BACK]
    statement = select(*counts).where(Unit.state.in_(HELD_BACK), Unit.deleted_at.is_(None))
    return {str(state): count for state, count in (await reading.execute(statement)).mappings().one().items()}
