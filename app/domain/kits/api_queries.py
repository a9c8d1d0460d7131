"""The selects behind kits, accessories and substitutes in the API, and their filters."""

from decimal import Decimal
from typing import Annotated, Any

from litestar.params import FromQuery, QueryParameter

from app.db.models import Accessory, Kit, KitComponent, Rental, Substitute
from app.domain.kits.api_schemas import AccessoryRecord, ComponentRecord, KitRecord, SubstituteRecord
from app.lib.conditions import Conditions, all_of, equal, has_words, not_before
from app.lib.fields import clean
from app.web.api import FilterInstant, read_instant
from app.web.api_paging import Key, Order
from app.web.api_records import records_of

KITS = records_of(
    Kit,
    KitRecord,
    order=Order.of(
        Kit, "name", name=Key(Kit.name_order), daily_rate=Key(Kit.daily_rate, Decimal, nullable=True)
    ),
    path="/api/kits",
    missing="This kit does not exist, or was deleted.",
)

COMPONENTS = records_of(
    KitComponent,
    ComponentRecord,
    within=(Kit, KitComponent.kit_id),
    order=Order(
        keys={"position": Key(KitComponent.position, int), "id": Key(KitComponent.id, int)},
        default="position",
        id=KitComponent.id,
    ),
    path="/api/kit-components",
    missing="This component does not exist, or was taken out.",
)

ACCESSORIES = records_of(
    Accessory,
    AccessoryRecord,
    order=Order(keys={"id": Key(Accessory.id, int)}, default="id", id=Accessory.id),
    path="/api/accessories",
    missing="This accessory does not exist, or was taken away.",
)

SUBSTITUTES = records_of(
    Substitute,
    SubstituteRecord,
    order=Order(keys={"id": Key(Substitute.id, int)}, default="id", id=Substitute.id),
    path="/api/substitutes",
    missing="This substitute does not exist, or was taken away.",
)


def provide_kit_filter(
    *,
    q: Annotated[str, QueryParameter(description="Words in name and SKU.", max_length=200)] = "",
    archived: FromQuery[bool | None] = None,
    updated_since: FilterInstant = None,
) -> Conditions:
    """Which kits are wanted. Raises InvalidInput."""
    return [
        *has_words(clean(q), Kit.name, Kit.sku),
        *all_of(
            equal(Kit.archived, archived),
            not_before(Kit.updated_at, read_instant(updated_since, "updated_since")),
        ),
    ]


def of_equipment(model: Any, equipment_id: int | None) -> Conditions:
    """The accessories or substitutes of one equipment; None is no filter."""
    return all_of(equal(model.equipment_id, equipment_id))


def added_together(rental_ids: list[int]) -> Conditions:
    """Lines that were just added, and what came along with them."""
    return [Rental.id.in_(rental_ids) | Rental.accessory_of_id.in_(rental_ids)]
