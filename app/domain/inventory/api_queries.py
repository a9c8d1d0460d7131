"""The selects behind the equipment, units and categories of the API."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.db.models import Category, Equipment, Unit
from app.domain.inventory.api_schemas import CategoryRecord, EquipmentRecord, UnitRecord
from app.domain.inventory.listing import search_terms
from app.lib.errors import NotFound
from app.web.api import wired
from app.web.api_paging import AnySelect, Key, Order

Reading = AsyncConnection | AsyncSession

_EQUIPMENT_COLUMNS = tuple(
    getattr(Equipment, name) for name in EquipmentRecord.__struct_fields__ if name != "photo_url"
)
_UNIT_COLUMNS = tuple(getattr(Unit, name) for name in UnitRecord.__struct_fields__)

EQUIPMENT_ORDER = Order(
    keys={
        "id": Key(Equipment.id, int),
        "name": Key(Equipment.name_order),
        "sku": Key(Equipment.sku_order),
        "category_id": Key(Equipment.category_id, int),
        "status": Key(Equipment.status),
        "kind": Key(Equipment.kind),
        "tracking": Key(Equipment.tracking),
        "location": Key(Equipment.location),
        "quantity": Key(Equipment.quantity, int),
        "daily_rate": Key(Equipment.daily_rate, Decimal, nullable=True),
        "replacement_value": Key(Equipment.replacement_value, Decimal, nullable=True),
        "weight_kg": Key(Equipment.weight_kg, Decimal, nullable=True),
        "power_w": Key(Equipment.power_w, int, nullable=True),
        "created_at": Key(Equipment.created_at, datetime),
        "updated_at": Key(Equipment.updated_at, datetime),
    },
    default="name",
    id=Equipment.id,
)
UNIT_ORDER = Order(
    keys={
        "id": Key(Unit.id, int),
        "asset_tag": Key(Unit.tag_order),
        "serial_number": Key(Unit.serial_number),
        "location": Key(Unit.location),
        "condition": Key(Unit.condition),
        "state": Key(Unit.state),
        "updated_at": Key(Unit.updated_at, datetime),
    },
    default="asset_tag",
    id=Unit.id,
)


@dataclass(frozen=True, slots=True)
class EquipmentFilter:
    """Which equipment a list shows; None and empty text are no filter."""

    q: str = ""
    category_id: int | None = None
    subcategory_id: int | None = None
    status: str | None = None
    kind: str | None = None
    tracking: str | None = None
    location: str = ""
    archived: str = "false"
    updated_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class UnitFilter:
    """Which units a list shows; None and empty text are no filter."""

    equipment_id: int | None = None
    asset_tag: str = ""
    serial_number: str = ""
    state: str | None = None
    condition: str | None = None
    location: str = ""


def equipment_list(wanted: EquipmentFilter) -> AnySelect:
    """All equipment that matches."""
    conditions: list[ColumnElement[bool]] = [Equipment.deleted_at.is_(None)]
    for name in ("category_id", "subcategory_id", "status", "kind", "tracking"):
        value = getattr(wanted, name)
        if value is not None:
            conditions.append(getattr(Equipment, name) == value)
    if wanted.q:
        conditions.append(_matches(wanted.q))
    if wanted.location:
        conditions.append(func.starts_with(func.lower(Equipment.location), wanted.location.lower()))
    if wanted.archived != "all":
        conditions.append(Equipment.archived.is_(wanted.archived == "true"))
    if wanted.updated_since is not None:
        conditions.append(Equipment.updated_at >= wanted.updated_since)
    return select(*_EQUIPMENT_COLUMNS, Equipment.photo).where(*conditions)


def _matches(text: str) -> ColumnElement[bool]:
    """Every word of a search as the beginning of a word of the equipment or its units."""
    terms = search_terms(text)
    if not terms:
        return false()
    return Equipment.search.op("@@")(func.to_tsquery("simple", " & ".join(f"{term}:*" for term in terms)))


def equipment_record(row: Any) -> EquipmentRecord:
    """Equipment as the API sends it."""
    values = wired(
        {name: getattr(row, name) for name in EquipmentRecord.__struct_fields__ if name != "photo_url"}
    )
    return EquipmentRecord(**values, photo_url=f"/photos/{row.photo}" if row.photo else None)


async def equipment_by_id(reading: Reading, equipment_id: int) -> EquipmentRecord:
    """One piece of equipment. Raises NotFound."""
    statement = equipment_list(EquipmentFilter(archived="all")).where(Equipment.id == equipment_id)
    row = (await reading.execute(statement)).one_or_none()
    if row is None:
        raise NotFound("This equipment does not exist, or was deleted.")
    return equipment_record(row)


def unit_list(wanted: UnitFilter) -> AnySelect:
    """All units that match, of equipment that is not deleted."""
    conditions: list[ColumnElement[bool]] = [Unit.deleted_at.is_(None), Equipment.deleted_at.is_(None)]
    for name in ("equipment_id", "state", "condition"):
        value = getattr(wanted, name)
        if value is not None:
            conditions.append(getattr(Unit, name) == value)
    for name in ("asset_tag", "serial_number"):
        value = getattr(wanted, name)
        if value:
            conditions.append(func.fold(getattr(Unit, name)) == func.fold(value))
    if wanted.location:
        conditions.append(func.starts_with(func.lower(Unit.location), wanted.location.lower()))
    return select(*_UNIT_COLUMNS).join(Equipment, Equipment.id == Unit.equipment_id).where(*conditions)


def unit_record(row: Any) -> UnitRecord:
    """A unit as the API sends it."""
    return UnitRecord(**wired({name: getattr(row, name) for name in UnitRecord.__struct_fields__}))


async def unit_by_id(reading: Reading, unit_id: int) -> UnitRecord:
    """One unit. Raises NotFound."""
    row = (await reading.execute(unit_list(UnitFilter()).where(Unit.id == unit_id))).one_or_none()
    if row is None:
        raise NotFound("This unit does not exist, or was deleted.")
    return unit_record(row)


async def units_by_ids(reading: Reading, ids: list[int]) -> list[UnitRecord]:
    """These units, in the order of their ids."""
    statement = unit_list(UnitFilter()).where(Unit.id.in_(ids)).order_by(Unit.id)
    return [unit_record(row) for row in await reading.execute(statement)]


def _categories() -> AnySelect:
    count = (
        select(func.count())
        .where(
            or_(Equipment.category_id == Category.id, Equipment.subcategory_id == Category.id),
            Equipment.deleted_at.is_(None),
        )
        .correlate(Category)
        .scalar_subquery()
    )
    names = [name for name in CategoryRecord.__struct_fields__ if name != "equipment_count"]
    columns = [getattr(Category, name) for name in names]
    return select(*columns, count.label("equipment_count")).where(Category.deleted_at.is_(None))


def _category_record(row: Any) -> CategoryRecord:
    return CategoryRecord(**wired({name: getattr(row, name) for name in CategoryRecord.__struct_fields__}))


async def all_categories(reading: Reading, parent_id: int | None = None) -> list[CategoryRecord]:
    """All categories in their order, each before its subcategories; with `parent_id` those below one."""
    parent = select(Category.position, Category.id).subquery()
    top = func.coalesce(Category.parent_id, Category.id)
    statement = (
        _categories()
        .join(parent, parent.c.id == top)
        .order_by(
            parent.c.position, parent.c.id, Category.parent_id.is_not(None), Category.position, Category.id
        )
    )
    if parent_id is not None:
        statement = statement.where(Category.parent_id == parent_id)
    return [_category_record(row) for row in await reading.execute(statement)]


async def category_by_id(reading: Reading, category_id: int) -> CategoryRecord:
    """One category. Raises NotFound."""
    row = (await reading.execute(_categories().where(Category.id == category_id))).one_or_none()
    if row is None:
        raise NotFound("This category does not exist, or was deleted.")
    return _category_record(row)
