"""Everything that stands on many equipment at once: the rows behind figures, explanations and the timeline.

Found through the duration classes of the index, like the sweep (docs/availability.md), so that old
reservations cost nothing, however many there are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Literal

from sqlalchemy import ARRAY, BigInteger, Boolean, DateTime, Integer, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.domain.availability.lateness import due_at, is_overdue
from app.domain.availability.policy import Step, Stretch, short_stretches
from app.domain.availability.queries import CLASSES, Window, stock_of
from app.domain.availability.sweeps import Deciding, deciding_of
from app.lib.clock import now
from app.lib.periods import Period, known_end

Connection = AsyncConnection | AsyncSession
Kind = Literal["rental", "sale", "block", "sub_hire"]
State = Literal["pencil", "hold", "firm", "out", "returned"]

_WINDOWS = (
    bindparam("ids", type_=ARRAY(BigInteger)),
    bindparam("starts", type_=ARRAY(DateTime(timezone=True))),
    bindparam("ends", type_=ARRAY(DateTime(timezone=True))),
    bindparam("moment", type_=DateTime(timezone=True)),
)
_ASKED = """
    asked as (
      select asked.n, asked.equipment_id, asked.since, asked.until
      from unnest(:ids, :starts, :ends) with ordinality as asked (equipment_id, since, until, n)
    )
"""
_OVERLAPPING = """
    select r.* from class cross join lateral (
      select r.* from reservation r
      where {state} and r.equipment_id = asked.equipment_id and r.duration_class = class.number
        and r.start_at < asked.until and r.start_at >= asked.since - class.longest and r.end_at > asked.since
      offset 0
    ) r
"""
_CLAIMS = text(
    f"""
    with {_ASKED}, {CLASSES}
    select asked.n, r.id, r.equipment_id, r.kind, r.state, r.quantity, r.start_at, r.overbooked, r.event_id,
      r.rental_id, r.maintenance_id, r.unit_id, r.sub_hire_id, {is_overdue("r")} as late,
      case when r.until_back and r.end_at <= :moment then 'infinity' else r.end_at end as end_at,
      {due_at("r")} as due_at, coalesce(e.name, '') as event_name, coalesce(e.status, '') as event_status,
      coalesce(c.name, '') as client_name, coalesce(m.title, '') as title,
      coalesce(u.asset_tag, '') as asset_tag, coalesce(s.name, '') as supplier_name
    from asked cross join lateral (
      {_OVERLAPPING.format(state="r.state <> 'pencil'")}
      union all
      select r.* from reservation r
      where r.until_back and r.equipment_id = asked.equipment_id
        and r.end_at <= :moment and r.end_at <= asked.since
      union all
      select r.* from ({_OVERLAPPING.format(state="r.state = 'pencil'")}) r where :pencils
      limit :most
    ) r
    left join event e on e.id = r.event_id
    left join client c on c.id = e.client_id
    left join maintenance m on m.id = r.maintenance_id
    left join unit u on u.id = r.unit_id
    left join sub_hire h on h.id = r.sub_hire_id
    left join client s on s.id = h.supplier_id
    order by asked.n, r.start_at, r.id
    """  # noqa: S608 - words of ours
).bindparams(*_WINDOWS, bindparam("most", type_=Integer), bindparam("pencils", type_=Boolean))
# of the steps only those where a shortage begins, changes or ends: a popular item has thousands
_SHORT = text(
    """
    select n, at, load, stock, peak from (
      select step.n, step.at, step.load, e.quantity as stock,
        max(step.load) over (partition by step.n) as peak,
        lag(step.load) over (partition by step.n order by step.at) as load_before
      from availability_steps(:ids, :starts, :ends, false, :moment) step
      join equipment e on e.id = step.equipment_id
    ) step
    where load_before is null or load > stock or load_before > stock
    order by n, at
    """
).bindparams(*_WINDOWS)


@dataclass(frozen=True, slots=True)
class Claim:
    """One reservation with the names of what it is for: an event, a repair, gear hired in.

    It blocks from `start_at` to `end_at`, prep and turnaround included, FOREVER where no end is known. `late`
    means that it should have been back at `due_at`.
    """

    id: int
    equipment_id: int
    kind: Kind
    state: State
    quantity: int
    start_at: datetime
    end_at: datetime
    due_at: datetime
    late: bool
    overbooked: bool
    event_id: int | None
    event_name: str
    event_status: str
    client_name: str
    rental_id: int | None
    maintenance_id: int | None
    title: str
    unit_id: int | None
    asset_tag: str
    sub_hire_id: int | None
    supplier_name: str

    @property
    def name(self) -> str:
        """What people call it."""
        if self.kind == "sub_hire":
            return f"Hired in from {self.supplier_name}" if self.supplier_name else "Hired in"
        return self.event_name or self.title or self.asset_tag or "Out of service"


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What is taken of one equipment at most (`peak`, of `stock`), and when that is too much."""

    stock: int
    peak: int
    stretches: tuple[Stretch, ...]

    @property
    def free(self) -> int:
        """The fewest that are free at any moment; below zero so many are missing."""
        return self.stock - self.peak


