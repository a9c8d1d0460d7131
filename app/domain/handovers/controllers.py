"""Dispatch as a page, what came of it, and taking it back."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from litestar import Request, Response, get, post
from litestar.params import FromQuery
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import Event
from app.domain.handovers import forms, queries
from app.domain.handovers.dispatching import dispatch
from app.domain.handovers.policy import GateClosed
from app.domain.handovers.ticking import Ticked, tick_scanned
from app.domain.handovers.undoing import is_undone, undo_handover
from app.domain.prep.acknowledging import office_changes
from app.domain.prep.bench_forms import act_of, nonce_in
from app.domain.prep.bench_queries import bench_event, verdict_given
from app.domain.prep.queries import lines_of_event
from app.domain.prep.verdicts import verdict
from app.lib.errors import Conflict, InvalidInput
from app.lib.fields import clean, read_fields
from app.web.errors import Rejected
from app.web.forms import form_list, form_text
from app.web.htmx import Toast
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import DISPATCH_OVERRIDE, PREP, RENTAL_READ
from app.web.render import page, partial, redirect
from app.web.signatures import keep_signature
from app.web.state import viewer_of

Asked = Request[Any, Any, Any]


@get("/prep/{event_id:int}/dispatch", capability=PREP, include_in_schema=False)
async def dispatch_page(
    request: Asked, reading: Connection, event_id: PathId, what: FromQuery[str] = ""
) -> Response[str]:
    """What leaves: what is prepped and has not left, all that may (`what=all`), or what is scanned."""
    shown = await _shown(reading, event_id)
    typed, units = forms.usual_parts(shown["lines"], what)
    return _form(request, shown, {"nonce": str(uuid4()), **typed}, units, what=what)


@get("/prep/{event_id:int}/dispatch/gate", capability=PREP, include_in_schema=False)
async def gate(request: Asked, reading: Connection, event_id: PathId) -> Response[str]:
    """What stops a dispatch, for the page that shows it already."""
    return partial(request, "handovers/_gate.html", **await _shown(reading, event_id))


@post("/prep/{event_id:int}/dispatch", capability=PREP, include_in_schema=False)
async def send_out(request: Asked, work: Work, event_id: PathId) -> Response[str]:
    """Have it leave; sent again it is the same dispatch."""
    form, units = await form_text(request), await form_list(request, "units")
    reading = await work.session.connection()
    nonce = nonce_in(form.get("nonce", ""))
    before = nonce and await verdict_given(reading, event_id, viewer_of(request).id, nonce)
    if before:
        return redirect(request, f"/handovers/{before.handover_id}", toast=Toast("Dispatched", before.text))
    shown = await _shown(reading, event_id)
    with _refusing(request, shown, form, units):
        said = _said(request, form)
        parts = forms.parts_to_leave(form, units, shown["lines"])
        signature = await keep_signature(request, form.get("signature", ""))
        given = await dispatch(work, act_of(form), event_id, parts, signature=signature, **said)
    return redirect(request, f"/handovers/{given.handover_id}", toast=Toast("Dispatched", given.text))


@post("/prep/{event_id:int}/dispatch/scans", capability=PREP, status_code=200, include_in_schema=False)
async def scan(request: Asked, work: Work, event_id: PathId) -> Response[str]:
    """One scan, one verdict: what it ticks on the page. Nothing is written before that is sent."""
    form = await form_text(request)
    reading = await work.session.connection()
    await bench_event(reading, event_id)
    event = await work.session.get_one(Event, event_id)
    lines = await queries.lines_to_leave(reading, await lines_of_event(reading, event_id))
    try:
        given = await tick_scanned(work, event, lines, form.get("code", ""))
    except InvalidInput as error:
        given = Ticked(verdict("refused", " ".join(error.fields.values())))
    return partial(request, "handovers/_ticked.html", event=event, ticked=given, verdict=given.verdict)


@contextmanager
def _refusing(
    request: Asked, shown: dict[str, Any], form: Mapping[str, str], units: Sequence[str]
) -> Generator[None]:
    """Show the form again with what keeps gear inside the block from leaving; the transaction rolls back."""
    try:
        yield
    except InvalidInput as error:
        raise Rejected(_form(request, shown, form, units, errors=error.fields)) from error
    except Conflict as error:
        closed = isinstance(error, GateClosed)
        refused = _form(request, shown, form, units, problem=error.message, gate_closed=closed)
        raise Rejected(refused) from error


def _said(request: Asked, form: Mapping[str, str]) -> dict[str, Any]:
    """What is said of a dispatch, as far as the person may say it. Raises InvalidInput."""
    said = read_fields(form, forms.TEXTS).checked()
    if not viewer_of(request).can(DISPATCH_OVERRIDE):
        said.pop("override_reason", None)
    return said


@get("/handovers/{handover_id:int}", capability=RENTAL_READ, include_in_schema=False)
async def handover_page(request: Asked, reading: Connection, handover_id: PathId) -> Response[str]:
    """What changed hands, who did it and who signed."""
    return await _show(request, reading, handover_id)


@post("/handovers/{handover_id:int}/undo", capability=PREP, include_in_schema=False)
async def undo(request: Asked, work: Work, handover_id: PathId) -> Response[str]:
    """Take a handover back that was none, with a reason."""
    form = await form_text(request)
    reason = clean(form.get("reason", ""))[:500]
    try:
        given = await undo_handover(work, act_of(form), handover_id, reason=reason)
    except (InvalidInput, Conflict) as error:
        fields = error.fields if isinstance(error, InvalidInput) else {"reason": error.message}
        reading = await work.session.connection()
        refused = await _show(request, reading, handover_id, typed=form, errors=fields)
        raise Rejected(refused) from error
    return redirect(request, f"/handovers/{handover_id}", toast=Toast("Taken back", given.text))


async def _shown(reading: AsyncConnection, event_id: int) -> dict[str, Any]:
    """The event, what may leave, and what stands against it."""
    event = await bench_event(reading, event_id)
    lines = await lines_of_event(reading, event_id)
    leaving = await queries.lines_to_leave(reading, lines)
    units = [unit.id for one in leaving for unit in one.units]
    return {
        "event": event,
        "lines": leaving,
        "changes": await office_changes(reading, event_id, lines),
        "expired": await queries.expired_of(reading, units),
        "handovers": await queries.handovers_of(reading, event_id),
    }


def _form(
    request: Asked,
    shown: Mapping[str, Any],
    typed: Mapping[str, str],
    units: Sequence[str],
    *,
    what: str = "",
    errors: Mapping[str, str] | None = None,
    problem: str = "",
    gate_closed: bool = False,
) -> Response[str]:
    return page(
        request,
        "handovers/dispatch.html",
        status=422 if errors else 409 if problem else 200,
        **shown,
        typed=typed,
        chosen=set(units),
        what=what,
        errors=errors or {},
        problem=problem,
        gate_closed=gate_closed,
    )


async def _show(
    request: Asked,
    reading: AsyncConnection,
    handover_id: int,
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Response[str]:
    return page(
        request,
        "handovers/show.html",
        partial="handovers/_show.html",
        status=422 if errors else 200,
        handover=await queries.handover_by_id(reading, handover_id),
        moved=await queries.moved_in(reading, handover_id),
        undone=await is_undone(reading, handover_id),
        typed=typed or {"nonce": str(uuid4())},
        errors=errors or {},
    )


HANDLERS = [dispatch_page, gate, send_out, scan, handover_page, undo]
