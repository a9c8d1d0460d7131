"""Accessories and substitutes in the API."""

from collections.abc import Callable
from typing import Annotated, Any

from litestar.params import QueryParameter

from app.db.models import Accessory, Substitute
from app.domain.kits import accessories
from app.domain.kits.api_queries import ACCESSORIES, SUBSTITUTES, of_equipment
from app.domain.kits.api_schemas import (
    AccessoryFields,
    AccessoryRecord,
    NewAccessory,
    NewSubstitute,
    SubstituteFields,
    SubstituteRecord,
)
from app.lib.conditions import Conditions
from app.lib.fields import LARGEST_ID
from app.lib.unit_of_work import UnitOfWork
from app.web.api import api_router
from app.web.api_routes import Routes
from app.web.permissions import EQUIPMENT_READ, EQUIPMENT_WRITE

OfEquipment = Annotated[
    int | None, QueryParameter(ge=1, le=LARGEST_ID, description="Only those of this equipment.")
]
ACCESSORY = Routes("accessory", AccessoryRecord, ACCESSORIES, read=EQUIPMENT_READ, write=EQUIPMENT_WRITE)
SUBSTITUTE = Routes("substitute", SubstituteRecord, SUBSTITUTES, read=EQUIPMENT_READ, write=EQUIPMENT_WRITE)


def _filter(model: type[Accessory | Substitute]) -> Callable[..., Conditions]:
    def provide_filter(equipment_id: OfEquipment = None) -> Conditions:
        return of_equipment(model, equipment_id)

    return provide_filter


async def _add_accessory(work: UnitOfWork, equipment_id: int, values: dict[str, Any]) -> Accessory:
    return await accessories.add_accessory(work, equipment_id, values["accessory_id"], values)


async def _add_substitute(work: UnitOfWork, equipment_id: int, values: dict[str, Any]) -> Substitute:
    return await accessories.add_substitute(work, equipment_id, values["substitute_id"], values)


API = api_router(
    "Kits",
    [
        ACCESSORY.listing("List what goes along.", _filter(Accessory)),
        ACCESSORY.creation_in(
            "/equipment/{equipment_id:int}/accessories",
            NewAccessory,
            _add_accessory,
            "Have an equipment go along with this one.",
            verb="add",
        ),
        ACCESSORY.single(),
        ACCESSORY.change(
            AccessoryFields,
            accessories.ACCESSORIES.edit,
            "Change the ratio, or whether it comes along by itself.",
        ),
        ACCESSORY.deletion(
            accessories.ACCESSORIES.delete, "Have an equipment not go along any more.", verb="remove"
        ),
        ACCESSORY.restoration(accessories.ACCESSORIES.restore, "Take a removal back."),
        SUBSTITUTE.listing("List what may stand in.", _filter(Substitute)),
        SUBSTITUTE.creation_in(
            "/equipment/{equipment_id:int}/substitutes",
            NewSubstitute,
            _add_substitute,
            "Approve that an equipment may stand in for this one.",
            verb="add",
        ),
        SUBSTITUTE.single(),
        SUBSTITUTE.change(SubstituteFields, accessories.SUBSTITUTES.edit, "Change what is to be minded."),
        SUBSTITUTE.deletion(
            accessories.SUBSTITUTES.delete, "Have an equipment not stand in any more.", verb="remove"
        ),
        SUBSTITUTE.restoration(accessories.SUBSTITUTES.restore, "Take a removal back."),
    ],
)
