"""What is in a kit: finding and putting in, how many, in which order, taking out."""

from typing import Any

from litestar import Request, Response, get, post

from app.domain.kits import queries, service
from app.domain.kits.fields import COMPONENT_READERS, NEW_COMPONENT_READERS
from app.domain.kits.pages import hits_context, kit_context
from app.lib.errors import InvalidInput
from app.lib.fields import read_fields
from app.lib.unit_of_work import UnitOfWork
from app.web.forms import form_text
from app.web.htmx import Toast, wants_partial
from app.web.merging import read_version, sent_version, undo_of
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import EQUIPMENT_READ, EQUIPMENT_WRITE
from app.web.render import page, partial, redirect
from app.web.state import viewer_of
from app.web.undo_permissions import operation_undo_url

PageRequest = Request[Any, Any, Any]

STEPS = {"up": -1, "down": 1}


@get("/kits/{kit_id:int}/gear", capability=EQUIPMENT_READ, include_in_schema=False)
async def gear(request: PageRequest, reading: Connection, kit_id: PathId) -> Response[str]:
    """Equipment the words typed may mean, to be put into the kit."""
    found = await hits_context(request, reading, kit_id)
    return page(request, "kits/gear.html", partial="kits/_gear.html", **found)


@post("/kits/{kit_id:int}/components", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def add(request: PageRequest, work: Work, kit_id: PathId) -> Response[str]:
    """Put equipment into a kit."""
    values = read_fields(await form_text(request), NEW_COMPONENT_READERS).checked("equipment_id", "quantity")
    component = await service.add_component(work, kit_id, values["equipment_id"], values["quantity"])
    undo_url = operation_undo_url(viewer_of(request), work.operation, "kit_component.created")
    return await _done(request, work, kit_id, Toast("Added", component.label, undo_url=undo_url))


@post("/kit-components/{component_id:int}/quantity", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def set_quantity(request: PageRequest, work: Work, component_id: PathId) -> Response[str]:
    """Change how many pieces are in one kit."""
    typed = await form_text(request)
    values = read_fields(typed, COMPONENT_READERS).checked("quantity")
    version = read_version(typed.get("version", ""))
    kit_id = await queries.kit_of_component(work.session, component_id)
    done = await service.edit_component(work, component_id, values, version=version)
    undo_url = undo_of(done)
    return await _done(request, work, kit_id, Toast("Saved", undo_url=undo_url))


@post("/kit-components/{component_id:int}/position", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def move(request: PageRequest, work: Work, component_id: PathId) -> Response[str]:
    """Move equipment one place up or down in its kit."""
    step = STEPS.get((await form_text(request)).get("step", ""))
    if step is None:
        raise InvalidInput({"step": "Move it up or down."})
    component = await service.move_component(work, component_id, step)
    return await _done(request, work, component.kit_id, Toast("Moved", component.name))


@post("/kit-components/{component_id:int}/deletion", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def remove(request: PageRequest, work: Work, component_id: PathId) -> Response[str]:
    """Take equipment out of a kit, unless somebody changed it since the page was loaded."""
    version = await sent_version(request)
    component = await service.remove_component(work, component_id, version=version)
    undo_url = operation_undo_url(viewer_of(request), work.operation, "kit_component.deleted")
    return await _done(
        request, work, component.kit_id, Toast("Taken out", component.label, undo_url=undo_url)
    )


async def _done(request: PageRequest, work: UnitOfWork, kit_id: int, toast: Toast) -> Response[str]:
    """The kit as it is now, and the receipt; without scripts its page."""
    if not wants_partial(request):
        return redirect(request, f"/kits/{kit_id}", toast=toast)
    reading = await work.session.connection()
    return partial(request, "kits/_parts.html", toast=toast, **await kit_context(request, reading, kit_id))


HANDLERS = [gear, add, set_quantity, move, remove]
