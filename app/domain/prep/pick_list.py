"""The list that is picked, in the order somebody walks: by place or by category, accessories beneath."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from app.domain.prep.policy import progress
from app.domain.prep.queries import BenchLine

BY_LOCATION, BY_CATEGORY = "location", "category"
ORDERS: Final = {BY_LOCATION: "By location", BY_CATEGORY: "By category"}


@dataclass(frozen=True, slots=True)
class Group:
    """Lines under one heading; `key` stays the same as long as the list does."""

    key: int
    label: str
    lines: tuple[BenchLine, ...]

    def progress(self, step: str) -> tuple[int, int]:
        """How many pieces under this heading took a step, of how many."""
        return progress([line.counts for line in self.lines], step)


def is_shown(line: BenchLine) -> bool:
    """Whether a line is on the list: it is wanted, or some of it is to be put back."""
    return bool(line.counts.wanted or line.counts.picked)


def to_put_back(line: BenchLine) -> int:
    """How many pieces were picked that are not wanted any more, and have not left."""
    return line.counts.to_put_back


def groups_of(lines: Sequence[BenchLine], by: str) -> list[Group]:
    """The lines that are shown under their headings; what goes along with a line stands beneath it."""
    shown = [line for line in lines if is_shown(line)]
    found = dict[str, list[BenchLine]]()
    for line in _with_what_goes_along(shown):
        for one in line:
            found.setdefault(_heading(line[0], by), []).append(one)
    headings = found if by == BY_LOCATION else sorted(found)
    return [Group(found[label][0].id, label, tuple(found[label])) for label in headings]


def _heading(line: BenchLine, by: str) -> str:
    if by == BY_CATEGORY:
        return line.category
    return line.location or "No location"


def _with_what_goes_along(lines: Sequence[BenchLine]) -> Iterator[list[BenchLine]]:
    """Each line together with its accessories; an accessory whose line is not here stands by itself."""
    keys = {line.id for line in lines}
    along = dict[int, list[BenchLine]]()
    for line in lines:
        if line.accessory_of_id in keys:
            along.setdefault(line.accessory_of_id or 0, []).append(line)
    for line in lines:
        if line.accessory_of_id not in keys:
            yield [line, *_below(line, along)]


def _below(line: BenchLine, along: dict[int, list[BenchLine]]) -> Iterator[BenchLine]:
    for one in along.get(line.id, []):
        yield one
        yield from _below(one, along)
