"""The page of an event at the bench, and what is fetched into it."""

from typing import Any
from uuid import uuid4

from litestar import Request, Response, get
from litestar.params import FromQuery

from app.domain.prep.bench_forms import nonce_in
from app.domain.prep.bench_page import (
    REASONS,
    bench_context,
    parts_of_bench,
    whole_bench,
)
from app.domain.prep.bench_queries import (
    BenchEvent,
    bench_event,
    event_and_news,
    last_undoable,
    verdict_given,
)
from app.domain.prep.policy import STEP_WORDS
from app.domain.prep.queries import lines_by_id
from app.domain.prep.summaries import summary_of
from app.domain.prep.unit_chips import MOST_LISTED, chips_of
from app.domain.prep.views import NEAREST, View, read_view
from app.lib.errors import NotFound
from app.lib.fields import identifier
from app.web.parameters import Connection, FilterId, PathId
from app.web.permissions import PREP, RENTAL_READ
from app.web.render import nothing, page, partial
from app.web.state import viewer_of


@get("/prep/{event_id:int}", capability=RENTAL_READ, include_in_schema=False)
async def bench_page(
    request: Request[Any, Any, Any], reading: Connection, event_id: PathId, said: FromQuery[str] = ""
) -> Response[str]:
    """The pick list of an event at one step; `said` is the nonce of the tap that is answered."""
    given = request.query_params
    event = await bench_event(reading, event_id, identifier(given.get("case_id") or given.get("case")))
    viewer_id, nonce = viewer_of(request).id, nonce_in(said)
    bench = await whole_bench(reading, event, read_view(given, event.steps), viewer_id)
    verdict = await verdict_given(reading, event_id, viewer_id, nonce) if nonce else None
    return page(request, "prep/bench.html", **bench_context(bench), verdict=verdict, code="")


@get("/prep/{event_id:int}/news", capability=RENTAL_READ, include_in_schema=False)
async def news(request: Request[Any, Any, Any], reading: Connection, event_id: PathId) -> Response[str]:
    """What changed since the page was rendered: rows, headings, progress, notices."""
    given = request.query_params
    case_id, since = identifier(given.get("case_id")), identifier(given.get("since"))
    event, found, undoable = await event_and_news(
        reading, event_id, viewer_of(request).id, case_id=case_id, since=since
    )
    if found.nothing:
        return nothing()
    view = read_view(given, event.steps)
    known = given.get("known", "")
    bench = await parts_of_bench(reading, event, view, news=found, undoable=undoable, known=known)
    return partial(request, "prep/_answer.html", **bench_context(bench), verdict=None, closes=False)


@get("/prep/{event_id:int}/lines/{rental_id:int}", capability=PREP, include_in_schema=False)
async def line_page(
    request: Request[Any, Any, Any], reading: Connection, event_id: PathId, rental_id: PathId
) -> Response[str]:
    """One line: a field for a number, all of it at once, its units. A dialog, or a page."""
    event = await bench_event(reading, event_id)
    line = (await lines_by_id(reading, [rental_id])).get(rental_id)
    if line is None or line.event_id != event_id:
        raise NotFound("This line does not exist, or was deleted.")
    view = read_view({**dict(request.query_params), "at": str(rental_id)}, event.steps)
    near = view.units == NEAREST
    chips = await chips_of(reading, line, view.step, near=near, most_picked=MOST_LISTED)
    return page(
        request,
        "prep/line.html",
        partial="prep/_line.html",
        **_frame(event, view),
        line=line,
        chips=chips,
    )


@get("/prep/{event_id:int}/undo", capability=PREP, include_in_schema=False)
async def undo_page(
    request: Request[Any, Any, Any], reading: Connection, event_id: PathId, action: FilterId = None
) -> Response[str]:
    """Why the last thing that was counted is taken back. A dialog, or a page."""
    event = await bench_event(reading, event_id)
    undoable = await last_undoable(reading, event_id, viewer_of(request).id, action)
    view = read_view(request.query_params, event.steps)
    return page(
        request, "prep/undo.html", partial="prep/_undo.html", **_frame(event, view), undoable=undoable
    )


@get("/prep/{event_id:int}/summary", capability=RENTAL_READ, include_in_schema=False)
async def summary(request: Request[Any, Any, Any], reading: Connection, event_id: PathId) -> Response[str]:
    """How far prep is, and who has acknowledged which change: for the office's page of the event."""
    found = await summary_of(reading, event_id)
    return partial(request, "prep/_summary.html", event_id=event_id, found=found)


def _frame(event: BenchEvent, view: View) -> dict[str, Any]:
    return {
        "event": event,
        "view": view,
        "reasons": REASONS,
        "reason_choices": [(reason, reason) for reason in REASONS],
        "step_words": STEP_WORDS,
        "nonce": uuid4,
        "address": f"/prep/{event.id}",
    }


HANDLERS = [bench_page, news, line_page, undo_page, summary]
