"""What should be in a case: finding and adding, how many, taking off."""

from typing import Any

from litestar import Request, Response, get, post

from app.domain.cases import queries, service
from app.domain.cases.fields import ITEM_READERS, NEW_ITEM_READERS
from app.domain.cases.pages import case_context, hits_context
from app.lib.fields import read_fields
from app.lib.unit_of_work import UnitOfWork
from app.web.forms import form_text
from app.web.htmx import Toast, wants_partial
from app.web.merging import read_version, sent_version, undo_of
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import PREP, RENTAL_READ
from app.web.render import page, partial, redirect
from app.web.state import viewer_of
from app.web.undo_permissions import operation_undo_url

PageRequest = Request[Any, Any, Any]


@get("/cases/{case_id:int}/gear", capability=RENTAL_READ, include_in_schema=False)
async def gear(request: PageRequest, reading: Connection, case_id: PathId) -> Response[str]:
    """Equipment the words typed may mean, which the case should hold."""
    found = await hits_context(request, reading, case_id)
    return page(request, "cases/gear.html", partial="cases/_gear.html", **found)


@post("/cases/{case_id:int}/items", capability=PREP, include_in_schema=False)
async def add(request: PageRequest, work: Work, case_id: PathId) -> Response[str]:
    """Say that a case should hold an equipment."""
    values = read_fields(await form_text(request), NEW_ITEM_READERS).checked("equipment_id", "quantity")
    item = await service.add_item(work, case_id, values["equipment_id"], values["quantity"])
    undo_url = operation_undo_url(viewer_of(request), work.operation, "case_item.created")
    return await _done(request, work, case_id, Toast("Added", item.label, undo_url=undo_url))


@post("/case-items/{item_id:int}/quantity", capability=PREP, include_in_schema=False)
async def set_quantity(request: PageRequest, work: Work, item_id: PathId) -> Response[str]:
    """Change how many pieces a case should hold."""
    typed = await form_text(request)
    values = read_fields(typed, ITEM_READERS).checked("quantity")
    version = read_version(typed.get("version", ""))
    case_id = await queries.case_of_item(work.session, item_id)
    done = await service.edit_item(work, item_id, values, version=version)
    undo_url = undo_of(done)
    return await _done(request, work, case_id, Toast("Saved", undo_url=undo_url))


@post("/case-items/{item_id:int}/deletion", capability=PREP, include_in_schema=False)
async def remove(request: PageRequest, work: Work, item_id: PathId) -> Response[str]:
    """Take equipment off what a case should hold, unless somebody changed it since the page was loaded."""
    version = await sent_version(request)
    item = await service.remove_item(work, item_id, version=version)
    undo_url = operation_undo_url(viewer_of(request), work.operation, "case_item.deleted")
    return await _done(request, work, item.case_id, Toast("Taken off", item.label, undo_url=undo_url))


async def _done(request: PageRequest, work: UnitOfWork, case_id: int, toast: Toast) -> Response[str]:
    """What the case should hold now, and the receipt; without scripts its page."""
    if not wants_partial(request):
        return redirect(request, f"/cases/{case_id}", toast=toast)
    reading = await work.session.connection()
    return partial(request, "cases/_items.html", toast=toast, **await case_context(reading, case_id))


HANDLERS = [gear, add, set_quantity, remove]
