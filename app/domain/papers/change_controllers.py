"""What changed since a paper was printed: whoever scans an old one lands here."""

from typing import Any

from litestar import Request, Response, get
from litestar.params import FromQuery

from app.domain.events.descriptions import RENTAL_FIELDS, event_fields
from app.domain.papers import queries
from app.domain.papers.comparing import differences, shown, verb
from app.domain.prep.revisions import GearChange, changes_since
from app.lib.fields import identifier
from app.web.descriptions import Difference, Fields, field_of
from app.web.parameters import Connection, PathId
from app.web.permissions import RENTAL_READ
from app.web.render import page


@get("/prep/{event_id:int}/changes", capability=RENTAL_READ, include_in_schema=False)
async def changes_page(
    request: Request[Any, Any, Any], reading: Connection, event_id: PathId, part: FromQuery[str] = ""
) -> Response[str]:
    """What differs from a paper of revision `since`, and who changed it when; as `part` only how many."""
    since = identifier(request.query_params.get("since")) or 0
    event = await queries.event_of_paper(reading, event_id)
    found = await changes_since(reading, event_id, since)
    fields = {"rental": RENTAL_FIELDS, "event": event_fields(request)}
    return page(
        request,
        "papers/changes.html",
        partial="papers/_age.html" if part == "age" else "papers/_changes.html",
        event=event,
        since=since,
        lines=differences(found, await queries.present_lines(reading, event_id)),
        changes=[(change, verb(change), _words(change, fields[change.entity])) for change in reversed(found)],
    )


def _words(change: GearChange, fields: Fields) -> list[Difference]:
    return [Difference(field_of(fields, name), *pair) for name, pair in shown(change).items()]


HANDLERS = [changes_page]
