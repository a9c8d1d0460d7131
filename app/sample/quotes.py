"""What the sample company has offered: a draft, one that is open, one accepted, declined, taken back."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.db.models import Event, QuoteVersion, User
from app.domain.quotes.accepting import Wish, accept
from app.domain.quotes.happenings import ask, decline, note_opened
from app.domain.quotes.lines import add_line, edit_group
from app.domain.quotes.sending import send_version, withdraw_version
from app.domain.quotes.service import create_quote, edit_version, new_version
from app.lib.clock import now
from app.lib.unit_of_work import Actor, UnitOfWork
from app.sample.company import COMPANY

_DELIVERY: dict[str, Any] = {
    "name": "Delivery and collection",
    "quantity": Decimal(1),
    "basis": "flat",
    "rate": Decimal("180.0000"),
    "heading": "Transport",
}
_CREW: dict[str, Any] = {
    "name": "Technician",
    "note": "Up to ten hours a day, meals by the organiser.",
    "quantity": Decimal(2),
    "basis": "day",
    "rate": Decimal("420.0000"),
    "heading": "Crew",
}


async def load_quotes(work: UnitOfWork, people: Mapping[str, User]) -> None:
    """Make quotes and send some of them. `people` are by username."""
    events = {name: key for key, name in await work.session.execute(select(Event.id, Event.name))}
    actor, operation, person = work.actor, work.operation, people["manager"]
    work.actor = Actor(person.id, person.label, person.role)
    await _accepted(work, events["Meyer annual meeting"])
    await _declined(work, events["Rosenberg product launch"])
    await _withdrawn(work, events["Festival am See, main stage"])
    await _open(work, events["Festival am See, tent"])
    work.operation = uuid4()
    draft = await create_quote(work, events["Meyer summer party"])
    await add_line(work, draft.id, _CREW)
    await add_line(work, draft.id, {"name": "Power is provided by the venue: 63 A CEE."}, kind="note")
    work.actor, work.operation = actor, operation


async def _accepted(work: UnitOfWork, event_id: int) -> None:
    version = await _sent(work, event_id, _DELIVERY, _CREW)
    await note_opened(work, version.id)
    await accept(work, Wish(version.id, "Karin Meyer", words="Signed copy came by mail."))


async def _declined(work: UnitOfWork, event_id: int) -> None:
    version = await _sent(work, event_id, _DELIVERY)
    await decline(work, version.id, name="Paula Rosenberg", reason="The venue brings its own sound.")


async def _withdrawn(work: UnitOfWork, event_id: int) -> None:
    version = await _sent(work, event_id, _CREW)
    await withdraw_version(work, version.id)


async def _open(work: UnitOfWork, event_id: int) -> None:
    """Version 2 is open: a discount was asked for, and whether the tent is heated."""
    first = await _sent(work, event_id, _DELIVERY, _CREW)
    work.operation = uuid4()
    second = await new_version(work, first.id)
    heading = await work.session.scalar(select(Event.name).where(Event.id == event_id))
    values = {"title": f"{heading}, with discount", "discount_amount": Decimal("150.000")}
    await edit_version(work, second.id, values, version=None)
    await edit_group(work, second.id, "Crew", {"discount_amount": Decimal("80.000")}, version=1)
    await _send(work, second)
    await note_opened(work, second.id)
    await ask(
        work, second.id, name="Jule Brandt", words="Can the technicians stay until midnight on Saturday?"
    )


async def _sent(work: UnitOfWork, event_id: int, *lines: dict[str, Any]) -> QuoteVersion:
    work.operation = uuid4()
    version = await create_quote(work, event_id)
    for line in lines:
        await add_line(work, version.id, line)
    await _send(work, version)
    return version


async def _send(work: UnitOfWork, version: QuoteVersion) -> None:
    work.operation = uuid4()
    await send_version(work, version.id, today=now().astimezone(ZoneInfo(COMPANY.time_zone)).date())
