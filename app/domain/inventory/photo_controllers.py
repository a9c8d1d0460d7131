"""Photos: given to equipment, taken away, and served to people who are signed in."""

from typing import Any

from litestar import Request, Response, delete, get, post
from litestar.params import FromPath

from app.domain.inventory import item_queries
from app.domain.inventory.item_views import item_page
from app.domain.inventory.photo_uploads import keep_photo
from app.domain.inventory.service import edit_equipment
from app.lib.errors import InvalidInput, NotFound
from app.lib.file_store import FileMissingError
from app.lib.unit_of_work import UnitOfWork
from app.web.errors import Rejected
from app.web.forms import form_file, form_text
from app.web.htmx import Toast
from app.web.merging import undo_of
from app.web.parameters import PathId, Work
from app.web.permissions import EQUIPMENT_WRITE, SIGNED_IN
from app.web.render import redirect
from app.web.state import runtime

PageRequest = Request[Any, Any, Any]


@post("/inventory/{equipment_id:int}/photo", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def set_photo(request: PageRequest, work: Work, equipment_id: PathId) -> Response[str]:
    """Give equipment the uploaded photo, or none with `remove=1`. Files stay, so that it can be undone."""
    await item_queries.item(work.session, equipment_id)
    try:
        name = await _photo(request)
    except InvalidInput as error:
        refused = await item_page(
            request,
            work.session,
            equipment_id,
            "overview",
            status=422,
            photo_error=error.fields["photo_file"],
        )
        raise Rejected(refused) from error
    return await _give(request, work, equipment_id, name)


@delete(
    "/inventory/{equipment_id:int}/photo",
    status_code=200,
    capability=EQUIPMENT_WRITE,
    include_in_schema=False,
)
async def remove_photo(request: PageRequest, work: Work, equipment_id: PathId) -> Response[str]:
    """Take the photo away."""
    return await _give(request, work, equipment_id, None)


async def _give(request: PageRequest, work: UnitOfWork, equipment_id: int, name: str | None) -> Response[str]:
    edit = await edit_equipment(work, equipment_id, {"photo": name}, version=None)
    undo_url = undo_of(edit)
    receipt = Toast("Photo saved" if name else "Photo removed", undo_url=undo_url)
    return redirect(request, f"/inventory/{equipment_id}", toast=receipt)


async def _photo(request: PageRequest) -> str | None:
    if (await form_text(request)).get("remove") == "1":
        return None
    upload = await form_file(request, "photo_file")
    if upload is None:
        raise InvalidInput({"photo_file": "Choose a JPEG, PNG or WebP."})
    return await keep_photo(request, upload)


@get("/photos/{name:str}", capability=SIGNED_IN, include_in_schema=False)
async def photo(request: PageRequest, name: FromPath[str]) -> Response[bytes]:
    """A photo or one of its sizes. A name never changes its content, so it may be kept for ever."""
    if not name.endswith(".webp"):
        raise NotFound("There is no such photo.")
    try:
        content = await runtime(request).files.read_async(name)
    except FileMissingError as error:
        raise NotFound("There is no such photo.") from error
    headers = {
        "Cache-Control": "private, max-age=31536000, immutable",
        "Content-Disposition": "inline",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(content, media_type="image/webp", headers=headers)


PHOTO_HANDLERS = [set_photo, remove_photo, photo]
