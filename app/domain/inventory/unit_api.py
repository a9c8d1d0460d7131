"""Units in the API."""

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import UNSET

from app.db.models import Unit
from app.domain.inventory import units
from app.domain.inventory.api_queries import EQUIPMENT, UNITS, provide_unit_filter, units_by_ids
from app.domain.inventory.api_schemas import (
    ChangedUnit,
    NewUnits,
    UnitRecord,
    WholeUnit,
)
from app.domain.inventory.asset_tags import AssetTagError, expand_asset_tags
from app.lib.errors import InvalidInput
from app.lib.folding import fold
from app.web.api import ListAnswer, api_router, listing, whole_answer
from app.web.api_paging import PageRequest
from app.web.api_routes import Routes
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import EQUIPMENT_DELETE, EQUIPMENT_READ, EQUIPMENT_WRITE

UNIT = Routes("unit", UnitRecord, UNITS, read=EQUIPMENT_READ, write=EQUIPMENT_WRITE, sought=True)


@get("/equipment/{equipment_id:int}/units", capability=EQUIPMENT_READ, dependencies=listing())
async def list_units_of_equipment(
    reading: Connection, paging: NamedDependency[PageRequest], equipment_id: PathId
) -> Response[ListAnswer[UnitRecord]]:
    """List the units of equipment."""
    await EQUIPMENT.by_id(reading, equipment_id)
    return await UNITS.page(reading, paging, [Unit.equipment_id == equipment_id])


@post("/equipment/{equipment_id:int}/units", capability=EQUIPMENT_WRITE)
async def create_units(
    work: Work, equipment_id: PathId, data: JSONBody[NewUnits]
) -> Response[ListAnswer[UnitRecord]]:
    """Add one unit for every asset tag, all of them or none."""
    tags = _tags(data)
    values = {name: value for name, value in data.given().items() if name not in {"asset_tag", "asset_tags"}}
    added = await units.add_units(work, equipment_id, tags, values)
    response = whole_answer(await units_by_ids(work.session, [unit.id for unit in added]))
    if len(added) == 1:
        response.headers["Location"] = f"/api/units/{added[0].id}"
    return response


def _tags(data: NewUnits) -> list[str]:
    """The asset tags that were sent, in one of the three ways. Raises InvalidInput."""
    if (data.asset_tag is UNSET) == (data.asset_tags is UNSET):
        raise InvalidInput({"asset_tag": "Send either asset_tag or asset_tags."})
    if isinstance(data.asset_tag, str):
        return [data.asset_tag]
    tags = data.asset_tags if isinstance(data.asset_tags, list) else _expanded(str(data.asset_tags))
    if not tags:
        raise InvalidInput({"asset_tags": "Send at least one asset tag."})
    if len({fold(tag) for tag in tags}) < len(tags):
        raise InvalidInput({"asset_tags": "An asset tag is there twice."})
    if len(tags) > 1 and data.serial_number:
        raise InvalidInput({"serial_number": "Several units cannot have the same serial number."})
    return tags


def _expanded(text: str) -> list[str]:
    try:
        return expand_asset_tags(text)
    except AssetTagError as error:
        raise InvalidInput({"asset_tags": error.message}) from error


API = api_router(
    "Units",
    [
        UNIT.listing("List units of any equipment: filtered, sorted, page by page.", provide_unit_filter),
        list_units_of_equipment,
        create_units,
        UNIT.single(),
        UNIT.change(ChangedUnit, units.edit_unit),
        UNIT.replacement(
            WholeUnit,
            units.edit_unit,
            "Replace all fields; those left out go back to their defaults, but for the state.",
        ),
        UNIT.deletion(
            units.delete_unit,
            "Delete a unit that is not in use. What somebody just changed is not deleted.",
            capability=EQUIPMENT_DELETE,
        ),
    ],
)
