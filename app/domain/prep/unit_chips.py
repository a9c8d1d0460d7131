"""The units of the line at hand as chips: those it has, then those that are suggested."""

from collections.abc import Sequence

from app.domain.availability.queries import Connection
from app.domain.events.allocation_queries import UnitChoice, units_of_line
from app.domain.prep.bench_queries import Chip, units_of_bench_line
from app.domain.prep.policy import PICKED
from app.domain.prep.queries import BenchLine
from app.domain.prep.unit_queries import HERE

SPARE, MOST_SUGGESTED, MOST_SHOWN = 2, 12, 60


async def chips_of(connection: Connection, line: BenchLine | None, step: str, *, near: bool) -> list[Chip]:
    """The units of a serialized line, none for another; `near` puts suggestions in the order of places.

    Else those used longest ago come first, and those that were promised to the line before them.
    """
    if line is None or not line.serialized:
        return []
    its = (await units_of_bench_line(connection, line.id, step))[:MOST_SHOWN]
    here = [chip for chip in its if chip.is_done or not chip.is_out]
    missing = line.counts.wanted - line.counts.at(PICKED)
    if missing <= 0:
        return here
    taken = {chip.id for chip in its}
    free = [one for one in (await units_of_line(connection, line.id)).units if _is_free(one, taken)]
    free.sort(key=lambda one: (not one.is_bound, one.location, one.asset_tag) if near else not one.is_bound)
    return here + _suggested(free, missing)


def _suggested(free: Sequence[UnitChoice], missing: int) -> list[Chip]:
    shown = free[: min(missing + SPARE, MOST_SUGGESTED)]
    return [Chip(one.id, one.asset_tag, is_done=False) for one in shown]


def _is_free(one: UnitChoice, taken: set[int]) -> bool:
    return one.is_free and one.state in HERE and one.id not in taken
