"""The page of what waited on a device and did not fit any more."""

from typing import Any
from uuid import uuid4

from litestar import Request, Response, get, post

from app.domain.prep import inbox
from app.domain.prep.bench_forms import act_of
from app.domain.prep.bench_queries import bench_event
from app.web.forms import form_text
from app.web.htmx import Toast
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import PREP, RENTAL_READ
from app.web.render import page, receipt

_TONES = {"green": "green", "slate": "", "amber": "amber", "red": "red"}


@get("/prep/{event_id:int}/inbox", capability=RENTAL_READ, include_in_schema=False)
async def inbox_page(request: Request[Any, Any, Any], reading: Connection, event_id: PathId) -> Response[str]:
    """What did not fit, with what it was, whose, when and why."""
    event = await bench_event(reading, event_id)
    waiting = await inbox.waiting_at(reading, event_id)
    return page(
        request,
        "prep/inbox.html",
        partial="prep/_inbox.html",
        event=event,
        waiting=waiting,
        nonce=uuid4,
    )


@post("/prep/{event_id:int}/inbox/{action_id:int}/repetition", capability=PREP, include_in_schema=False)
async def repeat(
    request: Request[Any, Any, Any], work: Work, event_id: PathId, action_id: PathId
) -> Response[str]:
    """Do it now."""
    act = act_of(await form_text(request))
    given = await inbox.do_again(work, event_id, action_id, act.nonce)
    return receipt(request, f"/prep/{event_id}/inbox", Toast(given.title, given.text, _TONES[given.tone]))


@post("/prep/{event_id:int}/inbox/{action_id:int}/dismissal", capability=PREP, include_in_schema=False)
async def dismiss(
    request: Request[Any, Any, Any], work: Work, event_id: PathId, action_id: PathId
) -> Response[str]:
    """Nothing is to be done about it."""
    await inbox.dismiss(work, event_id, action_id)
    return receipt(request, f"/prep/{event_id}/inbox", Toast("Dismissed"))


HANDLERS = [inbox_page, repeat, dismiss]
