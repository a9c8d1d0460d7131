"""What is tapped about a unit that is promised elsewhere: another one instead, a swap, putting it back."""

from typing import Any

from litestar import Request, Response, post

from app.domain.prep import promised_units
from app.domain.prep.bench_forms import act_of, bench_form, record_id
from app.domain.prep.tap_controllers import answered
from app.domain.prep.verdicts import Verdict
from app.domain.prep.views import NEAREST
from app.lib.fields import identifier
from app.web.parameters import PathId, Work
from app.web.permissions import PREP

Asked = Request[Any, Any, Any]


@post("/prep/{event_id:int}/alternatives", capability=PREP, status_code=200, include_in_schema=False)
async def take_instead(request: Asked, work: Work, event_id: PathId) -> Response[str]:
    """Count the free unit that was offered; what was scanned stays."""
    form = await bench_form(request)

    async def taken() -> Verdict:
        return await promised_units.take_instead(
            work,
            act_of(form),
            event_id,
            form.get("code", ""),
            instead_of=form.get("instead_of", ""),
            step=form.get("step", ""),
            case_id=identifier(form.get("case_id")),
            near=form.get("units") == NEAREST,
        )

    return await answered(request, work, event_id, form, taken())


@post("/prep/{event_id:int}/swaps", capability=PREP, status_code=200, include_in_schema=False)
async def swap(request: Asked, work: Work, event_id: PathId) -> Response[str]:
    """Count what was scanned; the event that was promised it is promised another one."""
    form = await bench_form(request)

    async def swapped() -> Verdict:
        return await promised_units.swap(
            work,
            act_of(form),
            event_id,
            form.get("code", ""),
            rental_id=record_id(form, "rental_id"),
            with_rental_id=record_id(form, "with_rental_id"),
            step=form.get("step", ""),
            case_id=identifier(form.get("case_id")),
        )

    return await answered(request, work, event_id, form, swapped())


@post("/prep/{event_id:int}/put-backs", capability=PREP, status_code=200, include_in_schema=False)
async def put_back(request: Asked, work: Work, event_id: PathId) -> Response[str]:
    """Say where what was scanned goes back to; nothing moves."""
    form = await bench_form(request)

    async def left() -> Verdict:
        return await promised_units.leave(work, act_of(form), event_id, form.get("code", ""))

    return await answered(request, work, event_id, form, left())


HANDLERS = [take_instead, swap, put_back]
