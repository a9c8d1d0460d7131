"""Why so many are free, and no more: the figure, all that stands behind it, and a drawing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from app.domain.availability.claims import (
    Claim,
    Connection,
    Figure,
    figures_of,
    shortfalls_of,
)
from app.domain.availability.drawing import WIDTH, Drawing, drawing_of
from app.domain.availability.policy import Stretch
from app.domain.availability.queries import Window
from app.domain.availability.sweeps import profile_of
from app.lib.clock import now
from app.lib.periods import Period

_LONGEST_DRAWN: Final = timedelta(days=31)
_MOST_NAMED: Final = 20


@dataclass(frozen=True, slots=True)
class Causes:
    """What stands at a moment: those that are named, how many `more` there are, of how many pieces."""

    named: tuple[Claim, ...]
    more: int
    pieces: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is free of one equipment in a period, and why. `short` is when too much is taken.

    `day` is the day of the shop on which most is taken; `event_id` the event for which it is asked, if it is.
    """

    period: Period
    stock: int
    figure: Figure
    short: tuple[Stretch, ...]
    drawing: Drawing
    day: date
    event_id: int | None = None

    @property
    def hired(self) -> Causes:
        """What is hired in at the binding moment."""
        return self._causes(lambda one: one.kind == "sub_hire" and one.state != "pencil")

    @property
    def taking(self) -> Causes:
        """What takes the equipment at the binding moment."""
        return self._causes(lambda one: one.kind != "sub_hire" and one.state != "pencil")

    @property
    def pencils(self) -> Causes:
        """What would take it on top at the binding moment."""
        return self._causes(lambda one: one.kind != "sub_hire" and one.state == "pencil")

    @property
    def drafts(self) -> Causes:
        """What would be hired in at the binding moment, if it were ordered."""
        return self._causes(lambda one: one.kind == "sub_hire" and one.state == "pencil")

    def _causes(self, wanted: Callable[[Claim], bool]) -> Causes:
        """The event that asks, what is late and what takes most are named, by when they begin."""
        found = [claim for claim in self.figure.claims if wanted(claim)]
        weighed = sorted(found, key=lambda one: (one.event_id != self.event_id, not one.late, -one.quantity))
        named = {claim.id for claim in weighed[:_MOST_NAMED]}
        rest = [claim.quantity for claim in found if claim.id not in named]
        return Causes(tuple(claim for claim in found if claim.id in named), len(rest), sum(rest))


async def explanation_of(
    connection: Connection,
    equipment_id: int,
    period: Period,
    *,
    zone: ZoneInfo,
    shop: ZoneInfo,
    locale: str,
    event_id: int | None = None,
    moment: datetime | None = None,
) -> Explanation | None:
    """Explain the figure of one equipment in four statements, five when it is short; None without it.

    `zone` is the clock of whoever reads it.
    """
    moment = moment or now()
    found = await figures_of(connection, [equipment_id], period, moment=moment)
    if not found:
        return None
    (figure,) = found
    short = tuple[Stretch, ...]()
    if figure.free < 0:
        (shortfall,) = await shortfalls_of(connection, [Window(equipment_id, period)], moment=moment)
        short = shortfall.stretches
    drawn = _drawn(period, figure.binding_at)
    changes = await profile_of(connection, Window(equipment_id, drawn), WIDTH, moment=moment)
    drawing = drawing_of(changes, figure.stock, drawn, figure.binding_at, zone=zone, locale=locale)
    day = figure.binding_at.astimezone(shop).date()
    return Explanation(period, figure.stock, figure, short, drawing, day, event_id)


def _drawn(period: Period, binding_at: datetime) -> Period:
    """The part of a long period around the moment that decides."""
    if period.end - period.start <= _LONGEST_DRAWN:
        return period
    start = max(period.start, min(binding_at - _LONGEST_DRAWN / 3, period.end - _LONGEST_DRAWN))
    return Period(start, start + _LONGEST_DRAWN)
