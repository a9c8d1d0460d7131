"""Choosing the units of a line: a dialog, or a page, with what stands against each of them."""

from typing import Any

from litestar import Request, Response, get, post

from app.domain.events import allocation
from app.domain.events.allocation_queries import units_of_line
from app.domain.events.refusals import done
from app.lib.errors import Conflict, DomainError, InvalidInput
from app.lib.sentences import counted
from app.web.errors import Rejected
from app.web.forms import form_list
from app.web.htmx import Toast
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import RENTAL_READ, RENTAL_WRITE
from app.web.render import page


@get("/rentals/{rental_id:int}/units", capability=RENTAL_READ, include_in_schema=False)
async def units_page(
    request: Request[Any, Any, Any], reading: Connection, rental_id: PathId
) -> Response[str]:
    """The units of the equipment, those that are bound chosen."""
    return await _form(request, reading, rental_id)


@post("/rentals/{rental_id:int}/units", capability=RENTAL_WRITE, include_in_schema=False)
async def bind(request: Request[Any, Any, Any], work: Work, rental_id: PathId) -> Response[str]:
    """Bind the chosen units, and no others."""
    chosen = [int(text) for text in await form_list(request, "unit_ids") if text.isdecimal()]
    try:
        rental = await allocation.allocate(work, rental_id, chosen)
    except (Conflict, InvalidInput) as error:
        reading = await work.session.connection()
        raise Rejected(await _form(request, reading, rental_id, chosen, error)) from error
    what = f"{counted(len(set(chosen)), 'unit')} of {rental.quantity} chosen"
    return done(request, rental.event_id, Toast(rental.name, what))


@post("/rentals/{rental_id:int}/units/rest", capability=RENTAL_WRITE, include_in_schema=False)
async def bind_rest(request: Request[Any, Any, Any], work: Work, rental_id: PathId) -> Response[str]:
    """Bind free units to what is still "any"."""
    try:
        rental = await allocation.allocate_rest(work, rental_id)
    except Conflict as error:
        reading = await work.session.connection()
        raise Rejected(await _form(request, reading, rental_id, None, error)) from error
    return done(request, rental.event_id, Toast(rental.name, "All units chosen"))


async def _form(
    request: Request[Any, Any, Any],
    reading: Any,
    rental_id: int,
    chosen: list[int] | None = None,
    error: DomainError | None = None,
) -> Response[str]:
    line = await units_of_line(reading, rental_id)
    said = error.fields.get("unit_ids", error.message) if isinstance(error, InvalidInput) else None
    return page(
        request,
        "events/units.html",
        partial="events/_units.html",
        status=error.status if error else 200,
        rental=line.rental,
        period=line.period,
        units=line.units,
        chosen={unit.id for unit in line.units if unit.is_bound} if chosen is None else set(chosen),
        error=said or (error.message if error else ""),
    )


HANDLERS = [units_page, bind, bind_rest]
