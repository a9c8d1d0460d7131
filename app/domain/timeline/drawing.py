"""The rows of a page with their bars: what stands on each, in lanes, and where it is too much."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.availability.claims import Claim, Shortfall, claims_of, shortfalls_of
from app.domain.availability.policy import Step, peaks_between, short_stretches
from app.domain.availability.queries import Window, steps_of
from app.domain.timeline.bars import MINUS, MOST_LANES, Bar, claim_bar, in_lanes, short_bars
from app.domain.timeline.clock import Clock
from app.domain.timeline.filters import TimelineFilter
from app.domain.timeline.queries import Row
from app.domain.timeline.scale import Head, Scale
from app.domain.timeline.unit_queries import unit_claims

MOST_BARS = 80


@dataclass(frozen=True, slots=True)
class DrawnRow:
    """A row with its bars in lanes; `shortfall` is None for units."""

    row: Row
    bars: Sequence[Bar]
    lanes: int
    shortfall: Shortfall | None


@dataclass(frozen=True, slots=True)
class Canvas:
    """What rows are drawn on: the filter with its columns, the cells of sums, the clock, the moment."""

    chosen: TimelineFilter
    scale: Scale
    cells: Sequence[Head]
    clock: Clock
    moment: datetime


async def drawn(reading: AsyncConnection, rows: Sequence[Row], canvas: Canvas) -> list[DrawnRow]:
    """The rows with everything on them, in two statements and one more when some are crowded."""
    period, moment = canvas.scale.period, canvas.moment
    if canvas.chosen.of_units:
        found = await unit_claims(reading, [row.unit_id for row in rows], period, moment)
    else:
        windows = [Window(row.equipment_id, period) for row in rows]
        found = await claims_of(reading, windows, most=MOST_BARS + 1, moment=moment)
    placed = [_placed(claims, canvas) for claims in found]
    if canvas.chosen.of_units:
        return [DrawnRow(row, bars, max(lanes, 1), None) for row, (bars, lanes, _) in _each(rows, placed)]
    crowded = [Window(row.equipment_id, period) for row, (*_, too_much) in _each(rows, placed) if too_much]
    others = [Window(row.equipment_id, period) for row, (*_, too_much) in _each(rows, placed) if not too_much]
    short = iter(await shortfalls_of(reading, others, moment=moment))
    steps = iter(await steps_of(reading, crowded, moment=moment))
    return [
        _with_sums(row, next(steps), canvas)
        if too_much
        else _with_shortages(DrawnRow(row, bars, lanes, next(short)), canvas)
        for row, (bars, lanes, too_much) in _each(rows, placed)
    ]


_Placed = tuple[list[Bar], int, bool]


def _each(rows: Sequence[Row], placed: Sequence[_Placed]) -> Iterable[tuple[Row, _Placed]]:
    return zip(rows, placed, strict=True)


def _placed(claims: Sequence[Claim], canvas: Canvas) -> _Placed:
    """The bars in lanes, how many lanes, and whether they are too many to tell apart."""
    bars, lanes = in_lanes([claim_bar(claim, canvas.scale, canvas.moment, canvas.clock) for claim in claims])
    return bars, lanes, not canvas.chosen.of_units and (len(claims) > MOST_BARS or lanes > MOST_LANES)


def _with_shortages(one: DrawnRow, canvas: Canvas) -> DrawnRow:
    """The row with red bars in a lane of their own, below all others."""
    stretches = one.shortfall.stretches if one.shortfall else ()
    path = f"/inventory/{one.row.equipment_id}/availability"
    red, more = in_lanes(short_bars(stretches, canvas.scale, canvas.clock, path))
    bars = [*one.bars, *(replace(bar, lane=bar.lane + one.lanes) for bar in red)]
    return replace(one, bars=bars, lanes=max(one.lanes + more, 1))


def _with_sums(row: Row, steps: Sequence[Step], canvas: Canvas) -> DrawnRow:
    """A row on which too much stands to tell apart: what is taken at most, cell by cell."""
    bounds = [canvas.cells[0].period.start, *(cell.period.end for cell in canvas.cells)]
    bars = [
        _sum(cell, peak, row, canvas)
        for cell, peak in zip(canvas.cells, peaks_between(steps, bounds), strict=True)
        if peak
    ]
    stretches = short_stretches(steps, row.stock, canvas.scale.period.end)
    shortfall = Shortfall(row.stock, max(step.load for step in steps), tuple(stretches))
    return _with_shortages(DrawnRow(row, bars, 1, shortfall), canvas)


def _sum(cell: Head, peak: int, row: Row, canvas: Canvas) -> Bar:
    clock, finer = canvas.clock, canvas.scale.zoom.finer
    href = (
        canvas.chosen.query(zoom=finer, on=cell.day.isoformat(), item=str(row.equipment_id))
        if finer
        else f"/inventory/{row.equipment_id}/availability?{clock.query(cell.period)}"
    )
    taken = str(peak).replace("-", MINUS)
    hint = f"{taken} of {row.stock} taken, {clock.span(cell.period.start, cell.period.end)}"
    return Bar(
        f"sum-{cell.place.first}", href, taken, "", hint, "slate", "is-sum", cell.place, explains=not finer
    )
