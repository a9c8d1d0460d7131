"""The small drawing behind a figure: what is wanted against what is here, over a period."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from app.domain.availability.dates import midnight
from app.domain.availability.sweeps import Change
from app.lib.periods import Period

WIDTH, HEIGHT, GROUND, TOP = 368, 112, 92, 14
_NARROWEST: Final = 3
_LABEL: Final = 60
_MOST_TICKS: Final = 5
_HOURS: Final = (1, 2, 3, 6, 12)
_LAYERS: Final = ("late", "firm", "hold")


@dataclass(frozen=True, slots=True)
class Tick:
    """A moment under the drawing."""

    x: int
    label: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Paths in a box of WIDTH by HEIGHT: what is wanted, by kind, what of it is too much, and what is here.

    `here` is how many are here at one end of it, `here_y` where that is written, on the right with `at_end`.
    `binding` is the stretch around the moment that decides, as x and width.
    """

    layers: tuple[tuple[str, str], ...]
    over: str
    supply: str
    here: int
    here_y: int
    at_end: bool
    binding: tuple[int, int]
    ticks: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of the drawing in which nothing changes."""

    left: int
    right: int
    here: int
    wanted: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.wanted)


def drawing_of(
    changes: Sequence[Change],
    stock: int,
    period: Period,
    binding_at: datetime,
    *,
    zone: ZoneInfo,
    locale: str,
) -> Drawing:
    """Draw what stands on an equipment in a period; `changes` are of WIDTH columns."""
    parts = list(_parts(changes, stock))
    highest = max(1, *(max(part.here, part.total) for part in parts))

    def level(quantity: int) -> int:
        return GROUND - round(max(quantity, 0) * (GROUND - TOP) / highest)

    supply = f"M0 {level(parts[0].here)}" + "".join(f"V{level(part.here)}H{part.right}" for part in parts)
    at_end = _most(parts, 0, _LABEL) > _most(parts, WIDTH - _LABEL, WIDTH)
    here = parts[-1 if at_end else 0].here
    at = _x(binding_at, period)
    until = next((part.right for part in parts if part.left <= at < part.right), WIDTH)
    return Drawing(
        layers=tuple(_layers(parts, level)),
        over=_over(parts, level),
        supply=supply,
        here=here,
        here_y=level(here) - 4,
        at_end=at_end,
        binding=(min(at, WIDTH - _NARROWEST), max(until - at, _NARROWEST)),
        ticks=tuple(_ticks(period, zone, locale)),
    )


def _layers(parts: Sequence[_Part], level: Callable[[int], int]) -> Iterator[tuple[str, str]]:
    """What is wanted, layer upon layer: the name of each that there is, and its outline."""
    for place, name in enumerate(_LAYERS):
        path = "".join(
            _box(part.left, part.right, level(sum(part.wanted[:place])), level(sum(part.wanted[: place + 1])))
            for part in parts
            if part.wanted[place]
        )
        if path:
            yield name, path


def _over(parts: Sequence[_Part], level: Callable[[int], int]) -> str:
    """The outline of what is wanted beyond what is here."""
    return "".join(
        _box(part.left, part.right, level(part.here), level(part.total))
        for part in parts
        if part.total > part.here
    )


def _parts(changes: Sequence[Change], stock: int) -> Iterator[_Part]:
    """The period in stretches, left to right; those too narrow to be seen are left out."""
    by_column: dict[int, list[Change]] = {}
    for change in changes:
        by_column.setdefault(change.x, []).append(change)
    levels = {"here": stock, **dict.fromkeys(_LAYERS, 0)}
    for left, right in pairwise(sorted({0, WIDTH, *by_column})):
        for change in by_column.get(left, ()):
            levels[change.layer] += change.amount
        yield _Part(left, right, levels["here"], tuple(levels[name] for name in _LAYERS))


def _most(parts: Sequence[_Part], left: int, right: int) -> int:
    return max(part.total - part.here for part in parts if part.left < right and part.right > left)


def _x(instant: datetime, period: Period) -> int:
    share = (instant - period.start) / (period.end - period.start)
    return round(min(max(share, 0), 1) * WIDTH)


def _box(left: int, right: int, low: int, high: int) -> str:
    return f"M{left} {low}V{high}H{right}V{low}z"


def _ticks(period: Period, zone: ZoneInfo, locale: str) -> Iterator[Tick]:
    """A few full hours, or days, of the clock in `zone`."""
    length = period.end - period.start
    first = midnight(period.start.astimezone(zone).date(), zone)
    hours = next((hours for hours in _HOURS if length <= timedelta(hours=hours) * _MOST_TICKS), None)
    if hours:
        moments = [first + timedelta(hours=hours) * number for number in range(24 * 4 // hours)]
        pattern = ""
    else:
        days = -(-length.days // _MOST_TICKS) or 1
        start = period.start.astimezone(zone).date()
        moments = [midnight(start + timedelta(days=days * number), zone) for number in range(_MOST_TICKS + 2)]
        pattern = "EEE d" if days < 7 else "d MMM"  # noqa: PLR2004 - a week
    for moment in moments:
        if period.start <= moment < period.end and (x := _x(moment, period)) < WIDTH - 40:
            local = moment.astimezone(zone)
            words = pattern or ("HH:mm" if local.hour else "EEE d")
            yield Tick(x, format_datetime(local, words, locale=locale))
