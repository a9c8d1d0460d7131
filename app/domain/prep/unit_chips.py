"""The units of the line at hand as chips: those it has, then those that are suggested.

Finding suggestions looks at every unit of an equipment. So more are looked up than are shown, and the page
says with every request which it knows of (`known_units`): as long as enough of them are still here, those are
what is suggested.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.availability.queries import Connection
from app.domain.events.allocation_queries import free_units_of_line
from app.domain.prep.bench_queries import Chip, units_of_bench_line
from app.domain.prep.policy import PICKED
from app.domain.prep.queries import BenchLine
from app.domain.prep.unit_queries import HERE

SPARE, MOST_SUGGESTED, MOST_KNOWN = 2, 12, 48
MOST_SHOWN, MOST_LISTED = 12, 300
"""How many of the units that were picked the list shows, and how many the line by itself."""
_KNOWN = re.compile(rf"\d{{1,18}}( \d{{1,18}}){{0,{MOST_KNOWN}}}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Chips:
    """What is shown of a line's units: those it has `got` at a step, and how many `more`; those to take.

    `known` is the line with the units that may be suggested for it.
    """

    got: Sequence[Chip] = ()
    to_take: Sequence[Chip] = ()
    known: str = ""
    more: int = 0


async def chips_of(
    connection: Connection,
    line: BenchLine | None,
    step: str,
    *,
    near: bool,
    known: str = "",
    most_picked: int = MOST_SHOWN,
) -> Chips:
    """The units of a serialized line, none for another; `near` puts suggestions in the order of places.

    Else those used longest ago come first, and those that were promised to the line before them. `known` is
    what an earlier answer knew of.
    """
    if line is None or not line.serialized:
        return Chips()
    its, free = await units_of_bench_line(
        connection, line, step, most_picked, known=known_units(known, line.id), states=HERE
    )
    got = [chip for chip in its if chip.is_done]
    waiting = [chip for chip in its if not chip.is_done and not chip.is_out]
    shown = len(got) + len(waiting)
    more = max(line.counts.picked - line.counts.dispatched - shown, 0) if len(its) == most_picked else 0
    missing = line.counts.wanted - line.counts.at(PICKED)
    if missing <= 0:
        return Chips(got, waiting, more=more)
    most = min(missing + SPARE, MOST_SUGGESTED)
    if len(free) < min(missing, MOST_SUGGESTED):
        found = await free_units_of_line(connection, line.id, HERE, most=MOST_KNOWN, near=near)
        taken = {chip.id for chip in its}
        free = [Chip(*unit, is_done=False) for unit in found if unit[0] not in taken]
    known = " ".join(map(str, (line.id, *(chip.id for chip in free))))
    return Chips(got, waiting + free[:most], known, more)


def known_units(text: str, rental_id: int) -> list[int]:
    """The units that a page knows of for a line; none when it is what it knows of another."""
    given = [int(part) for part in text.split()] if _KNOWN.fullmatch(text) else []
    return given[1:] if given[:1] == [rental_id] else []
