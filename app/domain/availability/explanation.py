"""Why so many are free, and no more: the figure, all that stands behind it, and a drawing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
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


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is free of one equipment in a period, and why. `short` is when too much is taken."""

    period: Period
    stock: int
    figure: Figure
    short: tuple[Stretch, ...]
    drawing: Drawing

    @property
    def pencils(self) -> list[Claim]:
        """What would come on top at the binding moment."""
        return [claim for claim in self.figure.claims if claim.state == "pencil"]

    @property
    def hired(self) -> list[Claim]:
        """What is hired in at the binding moment."""
        return [claim for claim in self._firm if claim.kind == "sub_hire"]

    @property
    def taking(self) -> list[Claim]:
        """What takes the equipment at the binding moment."""
        return [claim for claim in self._firm if claim.kind != "sub_hire"]

    @property
    def _firm(self) -> list[Claim]:
        return [claim for claim in self.figure.claims if claim.state != "pencil"]


async def explanation_of(
    connection: Connection,
    equipment_id: int,
    period: Period,
    *,
    zone: ZoneInfo,
    locale: str,
    moment: datetime | None = None,
) -> Explanation | None:
    """Explain the figure of one equipment in four statements, five when it is short; None without it."""
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
    return Explanation(period, figure.stock, figure, short, drawing)


def _drawn(period: Period, binding_at: datetime) -> Period:
    """The part of a long period around the moment that decides."""
    if period.end - period.start <= _LONGEST_DRAWN:
        return period
    start = max(period.start, min(binding_at - _LONGEST_DRAWN / 3, period.end - _LONGEST_DRAWN))
    return Period(start, start + _LONGEST_DRAWN)
