"""Gear that goes on an event because somebody has it in the hand: one more, or instead of something else."""

from typing import Any
from uuid import uuid4

from litestar import Request, Response, get, post

from app.domain.availability.shortage import Shortage
from app.domain.prep.additions import add_piece, replace_piece, replaceable
from app.domain.prep.bench_forms import act_of, bench_form, record_id
from app.domain.prep.bench_queries import bench_event
from app.domain.prep.case_queries import name_of_piece
from app.domain.prep.tap_controllers import answered
from app.domain.prep.verdicts import Verdict
from app.domain.prep.views import read_view
from app.lib.errors import Conflict
from app.lib.fields import identifier
from app.web.merging import join_words
from app.web.parameters import Connection, FilterId, PathId, Work
from app.web.permissions import PREP
from app.web.render import page

Asked = Request[Any, Any, Any]


@post("/prep/{event_id:int}/additions", capability=PREP, status_code=200, include_in_schema=False)
async def add(request: Asked, work: Work, event_id: PathId) -> Response[str]:
    """Have the event want one more of what is in the hand, and count it."""
    form = await bench_form(request)

    async def added() -> Verdict:
        try:
            return await add_piece(
                work,
                act_of(form),
                event_id,
                record_id(form, "equipment_id"),
                step=form.get("step", ""),
                unit_id=identifier(form.get("unit_id")),
                case_id=identifier(form.get("case_id")),
            )
        except Shortage as shortage:
            raise Conflict(with_takers(shortage)) from shortage

    return await answered(request, work, event_id, form, added())


@get("/prep/{event_id:int}/substitutions", capability=PREP, include_in_schema=False)
async def choose_line(
    request: Asked,
    reading: Connection,
    event_id: PathId,
    equipment_id: FilterId = None,
    unit_id: FilterId = None,
) -> Response[str]:
    """The lines that what is in the hand may stand in for. A dialog, or a page."""
    event = await bench_event(reading, event_id)
    return page(
        request,
        "prep/substitute.html",
        partial="prep/_substitute.html",
        event=event,
        view=read_view(request.query_params, event.steps),
        address=f"/prep/{event_id}",
        what=await name_of_piece(reading, equipment_id or 0, unit_id),
        equipment_id=equipment_id,
        unit_id=unit_id,
        choices=await replaceable(reading, event_id, equipment_id or 0),
        nonce=uuid4,
    )


@post("/prep/{event_id:int}/substitutions", capability=PREP, status_code=200, include_in_schema=False)
async def substitute(request: Asked, work: Work, event_id: PathId) -> Response[str]:
    """Have what is in the hand stand in for one piece of a line, and count it."""
    form = await bench_form(request)

    async def replaced() -> Verdict:
        try:
            return await replace_piece(
                work,
                act_of(form),
                event_id,
                record_id(form, "rental_id"),
                step=form.get("step", ""),
                equipment_id=record_id(form, "equipment_id"),
                unit_id=identifier(form.get("unit_id")),
                case_id=identifier(form.get("case_id")),
            )
        except Shortage as shortage:
            raise Conflict(with_takers(shortage)) from shortage

    return await answered(request, work, event_id, form, replaced())


def with_takers(shortage: Shortage) -> str:
    """What is short, and who has it."""
    said = list[str]()
    for short in shortage.shortages:
        names = dict.fromkeys(f"“{taker.name}”" for taker in short.takers)
        whose = f" {join_words(list(names))} {'has' if len(names) == 1 else 'have'} it then." if names else ""
        said.append(f"{short.name}: {short.short} short of {short.stock}.{whose}")
    return " ".join(said)


HANDLERS = [add, choose_line, substitute]
