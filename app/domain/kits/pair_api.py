"""Accessories and substitutes in the API."""

from typing import Annotated

from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody, QueryParameter

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
from app.lib.fields import LARGEST_ID
from app.web.api import Answer, EditTerms, ListAnswer, api_router, listing
from app.web.api_paging import PageRequest
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import EQUIPMENT_READ, EQUIPMENT_WRITE

OfEquipment = Annotated[
    int | None, QueryParameter(ge=1, le=LARGEST_ID, description="Only those of this equipment.")
]


@get("/accessories", capability=EQUIPMENT_READ, dependencies=listing())
async def list_accessories(
    reading: Connection, paging: NamedDependency[PageRequest], equipment_id: OfEquipment = None
) -> Response[ListAnswer[AccessoryRecord]]:
    """List what goes along."""
    return await ACCESSORIES.page(reading, paging, of_equipment(Accessory, equipment_id))


@post("/equipment/{equipment_id:int}/accessories", capability=EQUIPMENT_WRITE)
async def add_accessory(
    work: Work, equipment_id: PathId, data: JSONBody[NewAccessory]
) -> Response[Answer[AccessoryRecord]]:
    """Have an equipment go along with this one."""
    made = await accessories.add_accessory(work, equipment_id, data.accessory_id, data.given())
    return await ACCESSORIES.created(work.session, made.id)


@get("/accessories/{accessory_id:int}", capability=EQUIPMENT_READ)
async def get_accessory(reading: Connection, accessory_id: PathId) -> Response[Answer[AccessoryRecord]]:
    """Get one accessory; its version is the ETag."""
    return await ACCESSORIES.answer(reading, accessory_id)


@patch("/accessories/{accessory_id:int}", capability=EQUIPMENT_WRITE)
async def change_accessory(
    work: Work, accessory_id: PathId, data: JSONBody[AccessoryFields], terms: NamedDependency[EditTerms]
) -> Response[Answer[AccessoryRecord]]:
    """Change the ratio, or whether it comes along by itself."""
    version, given = terms.version(data.version), data.given()
    await accessories.edit_pair(
        work, Accessory, accessory_id, given, version=version, strategy=terms.strategy
    )
    return await ACCESSORIES.answer(work.session, accessory_id)


@delete("/accessories/{accessory_id:int}", capability=EQUIPMENT_WRITE)
async def remove_accessory(
    work: Work,
    accessory_id: PathId,
    terms: NamedDependency[EditTerms],
    version: FromQuery[int | None] = None,
) -> None:
    """Have an equipment not go along any more."""
    await accessories.remove_pair(work, Accessory, accessory_id, version=terms.version(version))


@post("/accessories/{accessory_id:int}/restoration", capability=EQUIPMENT_WRITE, status_code=200)
async def restore_accessory(work: Work, accessory_id: PathId) -> Response[Answer[AccessoryRecord]]:
    """Take a removal back."""
    await accessories.restore_pair(work, Accessory, accessory_id)
    return await ACCESSORIES.answer(work.session, accessory_id)


@get("/substitutes", capability=EQUIPMENT_READ, dependencies=listing())
async def list_substitutes(
    reading: Connection, paging: NamedDependency[PageRequest], equipment_id: OfEquipment = None
) -> Response[ListAnswer[SubstituteRecord]]:
    """List what may stand in."""
    return await SUBSTITUTES.page(reading, paging, of_equipment(Substitute, equipment_id))


@post("/equipment/{equipment_id:int}/substitutes", capability=EQUIPMENT_WRITE)
async def add_substitute(
    work: Work, equipment_id: PathId, data: JSONBody[NewSubstitute]
) -> Response[Answer[SubstituteRecord]]:
    """Approve that an equipment may stand in for this one."""
    made = await accessories.add_substitute(work, equipment_id, data.substitute_id, data.given())
    return await SUBSTITUTES.created(work.session, made.id)


@get("/substitutes/{substitute_id:int}", capability=EQUIPMENT_READ)
async def get_substitute(reading: Connection, substitute_id: PathId) -> Response[Answer[SubstituteRecord]]:
    """Get one substitute; its version is the ETag."""
    return await SUBSTITUTES.answer(reading, substitute_id)


@patch("/substitutes/{substitute_id:int}", capability=EQUIPMENT_WRITE)
async def change_substitute(
    work: Work, substitute_id: PathId, data: JSONBody[SubstituteFields], terms: NamedDependency[EditTerms]
) -> Response[Answer[SubstituteRecord]]:
    """Change what is to be minded."""
    version, given = terms.version(data.version), data.given()
    await accessories.edit_pair(
        work, Substitute, substitute_id, given, version=version, strategy=terms.strategy
    )
    return await SUBSTITUTES.answer(work.session, substitute_id)


@delete("/substitutes/{substitute_id:int}", capability=EQUIPMENT_WRITE)
async def remove_substitute(
    work: Work,
    substitute_id: PathId,
    terms: NamedDependency[EditTerms],
    version: FromQuery[int | None] = None,
) -> None:
    """Have an equipment not stand in any more."""
    await accessories.remove_pair(work, Substitute, substitute_id, version=terms.version(version))


@post("/substitutes/{substitute_id:int}/restoration", capability=EQUIPMENT_WRITE, status_code=200)
async def restore_substitute(work: Work, substitute_id: PathId) -> Response[Answer[SubstituteRecord]]:
    """Take a removal back."""
    await accessories.restore_pair(work, Substitute, substitute_id)
    return await SUBSTITUTES.answer(work.session, substitute_id)


API = api_router(
    "Kits",
    [
        list_accessories,
        add_accessory,
        get_accessory,
        change_accessory,
        remove_accessory,
        restore_accessory,
        list_substitutes,
        add_substitute,
        get_substitute,
        change_substitute,
        remove_substitute,
        restore_substitute,
    ],
)
