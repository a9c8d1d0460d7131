"""What the item page shows, a fixed number of statements a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, Text, case, cast, func, literal, or_, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import aliased

from app.db.models import Category, Change, Equipment, Maintenance, Unit, User
from app.db.models.maintenance import OPEN
from app.db.models.unit import GONE
from app.domain.inspections.policy import STATUS_WORDS, status_of
from app.lib.clock import now
from app.lib.errors import NotFound

Reading = AsyncConnection | AsyncSession

MOST_UNITS = 1000
MOST_JOBS = 200
_TESTS = text(
    """
    select unit_id, valid_until, warn_days from unit_inspection
    where equipment_id = :equipment_id order by valid_until desc
    """
)


async def item(reading: Reading, equipment_id: int) -> Any:
    """One piece of equipment with its category, its counts and the version of its record. Raises NotFound."""
    category, subcategory = aliased(Category), aliased(Category)
    units = select(func.count()).where(Unit.equipment_id == Equipment.id, Unit.deleted_at.is_(None))
    jobs = select(func.count()).where(
        Maintenance.equipment_id == Equipment.id, Maintenance.deleted_at.is_(None)
    )
    statement = (
        select(
            *(column for column in Equipment.__table__.columns if column.name != "search"),
            category.name.label("category"),
            category.icon.label("category_icon"),
            subcategory.name.label("subcategory"),
            units.scalar_subquery().label("unit_count"),
            units.where(Unit.state == "in_repair").scalar_subquery().label("in_repair"),
            units.where(Unit.state.in_(GONE)).scalar_subquery().label("gone"),
            jobs.scalar_subquery().label("job_count"),
            jobs.where(Maintenance.state.in_(OPEN)).scalar_subquery().label("open_jobs"),
        )
        .select_from(Equipment)
        .join(category, category.id == Equipment.category_id)
        .outerjoin(subcategory, subcategory.id == Equipment.subcategory_id)
        .where(Equipment.id == equipment_id, Equipment.deleted_at.is_(None))
    )
    row = (await reading.execute(statement)).one_or_none()
    if row is None:
        raise NotFound("This equipment does not exist, or was deleted.")
    return row


async def units_of(reading: Reading, equipment_id: int, limit: int = MOST_UNITS) -> Sequence[Any]:
    """The units of equipment by asset tag, digits by value; those that are gone come last."""
    statement = (
        select(
            Unit.id,
            Unit.asset_tag,
            Unit.serial_number,
            Unit.state,
            Unit.location,
            Unit.condition,
            Unit.notes,
            Unit.version,
        )
        .where(Unit.equipment_id == equipment_id, Unit.deleted_at.is_(None))
        .order_by(case((Unit.state.in_(GONE), 1), else_=0), Unit.tag_order, Unit.id)
        .limit(limit)
    )
    return (await reading.execute(statement)).all()


async def tests_of_units(reading: Reading, equipment_id: int) -> dict[int, tuple[str, str, str]]:
    """How units stand that have tests to pass, by id: word, tone and shape of the test that ends first."""
    rows = await reading.execute(_TESTS, {"equipment_id": equipment_id})
    today = now().date()
    return {row.unit_id: STATUS_WORDS[status_of(row.valid_until, row.warn_days, today)] for row in rows}


async def jobs_of(reading: Reading, equipment_id: int, limit: int = MOST_JOBS) -> Sequence[Any]:
    """The maintenance of equipment: what is open first, then the newest."""
    statement = (
        select(
            Maintenance.id,
            Maintenance.title,
            Maintenance.kind,
            Maintenance.state,
            Maintenance.blocks,
            Maintenance.quantity,
            Maintenance.cost,
            Maintenance.due_at,
            Maintenance.expected_back,
            Maintenance.resolved_at,
            Maintenance.created_at,
            Unit.id.label("unit_id"),
            Unit.asset_tag,
            User.id.label("reporter_id"),
            func.trim(User.first_name + " " + User.last_name).label("reporter"),
        )
        .outerjoin(Unit, Unit.id == Maintenance.unit_id)
        .outerjoin(User, User.id == Maintenance.reported_by_id)
        .where(Maintenance.equipment_id == equipment_id, Maintenance.deleted_at.is_(None))
        .order_by(case((Maintenance.state.in_(OPEN), 0), else_=1), Maintenance.created_at.desc())
        .limit(limit)
    )
    return (await reading.execute(statement)).all()


async def unit(reading: Reading, unit_id: int) -> Any:
    """One unit, with the name of its equipment. Raises NotFound."""
    statement = (
        select(*Unit.__table__.columns, Equipment.name.label("equipment"))
        .join(Equipment, Equipment.id == Unit.equipment_id)
        .where(Unit.id == unit_id, Unit.deleted_at.is_(None), Equipment.deleted_at.is_(None))
    )
    row = (await reading.execute(statement)).one_or_none()
    if row is None:
        raise NotFound("This unit does not exist, or was deleted.")
    return row


async def units_with_tags(reading: Reading, asset_tags: Sequence[str]) -> Sequence[Any]:
    """Units that have one of these tags, however it is spelt, with the equipment they belong to."""
    folded = select(func.fold(func.unnest(cast(list(asset_tags), ARRAY(Text)))))
    statement = (
        select(Unit.id, Unit.asset_tag, Equipment.name.label("equipment"))
        .join(Equipment, Equipment.id == Unit.equipment_id)
        .where(func.fold(Unit.asset_tag).in_(folded), Unit.deleted_at.is_(None))
        .order_by(Unit.tag_order)
    )
    return (await reading.execute(statement)).all()


@dataclass(frozen=True, slots=True)
class CategoryChoice:
    """A category with its subcategories, as (id, name)."""

    id: int
    name: str
    subcategories: tuple[tuple[int, str], ...]


async def category_choices(reading: Reading) -> list[CategoryChoice]:
    """All categories in their order, for choosing one."""
    statement = (
        select(Category.id, Category.name, Category.parent_id)
        .where(Category.deleted_at.is_(None))
        .order_by(Category.position, Category.name)
    )
    rows = (await reading.execute(statement)).all()
    return [
        CategoryChoice(row.id, row.name, tuple((sub.id, sub.name) for sub in rows if sub.parent_id == row.id))
        for row in rows
        if row.parent_id is None
    ]


async def category_names(reading: Reading) -> dict[int, str]:
    """The names of all categories by id, also of deleted ones: the history mentions them."""
    rows = await reading.execute(
        select(Category.id, Category.name).order_by(Category.position, Category.name)
    )
    return {row.id: row.name for row in rows}


async def locations(reading: Reading) -> list[str]:
    """Where things are, most used first: suggestions for the field."""
    statement = (
        select(Equipment.location)
        .where(Equipment.deleted_at.is_(None), Equipment.location != "")
        .group_by(Equipment.location)
        .order_by(func.count().desc())
        .limit(50)
    )
    return [row.location for row in await reading.execute(statement)]


async def change_count(reading: Reading, equipment_id: int) -> int:
    """How many changes the history of equipment has, those of its units and maintenance included."""
    own = select(Change.id).where(Change.entity == "equipment", Change.entity_id == equipment_id)
    parts = select(Change.id).where(Change.parent_entity == "equipment", Change.parent_id == equipment_id)
    found = await reading.execute(select(func.count()).select_from(own.union_all(parts).subquery()))
    return found.scalar_one()


async def label_rows(
    reading: Reading, equipment_ids: Sequence[int], unit_ids: Sequence[int], limit: int
) -> Sequence[Any]:
    """What goes on labels: the tags of units, the skus of equipment counted in bulk; by name and tag."""
    units = (
        select(
            Unit.asset_tag.label("code"),
            Equipment.name,
            Unit.serial_number,
            Equipment.name_order,
            Unit.tag_order.label("tag_order"),
        )
        .join(Equipment, Equipment.id == Unit.equipment_id)
        .where(
            or_(Unit.equipment_id.in_(equipment_ids), Unit.id.in_(unit_ids)),
            Unit.deleted_at.is_(None),
            Equipment.deleted_at.is_(None),
        )
    )
    bulk = select(
        Equipment.sku, Equipment.name, literal(""), Equipment.name_order, Equipment.sku_order
    ).where(Equipment.id.in_(equipment_ids), Equipment.tracking == "bulk", Equipment.deleted_at.is_(None))
    every = units.union_all(bulk).subquery()
    statement = select(every).order_by(every.c.name_order, every.c.tag_order).limit(limit)
    return (await reading.execute(statement)).all()
