"""Whom an overbooking on purpose concerns besides the event it was done for: computed, never stored."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import Rental, User
from app.domain.availability.claims import claims_of, shortfalls_of
from app.domain.availability.queries import Window
from app.domain.events.line_queries import EventLine
from app.lib.history import name_of


@dataclass(frozen=True, slots=True)
class Overbooked:
    """Another event that was overbooked on purpose while this one is out, and the equipment they share.

    `by` is who did it, for the `reason`.
    """

    event_id: int
    event_name: str
    equipment_id: int
    equipment_name: str
    quantity: int
    short: int
    by: str
    reason: str


async def overbooked_beside(
    reading: AsyncConnection, event_id: int, lines: Sequence[EventLine]
) -> list[Overbooked]:
    """Overbookings of others that leave these lines of an event short: three statements, however many."""
    windows = {line.equipment.id: Window(line.equipment.id, line.period) for line in lines if line.short}
    names = {line.equipment.id: line.equipment.name for line in lines}
    asked = list(windows.values())
    shortfalls = await shortfalls_of(reading, asked)
    claims = await claims_of(reading, asked, pencils=False)
    reasons = await _reasons(
        reading, [claim.rental_id for its in claims for claim in its if claim.overbooked]
    )
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
                        claim.event_id,
                        claim.event_name,
                        window.equipment_id,
                        name,
                        claim.quantity,
                        worst,
                        *reasons.get(claim.rental_id, ("", "")),
                    )
                )
    return found


async def _reasons(
    reading: AsyncConnection, rental_ids: Sequence[int | None]
) -> dict[int | None, tuple[str, str]]:
    """Who overbooked each line, and why."""
    if not rental_ids:
        return {}
    statement = (
        select(Rental.id, name_of(User), Rental.overbook_reason)
        .join(User, User.id == Rental.overbooked_by_id)
        .where(Rental.id.in_(rental_ids))
    )
    return {key: (name, reason) for key, name, reason in await reading.execute(statement)}
