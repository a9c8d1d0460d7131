"""Copying an event with its gear to other dates. The copy is a draft: it takes nothing from anybody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.db.models import Client, Equipment, Event, Rental, User
from app.domain.events.booking import rebook
from app.domain.events.policy import period_errors
from app.domain.events.service import create_event
from app.lib import editing
from app.lib.batches import create_all
from app.lib.errors import InvalidInput
from app.lib.unit_of_work import UnitOfWork

_COPIED = (
    "client_id", "contact_id", "venue", "venue_address", "notes", "client_notes", "responsible_id", "tags",
    "colour",
)  # fmt: skip
_COPIED_OF_LINES = (
    "quantity", "prep_minutes", "turnaround_minutes", "heading", "name", "position", "notes", "optional",
    "kit_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Copied:
    """The new event, and the lines that were left out because their equipment is archived or deleted."""

    event: Event
    left_out: tuple[str, ...]


async def copy_event(work: UnitOfWork, event_id: int, values: Mapping[str, Any]) -> Copied:
    """Copy an event to `out_start` and `out_end`, named `name`; lines with their own period move along.

    Raises NotFound, InvalidInput.
    """
    original = await editing.lock(work, Event, event_id)
    start, end = values["out_start"], values["out_end"]
    errors = period_errors(start, end, "out_start", "out_end")
    if errors:
        raise InvalidInput(errors)
    by = start - original.out_start
    given = {name: getattr(original, name) for name in _COPIED}
    given |= await _without_the_gone(work, original)
    copy = await create_event(
        work,
        {**given, "name": values["name"], "out_start": start, "out_end": end, **_use(original, by, end)},
    )
    rows = await _lines(work, event_id)
    kept = [rental for rental, usable in rows if usable]
    await _copy_lines(work, copy, kept, by)
    await rebook(work, copy)
    return Copied(copy, tuple(rental.label for rental, usable in rows if not usable))


async def _lines(work: UnitOfWork, event_id: int) -> list[tuple[Rental, bool]]:
    """The lines of an event in order, each with whether its equipment can still be rented."""
    rows = await work.session.execute(
        select(Rental, ~Equipment.archived & Equipment.deleted_at.is_(None))
        .join(Equipment, Equipment.id == Rental.equipment_id)
        .where(Rental.event_id == event_id, Rental.deleted_at.is_(None))
        .order_by(Rental.position, Rental.id)
    )
    return [(rental, usable) for rental, usable in rows]


async def _copy_lines(work: UnitOfWork, copy: Event, lines: Sequence[Rental], by: timedelta) -> None:
    """Copy lines; what goes along with a line goes along with its copy."""
    made: dict[int, Rental] = {}
    waiting = list(lines)
    known = {line.id for line in lines}
    while waiting:
        ready = [
            line for line in waiting if line.accessory_of_id not in known or line.accessory_of_id in made
        ]
        copies = [_copy_line(copy, line, by, made.get(line.accessory_of_id or 0)) for line in ready]
        await create_all(work, copies)
        made |= {line.id: one for line, one in zip(ready, copies, strict=True)}
        waiting = [line for line in waiting if line.id not in made]


def _copy_line(copy: Event, line: Rental, by: timedelta, belongs_to: Rental | None) -> Rental:
    return Rental(
        event_id=copy.id,
        equipment_id=line.equipment_id,
        **_own_period(line, by, copy.out_end),
        accessory_of_id=belongs_to.id if belongs_to else None,
        **{name: getattr(line, name) for name in _COPIED_OF_LINES},
    )


def _own_period(line: Rental, by: timedelta, end: datetime) -> dict[str, datetime]:
    """The dates a line has of its own, moved along; none where they lie behind the end of the copy."""
    if line.start_at is None or line.end_at is None or line.start_at + by >= end:
        return {}
    return {"start_at": line.start_at + by, "end_at": line.end_at + by}


def _use(original: Event, by: timedelta, end: datetime) -> dict[str, Any]:
    """When it is used, moved along; not said where that does not fit into the new dates."""
    if original.use_start is None or original.use_end is None or original.use_end + by > end:
        return {}
    return {"use_start": original.use_start + by, "use_end": original.use_end + by}


async def _without_the_gone(work: UnitOfWork, original: Event) -> dict[str, Any]:
    """The client, contact and person of an event as far as they are there still."""
    found: dict[str, Any] = {}
    client = select(Client.id).where(Client.id == original.client_id, Client.deleted_at.is_(None))
    if await work.session.scalar(client) is None:
        found |= {"client_id": None, "contact_id": None}
    person = select(User.id).where(User.id == original.responsible_id, User.active)
    if await work.session.scalar(person) is None:
        found["responsible_id"] = work.actor.id
    return found
