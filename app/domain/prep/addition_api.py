"""What is added at the bench, in the API: one more piece, something instead, the office agreeing to it."""

from litestar import Response, post
from litestar.params import JSONBody

from app.domain.events.api_queries import RENTALS
from app.domain.events.api_schemas import RentalRecord
from app.domain.prep.additions import add_piece, approve, replace_piece
from app.domain.prep.api_queries import verdict_record
from app.domain.prep.api_schemas import Counted, VerdictRecord
from app.web.api import Answer, answer, api_router
from app.web.api_bodies import RecordId
from app.web.parameters import PathId, Work
from app.web.permissions import PREP, RENTAL_CONFIRM


class Addition(Counted, kw_only=True):
    """One more piece of an equipment for an event; of serialized equipment, which unit it is."""

    equipment_id: RecordId
    unit_id: RecordId | None = None


class Substitution(Addition, kw_only=True):
    """A piece that stands in for one of the line `rental_id`."""

    rental_id: RecordId


@post("/prep/{event_id:int}/additions", capability=PREP, status_code=200)
async def add_at_bench(
    work: Work, event_id: PathId, data: JSONBody[Addition]
) -> Response[Answer[VerdictRecord]]:
    """Have an event want one more piece and count it; refused where others need it then."""
    given = await add_piece(
        work,
        data.act(),
        event_id,
        data.equipment_id,
        step=data.step,
        unit_id=data.unit_id,
        case_id=data.case_id,
    )
    return answer(verdict_record(given))


@post("/prep/{event_id:int}/substitutions", capability=PREP, status_code=200)
async def substitute_at_bench(
    work: Work, event_id: PathId, data: JSONBody[Substitution]
) -> Response[Answer[VerdictRecord]]:
    """Have a piece stand in for one of a line that is still to be picked, and count it."""
    given = await replace_piece(
        work,
        data.act(),
        event_id,
        data.rental_id,
        step=data.step,
        equipment_id=data.equipment_id,
        unit_id=data.unit_id,
        case_id=data.case_id,
    )
    return answer(verdict_record(given))


@post("/rentals/{rental_id:int}/approval", capability=RENTAL_CONFIRM, status_code=200)
async def approve_addition(work: Work, rental_id: PathId) -> Response[Answer[RentalRecord]]:
    """Agree to what was added to an event at the bench."""
    await approve(work, rental_id)
    return await RENTALS.answer(work.session, rental_id)


API = api_router("Prep", [add_at_bench, substitute_at_bench, approve_addition])
