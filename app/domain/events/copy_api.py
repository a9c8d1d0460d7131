"""Copies of events in the API."""

from litestar import Response, post
from litestar.params import JSONBody

from app.domain.events.api_queries import EVENTS
from app.domain.events.api_schemas import EventCopy, EventRecord
from app.domain.events.copying import copy_event
from app.web.api import Answer, api_router
from app.web.parameters import PathId, Work
from app.web.permissions import RENTAL_WRITE


@post("/events/{event_id:int}/copies", capability=RENTAL_WRITE)
async def add_copy(work: Work, event_id: PathId, data: JSONBody[EventCopy]) -> Response[Answer[EventRecord]]:
    """Copy an event with its gear to other dates, as a draft; archived equipment is left out."""
    copied = await copy_event(work, event_id, data.given())
    return await EVENTS.created(work.session, copied.event.id)


API = api_router("Events", [add_copy])
