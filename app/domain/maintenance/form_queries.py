"""What the forms about maintenance offer: people, equipment, units."""

from dataclasses import dataclass

from sqlalchemy import BigInteger, Select, func, null, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import Equipment, Unit, User
from app.db.models.unit import GONE
from app.domain.search.policy import prefix_query
from app.lib.errors import NotFound
from app.lib.folding import fold
from app.lib.history import name_of
from app.web.permissions import CAPABILITIES, MAINTENANCE_WRITE

_MOST_PICKED = 20


@dataclass(frozen=True, slots=True)
class Subject:
    """Equipment as a report names it."""

    id: int
    name: str
    sku: str
    tracking: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Coded:
    """What a code stands for: equipment, or one unit of it."""

    equipment_id: int
    unit_id: int | None

    @property
    def report_url(self) -> str:
        """Where a job on it is reported."""
        unit = f"&unit={self.unit_id}" if self.unit_id else ""
        return f"/maintenance/new?equipment={self.equipment_id}{unit}"


async def people_for_work(reading: AsyncConnection) -> list[tuple[int, str]]:
    """Who can be given a job: id and name of active people whose role may do the work."""
    roles = [role for role, capabilities in CAPABILITIES.items() if MAINTENANCE_WRITE in capabilities]
    name = name_of(User)
    statement = select(User.id, name).where(User.active, User.role.in_(roles)).order_by(func.fold(name))
    return [(key, text) for key, text in await reading.execute(statement)]


async def units_to_choose(reading: AsyncConnection, equipment_id: int) -> list[tuple[int, str]]:
    """Id and asset tag of the units of some equipment that are not gone."""
    statement = (
        select(Unit.id, Unit.asset_tag)
        .where(
            Unit.equipment_id == equipment_id,
            Unit.deleted_at.is_(None),
            Unit.state.not_in(GONE),
        )
        .order_by(Unit.tag_order, Unit.id)
    )
    return [(key, tag) for key, tag in await reading.execute(statement)]


async def subject_of_report(reading: AsyncConnection, equipment_id: int) -> Subject:
    """What a report is about. Raises NotFound."""
    statement = _subjects().where(Equipment.id == equipment_id)
    found = (await reading.execute(statement)).one_or_none()
    if found is None:
        raise NotFound("This equipment does not exist, or was deleted.")
    return Subject(*found)


async def subjects_to_choose(reading: AsyncConnection, text: str) -> list[Subject]:
    """Equipment the words typed may mean, for a report that names none yet; at most twenty.

    A SKU or a name that was typed in full comes first.
    """
    words = prefix_query(text)
    if not words:
        return []
    statement = (
        _subjects()
        .where(Equipment.search.op("@@")(func.to_tsquery("simple", words)), ~Equipment.archived)
        .order_by(
            (func.fold(Equipment.sku) == fold(text)).desc(),
            (Equipment.name_order == func.natural_order(text)).desc(),
            Equipment.name_order,
            Equipment.id,
        )
        .limit(_MOST_PICKED)
    )
    return [Subject(*row) for row in await reading.execute(statement)]


async def subject_with_code(reading: AsyncConnection, code: str) -> Coded | None:
    """The equipment or unit whose SKU or asset tag was typed or scanned in full; None where it is not one."""
    folded = fold(code.strip())
    if not folded:
        return None
    tagged = (
        select(Unit.equipment_id, Unit.id)
        .join(Equipment, Equipment.id == Unit.equipment_id)
        .where(func.fold(Unit.asset_tag) == folded, Unit.deleted_at.is_(None), Unit.state.not_in(GONE))
    )
    named = select(Equipment.id, null().cast(BigInteger)).where(
        func.fold(Equipment.sku) == folded, ~Equipment.archived
    )
    live = [one.where(Equipment.deleted_at.is_(None)) for one in (tagged, named)]
    found = (await reading.execute(union_all(*live).limit(2))).all()
    return Coded(*found[0]) if len(found) == 1 else None


def _subjects() -> Select[int, str, str, str, int]:
    columns = (Equipment.id, Equipment.name, Equipment.sku, Equipment.tracking, Equipment.quantity)
    return select(*columns).where(Equipment.deleted_at.is_(None))
