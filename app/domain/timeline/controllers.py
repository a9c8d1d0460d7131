"""The timeline page: rows of equipment or units over days and hours, and its rows after a change."""

from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Request, Response, get
from litestar.params import FromPath

from app.domain.maintenance.descriptions import zone_of
from app.domain.timeline import queries
from app.domain.timeline.clock import Clock
from app.domain.timeline.drawing import Canvas, drawn
from app.domain.timeline.filters import TimelineFilter, cursor_text, read_day, read_filter
from app.domain.timeline.scale import ZOOMS, range_words, scale_of
from app.lib.clock import now
from app.lib.fields import identifiers
from app.web.parameters import Connection
from app.web.permissions import RENTAL_READ
from app.web.render import page, partial
from app.web.state import CompanyFacts, runtime


@get("/timeline", capability=RENTAL_READ, include_in_schema=False)
async def timeline_page(request: Request[Any, Any, Any], reading: Connection) -> Response[str]:
    """What stands on each equipment or unit over a day, a week, a month or a quarter."""
    chosen = read_filter(request.query_params)
    canvas, context = _canvas(request, chosen)
    rows, goes_on = await queries.rows_of(reading, chosen, canvas.scale.period, canvas.moment)
    further = chosen.query(after=cursor_text(rows[-1].cursor)) if goes_on else None
    return page(
        request,
        "timeline/page.html",
        partial="timeline/_rows.html" if chosen.after else "timeline/_answer.html",
        stands_at="" if chosen.after else chosen.query(),
        rows=await drawn(reading, rows, canvas),
        further=further,
        above=chosen.cursor.category if chosen.cursor else 0,
        categories=await queries.shelves(reading),
        **context,
    )


@get("/timeline/rows/{day:str}", capability=RENTAL_READ, include_in_schema=False)
async def timeline_rows(
    request: Request[Any, Any, Any], reading: Connection, day: FromPath[str]
) -> Response[str]:
    """The rows `ids` as they are now, and how many of `new` belong to what is shown, from this day on."""
    # the day stands in the path: a page that was left open over midnight still shows the days it has
    chosen = replace(read_filter(request.query_params), on=day if read_day(day) else "")
    canvas, context = _canvas(request, chosen)
    wanted, new = _ids(request, "ids"), [] if chosen.of_units else _ids(request, "new")
    # a row that has nothing any more stays until the page is loaded again: nothing moves under a hand
    any_row = TimelineFilter(rows=chosen.rows, show="all")
    period, moment = canvas.scale.period, canvas.moment
    rows, _ = await queries.rows_of(reading, any_row, period, moment, wanted)
    arrived, _ = await queries.rows_of(reading, chosen, period, moment, new)
    return partial(
        request,
        "timeline/_changed.html",
        rows=await drawn(reading, rows, canvas),
        gone=set(wanted) - {row.key for row in rows},
        arrived=len(arrived),
        **context,
    )


def _ids(request: Request[Any, Any, Any], name: str) -> list[int]:
    return identifiers(",".join(request.query_params.getall(name, [])), queries.MOST_AT_ONCE)


def _canvas(request: Request[Any, Any, Any], chosen: TimelineFilter) -> tuple[Canvas, dict[str, Any]]:
    """What the rows are drawn on, and what the templates need of it."""
    company = runtime(request).company or CompanyFacts()
    zone, moment = ZoneInfo(company.time_zone), now()
    today = moment.astimezone(zone).date()
    scale = scale_of(chosen.zoom, chosen.first_day(today), zone)
    upper, lower = scale.heads(today, company.locale)
    canvas = Canvas(chosen, scale, lower, Clock(zone, zone_of(request), company.locale, today), moment)
    return canvas, {
        "chosen": chosen,
        "scale": scale,
        "upper": upper,
        "lower": lower,
        "title": range_words(scale.first_day, scale.last_day, company.locale),
        "zooms": {name: (zoom.word, chosen.zoomed(name, today)) for name, zoom in ZOOMS.items()},
        "earlier": chosen.moved(today, -1),
        "later": chosen.moved(today, 1),
        "now_column": scale.column_of(moment),
        "weekends": scale.weekends(),
    }


HANDLERS = [timeline_page, timeline_rows]
