"""The event that is prepped, held so that nobody changes it while others at the bench may go on."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from app.db.driver import Statement
from app.db.models import Event
from app.domain.prep.codes import NAMED, Found, found_in
from app.lib.errors import NotFound
from app.lib.unit_of_work import UnitOfWork

_EVENT = """
    select event.name, event.status, event.out_start, event.out_end{more} from event{joined}
    where event.id = :event_id and event.deleted_at is null
    for share of event
"""
_SHARED = Statement(_EVENT.format(more="", joined=""))
_SHARED_AND_CODE = Statement(
    _EVENT.format(
        more=", named.kind, named.id, named.equipment_id, named.rental_id, named.rank",
        joined=f" left join ({NAMED}) named on true",
    )
)


@dataclass(frozen=True, slots=True)
class SharedEvent:
    """What the bench goes by of an event that is held."""

    id: int
    name: str
    status: str
    out_start: datetime
    out_end: datetime


AnyEvent: TypeAlias = SharedEvent | Event
"""Whoever holds it alone has all of it."""


async def share_event(work: UnitOfWork, event_id: int) -> SharedEvent:
    """The event, so that nobody changes it meanwhile while others at the bench may go on. Raises NotFound."""
    row = await _SHARED.row(work.session, {"event_id": event_id})
    if row is None:
        raise _not_found()
    return SharedEvent(event_id, *row)


async def share_event_and_find(
    work: UnitOfWork, event_id: int, code: str
) -> tuple[SharedEvent, Found | None]:
    """The event as `share_event` has it, and what a code names, in one statement. Raises NotFound."""
    rows = await _SHARED_AND_CODE.rows(work.session, {"event_id": event_id, "code": code})
    if not rows:
        raise _not_found()
    return SharedEvent(event_id, *rows[0][:4]), found_in(rows)


def _not_found() -> NotFound:
    return NotFound("This event does not exist, or was deleted.")
