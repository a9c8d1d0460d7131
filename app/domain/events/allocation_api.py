"""The units of a line in the API."""

from typing import Annotated

from litestar import Response, get, post, put
from litestar.params import JSONBody
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.domain.events import allocation
from app.domain.events.allocation_queries import units_of_line
from app.web.api import ListAnswer, api_router, whole_answer
from app.web.api_bodies import Body
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import RENTAL_READ, RENTAL_WRITE


class UnitOfLine(Struct):
    """A unit that is or may be bound to a line. Empty `why_not`: nothing stands against it."""

    id: Annotated[int, Meta(examples=[77])]
    asset_tag: Annotated[str, Meta(examples=["MP-0104"])]
    location: str
    bound: bool
    why_not: str


class ChosenUnits(Body):
    """Exactly these units are bound; none at all makes the line "any" again."""

    unit_ids: Annotated[list[int], Meta(max_length=1000, examples=[[77, 78]])]


@get("/rentals/{rental_id:int}/units", capability=RENTAL_READ)
async def list_units(reading: Connection, rental_id: PathId) -> Response[ListAnswer[UnitOfLine]]:
    """List the units a line may have, those that are bound among them."""
    return await _units(reading, rental_id)


@put("/rentals/{rental_id:int}/units", capability=RENTAL_WRITE)
async def bind_units(
    work: Work, rental_id: PathId, data: JSONBody[ChosenUnits]
) -> Response[ListAnswer[UnitOfLine]]:
    """Bind exactly these units. A unit that is promised elsewhere then is refused with 409."""
    await allocation.allocate(work, rental_id, data.unit_ids)
    return await _units(work.session, rental_id)


@post("/rentals/{rental_id:int}/units", capability=RENTAL_WRITE, status_code=200)
async def bind_free_units(work: Work, rental_id: PathId) -> Response[ListAnswer[UnitOfLine]]:
    """Bind free units to what is still "any", those first that were used longest ago."""
    await allocation.allocate_rest(work, rental_id)
    return await _units(work.session, rental_id)


async def _units(reading: AsyncConnection | AsyncSession, rental_id: int) -> Response[ListAnswer[UnitOfLine]]:
    line = await units_of_line(reading, rental_id)
    return whole_answer(
        [
            UnitOfLine(unit.id, unit.asset_tag, unit.location, unit.is_bound, unit.why_not)
            for unit in line.units
        ]
    )


API = api_router("Rentals", [list_units, bind_units, bind_free_units])
