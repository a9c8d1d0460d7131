"""The ways out of a shortage that change a line: each has a small form, refused where it stands."""

from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.availability.shortage import EquipmentShortage, Shortage
from app.domain.kits.availability import substitutes_of
from app.domain.maintenance.descriptions import zone_of
from app.domain.shortages import line_queries, queries, service
from app.domain.shortages.fields import (
    OVERBOOKING,
    REDUCTION,
    SHIFT,
    SUBSTITUTION,
    SWAP,
    WAYS,
    way_readers,
)
from app.domain.shortages.filters import AHEAD
from app.domain.shortages.line_queries import LineFacts
from app.domain.shortages.standing import Missing, read, written
from app.lib.clock import now
from app.lib.errors import Conflict, EditConflict, Forbidden, InvalidInput, NotFound
from app.lib.fields import read_fields
from app.lib.periods import FOREVER, Period
from app.lib.unit_of_work import UnitOfWork
from app.web.errors import Rejected
from app.web.forms import form_text
from app.web.htmx import Toast, wants_partial
from app.web.merging import read_version
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import OVERBOOK, RENTAL_WRITE
from app.web.render import nothing, page, receipt, redirect
from app.web.state import runtime, viewer_of
from app.web.tokens import signature, signature_matches
from app.web.undo_permissions import undoing

_PURPOSE = "missing before"
# an address has to fit into a header; of more than that, what comes back has to be free
_MOST_MISSING = 40
_Answer = tuple[str, service.Taken]
_ADDRESS = "/rentals/{rental_id:int}/ways-out/{way:str}"


@dataclass(frozen=True, slots=True)
class _Form:
    """What a form shows: the text of its fields, and what is wrong with it."""

    typed: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict[str, str])
    problem: str = ""
    shortages: tuple[EquipmentShortage, ...] = ()
    status: int = 200


@get(_ADDRESS, capability=RENTAL_WRITE, include_in_schema=False)
async def way_page(
    request: Request[Any, Any, Any],
    reading: Connection,
    rental_id: PathId,
    way: FromPath[str],
    pieces: FromQuery[str] = "1",
) -> Response[str]:
    """The form of a way out: a dialog, or a page."""
    _require(request, way)
    line = await line_queries.line_by_id(reading, rental_id)
    zone = zone_of(request)
    typed = {
        "pieces": pieces[:6] if pieces[:6].isdigit() else "1",
        "start_at": f"{line.start_at.astimezone(zone):%Y-%m-%dT%H:%M}",
        "end_at": f"{line.end_at.astimezone(zone):%Y-%m-%dT%H:%M}",
        "scope": "line",
        "version": str(line.version),
    }
    offers = await _offers(reading, line, way)
    if way == SHIFT and offers["room"]:
        typed["scope"] = offers["room_for"]
        typed["start_at"] = f"{offers['room'].start.astimezone(zone):%Y-%m-%dT%H:%M}"
        typed["end_at"] = f"{offers['room'].end.astimezone(zone):%Y-%m-%dT%H:%M}"
    return _show(request, line, way, offers, _Form(typed))


@post(_ADDRESS, capability=RENTAL_WRITE, include_in_schema=False)
async def take_way(
    request: Request[Any, Any, Any], work: Work, rental_id: PathId, way: FromPath[str]
) -> Response[str]:
    """Take a way out: as a whole, or not at all and with the reason at the form."""
    _require(request, way)
    typed = await form_text(request)
    reading = await work.session.connection()
    line = await line_queries.line_by_id(reading, rental_id)
    offers = await _offers(reading, line, way)
    with _refusing(lambda form: _show(request, line, way, offers, form), typed):
        values = read_fields(typed, way_readers(zone_of(request))[way]).checked(*_NEEDED[way])
        text, taken = await _TAKING[way](work, line, values, typed)
    toast = Toast(_DONE[way], text, undo_url=_undo_url(request, way, work, taken))
    return nothing(toast=toast) if wants_partial(request) else redirect(request, "/shortages", toast=toast)


@post("/shortages/undo/{operation:uuid}", capability=RENTAL_WRITE, include_in_schema=False)
async def undo(
    request: Request[Any, Any, Any], work: Work, operation: FromPath[UUID], missing: FromQuery[str] = ""
) -> Response[str]:
    """Take a way out back as a whole: what it gave away may be somebody else's by now."""
    before = _missing_before(request, operation, missing)
    await service.undo_way(work, operation, undoing(viewer_of(request)), before)
    return receipt(request, "/shortages", Toast("Taken back"))


async def _substitute(
    work: UnitOfWork, line: LineFacts, values: Mapping[str, Any], typed: Mapping[str, str]
) -> _Answer:
    version = read_version(typed.get("version", ""))
    taken = await service.substitute(
        work, line.id, values["substitute_id"], values["pieces"], version=version
    )
    return f"{taken.rental.quantity} × {taken.rental.name} instead on {line.event_name}", taken


async def _reduce(
    work: UnitOfWork, line: LineFacts, values: Mapping[str, Any], typed: Mapping[str, str]
) -> _Answer:
    version = read_version(typed.get("version", ""))
    taken = await service.reduce(work, line.id, values["pieces"], version=version)
    return f"{values['pieces']} × {line.name} fewer on {line.event_name}", taken


