"""Which events are short of something in the coming weeks, and of how much, for lists of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.availability.claims import claims_of
from app.domain.availability.queries import Window
from app.domain.availability.shortages import COMING, shortages_between
from app.domain.events.queries import EventFacts
from app.lib.periods import Period


async def short_lines(reading: AsyncConnection, period: Period, moment: datetime) -> dict[int, int]:
    """The events that take something while it is short in the period, and how many of their lines do.

    Two statements, however many there are. What is late itself does not wait for anything: it is left out.
    """
    short = await shortages_between(reading, period, moment=moment)
    windows = [Window(one.equipment_id, stretch.period) for one in short for stretch in one.stretches]
    lines = dict[int, set[int]]()
    for claims in await claims_of(reading, windows, pencils=False, moment=moment):
        for claim in claims:
            if claim.event_id and claim.rental_id and claim.state != "returned" and not claim.late:
                lines.setdefault(claim.event_id, set()).add(claim.rental_id)
    return {event_id: len(its) for event_id, its in lines.items()}


async def coming_short_lines(reading: AsyncConnection, moment: datetime) -> dict[int, int]:
    """The same for all that is short in the coming weeks."""
    return await short_lines(reading, Period(moment, moment + COMING), moment)


async def short_lines_among(
    reading: AsyncConnection, events: Sequence[EventFacts], moment: datetime
) -> Mapping[int, int]:
    """The same for these events alone: only the time in which they are out is looked at."""
    since = max(moment, min((one.out_start for one in events), default=moment))
    until = min(moment + COMING, max((one.out_end for one in events), default=moment))
    return await short_lines(reading, Period(since, until), moment) if since < until else {}