@dataclass(frozen=True, slots=True)
class Figure:
    """What is free of one equipment over one period, and why not more.

    `stock` is what we own; `supply` is that and what is hired in at `binding_at`, the first moment at which
    most is taken; `reserved` is what consumes it there. `free` is signed: negative is a shortage.
    `free_with_pencils` is what would be left if every quote came true; `pencilled_at` is the first moment at
    which most is taken then, which may be another. `claims` stand at `binding_at`, `pencilled_claims` then.
    """

    equipment_id: int
    stock: int
    supply: int
    reserved: int
    free: int
    free_with_pencils: int
    binding_at: datetime
    claims: tuple[Claim, ...]
    pencilled_at: datetime
    pencilled_claims: tuple[Claim, ...]


async def claims_of(
    connection: Connection,
    windows: Sequence[Window],
    *,
    most: int | None = None,
    pencils: bool = True,
    moment: datetime | None = None,
) -> list[list[Claim]]:
    """For each window, what stands on its equipment at some moment of it, by start; any `most` of that."""
    if not windows:
        return []
    found: list[list[Claim]] = [[] for _ in windows]
    asked = {**_asked(windows, moment), "most": most, "pencils": pencils}
    for row in (await connection.execute(_CLAIMS, asked)).mappings():
        values = dict(row)
        place = values.pop("n") - 1
        values["end_at"], values["due_at"] = known_end(values["end_at"]), known_end(values["due_at"])
        found[place].append(Claim(**values))
    return found


async def shortfalls_of(
    connection: Connection, windows: Sequence[Window], *, moment: datetime | None = None
) -> list[Shortfall]:
    """For each window, the most that is taken in it and where that is too much, with one statement."""
    if not windows:
        return []
    found = dict[int, Shortfall]()
    ends = dict(enumerate((window.period.end for window in windows), start=1))
    answer = await connection.execute(_SHORT, _asked(windows, moment))
    for number, rows in groupby(answer, key=lambda row: row.n):
        steps, end = list(rows), ends[number]
        taken = [Step(step.at, step.load) for step in steps]
        stretches = short_stretches(taken, steps[0].stock, end)
        found[number] = Shortfall(steps[0].stock, steps[0].peak, tuple(stretches))
    return [found[number] for number in range(1, len(windows) + 1)]


async def figure_of(
    connection: Connection, window: Window, *, moment: datetime | None = None
) -> Figure | None:
    """The availability of one equipment with its reasons; None when there is no such equipment."""
    found = await figures_of(connection, [window.equipment_id], window.period, moment=moment)
    return found[0] if found else None


async def figures_of(
    connection: Connection, equipment_ids: Sequence[int], period: Period, *, moment: datetime | None = None
) -> list[Figure]:
    """The availability of several equipment with its reasons, in three statements.

    Equipment that does not exist is left out.
    """
    moment = moment or now()
    stock = await stock_of(connection, equipment_ids)
    windows = [Window(key, period) for key in equipment_ids if key in stock]
    deciding = await deciding_of(connection, windows, moment=moment)
    # mostly one moment decides both figures
    moments = [
        _moment(window.equipment_id, at)
        for window, one in zip(windows, deciding, strict=True)
        for at in dict.fromkeys((one.at, one.pencilled_at))
    ]
    claims = dict(zip(moments, await claims_of(connection, moments, moment=moment), strict=True))
    return [
        _figure(stock[window.equipment_id].quantity, window.equipment_id, one, claims)
        for window, one in zip(windows, deciding, strict=True)
    ]


def _moment(equipment_id: int, at: datetime) -> Window:
    return Window(equipment_id, Period(at, at + timedelta(microseconds=1)))


def _figure(
    stock: int, equipment_id: int, deciding: Deciding, claims: Mapping[Window, Sequence[Claim]]
) -> Figure:
    binding = claims[_moment(equipment_id, deciding.at)]
    # a draft of a sub-hire is seen and brings nothing yet
    hired_in = sum(one.quantity for one in binding if one.kind == "sub_hire" and one.state != "pencil")
    return Figure(
        equipment_id=equipment_id,
        stock=stock,
        supply=stock + hired_in,
        reserved=deciding.load + hired_in,
        free=stock - deciding.load,
        free_with_pencils=stock - deciding.with_pencils,
        binding_at=deciding.at,
        claims=tuple(binding),
        pencilled_at=deciding.pencilled_at,
        pencilled_claims=tuple(claims[_moment(equipment_id, deciding.pencilled_at)]),
    )


def _asked(windows: Sequence[Window], moment: datetime | None) -> dict[str, object]:
    return {
        "ids": [window.equipment_id for window in windows],
        "starts": [window.period.start for window in windows],
        "ends": [window.period.end for window in windows],
        "moment": moment or now(),
    }
