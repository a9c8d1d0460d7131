"""Pure arithmetic on steps: what is taken of one equipment over a window of time.

A window is answered by the database as steps, `(at, load)`: from `at` to the next step (or the end of the
window) `load` pieces are taken. The first step stands at the start of the window. What is free is the
stock minus the highest step, never minus the sum of everything that overlaps.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from app.lib.periods import Period


@dataclass(frozen=True, slots=True)
class Step:
    """From `at` on, `load` pieces are taken (negative: hired in and not used)."""

    at: datetime
    load: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which too much is taken: `short` is the worst of it."""

    period: Period
    short: int


def short_stretches(steps: Sequence[Step], stock: int, end: datetime) -> list[Stretch]:
    """Every unbroken time in which more is taken than there is, in order, within a window up to `end`."""
    found = list[Stretch]()
    begun: datetime | None = None
    worst = 0
    for step in steps:
        if step.load > stock:
            begun = begun or step.at
            worst = max(worst, step.load - stock)
        elif begun is not None:
            found.append(Stretch(Period(begun, step.at), worst))
            begun, worst = None, 0
    if begun is not None:
        found.append(Stretch(Period(begun, end), worst))
    return found


def together(stretches: Sequence[Stretch]) -> tuple[Stretch, ...]:
    """Stretches of several windows as one list, in order, overlapping ones joined."""
    joined = list[Stretch]()
    for stretch in sorted(stretches, key=lambda one: one.period):
        last = joined[-1] if joined else None
        if last is not None and stretch.period.start <= last.period.end:
            period = Period(last.period.start, max(last.period.end, stretch.period.end))
            joined[-1] = Stretch(period, max(last.short, stretch.short))
        else:
            joined.append(stretch)
    return tuple(joined)


def peaks_between(steps: Sequence[Step], bounds: Sequence[datetime]) -> list[int]:
    """The highest load of each `[bounds[i], bounds[i + 1])`, for ascending bounds within the window."""
    peaks = list[int]()
    position = 0
    for start, end in pairwise(bounds):
        while position + 1 < len(steps) and steps[position + 1].at <= start:
            position += 1
        highest = steps[position].load
        following = position + 1
        while following < len(steps) and steps[following].at < end:
            highest = max(highest, steps[following].load)
            following += 1
        peaks.append(highest)
    return peaks


def first_fit(steps: Sequence[Step], room: int, length_seconds: float, end: datetime) -> datetime | None:
    """The first instant from which at most `room` pieces are taken for so long; None within this window."""
    begun: datetime | None = None
    for step in steps:
        if begun is not None and (step.at - begun).total_seconds() >= length_seconds:
            return begun
        begun = None if step.load > room else begun or step.at
    if begun is not None and (end - begun).total_seconds() >= length_seconds:
        return begun
    return None
