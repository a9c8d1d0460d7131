"""What the tests of quotes build upon: an event with priced gear, its quote, and its lines by key."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from app.db.models import Equipment, Event, QuoteVersion, Rental
from app.domain.quotes.drafts import Draft, draft_of
from app.domain.quotes.service import create_quote
from tests.integration.booking import MONDAY, a_rental, an_event, some_equipment

TWO_DAYS = timedelta(hours=24)
"""From 10 to 10 on the shop's clock: two days are charged."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """An event with two lines of gear at 10.00 and 25.00 a day, and its quote."""

    event: Event
    speaker: Equipment
    desk: Equipment
    speakers: Rental
    desks: Rental
    version: QuoteVersion

    @property
    def key(self) -> str:
        """The key of the line with the speakers."""
        return f"rental:{self.speakers.id}"

    @property
    def other(self) -> str:
        """The key of the line with the desk."""
        return f"rental:{self.desks.id}"


async def a_quote(unit: Any, start: datetime = MONDAY, **event_values: Any) -> Quoted:
    """4 speakers and a desk for two days, which is 130.00."""
    speaker = await some_equipment(unit, 50, daily_rate=Decimal("10.00"))
    desk = await some_equipment(unit, 50, daily_rate=Decimal("25.00"))
    event = await an_event(unit, start, **event_values)
    speakers = await a_rental(unit, event, speaker, 4, heading="Sound")
    desks = await a_rental(unit, event, desk, 1, heading="Control")
    return Quoted(event, speaker, desk, speakers, desks, await create_quote(unit, event.id))


async def draft(work: Any, version_id: int) -> Draft:
    """A draft as it is now."""
    async with work() as unit:
        return await draft_of(unit.session, version_id)


def line_of(found: Draft, key: str) -> Any:
    """The line with this key as it stands on the paper."""
    return next(one.line for one in found.lines if one.key == key)
