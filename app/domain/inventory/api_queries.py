"""The selects behind equipment, units and categories in the API, and their filters."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from litestar.params import FromQuery, QueryParameter
from sqlalchemy import ColumnElement, false, func, or_, select

from app.db.models import Category, Equipment, Unit
from app.domain.inventory.api_schemas import (
    CategoryRecord,
    Condition,
    EquipmentRecord,
    Kind,
    Status,
    Tracking,
    UnitRecord,
    UnitState,
)
from app.domain.inventory.listing import search_terms
from app.lib.conditions import Conditions, alike, all_of, begins_with, equal, not_before
from app.lib.fields import clean
from app.web.api import FilterInstant, read_instant, wired
from app.web.api_paging import AnySelect, Key, Order
from app.web.api_records import Reading, Records, columns_of, converter, records_of
from app.web.parameters import FilterId

_PHOTO = frozenset({"photo_url"})
_COUNT = frozenset({"equipment_count"})

_EQUIPMENT_ORDER = Order.of(
    Equipment,
    "name",
    name=Key(Equipment.name_order),
    sku=Key(Equipment.sku_order),
    category_id=Key(Equipment.category_id, int),
    status=Key(Equipment.status),
    kind=Key(Equipment.kind),
    tracking=Key(Equipment.tracking),
    location=Key(Equipment.location),
    quantity=Key(Equipment.quantity, int),
    daily_rate=Key(Equipment.daily_rate, Decimal, nullable=True),
    replacement_value=Key(Equipment.replacement_value, Decimal, nullable=True),
    weight_kg=Key(Equipment.weight_kg, Decimal, nullable=True),
    power_w=Key(Equipment.power_w, int, nullable=True),
)
_UNIT_ORDER = Order(
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


def _equipment(row: Any) -> EquipmentRecord:
    columns = EquipmentRecord.__struct_fields__
    values = wired({name: getattr(row, name) for name in columns if name not in _PHOTO})
    return EquipmentRecord(**values, photo_url=f"/photos/{row.photo}" if row.photo else None)


EQUIPMENT = Records(
    statement=select(*columns_of(Equipment, EquipmentRecord, but=_PHOTO), Equipment.photo).where(
        Equipment.deleted_at.is_(None)
    ),
    order=_EQUIPMENT_ORDER,
    convert=_equipment,
    path="/api/equipment",
    missing="This equipment does not exist, or was deleted.",
)
UNITS = records_of(
    Unit,
    UnitRecord,
    within=(Equipment, Unit.equipment_id),
    order=_UNIT_ORDER,
    path="/api/units",
    missing="This unit does not exist, or was deleted.",
)


def provide_equipment_filter(
    *,
    q: Annotated[
        str, QueryParameter(description="Words in name, sku, tags, description, units.", max_length=200)
    ] = "",
    category_id: FilterId = None,
    subcategory_id: FilterId = None,
    status: FromQuery[Status | None] = None,
    kind: FromQuery[Kind | None] = None,
    tracking: FromQuery[Tracking | None] = None,
    location: Annotated[
        str, QueryParameter(description="What the location begins with.", max_length=80)
    ] = "",
    archived: FromQuery[Literal["true", "false", "all"]] = "false",
    updated_since: FilterInstant = None,
) -> Conditions:
    """Which equipment is wanted. Raises InvalidInput."""
    words = clean(q)
    return all_of(
        _matches(words) if words else None,
        equal(Equipment.category_id, category_id),
        equal(Equipment.subcategory_id, subcategory_id),
        equal(Equipment.status, status),
        equal(Equipment.kind, kind),
        equal(Equipment.tracking, tracking),
        begins_with(Equipment.location, clean(location)),
        None if archived == "all" else Equipment.archived.is_(archived == "true"),
        not_before(Equipment.updated_at, read_instant(updated_since, "updated_since")),
    )


def _matches(text: str) -> ColumnElement[bool]:
    """Every word of a search as the beginning of a word of the equipment or its units."""
    terms = search_terms(text)
    if not terms:
        return false()
    return Equipment.search.op("@@")(func.to_tsquery("simple", " & ".join(f"{term}:*" for term in terms)))


def provide_unit_filter(
    *,
    equipment_id: FilterId = None,
    asset_tag: Annotated[
        str, QueryParameter(description="The whole tag, however it is spelt.", max_length=64)
    ] = "",
    serial_number: Annotated[str, QueryParameter(max_length=64)] = "",
    wanted_state: Annotated[UnitState | None, QueryParameter(name="state")] = None,
    condition: FromQuery[Condition | None] = None,
    location: Annotated[
        str, QueryParameter(description="What the location begins with.", max_length=80)
    ] = "",
) -> Conditions:
    """Which units are wanted."""
    return all_of(
        equal(Unit.equipment_id, equipment_id),
        alike(Unit.asset_tag, clean(asset_tag)),
        alike(Unit.serial_number, clean(serial_number)),
        equal(Unit.state, wanted_state),
        equal(Unit.condition, condition),
        begins_with(Unit.location, clean(location)),
    )


async def units_by_ids(reading: Reading, ids: list[int]) -> list[UnitRecord]:
    """These units, in the order of their ids."""
    statement = UNITS.statement.where(Unit.id.in_(ids)).order_by(Unit.id)
    return [UNITS.convert(row) for row in await reading.execute(statement)]


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
    columns = columns_of(Category, CategoryRecord, but=_COUNT)
    return select(*columns, count.label("equipment_count")).where(Category.deleted_at.is_(None))


CATEGORIES = Records(
    statement=_categories(),
    # they have an order of their own, by hand
    order=Order(keys={}, default="", id=Category.id),
    convert=converter(CategoryRecord),
    path="/api/categories",
    missing="This category does not exist, or was deleted.",
)


async def all_categories(reading: Reading, parent_id: int | None = None) -> list[CategoryRecord]:
    """All categories in their order, each before its subcategories; with `parent_id` those below one."""
    parent = select(Category.position, Category.id).subquery()
    top = func.coalesce(Category.parent_id, Category.id)
    statement = (
        CATEGORIES.statement.join(parent, parent.c.id == top)
        .where(*all_of(equal(Category.parent_id, parent_id)))
        .order_by(
            parent.c.position, parent.c.id, Category.parent_id.is_not(None), Category.position, Category.id
        )
    )
    return [CATEGORIES.convert(row) for row in await reading.execute(statement)]
