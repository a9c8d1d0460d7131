"""The page of the quarantine desk, and deciding there."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import uuid4

from litestar import Request, Response, get, post
from litestar.params import FromPath, FromQuery

from app.domain.handovers.policy import Part
from app.domain.maintenance.descriptions import zone_of
from app.domain.maintenance.fields import step_readers
from app.domain.prep.bench_forms import act_of
from app.domain.quarantine import queries, service
from app.lib.errors import InvalidInput, NotFound
from app.lib.fields import clean, identifier, read_fields
from app.web.forms import form_text, rejecting
from app.web.htmx import Toast
from app.web.parameters import Connection, FilterId, PathId, Work
from app.web.permissions import EQUIPMENT_READ, MAINTENANCE_WRITE
from app.web.render import page, receipt

Asked = Request[Any, Any, Any]


@get("/quarantine", capability=EQUIPMENT_READ, include_in_schema=False)
async def desk(
    request: Asked, reading: Connection, q: FromQuery[str] = "", kind: FromQuery[str] = ""
) -> Response[str]:
    """What is here and undecided; a scanned tag finds its unit."""
    q, kind = clean(q)[:200], kind if kind in ("job", "piece") else ""
    found, counts = await queries.on_the_desk(reading, q, kind), await queries.desk_counts(reading, q)
    return page(
        request,
        "quarantine/desk.html",
        partial="quarantine/_desk.html",
        q=q,
        kind=kind,
        found=found,
        goes_on=counts[kind] > len(found),
        counts=counts,
        decisions=service.DECISIONS,
        nonce=uuid4,
    )


@get(
    "/quarantine/jobs/{job_id:int}/decisions/{decision:str}",
    capability=MAINTENANCE_WRITE,
    include_in_schema=False,
)
async def job_form(
    request: Asked, reading: Connection, job_id: PathId, decision: FromPath[str]
) -> Response[str]:
    """What may be said along with a decision about a job."""
    return _form(request, await queries.job_on_desk(reading, job_id), _known(decision))


@get(
    "/quarantine/pieces/{rental_id:int}/decisions/{decision:str}",
    capability=MAINTENANCE_WRITE,
    include_in_schema=False,
)
async def pieces_form(
    request: Asked,
    reading: Connection,
    rental_id: PathId,
    decision: FromPath[str],
    unit: FilterId = None,
) -> Response[str]:
    """What may be said along with a decision about pieces that nobody has looked at."""
    return _form(request, await queries.piece_on_desk(reading, rental_id, unit), _known(decision))


@post("/quarantine/jobs/{job_id:int}/decisions", capability=MAINTENANCE_WRITE, include_in_schema=False)
async def decide_job(request: Asked, work: Work, job_id: PathId) -> Response[str]:
    """Decide about a reported job."""
    typed = await form_text(request)
    one = await queries.job_on_desk(await work.session.connection(), job_id)
    decision = _known(typed.get("decision", ""))
    with rejecting(lambda errors: _form(request, one, decision, typed, errors)):
        value, note = _value(request, typed), clean(typed.get("note", ""))[:4000]
        await service.decide_job(work, job_id, decision, note=note, value=value)
    undo = f"/maintenance/{job_id}/undo/{work.operation}"
    said, job = service.DECISIONS[decision][0], f"/maintenance/{job_id}"
    toast = Toast(said, _label(one), undo_url=undo, link_url=job, link_text="Open the job")
    return receipt(request, "/quarantine", toast)


@post("/quarantine/pieces/{rental_id:int}/decisions", capability=MAINTENANCE_WRITE, include_in_schema=False)
async def decide_pieces(request: Asked, work: Work, rental_id: PathId) -> Response[str]:
    """Decide about pieces, or a unit, that nobody has looked at."""
    typed = await form_text(request)
    unit_id = identifier(typed.get("unit_id"))
    one = await queries.piece_on_desk(await work.session.connection(), rental_id, unit_id)
    decision = _known(typed.get("decision", ""))
    with rejecting(lambda errors: _form(request, one, decision, typed, errors)):
        value = _value(request, typed)
        part = Part(rental_id, _pieces(typed, one), unit_id, note=clean(typed.get("note", ""))[:1000])
        await service.decide_pieces(work, act_of(typed), one.event_id or 0, part, decision, value=value)
    return receipt(request, "/quarantine", Toast(service.DECISIONS[decision][0], _label(one)))


def _value(request: Asked, typed: Mapping[str, str]) -> Decimal | None:
    """What it is worth, as it was typed. Raises InvalidInput."""
    said = read_fields({"cost": typed.get("value", "")}, step_readers(zone_of(request)))
    if said.errors:
        raise InvalidInput({"value": said.errors["cost"]})
    return said.values.get("cost")


def _pieces(typed: Mapping[str, str], one: queries.Undecided) -> int:
    text = typed.get("quantity", "").strip() or str(one.pieces)
    if not text.isascii() or not text.isdecimal() or not 0 < int(text[:7]) <= one.pieces:
        raise InvalidInput({"quantity": f"A whole number, at most {one.pieces}."})
    return int(text)


def _label(one: queries.Undecided) -> str:
    return one.asset_tag or f"{one.pieces} × {one.name}"


def _known(decision: str) -> str:
    if decision not in service.DECISIONS:
        raise NotFound("There is no such decision.")
    return decision


def _form(
    request: Asked,
    one: queries.Undecided,
    decision: str,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Response[str]:
    value = "" if one.value is None else f"{one.value:.2f}"
    return page(
        request,
        "quarantine/decide.html",
        partial="quarantine/_decide.html",
        status=422 if errors else 200,
        one=one,
        decision=decision,
        words=service.DECISIONS[decision],
        typed=typed or {"nonce": str(uuid4()), "value": value, "quantity": str(one.pieces)},
        errors=errors or {},
    )


HANDLERS = [desk, job_form, pieces_form, decide_job, decide_pieces]
