"""Equipment in the API."""

from typing import Annotated, Any

from litestar import Response, delete, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body
from msgspec import Struct

from app.db.models import Equipment
from app.domain.inventory import service
from app.domain.inventory.api_queries import EQUIPMENT, provide_equipment_filter
from app.domain.inventory.api_schemas import (
    ChangedEquipment,
    EquipmentRecord,
    NewEquipment,
    WholeEquipment,
)
from app.domain.inventory.photo_uploads import keep_photo
from app.lib import editing
from app.lib.editing import Edit, Strategy
from app.lib.errors import InvalidInput
from app.lib.history import about
from app.lib.unit_of_work import UnitOfWork
from app.web.api import (
    Answer,
    ApiRequest,
    EditTerms,
    ListAnswer,
    api_router,
    list_answer,
    listing,
)
from app.web.api_changes import ChangeRecord, page_of_changes
from app.web.api_paging import PageRequest
from app.web.api_routes import Routes
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import EQUIPMENT_DELETE, EQUIPMENT_READ, EQUIPMENT_WRITE

ITEM = Routes("equipment", EquipmentRecord, EQUIPMENT, read=EQUIPMENT_READ, write=EQUIPMENT_WRITE)
_COUNTED = "The stock of serialized equipment is the number of its units."
_DELETING = """Delete equipment, so that it can be restored. What somebody just changed is not deleted.

Nor is what held, requested or confirmed events count on: 409, with `events` in the details.
"""


class PhotoUpload(Struct):
    """A picture: JPEG, PNG or WebP of at most 10 MB."""

    photo: UploadFile


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
    await _set_photo(work, equipment_id, photo, terms)
    return await EQUIPMENT.answer(work.session, equipment_id)


@delete("/equipment/{equipment_id:int}/photo", capability=EQUIPMENT_WRITE)
async def remove_photo(work: Work, equipment_id: PathId, terms: NamedDependency[EditTerms]) -> None:
    """Take the photo away. Naming a version is optional."""
    await _set_photo(work, equipment_id, None, terms)


@get("/equipment/{equipment_id:int}/changes", capability=EQUIPMENT_READ, dependencies=listing())
async def list_equipment_changes(
    reading: Connection, paging: NamedDependency[PageRequest], equipment_id: PathId
) -> Response[ListAnswer[ChangeRecord]]:
    """List the changes of equipment, its units and its maintenance, newest first."""
    await EQUIPMENT.by_id(reading, equipment_id)
    return list_answer(await page_of_changes(reading, paging, about("equipment", equipment_id)))


async def _set_photo(work: UnitOfWork, equipment_id: int, photo: str | None, terms: EditTerms) -> None:
    await service.edit_equipment(
        work, equipment_id, {"photo": photo}, version=terms.optional_version(), strategy=terms.strategy
    )


async def _create(work: UnitOfWork, values: dict[str, Any]) -> Equipment:
    if values.get("tracking") == "serialized" and values.pop("quantity", 0):
        raise InvalidInput({"quantity": _COUNTED})
    return await service.create_equipment(work, values)


async def _edit(
    work: UnitOfWork,
    equipment_id: int,
    values: dict[str, Any],
    /,
    *,
    version: int | None,
    strategy: Strategy,
) -> Edit:
    if "quantity" in values:
        present = await editing.lock(work, Equipment, equipment_id)
        serialized = values.get("tracking", present.tracking) == "serialized"
        if serialized and values.pop("quantity") != present.quantity:
            raise InvalidInput({"quantity": _COUNTED})
    return await service.edit_equipment(work, equipment_id, values, version=version, strategy=strategy)


API = api_router(
    "Equipment",
    [
        ITEM.listing("List equipment: filtered, sorted, page by page.", provide_equipment_filter),
        ITEM.creation(NewEquipment, _create, "Add equipment."),
        ITEM.single("Get one piece of equipment; its version is the ETag."),
        ITEM.change(ChangedEquipment, _edit),
        ITEM.replacement(WholeEquipment, _edit),
        ITEM.deletion(service.delete_equipment, _DELETING, capability=EQUIPMENT_DELETE),
        ITEM.restoration(service.restore_equipment, capability=EQUIPMENT_DELETE),
        upload_photo,
        remove_photo,
        list_equipment_changes,
    ],
)
