"""Whom an overbooking on purpose concerns besides the event it was done for: computed, never stored."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.availability.claims import claims_of, shortfalls_of
from app.domain.availability.queries import Window
from app.domain.events.line_queries import EventLine


@dataclass(frozen=True, slots=True)
class Overbooked:
    """Another event that was overbooked on purpose while this one is out, and the equipment they share."""

    event_id: int
    event_name: str
    equipment_id: int
    equipment_name: str
    quantity: int
    short: int


async def overbooked_beside(
    reading: AsyncConnection, event_id: int, lines: Sequence[EventLine]
) -> list[Overbooked]:
    """Overbookings of others that leave these lines of an event short: two statements, however many."""
    windows = {line.equipment.id: Window(line.equipment.id, line.period) for line in lines if line.short}
    names = {line.equipment.id: line.equipment.name for line in lines}
    asked = list(windows.values())
    shortfalls = await shortfalls_of(reading, asked)
    claims = await claims_of(reading, asked, pencils=False)
    found = list[Overbooked]()
    for window, shortfall, its in zip(asked, shortfalls, claims, strict=True):
        for claim in its:
            worst = max(
                (
                    one.short
                    for one in shortfall.stretches
                    if one.period.start < claim.end_at and claim.start_at < one.period.end
                ),
                default=0,
            )
            if claim.overbooked and worst and claim.event_id is not None and claim.event_id != event_id:
                name = names[window.equipment_id]
                found.append(
                    Overbooked(
                        claim.event_id, claim.event_name, window.equipment_id, name, claim.quantity, worst
                    )
                )
    return found
