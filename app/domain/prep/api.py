"""Prep in the API: what goes out and comes back, what is counted, and one verdict for every scan."""

from datetime import timedelta
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import JSONBody

from app.domain.prep import acknowledging, counting, scanning
from app.domain.prep.api_queries import board, prep_of, verdict_record
from app.domain.prep.api_schemas import (
    Acknowledgement,
    BoardRecord,
    Count,
    PrepRecord,
    Scan,
    Undo,
    VerdictRecord,
)
from app.domain.prep.bench_forms import may_force
from app.domain.prep.taking_back import take_back
from app.lib.clock import now
from app.lib.errors import InvalidInput
from app.web.api import Answer, FilterInstant, ListAnswer, answer, api_router, read_instant, whole_answer
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import PREP, RENTAL_READ

WEEK = timedelta(days=7)
LONGEST = timedelta(days=92)


@get("/prep", capability=RENTAL_READ)
async def list_prep(
    reading: Connection, start: FilterInstant = None, end: FilterInstant = None
) -> Response[ListAnswer[BoardRecord]]:
    """List what goes out or comes back in a period, the next seven days unless given, and what is late."""
    since = read_instant(start, "start") or now()
    until = read_instant(end, "end") or since + WEEK
    if until <= since:
        raise InvalidInput({"end": "The period ends after it starts."})
    if until - since > LONGEST:
        raise InvalidInput({"end": "More than three months is too long."})
    return whole_answer(await board(reading, since, until))


@get("/prep/{event_id:int}", capability=RENTAL_READ)
async def get_prep(reading: Connection, event_id: PathId) -> Response[Answer[PrepRecord]]:
    """Get where the gear of an event stands, what the office changed, and what waits in the inbox."""
    return answer(await prep_of(reading, event_id))


@post("/prep/{event_id:int}/scans", capability=PREP, status_code=200)
async def scan_code(
    request: Request[Any, Any, Any], work: Work, event_id: PathId, data: JSONBody[Scan]
) -> Response[Answer[VerdictRecord]]:
    """Judge a scanned code, and count it where nothing stands against it. Every verdict is a 200."""
    given = await scanning.scan(
        work,
        data.act(),
        event_id,
        data.code,
        step=data.step,
        case_id=data.case_id,
        force=may_force(request, data.force),
        reason=data.reason,
    )
    return answer(verdict_record(given))


@post("/prep/{event_id:int}/counts", capability=PREP, status_code=200)
async def count_pieces(
    work: Work, event_id: PathId, data: JSONBody[Count]
) -> Response[Answer[VerdictRecord]]:
    """Count so many pieces of a line more, or fewer; of serialized equipment the next units are taken."""
    given = await counting.count(
        work,
        data.act(),
        event_id,
        data.rental_id,
        step=data.step,
        quantity=data.quantity,
        case_id=data.case_id,
        reason=data.reason,
    )
    return answer(verdict_record(given))


@post("/prep/{event_id:int}/undo", capability=PREP, status_code=200)
async def undo_action(work: Work, event_id: PathId, data: JSONBody[Undo]) -> Response[Answer[VerdictRecord]]:
    """Take back what one action at the bench counted."""
    given = await take_back(work, data.act(), event_id, data.action_id, reason=data.reason)
    return answer(verdict_record(given))


@post("/prep/{event_id:int}/acknowledgements", capability=PREP, status_code=200)
async def acknowledge_change(
    work: Work, event_id: PathId, data: JSONBody[Acknowledgement]
) -> Response[Answer[PrepRecord]]:
    """Say that the bench knows of a changed quantity."""
    await acknowledging.acknowledge(work, event_id, data.rental_id, data.quantity)
    return answer(await prep_of(work.session, event_id))


API = api_router("Prep", [list_prep, get_prep, scan_code, count_pieces, undo_action, acknowledge_change])
