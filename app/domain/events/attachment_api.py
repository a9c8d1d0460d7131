"""The files of events in the API."""

from litestar import Response, get
from litestar.di import NamedDependency

from app.domain.events.api_schemas import AttachmentRecord
from app.domain.events.attachment_queries import ATTACHMENTS, attachment_conditions
from app.lib.conditions import Conditions
from app.web.api import ListAnswer, api_router, listing
from app.web.api_paging import PageRequest
from app.web.parameters import Connection, FilterId
from app.web.permissions import RENTAL_READ


def provide_attachment_filter(*, event_id: FilterId = None) -> Conditions:
    """Which files are wanted."""
    return attachment_conditions(event_id=event_id)


@get("/attachments", capability=RENTAL_READ, dependencies=listing(provide_attachment_filter))
async def list_attachments(
    reading: Connection,
    paging: NamedDependency[PageRequest],
    wanted: NamedDependency[Conditions],
) -> Response[ListAnswer[AttachmentRecord]]:
    """List the files of events; `/attachments/{id}/file` outside of the API has their content."""
    return await ATTACHMENTS.page(reading, paging, wanted)


API = api_router("Events", [list_attachments])
