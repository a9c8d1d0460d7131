"""The tab of an equipment with what goes along with it and what may stand in for it."""

from typing import Any

from litestar import Request, Response, get, post

from app.domain.inventory.item_views import item_page
from app.domain.kits import accessories, pair_queries
from app.domain.kits.fields import ACCESSORY_READERS, OTHER_READERS, SUBSTITUTE_READERS
from app.domain.search.finding import equipment_to_choose
from app.lib.commands import Commands
from app.lib.fields import clean, read_fields
from app.lib.unit_of_work import UnitOfWork
from app.web.forms import form_text
from app.web.htmx import Toast, wants_partial
from app.web.merging import read_version, sent_version
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import EQUIPMENT_READ, EQUIPMENT_WRITE
from app.web.render import page, partial, redirect
from app.web.state import viewer_of
from app.web.undo_permissions import operation_undo_url

PageRequest = Request[Any, Any, Any]


@get("/inventory/{equipment_id:int}/accessories", capability=EQUIPMENT_READ, include_in_schema=False)
async def tab(request: PageRequest, reading: Connection, equipment_id: PathId) -> Response[str]:
    """What goes along with an equipment, what may stand in for it, and which kits hold it."""
    pairs = await pair_queries.pairs_of(reading, equipment_id)
    return await item_page(request, reading, equipment_id, "accessories", further={"pairs": pairs})


@get("/inventory/{equipment_id:int}/accessories/gear", capability=EQUIPMENT_READ, include_in_schema=False)
async def gear_along(request: PageRequest, reading: Connection, equipment_id: PathId) -> Response[str]:
    """Equipment the words typed may mean, to go along."""
    return await _gear(request, reading, equipment_id, "accessories")


@get("/inventory/{equipment_id:int}/substitutes/gear", capability=EQUIPMENT_READ, include_in_schema=False)
async def gear_instead(request: PageRequest, reading: Connection, equipment_id: PathId) -> Response[str]:
    """Equipment the words typed may mean, to stand in."""
    return await _gear(request, reading, equipment_id, "substitutes")


@post("/inventory/{equipment_id:int}/accessories", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def add_accessory(request: PageRequest, work: Work, equipment_id: PathId) -> Response[str]:
    """Have an equipment go along."""
    values = read_fields(await form_text(request), OTHER_READERS | ACCESSORY_READERS).checked("other_id")
    made = await accessories.add_accessory(work, equipment_id, values["other_id"], values)
    return await _done(request, work, equipment_id, "accessory.created", Toast("Goes along", made.label))


@post("/inventory/{equipment_id:int}/substitutes", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def add_substitute(request: PageRequest, work: Work, equipment_id: PathId) -> Response[str]:
    """Approve that an equipment may stand in."""
    values = read_fields(await form_text(request), OTHER_READERS | SUBSTITUTE_READERS).checked("other_id")
    made = await accessories.add_substitute(work, equipment_id, values["other_id"], values)
    return await _done(request, work, equipment_id, "substitute.created", Toast("May stand in", made.name))


@post("/accessories/{accessory_id:int}/edit", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def edit_accessory(request: PageRequest, work: Work, accessory_id: PathId) -> Response[str]:
    """Change the ratio, or whether it comes along by itself."""
    return await _edit(request, work, accessories.ACCESSORIES, accessory_id)


@post("/substitutes/{substitute_id:int}/edit", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def edit_substitute(request: PageRequest, work: Work, substitute_id: PathId) -> Response[str]:
    """Change what is to be minded."""
    return await _edit(request, work, accessories.SUBSTITUTES, substitute_id)


@post("/accessories/{accessory_id:int}/deletion", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def remove_accessory(request: PageRequest, work: Work, accessory_id: PathId) -> Response[str]:
    """Have an equipment not go along any more."""
    return await _remove(request, work, accessories.ACCESSORIES, accessory_id)


@post("/substitutes/{substitute_id:int}/deletion", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def remove_substitute(request: PageRequest, work: Work, substitute_id: PathId) -> Response[str]:
    """Have an equipment not stand in any more."""
    return await _remove(request, work, accessories.SUBSTITUTES, substitute_id)


async def _gear(request: PageRequest, reading: Connection, equipment_id: int, what: str) -> Response[str]:
    pairs = await pair_queries.pairs_of(reading, equipment_id)
    typed = clean(request.query_params.get("q", ""))[:200]
    taken = pair_queries.along_with if what == "accessories" else pair_queries.instead_of
    found = await equipment_to_choose(reading, typed, taken=taken(equipment_id), but=equipment_id)
    shown: dict[str, Any] = {"pairs": pairs, "what": what, "q": typed, "found": found}
    return page(request, "kits/pair_gear.html", partial="kits/_pair_gear.html", **shown)


async def _edit(
    request: PageRequest, work: UnitOfWork, commands: Commands[Any], pair_id: int
) -> Response[str]:
    typed = await form_text(request)
    values = read_fields(typed, ACCESSORY_READERS | SUBSTITUTE_READERS).checked()
    version = read_version(typed.get("version", ""))
    equipment_id = await pair_queries.equipment_of_pair(work.session, commands.model, pair_id)
    done = await commands.edit(work, pair_id, values, version=version)
    action = f"{commands.model.entity}.updated" if done.changed else ""
    return await _done(request, work, equipment_id, action, Toast("Saved"))


async def _remove(
    request: PageRequest, work: UnitOfWork, commands: Commands[Any], pair_id: int
) -> Response[str]:
    version = await sent_version(request)
    gone = await commands.delete(work, pair_id, version=version)
    toast = Toast("Taken away", gone.label)
    return await _done(request, work, gone.equipment_id, f"{commands.model.entity}.deleted", toast)


async def _done(
    request: PageRequest, work: UnitOfWork, equipment_id: int, action: str, toast: Toast
) -> Response[str]:
    """The tab as it is now, and the receipt with its undo; without scripts the page. No action, no undo."""
    undo_url = operation_undo_url(viewer_of(request), work.operation, action) if action else None
    receipt = Toast(toast.title, toast.text, undo_url=undo_url)
    if not wants_partial(request):
        return redirect(request, f"/inventory/{equipment_id}/accessories", toast=receipt)
    reading = await work.session.connection()
    pairs = await pair_queries.pairs_of(reading, equipment_id)
    return partial(request, "kits/_pairs.html", toast=receipt, pairs=pairs)


HANDLERS = [
    tab,
    gear_along,
    gear_instead,
    add_accessory,
    add_substitute,
    edit_accessory,
    edit_substitute,
    remove_accessory,
    remove_substitute,
]
