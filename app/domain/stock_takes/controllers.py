"""The pages of a stock take: starting, counting together, what came of it."""

from typing import Any

from litestar import Request, Response, get, post

from app.domain.stock_takes import queries, service
from app.domain.stock_takes.fields import STOCK_TAKE_READERS
from app.domain.stock_takes.pages import read_look, sheet_context, sheet_of
from app.domain.stock_takes.policy import STATUS_WORDS, outcome_of
from app.lib.fields import read_fields
from app.web.forms import form_text, rejecting
from app.web.htmx import Toast
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import EQUIPMENT_WRITE
from app.web.render import page, partial, redirect
from app.web.state import viewer_of
from app.web.undo_permissions import operation_undo_url

Asked = Request[Any, Any, Any]


@get("/stock-takes", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def list_page(request: Asked, reading: Connection) -> Response[str]:
    """What is being counted, what was counted, and starting."""
    return page(request, "stock_takes/list.html", partial="stock_takes/_list.html", **await _list(reading))


@post("/stock-takes", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def start(request: Asked, work: Work) -> Response[str]:
    """Begin to count a location, or all of the stock."""
    typed = await form_text(request)
    context = await _list(work.session)

    def invalid(errors: dict[str, str]) -> Response[str]:
        given: dict[str, Any] = {**context, "typed": typed, "errors": errors}
        return page(request, "stock_takes/list.html", status=422, **given)

    with rejecting(invalid):
        take = await service.start(work, read_fields(typed, STOCK_TAKE_READERS).checked())
    return redirect(request, f"/stock-takes/{take.id}")


@get("/stock-takes/{stock_take_id:int}", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def take_page(request: Asked, reading: Connection, stock_take_id: PathId) -> Response[str]:
    """Counting; once it is over, what came of it."""
    sheet = await sheet_of(reading, stock_take_id, read_look(request.query_params))
    if sheet.take.is_open:
        return page(request, "stock_takes/count.html", **sheet_context(sheet), verdict=None)
    changes = await queries.applied_changes(reading, stock_take_id)
    return page(request, "stock_takes/result.html", **_result(sheet.take, changes))


@get("/stock-takes/{stock_take_id:int}/news", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def news(request: Asked, reading: Connection, stock_take_id: PathId) -> Response[str]:
    """The list as it is now, after somebody counted."""
    sheet = await sheet_of(reading, stock_take_id, read_look(request.query_params))
    if not sheet.take.is_open:
        return redirect(request, f"/stock-takes/{stock_take_id}")
    return partial(request, "stock_takes/_answer.html", **sheet_context(sheet), verdict=None)


@get("/stock-takes/{stock_take_id:int}/application", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def application(request: Asked, reading: Connection, stock_take_id: PathId) -> Response[str]:
    """What applying the count changes, to be confirmed. A dialog, or a page."""
    take = await queries.stock_take(reading, stock_take_id)
    if not take.is_open:
        return redirect(request, f"/stock-takes/{stock_take_id}")
    outcome = outcome_of(
        await queries.counted_bulk(reading, take.id, take.location),
        await queries.counted_units(reading, take.id, take.location),
    )
    return page(
        request,
        "stock_takes/application.html",
        partial="stock_takes/_application.html",
        take=take,
        outcome=outcome,
    )


@post("/stock-takes/{stock_take_id:int}/application", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def apply(request: Asked, work: Work, stock_take_id: PathId) -> Response[str]:
    """Make the stock what was counted."""
    take = await service.apply(work, stock_take_id)
    undo_url = operation_undo_url(viewer_of(request), work.operation, "stock_take.applied")
    return redirect(request, f"/stock-takes/{take.id}", toast=Toast("Applied", take.name, undo_url=undo_url))


@post("/stock-takes/{stock_take_id:int}/cancellation", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def cancel(request: Asked, work: Work, stock_take_id: PathId) -> Response[str]:
    """End it without any consequence."""
    take = await service.cancel(work, stock_take_id)
    undo_url = operation_undo_url(viewer_of(request), work.operation, "stock_take.cancelled")
    return redirect(request, "/stock-takes", toast=Toast("Cancelled", take.name, undo_url=undo_url))


async def _list(reading: Any) -> dict[str, Any]:
    return {
        "takes": await queries.stock_takes(reading),
        "places": await queries.places(reading),
        "status_words": STATUS_WORDS,
        "typed": {},
        "errors": {},
    }


def _result(take: queries.Take, changes: Any) -> dict[str, Any]:
    quantities = [one for one in changes if one.entity == "equipment" and "quantity" in one.fields]
    units = [one for one in changes if one.entity == "unit"]
    return {"take": take, "quantities": quantities, "units": units, "status_words": STATUS_WORDS}


HANDLERS = [list_page, start, take_page, news, application, apply, cancel]
