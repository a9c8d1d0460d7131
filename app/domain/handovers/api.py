"""Handovers in the API: dispatch, check-in, checks and settlements; the latest handover may be taken back."""

from typing import Any

from litestar import Request, Response, delete, get, post
from litestar.params import JSONBody

from app.domain.handovers import checking_in, dispatching, undoing
from app.domain.handovers.api_queries import handover_of
from app.domain.handovers.api_schemas import (
    Check,
    ComingBack,
    Dispatch,
    HandoverRecord,
    Settlement,
    TakenBack,
    parts_of,
)
from app.domain.prep.api_queries import verdict_record
from app.domain.prep.api_schemas import VerdictRecord
from app.domain.prep.ledger import Act
from app.domain.prep.verdicts import Verdict
from app.lib.errors import Forbidden
from app.web.api import Answer, ApiRequest, answer, api_router
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import DISPATCH_OVERRIDE, PREP, RENTAL_READ
from app.web.state import viewer_of

_SAID = ("at", "vehicle", "signed_name", "notes", "handover_id")


@post("/events/{event_id:int}/dispatches", capability=PREP)
async def dispatch_gear(
    request: ApiRequest, work: Work, event_id: PathId, data: JSONBody[Dispatch]
) -> Response[Answer[VerdictRecord]]:
    """Have gear of an event leave, whole or in part. A closed gate answers 409 with the code GATE_CLOSED."""
    reason = _override(request, data.given().get("override_reason", ""))
    given = await dispatching.dispatch(
        work, data.act(), event_id, parts_of(data.parts), override_reason=reason, **_said(data)
    )
    return _made(given)


@post("/events/{event_id:int}/check-ins", capability=PREP)
async def check_gear_in(
    work: Work, event_id: PathId, data: JSONBody[ComingBack]
) -> Response[Answer[VerdictRecord]]:
    """Record what came back, in which condition, or that it is missing; in as many sessions as it takes."""
    given = await checking_in.check_in(work, data.act(), event_id, parts_of(data.parts), **_said(data))
    return _made(given)


@post("/events/{event_id:int}/checks", capability=PREP, status_code=200)
async def check_gear(work: Work, event_id: PathId, data: JSONBody[Check]) -> Response[Answer[VerdictRecord]]:
    """Say in which condition pieces are that came back unchecked."""
    given = await checking_in.check(work, data.act(), event_id, parts_of(data.parts))
    return answer(verdict_record(given))


@post("/events/{event_id:int}/settlements", capability=PREP, status_code=200)
async def settle_gear(
    work: Work, event_id: PathId, data: JSONBody[Settlement]
) -> Response[Answer[VerdictRecord]]:
    """Close the account of pieces that will not come back: charged, or written off."""
    given = await checking_in.settle(work, data.act(), event_id, parts_of(data.parts), reason=data.reason)
    return answer(verdict_record(given))


@delete("/events/{event_id:int}/settlements/{action_id:int}", capability=PREP, status_code=200)
async def undo_settlement(
    work: Work, event_id: PathId, action_id: PathId, data: JSONBody[TakenBack]
) -> Response[Answer[VerdictRecord]]:
    """Take back that pieces were charged or written off: they are owed again. 409 says what is in the way."""
    given = await undoing.undo_settlement(work, Act(data.nonce), event_id, action_id, reason=data.reason)
    return answer(verdict_record(given))


@get("/handovers/{handover_id:int}", capability=RENTAL_READ)
async def get_handover(reading: Connection, handover_id: PathId) -> Response[Answer[HandoverRecord]]:
    """Get a dispatch or a check-in with what moved in it."""
    return answer(await handover_of(reading, handover_id))


@delete("/handovers/{handover_id:int}", capability=PREP, status_code=200)
async def undo_handover(
    work: Work, handover_id: PathId, data: JSONBody[TakenBack]
) -> Response[Answer[HandoverRecord]]:
    """Take back the latest dispatch or check-in of an event; 409 says what stands in the way."""
    await undoing.undo_handover(work, Act(data.nonce), handover_id, reason=data.reason)
    return answer(await handover_of(work.session, handover_id))


def _said(data: Dispatch | ComingBack) -> dict[str, Any]:
    given = data.given()
    return {name: given[name] for name in _SAID if name in given}


def _override(request: Request[Any, Any, Any], reason: str) -> str:
    """Raise Forbidden for overriding the gate without the capability."""
    if reason and not viewer_of(request).can(DISPATCH_OVERRIDE):
        raise Forbidden("Your role does not allow a dispatch past a closed gate.")
    return reason


def _made(given: Verdict) -> Response[Answer[VerdictRecord]]:
    return answer(verdict_record(given), location=f"/api/handovers/{given.handover_id}")


API = api_router(
    "Handovers",
    [dispatch_gear, check_gear_in, check_gear, settle_gear, undo_settlement, get_handover, undo_handover],
)
