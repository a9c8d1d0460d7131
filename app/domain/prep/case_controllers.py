"""The case that things are packed into: what is in it, and taking something out."""

from typing import Any
from uuid import uuid4

from litestar import Request, Response, get, post

from app.domain.prep.bench_forms import act_of, bench_form, record_id, whole_number
from app.domain.prep.bench_queries import bench_event
from app.domain.prep.case_queries import open_case
from app.domain.prep.counting import count
from app.domain.prep.policy import PACKED
from app.domain.prep.tap_controllers import answered
from app.domain.prep.unit_taps import put_back_unit
from app.domain.prep.verdicts import Verdict
from app.domain.prep.views import read_view
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import PREP, RENTAL_READ
from app.web.render import page

Asked = Request[Any, Any, Any]


@get("/prep/{event_id:int}/cases/{case_id:int}", capability=RENTAL_READ, include_in_schema=False)
async def contents(request: Asked, reading: Connection, event_id: PathId, case_id: PathId) -> Response[str]:
    """What is in a case for an event, with its weight. A dialog, or a page."""
    event = await bench_event(reading, event_id)
    return page(
        request,
        "prep/case.html",
        partial="prep/_case.html",
        event=event,
        view=read_view({**dict(request.query_params), "case_id": str(case_id)}, event.steps),
        address=f"/prep/{event_id}",
        case=await open_case(reading, event_id, case_id),
        nonce=uuid4,
    )


@post(
    "/prep/{event_id:int}/cases/{case_id:int}/removals",
    capability=PREP,
    status_code=200,
    include_in_schema=False,
)
async def take_out(request: Asked, work: Work, event_id: PathId, case_id: PathId) -> Response[str]:
    """Take so many pieces of a line, or a unit that is named, out of a case: they are not packed any more."""
    form = await bench_form(request)

    async def taken() -> Verdict:
        act, rental_id = act_of(form), record_id(form, "rental_id")
        if form.get("unit_id"):
            unit_id = record_id(form, "unit_id")
            return await put_back_unit(work, act, event_id, rental_id, unit_id, step=PACKED)
        pieces = whole_number(form, "pieces")
        return await count(work, act, event_id, rental_id, step=PACKED, quantity=-pieces, case_id=case_id)

    return await answered(request, work, event_id, form, taken())


HANDLERS = [contents, take_out]