async def _shift(
    work: UnitOfWork, line: LineFacts, values: Mapping[str, Any], typed: Mapping[str, str]
) -> _Answer:
    shift = service.shift_event if values["scope"] == "event" else service.shift_line
    version = read_version(typed.get("version", ""))
    taken = await shift(work, line.id, values["start_at"], values["end_at"], version=version)
    whole = values["scope"] == "event"
    return line.event_name if whole else f"{line.name} on {line.event_name}", taken


async def _swap(
    work: UnitOfWork, line: LineFacts, values: Mapping[str, Any], typed: Mapping[str, str]
) -> _Answer:
    giver_id = values["giver_id"]
    version = read_version(typed.get(f"version-{giver_id}", ""))
    taken = await service.swap(work, line.id, giver_id, values["pieces"], giver_version=version)
    return f"{values['pieces']} × {taken.rental.name} for {line.event_name}", taken


async def _overbook(
    work: UnitOfWork, line: LineFacts, values: Mapping[str, Any], typed: Mapping[str, str]
) -> _Answer:
    version = read_version(typed.get("version", ""))
    taken = await service.overbook(work, line.id, values["reason"], version=version)
    return f"{line.name} on {line.event_name}", taken


_TAKING: dict[
    str, Callable[[UnitOfWork, LineFacts, Mapping[str, Any], Mapping[str, str]], Awaitable[_Answer]]
] = {SUBSTITUTION: _substitute, REDUCTION: _reduce, SHIFT: _shift, SWAP: _swap, OVERBOOKING: _overbook}
_NEEDED = {
    SUBSTITUTION: ("substitute_id", "pieces"),
    REDUCTION: ("pieces",),
    SHIFT: ("start_at", "end_at", "scope"),
    SWAP: ("giver_id", "pieces"),
    OVERBOOKING: ("reason",),
}
_DONE = {
    SUBSTITUTION: "Substituted",
    REDUCTION: "Reduced",
    SHIFT: "Shifted",
    SWAP: "Swapped",
    OVERBOOKING: "Overbooked",
}


def _undo_url(request: Any, way: str, work: UnitOfWork, taken: service.Taken) -> str | None:
    """Where a way is taken back, with what was missing before it, signed.

    An overbooking has no way back by undo: it ends when the line takes less.
    """
    if way == OVERBOOKING:
        return None
    url, before = f"/shortages/undo/{work.operation}", written(taken.before[:_MOST_MISSING])
    if not before:
        return url
    signed = signature(runtime(request).settings.secret_key, _PURPOSE, f"{work.operation}.{before}")
    return f"{url}?missing={before}.{signed}"


def _missing_before(request: Any, operation: UUID, missing: str) -> list[Missing]:
    before, _, signed = missing.partition(".")
    said = f"{operation}.{before}"
    if not signature_matches(runtime(request).settings.secret_key, _PURPOSE, said, signed):
        return []
    return read(before)


def _require(request: Any, way: str) -> None:
    if way not in WAYS:
        raise NotFound("There is no such way out.")
    if way == OVERBOOKING and not viewer_of(request).can(OVERBOOK):
        raise Forbidden("Your role does not allow overbooking.")


async def _offers(reading: AsyncConnection, line: LineFacts, way: str) -> dict[str, Any]:
    """What a form has to choose from."""
    period, moment = Period(line.start_at, line.end_at), now()
    if way == SUBSTITUTION:
        return {"substitutes": await substitutes_of(reading, line.equipment_id, period)}
    if way == SWAP:
        return {"givers": await queries.givers_for(reading, line, line.equipment_id, period, moment)}
    if way == SHIFT:
        until = max(line.start_at, moment) + AHEAD
        room, room_for = await line_queries.first_room(reading, line, until, moment), "line"
        if room is None or not line.is_within(room):
            room, room_for = await line_queries.first_room_of_event(reading, line, until, moment), "event"
        return {"room": room, "room_for": room_for}
    return {}


@contextmanager
def _refusing(show: Callable[[_Form], Response[Any]], typed: Mapping[str, str]) -> Generator[None]:
    """Turn refusals inside the block into the same form again; the transaction rolls back."""
    try:
        yield
    except InvalidInput as error:
        raise Rejected(show(_Form(typed, error.fields, status=422))) from error
    except EditConflict as error:
        names = " and ".join(sorted({one.actor_name for one in error.theirs}))
        problem = f"{names} changed this line meanwhile. Look at what it says now, and try again."
        raise Rejected(
            show(_Form(dict(typed) | _present(typed, error), problem=problem, status=409))
        ) from error
    except Shortage as error:
        raise Rejected(show(_Form(typed, shortages=error.shortages, status=409))) from error
    except Conflict as error:
        raise Rejected(show(_Form(typed, problem=error.message, status=409))) from error


def _present(typed: Mapping[str, str], error: EditConflict) -> dict[str, str]:
    """The version of the line as it is now, under the name it has in the form."""
    giver = typed.get("giver_id")
    return {f"version-{giver}" if giver else "version": str(error.version)}


def _show(request: Any, line: LineFacts, way: str, offers: Mapping[str, Any], form: _Form) -> Response[str]:
    return page(
        request,
        "shortages/way.html",
        partial="shortages/_way.html",
        status=form.status,
        line=line,
        way=way,
        words=WAYS[way],
        address=f"/rentals/{line.id}/ways-out/{way}",
        typed=form.typed,
        errors=form.errors,
        problem=form.problem,
        shortages=form.shortages,
        forever=FOREVER,
        **offers,
    )


HANDLERS = [way_page, take_way, undo]
