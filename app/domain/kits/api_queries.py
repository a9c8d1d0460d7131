"""The selects behind kits, accessories and substitutes in the API."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.db.models import Accessory, Kit, KitComponent, Rental, Substitute
from app.domain.kits.api_schemas import AccessoryRecord, ComponentRecord, KitRecord, SubstituteRecord
from app.lib.conditions import Conditions, all_of, equal, has_words, not_before
from app.web.api_paging import Key, Order
from app.web.api_records import Records, columns_of, converter

KITS = Records(
    statement=select(*columns_of(Kit, KitRecord), Kit.name_order).where(Kit.deleted_at.is_(None)),
    order=Order(
        keys={
            "id": Key(Kit.id, int),
            "name": Key(Kit.name_order),
            "daily_rate": Key(Kit.daily_rate, Decimal, nullable=True),
            "created_at": Key(Kit.created_at, datetime),
            "updated_at": Key(Kit.updated_at, datetime),
        },
        default="name",
        id=Kit.id,
    ),
    convert=converter(KitRecord),
    path="/api/kits",
    missing="This kit does not exist, or was deleted.",
)

COMPONENTS = Records(
    statement=select(*columns_of(KitComponent, ComponentRecord))
    .join(Kit, Kit.id == KitComponent.kit_id)
    .where(KitComponent.deleted_at.is_(None), Kit.deleted_at.is_(None)),
    order=Order(
        keys={"position": Key(KitComponent.position, int), "id": Key(KitComponent.id, int)},
        default="position",
        id=KitComponent.id,
    ),
    convert=converter(ComponentRecord),
    path="/api/kit-components",
    missing="This component does not exist, or was taken out.",
)

ACCESSORIES = Records(
    statement=select(*columns_of(Accessory, AccessoryRecord)).where(Accessory.deleted_at.is_(None)),
    order=Order(keys={"id": Key(Accessory.id, int)}, default="id", id=Accessory.id),
    convert=converter(AccessoryRecord),
    path="/api/accessories",
    missing="This accessory does not exist, or was taken away.",
)

SUBSTITUTES = Records(
    statement=select(*columns_of(Substitute, SubstituteRecord)).where(Substitute.deleted_at.is_(None)),
    order=Order(keys={"id": Key(Substitute.id, int)}, default="id", id=Substitute.id),
    convert=converter(SubstituteRecord),
    path="/api/substitutes",
    missing="This substitute does not exist, or was taken away.",
)


def kit_conditions(
    *, q: str = "", archived: bool | None = None, updated_since: datetime | None = None
) -> Conditions:
    """Which kits a list shows; None and empty text are no filter."""
    return [
        *has_words(q, Kit.name, Kit.sku),
        *all_of(equal(Kit.archived, archived), not_before(Kit.updated_at, updated_since)),
    ]


def in_kit(kit_id: int) -> Conditions:
    """The components of one kit."""
    return [KitComponent.kit_id == kit_id]


def of_equipment(model: Any, equipment_id: int | None) -> Conditions:
    """The accessories or substitutes of one equipment; None is no filter."""
    return all_of(equal(model.equipment_id, equipment_id))


def added_together(rental_ids: list[int]) -> Conditions:
    """Lines that were just added, and what came along with them."""
    return [Rental.id.in_(rental_ids) | Rental.accessory_of_id.in_(rental_ids)]
