"""The order of an event's lines, as pure arithmetic: groups under headings, places, and as few moves as do.

A line stands in the group of its heading; groups stand in the order in which their first lines do, and what
goes along with a line stands behind it. Whoever moves something says so relative to what is there now, so
two people who move different lines at once both get what they asked for.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

SPACING = 64
UP, DOWN = "up", "down"


class Placed(Protocol):
    """Whatever has a place in the list."""

    @property
    def id(self) -> int: ...
    @property
    def heading(self) -> str: ...
    @property
    def accessory_of_id(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line stands."""

    id: int
    heading: str
    accessory_of_id: int | None
    position: int


Line = TypeVar("Line", bound=Placed)


def in_groups(lines: Sequence[Line]) -> list[tuple[str, list[Line]]]:
    """Lines, given by position, as groups with their headings; accessories behind what they belong to."""
    known = {line.id for line in lines}
    behind: dict[int, list[Line]] = {}
    groups: dict[str, list[Line]] = {}
    for line in lines:
        if line.accessory_of_id in known:
            behind.setdefault(line.accessory_of_id, []).append(line)
        else:
            groups.setdefault(line.heading, []).append(line)
    return [(heading, list(_with(group, behind))) for heading, group in groups.items()]


def moved_by_step(places: Sequence[Place], line_id: int, step: str) -> list[Place]:
    """The list with one line a place up or down, also out of its group into the next one."""
    blocks = _blocks(places)
    at = next((place for place, block in enumerate(blocks) if block[0].id == line_id), None)
    if at is None:
        return _flat(blocks)
    other = at + (-1 if step == UP else 1)
    if not 0 <= other < len(blocks):
        return _flat(blocks)
    heading = blocks[other][0].heading
    if heading == blocks[at][0].heading:
        blocks[at], blocks[other] = blocks[other], blocks[at]
    else:
        blocks[at] = [replace(place, heading=heading) for place in blocks[at]]
    return _flat(blocks)


def moved_beside(
    places: Sequence[Place], line_id: int, other_id: int, *, behind: bool = False
) -> list[Place]:
    """The list with one line in front of another one, or behind it, in its group."""
    blocks = _blocks(places)
    mine = next((block for block in blocks if block[0].id == line_id), None)
    rest = [block for block in blocks if block is not mine]
    at = next((place for place, block in enumerate(rest) if block[0].id == other_id), None)
    if mine is None or at is None:
        return _flat(blocks)
    heading = rest[at][0].heading
    rest.insert(at + behind, [replace(place, heading=heading) for place in mine])
    return _flat(rest)


def group_moved(places: Sequence[Place], heading: str, step: str) -> list[Place]:
    """The list with a whole group one place up or down."""
    groups = in_groups(places)
    names = [name for name, _ in groups]
    if heading in names:
        at = names.index(heading)
        other = at + (-1 if step == UP else 1)
        if 0 <= other < len(groups):
            groups[at], groups[other] = groups[other], groups[at]
    return [place for _, group in groups for place in group]


def positions(order: Sequence[Place]) -> dict[int, int]:
    """The position of each line that has to change so that the lines stand in this order."""
    staying = _longest_rise([place.position for place in order])
    found: dict[int, int] = {}
    run: list[int] = []
    last = 0
    for at, place in enumerate(order):
        if at not in staying:
            run.append(place.id)
            continue
        if place.position - last <= len(run):
            return _anew(order)
        found |= _between(run, last, place.position)
        run, last = [], place.position
    return found | {line_id: last + SPACING * step for step, line_id in enumerate(run, 1)}


def _between(run: Sequence[int], low: int, high: int) -> dict[int, int]:
    return {line_id: low + (high - low) * step // (len(run) + 1) for step, line_id in enumerate(run, 1)}


def _anew(order: Sequence[Place]) -> dict[int, int]:
    wanted = {place.id: SPACING * step for step, place in enumerate(order, 1)}
    return {place.id: wanted[place.id] for place in order if place.position != wanted[place.id]}


def _longest_rise(values: Sequence[int]) -> set[int]:
    """The places of a longest strictly rising choice of values above 0: what need not move."""
    best: list[tuple[int, int]] = []
    for at, value in enumerate(values):
        before = max(
            ((best[other][0], other) for other in range(at) if best[other][0] and values[other] < value),
            default=(0, -1),
        )
        best.append((before[0] + 1, before[1]) if value > 0 else (0, -1))
    at = max(range(len(best)), key=lambda place: best[place][0], default=-1)
    chosen: set[int] = set()
    while at >= 0 and best[at][0]:
        chosen.add(at)
        at = best[at][1]
    return chosen


def _blocks(places: Sequence[Place]) -> list[list[Place]]:
    """Every line with what goes along with it, in the order of the page."""
    blocks: list[list[Place]] = []
    known = {place.id for place in places}
    for _, group in in_groups(places):
        for place in group:
            if blocks and place.accessory_of_id in known:
                blocks[-1].append(place)
            else:
                blocks.append([place])
    return blocks


def _flat(blocks: Iterable[list[Place]]) -> list[Place]:
    return [place for block in blocks for place in block]


def _with(lines: Iterable[Line], behind: dict[int, list[Line]]) -> Iterable[Line]:
    for line in lines:
        yield line
        yield from _with(behind.get(line.id, ()), behind)
