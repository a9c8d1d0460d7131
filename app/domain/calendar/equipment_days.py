"""The days of one equipment: how many are free on each, and what takes it when."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.availability.claims import Claim, claims_of
from app.domain.availability.policy import peaks_between
from app.domain.availability.queries import Window, steps_of
from app.domain.calendar.policy import CLOSED, MAINTENANCE, OVERDUE, PENCIL, REQUESTED, STATES, wall
from app.domain.calendar.views import LOOKS
from app.lib.clock import now
from app.lib.periods import FOREVER, Period
from app.web.formatting import local_datetime

_FEW = 5
_HIRED_IN, _HIRE_PLANNED = ("Hired in", "accent", ""), ("Sub-hire, draft", "accent", "pencil")
_STATES = {"pencil": PENCIL, "hold": "held", "firm": "confirmed", "out": "confirmed", "returned": CLOSED}


async def days_of(
    reading: AsyncConnection, equipment: Any, bounds: Sequence[datetime], zone: ZoneInfo
) -> dict[str, Any]:
    """What the library draws for the days between `bounds`: two statements."""
    moment = now()
    window = Window(equipment.id, Period(bounds[0], bounds[-1]))
    (steps,) = await steps_of(reading, [window], moment=moment)
    (claims,) = await claims_of(reading, [window], moment=moment)
    free = [equipment.quantity - peak for peak in peaks_between(steps, bounds)]
    days = [
        _wire_day(wall(start, zone), left, equipment.quantity)
        for start, left in zip(bounds, free, strict=False)
    ]
    items = [_wire_claim(claim, number, bounds[-1], zone) for number, claim in enumerate(claims)]
    return {"items": days + items, "more": {}, "busy": []}


def _wire_day(start: datetime, free: int, stock: int) -> dict[str, Any]:
    tone = "red" if free < 0 else "slate" if free == 0 else "amber" if free * _FEW <= stock else "green"
    day = start.date().isoformat()
    text = f"{free} free" if free >= 0 else f"{-free} short"
    return {"id": f"free-{day}", "title": text, "start": day, "allDay": True, "display": "background"} | {
        "look": f"tone-{tone}"
    }


def _wire_claim(claim: Claim, number: int, until: datetime, zone: ZoneInfo) -> dict[str, Any]:
    state = _state_of(claim)
    end = "until it is back" if claim.end_at == FOREVER else f"\N{EN DASH} {local_datetime(claim.end_at)}"
    words = f"{local_datetime(claim.start_at)} {end}"
    return {
        "id": f"taker-{number}",
        "title": f"{claim.quantity} × {claim.name}",
        "start": wall(claim.start_at, zone).isoformat(),
        "end": wall(min(claim.end_at, until), zone).isoformat(),
        "url": _page_of(claim),
        "rank": state == MAINTENANCE,
        "look": _look_of(claim) or LOOKS[state],
        "state": _words_of(claim) or STATES[state],
        "words": f"{claim.client_name}, {words}" if claim.client_name else words,
    }


def _state_of(claim: Claim) -> str:
    """What a request keeps is a hold in the books, and a request on every calendar."""
    if claim.late:
        return OVERDUE
    if claim.kind == "block":
        return MAINTENANCE
    if claim.state == "hold" and claim.event_status == REQUESTED:
        return REQUESTED
    return _STATES[claim.state]


def _words_of(claim: Claim) -> tuple[str, str, str] | None:
    """Word, tone and shape of a sub-hire, which brings gear and takes none; None for all else."""
    if claim.kind != "sub_hire":
        return None
    return _HIRE_PLANNED if claim.state == "pencil" else _HIRED_IN


def _look_of(claim: Claim) -> str | None:
    """The classes of a sub-hire, as on the timeline; None for all else."""
    if claim.kind != "sub_hire":
        return None
    return "tone-accent is-soft" if claim.state == "pencil" else "tone-accent"


def _page_of(claim: Claim) -> str | None:
    if claim.sub_hire_id is not None:
        return f"/sub-hire/{claim.sub_hire_id}"
    if claim.event_id is not None:
        return f"/events/{claim.event_id}"
    if claim.maintenance_id is not None:
        return f"/maintenance/{claim.maintenance_id}"
    return f"/units/{claim.unit_id}" if claim.unit_id is not None else None
