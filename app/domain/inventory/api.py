"""Equipment in the API."""

from typing import Annotated, Any, Literal

from litestar import Response, delete, get, patch, post, put
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromQuery, JSONBody, QueryParameter
from msgspec import Struct

from app.db.models import Equipment
from app.domain.inventory import service
from app.domain.inventory.api_queries import EQUIPMENT, equipment_conditions
from app.domain.inventory.api_schemas import (
    ChangedEquipment,
    EquipmentRecord,
    Kind,
    NewEquipment,
    Status,
    Tracking,
    WholeEquipment,
)
from app.domain.inventory.photo_uploads import keep_photo
from app.lib import editing
from app.lib.conditions import Conditions
from app.lib.errors import InvalidInput
from app.lib.fields import clean
from app.lib.history import about
from app.lib.unit_of_work import UnitOfWork
from app.web.api import (
    Answer,
    ApiRequest,
    EditTerms,
    FilterInstant,
    ListAnswer,
    api_router,
    list_answer,
    listing,
    read_instant,
)
from app.web.api_changes import ChangeRecord, page_of_changes
from app.web.api_paging import PageRequest
from app.web.parameters import Connection, FilterId, PathId, Work
from app.web.permissions import EQUIPMENT_DELETE, EQUIPMENT_READ, EQUIPMENT_WRITE

_COUNTED = "The stock of serialized equipment is the number of its units."


class PhotoUpload(Struct):
    """A picture: JPEG, PNG or WebP of at most 10 MB."""

    photo: UploadFile


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
    return equipment_conditions(
        q=clean(q),
        category_id=category_id,
        subcategory_id=subcategory_id,
        status=status,
        kind=kind,
        tracking=tracking,
        location=clean(location),
        archived=None if archived == "all" else archived == "true",
        updated_since=read_instant(updated_since, "updated_since"),
    )


@get("/equipment", capability=EQUIPMENT_READ, dependencies=listing(provide_equipment_filter))
async def list_equipment(
    reading: Connection,
    paging: NamedDependency[PageRequest],
    wanted: NamedDependency[Conditions],
) -> Response[ListAnswer[EquipmentRecord]]:
    """List equipment: filtered, sorted, page by page."""
    return await EQUIPMENT.page(reading, paging, wanted)


@post("/equipment", capability=EQUIPMENT_WRITE)
async def create_equipment(work: Work, data: JSONBody[NewEquipment]) -> Response[Answer[EquipmentRecord]]:
    """Add equipment."""
    values = data.given()
    if values.get("tracking") == "serialized" and values.pop("quantity", 0):
        raise InvalidInput({"quantity": _COUNTED})
    made = await service.create_equipment(work, values)
    return await EQUIPMENT.created(work.session, made.id)


@get("/equipment/{equipment_id:int}", capability=EQUIPMENT_READ)
async def get_equipment(reading: Connection, equipment_id: PathId) -> Response[Answer[EquipmentRecord]]:
    """Get one piece of equipment; its version is the ETag."""
    return await EQUIPMENT.answer(reading, equipment_id)


@patch("/equipment/{equipment_id:int}", capability=EQUIPMENT_WRITE)
async def change_equipment(
    work: Work,
    equipment_id: PathId,
    data: JSONBody[ChangedEquipment],
    terms: NamedDependency[EditTerms],
) -> Response[Answer[EquipmentRecord]]:
    """Change the fields given."""
    return await _edit(work, equipment_id, data.given(), terms.version(data.version), terms)


@put("/equipment/{equipment_id:int}", capability=EQUIPMENT_WRITE)
async def replace_equipment(
    work: Work,
    equipment_id: PathId,
    data: JSONBody[WholeEquipment],
    terms: NamedDependency[EditTerms],
) -> Response[Answer[EquipmentRecord]]:
    """Replace all fields; those left out go back to their defaults."""
    values = data.whole()
    if values["tracking"] == "serialized" and "quantity" not in data.given():
        del values["quantity"]
    return await _edit(work, equipment_id, values, terms.version(data.version), terms)


@delete("/equipment/{equipment_id:int}", capability=EQUIPMENT_DELETE)
async def delete_equipment(
    work: Work,
    equipment_id: PathId,
    terms: NamedDependency[EditTerms],
    version: FromQuery[int | None] = None,
) -> None:
    """Delete equipment, so that it can be restored. What somebody just changed is not deleted.

    Nor is what held, requested or confirmed events count on: 409, with `events` in the details.
    """
    await service.delete_equipment(work, equipment_id, version=terms.version(version))


@post("/equipment/{equipment_id:int}/restoration", capability=EQUIPMENT_DELETE, status_code=200)
async def restore_equipment(work: Work, equipment_id: PathId) -> Response[Answer[EquipmentRecord]]:
    """Take a delete back."""
    await service.restore_equipment(work, equipment_id)
    return await EQUIPMENT.answer(work.session, equipment_id)


@post("/equipment/{equipment_id:int}/photo", capability=EQUIPMENT_WRITE, dto=None, status_code=200)
async def upload_photo(
    request: ApiRequest,
    work: Work,
    equipment_id: PathId,
    terms: NamedDependency[EditTerms],
    data: Annotated[PhotoUpload, Body(media_type=RequestEncodingType.MULTI_PART)],
) -> Response[Answer[EquipmentRecord]]:
    """Give equipment a photo, as the field `photo` of a multipart form. Naming a version is optional."""
    await EQUIPMENT.by_id(work.session, equipment_id)
    photo = await keep_photo(request, data.photo, "photo")
    return await _edit(work, equipment_id, {"photo": photo}, terms.optional_version(), terms)


@delete("/equipment/{equipment_id:int}/photo", capability=EQUIPMENT_WRITE)
async def remove_photo(work: Work, equipment_id: PathId, terms: NamedDependency[EditTerms]) -> None:
    """Take the photo away. Naming a version is optional."""
    await _edit(work, equipment_id, {"photo": None}, terms.optional_version(), terms)


@get("/equipment/{equipment_id:int}/changes", capability=EQUIPMENT_READ, dependencies=listing())
async def list_equipment_changes(
    reading: Connection, paging: NamedDependency[PageRequest], equipment_id: PathId
) -> Response[ListAnswer[ChangeRecord]]:
    """List the changes of equipment, its units and its maintenance, newest first."""
    await EQUIPMENT.by_id(reading, equipment_id)
    return list_answer(await page_of_changes(reading, paging, about("equipment", equipment_id)))


async def _edit(
    work: UnitOfWork, equipment_id: int, values: dict[str, Any], version: int | None, terms: EditTerms
) -> Response[Answer[EquipmentRecord]]:
    if "quantity" in values:
        present = await editing.lock(work, Equipment, equipment_id)
        serialized = values.get("tracking", present.tracking) == "serialized"
        if serialized and values.pop("quantity") != present.quantity:
            raise InvalidInput({"quantity": _COUNTED})
    await service.edit_equipment(work, equipment_id, values, version=version, strategy=terms.strategy)
    return await EQUIPMENT.answer(work.session, equipment_id)


API = api_router(
    "Equipment",
    [
        list_equipment,
        create_equipment,
        get_equipment,
        change_equipment,
        replace_equipment,
        delete_equipment,
        restore_equipment,
        upload_photo,
        remove_photo,
        list_equipment_changes,
    ],
)
