"""Counting: scans and taps, answered with a verdict and the list as it is then."""

from collections.abc import Awaitable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post

from app.domain.prep.bench_forms import bench_form, nonce_in, record_id, whole_number
from app.domain.stock_takes import service
from app.domain.stock_takes.pages import Sheet, read_look, sheet_context, sheet_of
from app.domain.stock_takes.service import Counted
from app.lib.errors import DomainError, InvalidInput, NotFound
from app.lib.fields import clean
from app.lib.unit_of_work import UnitOfWork
from app.web.errors import Rejected
from app.web.htmx import Toast, wants_partial
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import EQUIPMENT_WRITE
from app.web.render import page, partial, redirect

DONE = 200
Asked = Request[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class CountVerdict:
    """What is said to a scan or a tap. `back` is what takes it back: a quantity and whose.

    `new_code` is a code that nothing has, which may be registered. `what` was counted: equipment and unit.
    """

    kind: str
    tone: str
    sound: str
    title: str
    text: str
    count: int | None = None
    back: dict[str, int] | None = None
    new_code: str = ""
    what: tuple[int, int | None] | None = None


@post(
    "/stock-takes/{stock_take_id:int}/scans",
    capability=EQUIPMENT_WRITE,
    status_code=200,
    include_in_schema=False,
)
async def scan(request: Asked, work: Work, stock_take_id: PathId) -> Response[str]:
    """Count what was scanned: a unit once, anything else one piece more."""
    form = await bench_form(request)

    async def counted() -> CountVerdict:
        nonce, code = _nonce(form), clean(form.get("code", ""))[:200]
        return _verdict(await service.count_code(work, stock_take_id, nonce, code), 1)

    return await _answered(request, work, stock_take_id, form, counted())


@post(
    "/stock-takes/{stock_take_id:int}/counts",
    capability=EQUIPMENT_WRITE,
    status_code=200,
    include_in_schema=False,
)
async def count(request: Asked, work: Work, stock_take_id: PathId) -> Response[str]:
    """Count so many pieces more, or fewer; take back that a unit that is named was counted."""
    form = await bench_form(request)

    async def counted() -> CountVerdict:
        nonce = _nonce(form)
        if form.get("unit_id"):
            done = await service.uncount_unit(work, stock_take_id, nonce, record_id(form, "unit_id"))
            return _verdict(done, -1)
        pieces = whole_number(form, "quantity")
        key = record_id(form, "equipment_id")
        return _verdict(await service.count_pieces(work, stock_take_id, nonce, key, pieces), pieces)

    return await _answered(request, work, stock_take_id, form, counted())


@get(
    "/stock-takes/{stock_take_id:int}/items/{equipment_id:int}",
    capability=EQUIPMENT_WRITE,
    include_in_schema=False,
)
async def item(
    request: Asked, reading: Connection, stock_take_id: PathId, equipment_id: PathId
) -> Response[str]:
    """A number to be typed for counted gear. A dialog, or a page."""
    sheet = await sheet_of(reading, stock_take_id, read_look(request.query_params), only=equipment_id)
    row = next((row for row in sheet.rows if row.equipment_id == equipment_id), None)
    if row is None or row.serialized or not sheet.take.is_open:
        raise NotFound("This is not counted here.")
    context = sheet_context(sheet)
    return page(request, "stock_takes/item.html", partial="stock_takes/_item.html", **context, row=row)


async def _answered(
    request: Asked, work: UnitOfWork, stock_take_id: int, form: dict[str, str], doing: Awaitable[CountVerdict]
) -> Response[str]:
    """Do it and show what came of it; what is refused is shown the same way, and nothing was counted."""
    try:
        verdict = await doing
    except DomainError as refusal:
        invalid = isinstance(refusal, InvalidInput)
        words = " ".join(refusal.fields.values()) if invalid else refusal.message
        code = clean(form.get("code", "")) if isinstance(refusal, service.UnknownCode) else ""
        title, text = "Unknown code" if code else "Not counted", words or refusal.message
        unknown = CountVerdict("unknown", "red", "wrong", title, text, new_code=code)
        status = 422 if invalid else 409
        raise Rejected(await _show(request, work, stock_take_id, form, unknown, status=status)) from refusal
    return await _show(request, work, stock_take_id, form, verdict)


async def _show(
    request: Asked,
    work: UnitOfWork,
    stock_take_id: int,
    form: dict[str, str],
    verdict: CountVerdict,
    *,
    status: int = DONE,
) -> Response[str]:
    look = read_look(form)
    if not wants_partial(request) and status == DONE:
        toast = Toast(verdict.title, verdict.text, verdict.tone)
        return redirect(request, look.url(stock_take_id), toast=toast)
    sheet = await sheet_of(await work.session.connection(), stock_take_id, look)
    context: dict[str, Any] = {**sheet_context(sheet), "verdict": _placed(verdict, sheet)}
    if wants_partial(request):
        return partial(request, "stock_takes/_answer.html", status=status, **context)
    return page(request, "stock_takes/count.html", status=status, **context)


def _verdict(done: Counted, pieces: int) -> CountVerdict:
    name = f"{done.asset_tag}, {done.name}" if done.asset_tag else done.name
    what = (done.equipment_id, done.unit_id)
    if done.again:
        return CountVerdict("again", "amber", "warning", "Counted already", name)
    if done.unit_id is not None and pieces > 0:
        back = {"unit_id": done.unit_id}
        return CountVerdict("counted", "green", "right", done.asset_tag, done.name, None, back, what=what)
    if pieces < 0:
        text = "Not counted any more" if done.unit_id is not None else f"{-pieces} fewer"
        return CountVerdict("back", "slate", "right", name, text, _pieces_of(done))
    back = {"equipment_id": done.equipment_id, "quantity": -pieces}
    return CountVerdict(
        "counted", "green", "right", done.name, f"{pieces} more", done.pieces, back, what=what
    )


def _placed(verdict: CountVerdict, sheet: Sheet) -> CountVerdict:
    """The verdict with a warning when what was counted belongs elsewhere."""
    if verdict.what is None or verdict.what not in sheet.strays:
        return verdict
    text = f"{verdict.text}. {sheet.strays[verdict.what]}"
    return replace(verdict, tone="amber", sound="warning", text=text)


def _pieces_of(done: Counted) -> int | None:
    return done.pieces if done.unit_id is None else None


def _nonce(form: dict[str, str]) -> UUID:
    nonce = nonce_in(form.get("nonce", ""))
    if nonce is None:
        raise InvalidInput({"nonce": "Load the page again: this tap has no number."})
    return nonce


HANDLERS = [scan, count, item]
