"""How many of several equipment are free over a longer time: by day, or by every change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from app.domain.availability.dates import midnight
from app.domain.availability.policy import peaks_between
from app.domain.availability.queries import Connection, Window, steps_of, stock_of
from app.domain.availability.sweeps import day_peaks_of
from app.lib.clock import now
from app.lib.periods import Period

By = Literal["day", "step"]
LONGEST = timedelta(days=367)


@dataclass(frozen=True, slots=True)
class Timeline:
    """The points of one equipment: from `at` on so many are free, and so many if every pencil came true."""

    equipment_id: int
    stock: int
    points: tuple[tuple[datetime, int, int], ...]


async def timelines_of(
    connection: Connection, equipment_ids: Sequence[int], period: Period, *, zone: str, by: By
) -> list[Timeline]:
    """A timeline for each equipment that exists: in two statements by day, in three by step.

    By day each point is a day on the clock in `zone` (the first begins with the period) and says the fewest
    that are free at any moment of it; by step there is a point for every change.
    """
    moment, stock = now(), await stock_of(connection, equipment_ids)
    existing = [key for key in equipment_ids if key in stock]
    if by == "day":
        bounds = day_bounds(period, ZoneInfo(zone))
        peaks = await day_peaks_of(connection, existing, bounds, moment=moment)
        loads = [[(at, *both) for at, both in zip(bounds[:-1], days, strict=True)] for days in peaks]
    else:
        loads = await _changes(connection, [Window(key, period) for key in existing], moment)
    return [
        Timeline(
            key,
            stock[key].quantity,
            tuple((at, stock[key].quantity - load, stock[key].quantity - more) for at, load, more in points),
        )
        for key, points in zip(existing, loads, strict=True)
    ]


def day_bounds(period: Period, zone: ZoneInfo) -> list[datetime]:
    """The start of the period, every midnight in it on the clock in `zone`, and its end."""
    bounds = [period.start]
    day = period.start.astimezone(zone).date() + timedelta(days=1)
    while (begin := midnight(day, zone)) < period.end:
        # a day that a place skipped has no length
        if begin > bounds[-1]:
            bounds.append(begin)
        day += timedelta(days=1)
    return [*bounds, period.end]


async def _changes(
    connection: Connection, windows: Sequence[Window], moment: datetime
) -> list[list[tuple[datetime, int, int]]]:
    plain = await steps_of(connection, windows, moment=moment)
    pencilled = await steps_of(connection, windows, pencils=True, moment=moment)
    found = list[list[tuple[datetime, int, int]]]()
    for window, steps, more in zip(windows, plain, pencilled, strict=True):
        bounds = [*sorted({step.at for step in (*steps, *more)}), window.period.end]
        peaks = zip(bounds[:-1], peaks_between(steps, bounds), peaks_between(more, bounds), strict=True)
        found.append(list(peaks))
    return found
