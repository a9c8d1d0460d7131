"""What was added at the bench, on the page of its event: who added it, and the office agreeing to it."""

from typing import Any

from litestar import Request, Response, get, post

from app.domain.prep.additions import approve
from app.domain.prep.approval_queries import to_approve
from app.web.htmx import Toast, wants_partial
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import RENTAL_CONFIRM, RENTAL_READ
from app.web.render import partial, redirect

Asked = Request[Any, Any, Any]


@get("/prep/{event_id:int}/approvals", capability=RENTAL_READ, include_in_schema=False)
async def waiting(request: Asked, reading: Connection, event_id: PathId) -> Response[str]:
    """The lines that were added at the bench and wait for the office: a part of the page of an event."""
    found = await to_approve(reading, event_id)
    return partial(request, "prep/_approvals.html", event_id=event_id, additions=found)


@post("/rentals/{rental_id:int}/approval", capability=RENTAL_CONFIRM, include_in_schema=False)
async def agree(request: Asked, work: Work, rental_id: PathId) -> Response[str]:
    """Agree to what was added at the bench."""
    rental = await approve(work, rental_id)
    toast = Toast("Approved", rental.name)
    if not wants_partial(request):
        return redirect(request, f"/events/{rental.event_id}", toast=toast)
    found = await to_approve(work.session, rental.event_id)
    return partial(request, "prep/_approvals.html", toast=toast, event_id=rental.event_id, additions=found)


HANDLERS = [waiting, agree]
