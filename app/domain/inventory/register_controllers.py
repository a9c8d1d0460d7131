"""A code that nothing carries yet, scanned at the bench: it becomes a unit of an equipment, or a case."""

import re
from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get, post
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.domain.cases.fields import CASE_READERS, KIND_WORDS
from app.domain.cases.service import create_case
from app.domain.inventory.fields import UNIT_READERS
from app.domain.inventory.units import add_units
from app.domain.search.finding import FoundEquipment, equipment_to_choose
from app.lib.errors import Forbidden, InvalidInput
from app.lib.fields import clean, identifier, read_fields
from app.lib.unit_of_work import UnitOfWork
from app.web.forms import form_text, rejecting
from app.web.htmx import Toast
from app.web.parameters import Connection, Work
from app.web.permissions import EQUIPMENT_WRITE, PREP
from app.web.render import page, redirect
from app.web.state import viewer_of

Asked = Request[Any, Any, Any]
Reading = AsyncConnection | AsyncSession

LONGEST = 200
# browsers take a second slash, or a backslash, for another site, and leave out what is no character
_OWN_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


@get("/inventory/register", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def register_page(request: Asked, reading: Connection) -> Response[str]:
    """What a code may become: `q` finds the equipment it is a unit of, `next` is where to go on."""
    given = request.query_params
    found = await _found(reading, given)
    return _form(request, given, found, {})


@post("/inventory/register", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def register(request: Asked, work: Work) -> Response[str]:
    """Add the unit or the case, and go on where the code was scanned."""
    typed = await form_text(request)
    found = await _found(work.session, typed)
    with rejecting(lambda errors: _form(request, typed, found, errors)):
        toast, there = await _add(request, work, typed)
    return redirect(request, local_path(typed.get("next", "")) or there, toast=toast)


async def _found(reading: Reading, given: Mapping[str, str]) -> list[FoundEquipment]:
    """The equipment that the words typed may mean, of that which has units."""
    return await equipment_to_choose(reading, clean(given.get("q", ""))[:LONGEST], tracking="serialized")


def local_path(text: str) -> str:
    """An address within the application; "" for any other."""
    return text if _OWN_PATH.fullmatch(text) else ""


async def _add(request: Asked, work: UnitOfWork, typed: Mapping[str, str]) -> tuple[Toast, str]:
    """Add what the code is to be: the receipt, and its page. Raises InvalidInput, NotFound, Conflict."""
    if typed.get("as") == "case":
        if not viewer_of(request).can(PREP):
            raise Forbidden("Your role does not allow adding cases.")
        case = await create_case(work, read_fields(typed, CASE_READERS).checked("code", "name"))
        return Toast("Case added", case.code), f"/cases/{case.id}"
    equipment_id = identifier(typed.get("equipment_id"))
    if equipment_id is None:
        raise InvalidInput({"equipment_id": "Choose the equipment it is a unit of."})
    read = read_fields({"asset_tag": typed.get("code", "")}, {"asset_tag": UNIT_READERS["asset_tag"]})
    if read.errors:
        raise InvalidInput({"code": read.errors["asset_tag"]})
    (unit,) = await add_units(work, equipment_id, [read.values["asset_tag"]])
    return Toast("Unit added", unit.asset_tag), f"/units/{unit.id}"


def _form(
    request: Asked, typed: Mapping[str, str], found: list[FoundEquipment], errors: Mapping[str, str]
) -> Response[str]:
    kept = {name: typed.get(name, "") for name in ("q", *CASE_READERS)}
    return page(
        request,
        "inventory/register.html",
        partial="inventory/_register_hits.html" if not errors else None,
        status=422 if errors else 200,
        typed=kept | {"code": clean(kept["code"])[:LONGEST], "kind": kept["kind"] or "temporary"},
        found=found,
        errors={"code" if name == "asset_tag" else name: words for name, words in errors.items()},
        kinds=KIND_WORDS,
        following=local_path(typed.get("next", "")),
    )


HANDLERS = [register_page, register]
