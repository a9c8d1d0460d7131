"""Pure rules of the workbench: a plan with something on top, and who gives way first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.availability.policy import Step, first_fit
from app.lib.periods import Period

FIRMNESS = {"draft": 0, "quoted": 0, "requested": 1, "held": 1, "confirmed": 2}
"""How firmly the lines of an event stand; what is not in it does not move."""

Own = tuple[int, Period]
"""So many pieces for a period; below zero they are taken out of the plan."""


def with_own(steps: Sequence[Step], own: Sequence[Own]) -> list[Step]:
    """The steps of a window with further pieces on top of them."""
    if not own or not steps:
        return list(steps)
    begin = steps[0].at
    edges = {max(edge, begin) for _, period in own for edge in (period.start, period.end)}
    found = list[Step]()
    for at in sorted({step.at for step in steps} | edges):
        load = next(step.load for step in reversed(steps) if step.at <= at)
        found.append(Step(at, load + sum(many for many, period in own if period.start <= at < period.end)))
    return found


@dataclass(frozen=True, slots=True)
class Part:
    """What an event takes of one equipment, to be fitted into the rest of the plan.

    It is taken from `ahead` after the start of the event on (before it, where that is negative) for `length`;
    at most `room` pieces may be taken by others then.
    """

    steps: Sequence[Step]
    room: int
    ahead: timedelta
    length: timedelta

    def first_start(self, start: datetime, end: datetime) -> datetime | None:
        """The first start of the event, from `start` on, at which this fits; steps are known up to `end`."""
        begin = start + self.ahead
        known = [Step(begin, step.load) for step in self.steps if step.at <= begin][-1:]
        later = [step for step in self.steps if step.at > begin]
        at = first_fit([*known, *later], self.room, self.length.total_seconds(), end)
        return None if at is None else at - self.ahead


def first_start(parts: Sequence[Part], start: datetime, until: datetime, end: datetime) -> datetime | None:
    """The first start from `start` up to `until` at which all parts of an event fit, if there is one."""
    while start <= until:
        fits = [part.first_start(start, end) for part in parts]
        known = [one for one in fits if one is not None]
        if len(known) < len(fits):
            return None
        # each moves it on to where it fits by itself, until none does
        latest = max([start, *known])
        if latest == start:
            return start
        start = latest
    return None
