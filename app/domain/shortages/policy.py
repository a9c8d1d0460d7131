"""Pure rules of the workbench: a plan with something on top, and who gives way first."""

from collections.abc import Sequence

from app.domain.availability.policy import Step
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
