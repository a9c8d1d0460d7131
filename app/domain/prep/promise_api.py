"""What is done about a unit that is promised elsewhere, in the API: the ways on that a verdict offers."""

from litestar import Response, post
from litestar.params import JSONBody

from app.domain.prep import promised_units
from app.domain.prep.api_queries import verdict_record
from app.domain.prep.api_schemas import Code, Counted, Tap, VerdictRecord
from app.web.api import Answer, answer, api_router
from app.web.api_bodies import RecordId
from app.web.parameters import PathId, Work
from app.web.permissions import PREP


class Alternative(Counted, kw_only=True):
    """A free unit that is taken instead of the one that was scanned."""

    code: Code
    instead_of: Code


class Swap(Counted, kw_only=True):
    """A promised unit that goes on the line `rental_id`; `with_rental_id`, which had it, gets another one."""

    code: Code
    rental_id: RecordId
    with_rental_id: RecordId


class PutBack(Tap, kw_only=True):
    """A scanned unit that is not taken."""

    code: Code


@post("/prep/{event_id:int}/alternatives", capability=PREP, status_code=200)
async def take_alternative(
    work: Work, event_id: PathId, data: JSONBody[Alternative]
) -> Response[Answer[VerdictRecord]]:
    """Count a free unit instead of one that others are promised; where it is taken, the next is offered."""
    given = await promised_units.take_instead(
        work,
        data.act(),
        event_id,
        data.code,
        instead_of=data.instead_of,
        step=data.step,
        case_id=data.case_id,
    )
    return answer(verdict_record(given))


@post("/prep/{event_id:int}/swaps", capability=PREP, status_code=200)
async def swap_units(work: Work, event_id: PathId, data: JSONBody[Swap]) -> Response[Answer[VerdictRecord]]:
    """Count a unit that others are promised, and promise them another one; they are told."""
    given = await promised_units.swap(
        work,
        data.act(),
        event_id,
        data.code,
        rental_id=data.rental_id,
        with_rental_id=data.with_rental_id,
        step=data.step,
        case_id=data.case_id,
    )
    return answer(verdict_record(given))


@post("/prep/{event_id:int}/put-backs", capability=PREP, status_code=200)
async def put_unit_back(
    work: Work, event_id: PathId, data: JSONBody[PutBack]
) -> Response[Answer[VerdictRecord]]:
    """Note that a scanned unit is not taken, and learn where it belongs; nothing moves."""
    return answer(verdict_record(await promised_units.leave(work, data.act(), event_id, data.code)))


API = api_router("Prep", [take_alternative, swap_units, put_unit_back])
