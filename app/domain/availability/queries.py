"""Asking what is taken. docs/availability.md explains the index and the sweep behind `availability_steps`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import ARRAY, BigInteger, DateTime, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.domain.availability.policy import Step, binding_step
from app.domain.availability.shortage import Taker
from app.lib.clock import now
from app.lib.periods import Period, known_end

Connection = AsyncConnection | AsyncSession

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
_STOCK = text("select id, name, quantity from equipment where id = any(:ids)").bindparams(
    bindparam("ids", type_=ARRAY(BigInteger))
)
_TAKERS = text(
    """
    select r.kind, r.state, r.quantity, r.start_at, r.event_id, r.maintenance_id, r.unit_id,
      case when r.until_back and r.end_at <= :moment then 'infinity' else r.end_at end as end_at,
      r.until_back and r.end_at <= :moment as late,
      coalesce(e.name, '') as event_name, coalesce(c.name, '') as client_name,
      coalesce(m.title, '') as title, coalesce(u.asset_tag, '') as asset_tag
    from reservation r
    left join event e on e.id = r.event_id
    left join client c on c.id = e.client_id
    left join maintenance m on m.id = r.maintenance_id
    left join unit u on u.id = r.unit_id
    where r.equipment_id = :equipment_id and (r.state <> 'pencil' or :pencils)
      and r.start_at < :until and (r.end_at > :since or (r.until_back and r.end_at <= :moment))
    order by r.start_at, r.id
    """
).bindparams(
    bindparam("since", type_=DateTime(timezone=True)),
    bindparam("until", type_=DateTime(timezone=True)),
    bindparam("moment", type_=DateTime(timezone=True)),
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


@dataclass(frozen=True, slots=True)
class Figure:
    """What is free of one equipment over one period, and why not more.

    `supply` is stock and what is hired in at `binding_at`, the first moment at which most is taken;
    `reserved` is what consumes it there. `free` is signed: negative is a shortage. `free_with_pencils` is
    what would be left if every quote came true. `takers` cover `binding_at`.
    """

    equipment_id: int
    supply: int
    reserved: int
    free: int
    free_with_pencils: int
    binding_at: datetime
    takers: tuple[Taker, ...]


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
    answer = await connection.execute(_PEAKS, _asked(windows, pencils=pencils, moment=moment))
    by_number = {row.n: row.peak for row in answer}
    return [by_number[number] for number in range(1, len(windows) + 1)]


async def stock_of(connection: Connection, equipment_ids: Iterable[int]) -> dict[int, Stock]:
    """What we own, by equipment."""
    answer = await connection.execute(_STOCK, {"ids": sorted(set(equipment_ids))})
    return {row.id: Stock(row.id, row.name, row.quantity) for row in answer}


async def takers_of(
    connection: Connection, window: Window, *, pencils: bool = False, moment: datetime | None = None
) -> list[Taker]:
    """Everything that takes the equipment at some moment of the period, by its start."""
    answer = await connection.execute(
        _TAKERS,
        {
            "equipment_id": window.equipment_id,
            "since": window.period.start,
            "until": window.period.end,
            "pencils": pencils,
            "moment": moment or now(),
        },
    )
    rows: list[dict[str, Any]] = [dict(row) for row in answer.mappings()]
    for row in rows:
        row["end_at"] = known_end(row["end_at"])
    return [Taker(**row) for row in rows]


async def figure_of(
    connection: Connection, window: Window, *, moment: datetime | None = None
) -> Figure | None:
    """The availability of one equipment with its reasons; None when there is no such equipment."""
    moment = moment or now()
    stock = (await stock_of(connection, [window.equipment_id])).get(window.equipment_id)
    if stock is None:
        return None
    (steps,) = await steps_of(connection, [window], moment=moment)
    (peak_with_pencils,) = await peaks_of(connection, [window], pencils=True, moment=moment)
    binding = binding_step(steps)
    instant = Period(binding.at, binding.at + timedelta(microseconds=1))
    takers = await takers_of(connection, Window(window.equipment_id, instant), pencils=True, moment=moment)
    hired_in = sum(taker.quantity for taker in takers if taker.kind == "sub_hire")
    return Figure(
        equipment_id=window.equipment_id,
        supply=stock.quantity + hired_in,
        reserved=binding.load + hired_in,
        free=stock.quantity - binding.load,
        free_with_pencils=stock.quantity - peak_with_pencils,
        binding_at=binding.at,
        takers=tuple(takers),
    )


def _asked(windows: Sequence[Window], *, pencils: bool, moment: datetime | None) -> dict[str, object]:
    return {
        "ids": [window.equipment_id for window in windows],
        "starts": [window.period.start for window in windows],
        "ends": [window.period.end for window in windows],
        "pencils": pencils,
        "moment": moment or now(),
    }
