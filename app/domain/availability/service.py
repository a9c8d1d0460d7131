"""Taking stock and giving it back: the only code that writes reservations.

A booking is one transaction: lock what it is about (`lock_stock`, in id order, so that two bookings never
wait for each other), write (`write_demand`), check what has grown (`require_free`). The check reads after the
write, so an event's own lines count, and a refusal rolls everything back. The database checks once more at
commit (`reservation_guard`), so code that forgets a step still cannot sell what is not there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import BigInteger, any_, cast, insert, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.db.models import Availability, Reservation
from app.domain.availability.claims import claims_of, shortfalls_of
from app.domain.availability.policy import together
from app.domain.availability.queries import Window, stock_of
from app.domain.availability.shortage import EquipmentShortage, Shortage
from app.lib.periods import Period, beyond, known_end
from app.lib.unit_of_work import UnitOfWork, Written

OPEN = ("pencil", "hold", "firm")
_Key = tuple[int | None, int]


@dataclass(frozen=True, slots=True)
class Demand:
    """What one line of an event wants: `quantity` pieces for the effective `period`."""

    rental_id: int
    equipment_id: int
    quantity: int
    period: Period
    state: str
    kind: str = "rental"
    overbooked: bool = False


@dataclass(frozen=True, slots=True)
class Supply:
    """What a sub-hire brings: `quantity` pieces for its period. As a pencil it is only seen."""

    equipment_id: int
    quantity: int
    period: Period
    state: str

    def less(self, other: "Supply | None") -> list[Window]:
        """Where `other`, in its place, would bring less than this does."""
        if self.state == "pencil":
            return []
        parts = [self.period]
        if (
            other is not None
            and other.state != "pencil"
            and other.equipment_id == self.equipment_id
            and other.quantity >= self.quantity
        ):
            parts = beyond(self.period, other.period)
        return [Window(self.equipment_id, part) for part in parts]


async def lock_stock(work: UnitOfWork, equipment_ids: Iterable[int]) -> None:
    """Hold the availability of these equipment until the transaction ends, in id order."""
    for key in equipment_ids:
        work.written["availability", key] = Written(None, "availability.changed")
    await work.session.execute(
        select(Availability.equipment_id)
        .where(Availability.equipment_id == any_(cast(sorted(set(equipment_ids)), ARRAY(BigInteger))))
        .order_by(Availability.equipment_id)
        .with_for_update(key_share=True)
    )


async def write_demand(work: UnitOfWork, event_id: int, wanted: Sequence[Demand]) -> list[Window]:
    """Make the reservations of an event say what is wanted. Returns where more is taken than before.

    What is out or back already is left as it is, and counts towards its line; but what is out is expected
    back at the end that is wanted now. The stock of every equipment concerned has to be locked.
    """
    rows = (
        await work.session.scalars(
            select(Reservation)
            .where(Reservation.event_id == event_id)
            .execution_options(populate_existing=True)
        )
    ).all()
    present, gone = await _standing(work, rows)
    grown = list[Window]()
    for demand in wanted:
        key = (demand.rental_id, demand.equipment_id)
        left = gone.get(key, [])
        grown += _expect_back(left, demand)
        rest = replace(demand, quantity=demand.quantity - sum(row.quantity for row in left))
        row = present.pop(key, None)
        if rest.quantity <= 0:
            if row is not None:
                await work.session.delete(row)
        elif row is None:
            work.session.add(Reservation(event_id=event_id, **_columns(rest)))
            grown += _grown(None, rest)
        else:
            grown += _grown(row, rest)
            _change(row, rest)
    for row in present.values():
        await work.session.delete(row)
    await work.session.flush()
    return grown


async def _standing(
    work: UnitOfWork, rows: Sequence[Reservation]
) -> tuple[dict[_Key, Reservation], dict[_Key, list[Reservation]]]:
    """What is still to leave of each line, as one reservation, and what is out or back of it."""
    gone: dict[_Key, list[Reservation]] = {}
    present: dict[_Key, Reservation] = {}
    for row in rows:
        key = (row.rental_id, row.equipment_id)
        if row.state in OPEN and key in present:
            # what was not handed out after all stands beside what had not left yet
            present[key].quantity += row.quantity
            await work.session.delete(row)
        elif row.state in OPEN:
            present[key] = row
        else:
            gone.setdefault(key, []).append(row)
    return present, gone


async def add_demand(work: UnitOfWork, event_id: int, wanted: Sequence[Demand]) -> list[Window]:
    """Reserve what new lines of an event want. Returns where that takes something.

    The stock of every equipment concerned has to be locked.
    """
    if not wanted:
        return []
    rows = [{"event_id": event_id, **_columns(demand)} for demand in wanted]
    await work.session.execute(insert(Reservation), rows)
    return [window for demand in wanted for window in _grown(None, demand)]


async def write_supply(work: UnitOfWork, sub_hire_id: int, supply: Supply | None) -> None:
    """Make the reservation of a locked sub-hire say what it brings; None is nothing.

    A fact: nothing is checked. The stock of the equipment concerned is locked here.
    """
    found = select(Reservation).where(Reservation.sub_hire_id == sub_hire_id)
    row = await work.session.scalar(found.execution_options(populate_existing=True))
    concerned = {row.equipment_id} if row is not None else set[int]()
    await lock_stock(work, concerned | ({supply.equipment_id} if supply is not None else set()))
    if supply is None:
        if row is not None:
            await work.session.delete(row)
    else:
        if row is None:
            row = Reservation(sub_hire_id=sub_hire_id, kind="sub_hire")
            work.session.add(row)
        row.equipment_id, row.quantity, row.state = supply.equipment_id, supply.quantity, supply.state
        row.start_at, row.end_at = supply.period.start, supply.period.end
    await work.session.flush()


async def require_free(work: UnitOfWork, windows: Sequence[Window], *, asking: int | None = None) -> None:
    """Raise Shortage when too much is taken in any of the windows. `asking` is the event that wants it."""
    found = await shortfalls_of(work.session, windows)
    short = [(window, one) for window, one in zip(windows, found, strict=True) if one.stretches]
    if not short:
        return
    stock = await stock_of(work.session, [window.equipment_id for window, _ in short])
    first = [Window(window.equipment_id, one.stretches[0].period) for window, one in short]
    shortages = dict[int, EquipmentShortage]()
    for (window, one), claims in zip(short, await claims_of(work.session, first, pencils=False), strict=True):
        key = window.equipment_id
        known = shortages.get(key)
        shortages[key] = EquipmentShortage(
            equipment_id=key,
            name=stock[key].name,
            stock=one.stock,
            stretches=together([*(known.stretches if known else ()), *one.stretches]),
            takers=tuple(
                taker
                for taker in dict.fromkeys([*(known.takers if known else ()), *claims])
                if taker.kind != "sub_hire" and (asking is None or taker.event_id != asking)
            ),
        )
    raise Shortage([shortages[key] for key in sorted(shortages)])


def _columns(demand: Demand) -> dict[str, object]:
    """A demand as the columns of its reservation."""
    return {
        "rental_id": demand.rental_id,
        "equipment_id": demand.equipment_id,
        "kind": demand.kind,
        "state": demand.state,
        "quantity": demand.quantity,
        "start_at": demand.period.start,
        "end_at": demand.period.end,
        "overbooked": demand.overbooked,
    }


def _change(row: Reservation, demand: Demand) -> None:
    row.kind, row.state, row.quantity = demand.kind, demand.state, demand.quantity
    row.start_at, row.end_at = demand.period.start, demand.period.end
    row.overbooked = demand.overbooked


def _grown(row: Reservation | None, demand: Demand) -> list[Window]:
    """Where a line takes more than its present reservation does."""
    if demand.state == "pencil" or demand.overbooked:
        return []
    if row is None or row.state == "pencil" or demand.quantity > row.quantity:
        parts = [demand.period]
    else:
        parts = beyond(demand.period, Period(row.start_at, known_end(row.end_at)))
    return [Window(demand.equipment_id, part) for part in parts]


def _expect_back(out: Sequence[Reservation], demand: Demand) -> list[Window]:
    """Move the expected return of what is out. Returns where that takes more than before."""
    grown = list[Window]()
    for row in out:
        if row.state != "out" or row.end_at == demand.period.end or demand.period.end <= row.start_at:
            continue
        if demand.period.end > row.end_at and not demand.overbooked:
            grown.append(Window(row.equipment_id, Period(row.end_at, demand.period.end)))
        row.end_at = demand.period.end
    return grown
