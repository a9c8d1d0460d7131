"""Asking what is taken. docs/availability.md explains the index and the sweep behind `availability_steps`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import ARRAY, BigInteger, DateTime, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.domain.availability.policy import Step
from app.lib.clock import now
from app.lib.periods import Period

Connection = AsyncConnection | AsyncSession

CLASSES = """
    class (number, longest) as (
      values (0::smallint, interval '8 hours'), (1::smallint, interval '32 hours'),
        (2::smallint, interval '128 hours'), (3::smallint, interval '512 hours'),
        (4::smallint, interval '2048 hours'), (5::smallint, interval '8192 hours'),
        (6::smallint, interval '876000 hours')
    )
"""
"""The longest period in each duration class, as a common table expression."""

_WINDOWS = (
    bindparam("ids", type_=ARRAY(BigInteger)),
    bindparam("starts", type_=ARRAY(DateTime(timezone=True))),
    bindparam("ends", type_=ARRAY(DateTime(timezone=True))),
    bindparam("moment", type_=DateTime(timezone=True)),
)
_STEPS = text(
    "select n, at, load from availability_steps(:ids, :starts, :ends, :pencils, :moment) order by n, at"
).bindparams(*_WINDOWS)
_PEAKS = text(
    "select n, max(load) as peak from availability_steps(:ids, :starts, :ends, :pencils, :moment) group by n"
).bindparams(*_WINDOWS)
# for one window alone: sets of them are swept together faster than one by one
_PEAK = text("select availability_peak(:item, :since, :until, :moment)").bindparams(
    bindparam("item", type_=BigInteger),
    *(bindparam(name, type_=DateTime(timezone=True)) for name in ("since", "until", "moment")),
)
_STOCK = text("select id, name, quantity from equipment where id = any(:ids)").bindparams(
    bindparam("ids", type_=ARRAY(BigInteger))
)


@dataclass(frozen=True, slots=True)
class Window:
    """One equipment, asked about for one period."""

    equipment_id: int
    period: Period


@dataclass(frozen=True, slots=True)
class Stock:
    """What we own of an equipment, repairs and bookings not yet taken off."""

    equipment_id: int
    name: str
    quantity: int


async def steps_of(
    connection: Connection,
    windows: Sequence[Window],
    *,
    pencils: bool = False,
    moment: datetime | None = None,
) -> list[list[Step]]:
    """For each window, what is taken in it as steps; see policy.py."""
    if not windows:
        return []
    answer = await connection.execute(_STEPS, _asked(windows, pencils=pencils, moment=moment))
    found: list[list[Step]] = [[] for _ in windows]
    for number, rows in groupby(answer, key=lambda row: row.n):
        found[number - 1] = [Step(row.at, row.load) for row in rows]
    return found


async def peaks_of(
    connection: Connection,
    windows: Sequence[Window],
    *,
    pencils: bool = False,
    moment: datetime | None = None,
) -> list[int]:
    """For each window, the most that is taken at any moment in it."""
    if not windows:
        return []
    if len(windows) == 1 and not pencils:
        return [await _peak_of(connection, windows[0], moment or now())]
    answer = await connection.execute(_PEAKS, _asked(windows, pencils=pencils, moment=moment))
    by_number = {row.n: row.peak for row in answer}
    return [by_number[number] for number in range(1, len(windows) + 1)]


async def _peak_of(connection: Connection, window: Window, moment: datetime) -> int:
    since, until = window.period.start, window.period.end
    asked = {"item": window.equipment_id, "since": since, "until": until, "moment": moment}
    return int(await connection.scalar(_PEAK, asked) or 0)


async def stock_of(connection: Connection, equipment_ids: Iterable[int]) -> dict[int, Stock]:
    """What we own, by equipment."""
    answer = await connection.execute(_STOCK, {"ids": sorted(set(equipment_ids))})
    return {row.id: Stock(row.id, row.name, row.quantity) for row in answer}


def _asked(windows: Sequence[Window], *, pencils: bool, moment: datetime | None) -> dict[str, object]:
    return {
        "ids": [window.equipment_id for window in windows],
        "starts": [window.period.start for window in windows],
        "ends": [window.period.end for window in windows],
        "pencils": pencils,
        "moment": moment or now(),
    }
