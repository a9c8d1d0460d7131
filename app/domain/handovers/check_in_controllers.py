"""Check-in as a page: by scan, by tap, by count; every one is written at once, and may be taken back."""

from collections.abc import Awaitable, Callable, Mapping
from itertools import groupby
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from litestar import Request, Response, get, post
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.handovers import forms, queries
from app.domain.handovers.checking_in import Session, check_in
from app.domain.handovers.policy import CONDITIONS, MISSING, Part
from app.domain.handovers.scanning import scan_back
from app.domain.handovers.undoing import undo_scan
from app.domain.maintenance.descriptions import zone_of
from app.domain.prep.bench_forms import act_of, bench_form, record_id
from app.domain.prep.bench_queries import bench_event
from app.domain.prep.queries import lines_of_event
from app.domain.prep.verdicts import Verdict, verdict
from app.lib.database_errors import translate_database_error
from app.lib.errors import Conflict, DomainError, InvalidInput
from app.lib.fields import identifier
from app.lib.unit_of_work import UnitOfWork
from app.web.errors import Rejected
from app.web.htmx import Toast, wants_partial
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import PREP
from app.web.render import page, redirect
from app.web.state import viewer_of

Asked = Request[Any, Any, Any]
Form = dict[str, str]


@get("/prep/{event_id:int}/check-in", capability=PREP, include_in_schema=False)
async def check_in_page(request: Asked, reading: Connection, event_id: PathId) -> Response[str]:
    """Everything that left and where it is by now. `session` goes on with one's own, `at` was when."""
    return await _show(request, reading, event_id, dict(request.query_params))


@post("/prep/{event_id:int}/check-in", capability=PREP, status_code=200, include_in_schema=False)
async def take_in(request: Asked, work: Work, event_id: PathId) -> Response[str]:
    """Pieces of a line, or one unit of it, are back, or missing."""
    form = await bench_form(request)

    async def taken(session: Session) -> Verdict:
        part = await forms.part_coming_back(request, form, record_id(form, "rental_id"))
        return await _checked_in(work, event_id, form, [part], session)

    return await _answered(request, work, event_id, form, taken)


@post("/prep/{event_id:int}/check-in/rest", capability=PREP, status_code=200, include_in_schema=False)
async def take_in_the_rest(request: Asked, work: Work, event_id: PathId) -> Response[str]:
    """All that is still out is back, in one condition, or missing."""
    form = await bench_form(request)

    async def taken(session: Session) -> Verdict:
        condition = form.get("condition", "")
        lines = await lines_of_event(await work.session.connection(), event_id)
        out = await queries.lines_out(await work.session.connection(), lines)
        parts = [part for one in out for part in _rest_of(one, condition)]
        if not parts:
            raise Conflict("Nothing is expected any more.")
        return await _checked_in(work, event_id, form, parts, session)

    return await _answered(request, work, event_id, form, taken)


@post("/prep/{event_id:int}/check-in/scans", capability=PREP, status_code=200, include_in_schema=False)
async def scan(request: Asked, work: Work, event_id: PathId) -> Response[str]:
    """One scan, one verdict."""
    form = await bench_form(request)

    async def scanned(session: Session) -> Verdict:
        return await scan_back(work, act_of(form), event_id, form.get("code", ""), session)

    return await _answered(request, work, event_id, form, scanned)


@post("/prep/{event_id:int}/check-in/undo", capability=PREP, status_code=200, include_in_schema=False)
async def undo(request: Asked, work: Work, event_id: PathId) -> Response[str]:
    """Take back one scan or tap."""
    form = await bench_form(request)

    async def undone(_session: Session) -> Verdict:
        action_id = record_id(form, "action_id")
        return await undo_scan(work, act_of(form), event_id, action_id, reason="counted by mistake")

    return await _answered(request, work, event_id, form, undone)


async def _checked_in(
    work: UnitOfWork, event_id: int, form: Form, parts: list[Part], session: Session
) -> Verdict:
    return await check_in(work, act_of(form), event_id, parts, handover_id=session.handover_id, at=session.at)


def _rest_of(one: queries.HandedLine, condition: str) -> list[Part]:
    """What is expected of a line; consumables that do not come back are used up, not missing."""
    if condition == MISSING and one.line.kind == "consumable":
        return []
    if one.line.serialized:
        return [Part(one.id, 1, unit.id, condition) for unit in one.units if unit.state != MISSING]
    return [Part(one.id, one.expected, condition=condition)] if one.expected else []


async def _answered(
    request: Asked,
    work: UnitOfWork,
    event_id: int,
    form: Form,
    doing: Callable[[Session], Awaitable[Verdict]],
) -> Response[str]:
    """Do it and show what came of it; what is refused is shown the same way, and nothing was done."""
    reading = await work.session.connection()
    going_on = await _going_on(request, reading, event_id, form)
    try:
        session = forms.read_session(form, zone_of(request), going_on=going_on.id if going_on else None)
        given = await doing(session)
    except (DomainError, IntegrityError) as refusal:
        known = refusal if isinstance(refusal, DomainError) else translate_database_error(refusal)
        if known is None:
            raise
        said = " ".join(known.fields.values()) if isinstance(known, InvalidInput) else known.message
        status = 422 if isinstance(known, InvalidInput) else 409
        shown = await _show(request, reading, event_id, form, verdict("refused", said), status=status)
        raise Rejected(shown) from refusal
    form["session"] = str(given.handover_id or form.get("session", ""))
    if wants_partial(request):
        return await _show(request, reading, event_id, form, given)
    tone = "green" if given.counted else "amber"
    toast = Toast(given.title, given.text, tone=tone)
    return redirect(request, _address(event_id, form), toast=toast)


async def _going_on(
    request: Asked, reading: AsyncConnection, event_id: int, form: Mapping[str, str]
) -> queries.HandoverFacts | None:
    """The session that is gone on with: one's own that is not over."""
    key = identifier(form.get("session"))
    return await queries.open_session(reading, event_id, key, viewer_of(request).id) if key else None


def _address(event_id: int, form: Mapping[str, str]) -> str:
    kept = {name: form[name] for name in ("session", "at") if form.get(name)}
    return f"/prep/{event_id}/check-in" + (f"?{urlencode(kept)}" if kept else "")


async def _show(
    request: Asked,
    reading: AsyncConnection,
    event_id: int,
    form: Mapping[str, str],
    given: Verdict | None = None,
    *,
    status: int = 200,
) -> Response[str]:
    event = await bench_event(reading, event_id)
    lines = await queries.lines_out(reading, await lines_of_event(reading, event_id))
    session = await _going_on(request, reading, event_id, form)
    groups = groupby(lines, key=lambda one: one.line.location or "No location")
    response = page(
        request,
        "handovers/check_in.html",
        partial="handovers/_check_in.html" if given else "handovers/_standing.html",
        status=status,
        event=event,
        lines=lines,
        groups=[(label, list(found)) for label, found in groups],
        taps=await queries.last_taps(reading, session.id if session else None),
        session=session,
        at=form.get("at", ""),
        code=form.get("code", ""),
        verdict=given,
        conditions=CONDITIONS,
        nonce=uuid4,
    )
    if given and wants_partial(request):
        response.headers["HX-Replace-Url"] = _address(event_id, form)
    return response


HANDLERS = [check_in_page, take_in, take_in_the_rest, scan, undo]
