"""Gear for some dates, as somebody chooses it: whether it is there, and why not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import Equipment, Event, Rental
from app.domain.availability.claims import Figure, figure_of
from app.domain.availability.queries import Window
from app.domain.calendar import queries
from app.domain.events.demand import Line, block_period
from app.domain.events.policy import period_errors
from app.domain.events.rules import MOST
from app.lib.fields import Reader, local_instant, read_fields, reference, whole_number, words
from app.lib.periods import Period


@dataclass(frozen=True, slots=True)
class Offer:
    """What was chosen of an equipment, and what is free of it then.

    `period` is when others cannot have it: with the times to prepare it and to turn it around. Without
    dates that make sense there is no figure. `event` is the one it is for; None for a new one.
    """

    typed: Mapping[str, str]
    event: Any = None
    quantity: int = 1
    start: datetime | None = None
    end: datetime | None = None
    period: Period | None = None
    figure: Figure | None = None
    errors: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def fits(self) -> bool:
        """Whether so many are free."""
        return not self.errors and self.figure is not None and self.figure.free >= self.quantity

    @property
    def short(self) -> int:
        """How many are missing."""
        return max(0, self.quantity - self.figure.free) if self.figure else 0

    @property
    def own_period(self) -> dict[str, datetime | None]:
        """The period of the line, where it is not that of its event."""
        if self.event is None or (self.start, self.end) == (self.event.out_start, self.event.out_end):
            return {}
        return {"start_at": self.start, "end_at": self.end}


def readers(zone: ZoneInfo) -> dict[str, Reader]:
    """How the form is read; moments are those of the clock in `zone`."""
    return {
        "out_start": local_instant(zone),
        "out_end": local_instant(zone),
        "quantity": whole_number(1, MOST),
        "event_id": reference(),
        "name": words(200),
    }


async def offer_of(
    reading: AsyncConnection, equipment: Any, typed: Mapping[str, str], zone: ZoneInfo, *, final: bool = False
) -> Offer:
    """What was chosen, with what is free then. `final` also asks for what a new event needs."""
    read = read_fields({"quantity": "1", **typed}, readers(zone))
    values, errors = read.values, dict(read.errors)
    event = None
    if values.get("event_id"):
        found = await queries.open_events(reading, values["event_id"])
        event = next((one for one in found if one.id == values["event_id"]), None)
        if event is None:
            errors["event_id"] = "This event is over, or does not exist."
    start, end = values.get("out_start"), values.get("out_end")
    if event is not None and start is None and end is None and not errors:
        start, end = event.out_start, event.out_end
    if final and event is None and not values.get("name"):
        errors.setdefault("name", "Give the new event a name.")
    if final or (start is not None and end is not None):
        errors = {**period_errors(start, end, "out_start", "out_end"), **errors}
    if {"out_start", "out_end", "quantity"} & set(errors) or start is None or end is None:
        return Offer(typed, event, values.get("quantity") or 1, start, end, errors=errors)
    period = _blocked(equipment, start, end)
    figure = await figure_of(reading, Window(equipment.id, period))
    return Offer(typed, event, values["quantity"], start, end, period, figure, errors)


def _blocked(equipment: Any, start: datetime, end: datetime) -> Period:
    line = Line(
        Rental(),
        Equipment(
            kind=equipment.kind,
            prep_minutes=equipment.prep_minutes,
            turnaround_minutes=equipment.turnaround_minutes,
        ),
    )
    return block_period(Event(out_start=start, out_end=end), line)
