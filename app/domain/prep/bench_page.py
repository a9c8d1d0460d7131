"""What the page of an event at the bench shows, whole or in parts. The number of statements is fixed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from app.domain.availability.queries import Connection
from app.domain.prep.acknowledging import OfficeChange, office_changes
from app.domain.prep.bench_queries import (
    BenchEvent,
    News,
    Undoable,
    boxes_of,
    last_done,
    last_undoable,
)
from app.domain.prep.pick_list import Group, groups_of, is_shown, to_put_back
from app.domain.prep.policy import FULFILMENT_WORDS, STEP_WORDS, fulfilment, progress
from app.domain.prep.queries import BenchLine, lines_of_event
from app.domain.prep.unit_chips import Chips, chips_of
from app.domain.prep.views import NEAREST, View

REASONS = ("Taken by mistake", "Counted twice", "Faulty", "Not needed any more")
"""Why something is taken back; other words may be typed."""
TAKING_REASONS = ("Agreed with the office", "The other one is faulty", "There is no time to swap")
"""Why something is taken that others are promised."""


@dataclass(frozen=True, slots=True)
class Bench:
    """An event at the bench, as one person looks at it."""

    event: BenchEvent
    view: View
    lines: Sequence[BenchLine]
    groups: Sequence[Group]
    changes: Sequence[OfficeChange]
    last: dict[int, tuple[str, datetime]]
    undoable: Undoable | None
    units: Chips
    boxes: Mapping[int, str]
    rows: Sequence[BenchLine] = ()
    heads: Sequence[Group] = ()
    whole: bool = True

    @property
    def progress(self) -> tuple[int, int]:
        """How many pieces took the step, of how many."""
        return progress([line.counts for line in self.lines], self.view.step)

    @property
    def fulfilment(self) -> tuple[str, str, str]:
        """Where the gear is: word, tone and shape."""
        return FULFILMENT_WORDS[fulfilment([line.counts for line in self.lines], self.event.steps)]

    @property
    def left_over(self) -> int:
        """How many pieces are to be put back."""
        return sum(to_put_back(line) for line in self.lines)

    @property
    def address(self) -> str:
        """Where the page of the event is."""
        return f"/prep/{self.event.id}"


async def whole_bench(connection: Connection, event: BenchEvent, view: View, viewer_id: int) -> Bench:
    """All of the page."""
    lines = await lines_of_event(connection, event.id)
    undoable = await last_undoable(connection, event.id, viewer_id)
    return await _bench(connection, event, view, lines, undoable)


async def parts_of_bench(
    connection: Connection,
    event: BenchEvent,
    view: View,
    *,
    news: News,
    undoable: Undoable | None,
    also: Collection[int] = (),
    known: str = "",
) -> Bench:
    """What changed on the page: the rows of `news` and `also` with their headings, and what stands around.

    `known` are the units that the page may suggest (unit_chips.py).
    """
    lines = await lines_of_event(connection, event.id)
    changed = news.rental_ids | set(also)
    whole = news.whole or not news.rental_ids <= {line.id for line in lines if is_shown(line)}
    told = None if whole else [line.id for line in lines if line.id in changed and _is_done(line, view)]
    bench = await _bench(connection, event, view, lines, undoable, told=told, known=known)
    heads = [group for group in bench.groups if any(line.id in changed for line in group.lines)]
    return replace(
        bench,
        rows=[line for group in heads for line in group.lines if line.id in changed],
        heads=heads,
        whole=whole,
    )


async def _bench(
    connection: Connection,
    event: BenchEvent,
    view: View,
    lines: Sequence[BenchLine],
    undoable: Undoable | None,
    *,
    told: Sequence[int] | None = None,
    known: str = "",
) -> Bench:
    """The page over these lines, with who did the lines that are `told`, all by default."""
    groups = groups_of(lines, view.by)
    at = _at(lines, groups, view)
    changes = await office_changes(connection, event.id, lines)
    return Bench(
        event=event,
        view=replace(view, at=at.id if at else None),
        lines=lines,
        groups=groups,
        changes=changes,
        last=await last_done(connection, event.id, view.step, told),
        undoable=undoable,
        units=await chips_of(connection, at, view.step, near=view.units == NEAREST, known=known),
        boxes=await boxes_of(connection, [one.rental_id for one in changes if one.to_put_back]),
    )


def bench_context(bench: Bench) -> dict[str, Any]:
    """What the templates of the bench are given."""
    return {
        "bench": bench,
        "event": bench.event,
        "view": bench.view,
        "step_words": STEP_WORDS,
        "nonce": uuid4,
        "to_put_back": to_put_back,
        "reasons": REASONS,
        "taking_reasons": TAKING_REASONS,
    }


def _at(lines: Sequence[BenchLine], groups: Sequence[Group], view: View) -> BenchLine | None:
    """The line that was acted on, else the first that is not done."""
    chosen = next((line for line in lines if line.id == view.at and is_shown(line)), None)
    if chosen is not None:
        return chosen
    in_order = (line for group in groups for line in group.lines)
    return next((line for line in in_order if not _is_done(line, view)), None)


def _is_done(line: BenchLine, view: View) -> bool:
    return line.counts.at(view.step) >= line.counts.wanted
