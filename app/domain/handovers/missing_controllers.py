"""What is missing: listed, found again, charged or written off."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from litestar import Request, Response, get, post
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.handovers import missing_queries as queries
from app.domain.handovers.checking_in import check_in, settle
from app.domain.handovers.policy import CONDITIONS, MISSING, SETTLEMENTS, Part
from app.domain.handovers.undoing import undo_settlement
from app.domain.prep.bench_forms import act_of
from app.domain.prep.ledger import Act
from app.lib.clock import now
from app.lib.content_disposition import attachment
from app.lib.errors import Conflict, InvalidInput
from app.lib.fields import clean, identifier
from app.lib.sheets import Cell, csv_bytes
from app.web.errors import Rejected
from app.web.forms import form_text
from app.web.htmx import Toast
from app.web.parameters import Connection, FilterId, PathId, Work
from app.web.permissions import PREP, RENTAL_READ, RENTAL_WRITE
from app.web.render import page, partial, receipt, redirect

Asked = Request[Any, Any, Any]
HEADER = ("equipment", "sku", "asset_tag", "pieces", "event", "client", "missing_since", "value", "note")


@get("/missing", capability=RENTAL_READ, include_in_schema=False)
async def missing_page(request: Asked, reading: Connection) -> Response[str]:
    """What is owed by whom, since when."""
    wanted = _filter(request.query_params)
    found, total = await queries.find_missing(reading, wanted)

    def address(path: str = "/missing", **changes: str | int) -> str:
        return _address(wanted, path, **changes)

    return page(
        request,
        "handovers/missing.html",
        partial="handovers/_missing.html",
        wanted=wanted,
        address=address,
        found=found,
        goes_on=wanted.page * queries.PAGE < total.rows,
        total=total,
        settled=await queries.settled_lately(reading, wanted),
        settlements=SETTLEMENTS,
    )


@get("/missing/export", capability=RENTAL_READ, include_in_schema=False)
async def export(request: Asked, reading: Connection) -> Response[bytes]:
    """All that is missing under the filter, as a file."""
    found, _ = await queries.find_missing(reading, _filter(request.query_params), limit=None)
    rows = [_cells(one) for one in found]
    headers = {
        "Content-Disposition": attachment(f"missing-{now():%Y-%m-%d}.csv"),
        "Cache-Control": "no-store",
    }
    return Response(csv_bytes(HEADER, rows), media_type="text/csv; charset=utf-8", headers=headers)


@get("/missing/part", capability=RENTAL_READ, include_in_schema=False)
async def missing_of(
    request: Asked, reading: Connection, event: FilterId = None, client: FilterId = None
) -> Response[str]:
    """How much is missing of an event, or of a client: a part of their pages."""
    wanted = queries.MissingFilter(event_id=event, client_id=client)
    _, owed = await queries.find_missing(reading, wanted, limit=1)
    what = "event" if event else "client"
    return partial(request, "handovers/_missing_of.html", what=what, record_id=event or client, owed=owed)


@get("/missing/{rental_id:int}", capability=RENTAL_READ, include_in_schema=False)
async def decide_page(
    request: Asked, reading: Connection, rental_id: PathId, unit: FilterId = None
) -> Response[str]:
    """One missing thing: found, charged or written off."""
    return await _decide(request, reading, rental_id, unit, {"nonce": str(uuid4())})


@post("/missing/{rental_id:int}/finds", capability=PREP, include_in_schema=False)
async def find(request: Asked, work: Work, rental_id: PathId) -> Response[str]:
    """It was found: it is back, in this condition."""
    form = await form_text(request)
    one, part = await _part(request, work, rental_id, form)
    condition = form.get("condition", "")
    part = Part(rental_id, part.quantity, part.unit_id, condition, note=part.note)
    try:
        _require_found(condition)
        given = await check_in(work, act_of(form), one.event_id, [part])
    except (InvalidInput, Conflict) as error:
        raise Rejected(await _refused(request, work, part, form, error)) from error
    return redirect(request, "/missing", toast=Toast("Found", given.text))


@post("/missing/{rental_id:int}/settlements", capability=RENTAL_WRITE, include_in_schema=False)
async def settle_it(request: Asked, work: Work, rental_id: PathId) -> Response[str]:
    """It will not come back: charged to the client, or written off, with a reason."""
    form = await form_text(request)
    one, part = await _part(request, work, rental_id, form)
    part = Part(rental_id, part.quantity, part.unit_id, settlement=form.get("settlement", ""))
    reason = clean(form.get("reason", ""))[:500]
    try:
        given = await settle(work, act_of(form), one.event_id, [part], reason=reason)
    except (InvalidInput, Conflict) as error:
        raise Rejected(await _refused(request, work, part, form, error)) from error
    undo_url = f"/missing/settlements/{given.action_id}/undo"
    toast = Toast(SETTLEMENTS[part.settlement], one.name, undo_url=undo_url)
    return redirect(request, "/missing", toast=toast)


@post("/missing/settlements/{action_id:int}/undo", capability=RENTAL_WRITE, include_in_schema=False)
async def owe_again(request: Asked, work: Work, action_id: PathId) -> Response[str]:
    """It was not settled after all: it is owed as before."""
    event_id = await queries.event_of_action(await work.session.connection(), action_id)
    given = await undo_settlement(work, Act(uuid4()), event_id, action_id, reason="settled by mistake")
    return receipt(request, "/missing", Toast("Undone", given.text))


def _require_found(condition: str) -> None:
    if condition not in CONDITIONS or condition == MISSING:
        raise InvalidInput({"condition": "Say in which condition it is."})


def _cells(one: queries.MissingPieces) -> list[Cell]:
    named: list[Cell] = [one.name, one.sku, one.asset_tag or "", one.pieces, one.event_name, one.client_name]
    return [*named, one.since.isoformat(timespec="minutes"), one.value, one.note]


async def _part(
    request: Asked, work: Work, rental_id: int, form: Mapping[str, str]
) -> tuple[queries.MissingPieces, Part]:
    unit_id = identifier(form.get("unit_id"))
    one = await queries.missing_piece(await work.session.connection(), rental_id, unit_id)
    text = form.get("quantity", "1").strip()
    quantity = int(text[:7]) if text.isascii() and text.isdecimal() else 0
    part = Part(rental_id, quantity, unit_id, note=clean(form.get("note", ""))[:1000])
    if not 0 < quantity <= one.pieces:
        error = InvalidInput({"quantity": f"A whole number, at most {one.pieces}."})
        raise Rejected(await _refused(request, work, part, form, error))
    return one, part


async def _refused(
    request: Asked, work: Work, part: Part, form: Mapping[str, str], error: InvalidInput | Conflict
) -> Response[str]:
    errors = error.fields if isinstance(error, InvalidInput) else {"": error.message}
    reading = await work.session.connection()
    return await _decide(request, reading, part.rental_id, part.unit_id, form, errors=errors)


async def _decide(
    request: Asked,
    reading: AsyncConnection,
    rental_id: int,
    unit_id: int | None,
    typed: Mapping[str, str],
    *,
    errors: Mapping[str, str] | None = None,
) -> Response[str]:
    return page(
        request,
        "handovers/missing_one.html",
        status=422 if errors else 200,
        one=await queries.missing_piece(reading, rental_id, unit_id),
        typed=typed,
        errors=errors or {},
        conditions=[(value, word) for value, word in CONDITIONS.items() if value != MISSING],
        settlements=list(SETTLEMENTS.items()),
    )


def _filter(given: Mapping[str, str]) -> queries.MissingFilter:
    sort, number = given.get("sort", ""), identifier(given.get("page")) or 1
    return queries.MissingFilter(
        q=clean(given.get("q", ""))[:200],
        event_id=identifier(given.get("event")),
        client_id=identifier(given.get("client")),
        sort=sort if sort in queries.SORTS else "since",
        page=min(number, 10_000),
    )


def _address(wanted: queries.MissingFilter, path: str = "/missing", **changes: Any) -> str:
    given = {
        "q": wanted.q,
        "event": wanted.event_id,
        "client": wanted.client_id,
        "sort": "" if wanted.sort == "since" else wanted.sort,
        **changes,
    }
    query = urlencode({name: value for name, value in given.items() if value})
    return f"{path}?{query}" if query else path


HANDLERS = [missing_page, export, missing_of, decide_page, find, settle_it, owe_again]
