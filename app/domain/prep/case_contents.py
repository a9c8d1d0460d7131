"""What is in a case for an event: packed into it, taken out of it, and when the case is free again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, any_, bindparam, cast, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from app.db.models import Case, Event, Movement
from app.domain.availability.queries import Connection
from app.domain.prep.policy import LOADED, PACKED
from app.domain.prep.shared_event import AnyEvent
from app.lib.changes import record_plain
from app.lib.errors import Conflict, NotFound
from app.lib.unit_of_work import UnitOfWork

INSIDE = """
    select p.case_id, p.event_id, p.rental_id, p.equipment_id, p.unit_id, p.quantity,
      least(p.loaded, p.quantity) as loaded,
      greatest(least(p.quantity - p.back, moved.packed - moved.gone), 0)::integer as here,
      greatest(least(p.quantity - p.back, moved.dispatched - moved.gone), 0)::integer as out,
      greatest(least(p.quantity, moved.packed - moved.dispatched), 0)::integer as to_go
    from (
      select m.case_id, m.event_id, m.rental_id, m.equipment_id, m.unit_id,
        sum(m.quantity) filter (where m.step = 'packed')::integer as quantity,
        coalesce(sum(m.quantity) filter (where m.step = 'loaded'), 0)::integer as loaded,
        coalesce(sum(m.quantity) filter (where m.step = 'returned'), 0)::integer as back
      from movement m
      where m.step in ('packed', 'loaded', 'returned') and {which}
      group by m.case_id, m.event_id, m.rental_id, m.equipment_id, m.unit_id
      having sum(m.quantity) filter (where m.step = 'packed') > 0
    ) p
    cross join lateral (
      select coalesce(sum(x.quantity) filter (where x.step = 'packed'), 0) as packed,
        coalesce(sum(x.quantity) filter (where x.step = 'dispatched'), 0) as dispatched,
        coalesce(sum(x.quantity) filter (where x.step in ('returned', 'settled')), 0) as gone
      from movement x where x.rental_id = p.rental_id and (p.unit_id is null or x.unit_id = p.unit_id)
    ) moved
"""
"""What is in cases by line and unit, with a condition on movements `m` in place of {which}.

`quantity` was packed and not taken out; of it `here` are neither back nor settled, `out` of these have left,
and `to_go` have not. What came back without its case is not known to be out of this one: the line says how
many there can be.
"""
_CONTENTS = text(INSIDE.format(which="m.case_id = :case_id and m.event_id = :event_id") + "order by 3, 5")
_OF_LINES = text(
    """
    select rental_id, unit_id, step, case_id, sum(quantity)::integer as quantity,
      max(id) filter (where quantity > 0) as last
    from movement where rental_id = any(:rental_ids) and step in ('packed', 'loaded')
    group by rental_id, unit_id, step, case_id having sum(quantity) > 0
    order by last desc
    """
).bindparams(bindparam("rental_ids", type_=ARRAY(BigInteger)))
_CASES_OF_EVENT = text(
    f"""
    select c.id, c.event_id, coalesce(sum(inside.here), 0) > 0 as holds, bool_or(was.used) as used
    from gear_case c
    left join ({INSIDE.format(which="m.event_id = :event_id and m.case_id is not null")}) inside
      on inside.case_id = c.id
    cross join lateral (
      select exists (select from movement m where m.case_id = c.id and m.event_id = :event_id) as used) was
    where c.event_id = :event_id or (c.event_id is null and inside.case_id is not null)
    group by c.id
    """  # noqa: S608 - words of ours
)
_ALL_BACK = text(
    """
    select not exists (
      select from movement where event_id = :event_id
      group by rental_id
      having sum(quantity) filter (where step = 'picked')
        > coalesce(sum(quantity) filter (where step in ('returned', 'settled')), 0))
    """
)


@dataclass(frozen=True, slots=True)
class Packed:
    """What is in a case for an event: pieces of a line, or one unit.

    Of `quantity` pieces that were packed into it, `here` are neither back nor settled; `out` of them have
    left, `to_go` have not.
    """

    rental_id: int
    equipment_id: int
    unit_id: int | None
    quantity: int
    loaded: int
    here: int
    out: int
    to_go: int

    @property
    def to_load(self) -> int:
        """How many of them are not loaded yet."""
        return self.quantity - self.loaded


async def packed_in(connection: Connection, case_id: int, event_id: int) -> Sequence[Packed]:
    """What is packed in a case for an event, by line; also what came back since. One statement."""
    rows = await connection.execute(_CONTENTS, {"case_id": case_id, "event_id": event_id})
    return [Packed(*row[2:]) for row in rows]


async def case_of_event(work: UnitOfWork, case_id: int, event: AnyEvent) -> Case:
    """Have an event take a case, unless another one has something in it.

    Cases are locked after everything else. Raises NotFound, Conflict.
    """
    case = await work.session.scalar(
        select(Case).where(Case.id == case_id).with_for_update().execution_options(populate_existing=True)
    )
    if case is None or case.deleted_at is not None:
        raise NotFound("This case does not exist, or was deleted.")
    if case.event_id == event.id:
        return case
    if case.event_id is not None and any(
        one.here for one in await packed_in(work.session, case.id, case.event_id)
    ):
        other = await work.session.get_one(Event, case.event_id)
        raise Conflict(f"Case {case.code} is packed for “{other.name}”.")
    case.event_id = event.id
    await _tell(work, case, "case.opened")
    return case


async def follow_cases(work: UnitOfWork, event_id: int) -> None:
    """After something was taken out, came back or went out again: cases are with the event, or free.

    A case is free when nothing that was packed into it is with the event any more.
    """
    rows = (await work.session.execute(_CASES_OF_EVENT, {"event_id": event_id})).all()
    if not rows:
        return
    all_back = (await work.session.execute(_ALL_BACK, {"event_id": event_id})).scalar_one()
    to_free = [row.id for row in rows if row.event_id and not row.holds and (row.used or all_back)]
    to_take = [row.id for row in rows if row.event_id is None and row.holds]
    for case_ids, owner in ((to_free, None), (to_take, event_id)):
        cases = await work.session.scalars(
            select(Case)
            .where(Case.id == any_(cast(case_ids, ARRAY(BigInteger))))
            .order_by(Case.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        for case in cases if case_ids else ():
            if case.event_id == (event_id if owner is None else None):
                case.event_id = owner
                await _tell(work, case, "case.freed" if owner is None else "case.opened")
    await work.session.flush()


async def take_cases(work: UnitOfWork, event: AnyEvent, movements: Sequence[Movement]) -> None:
    """Before movements are written: the cases that get something are with the event.

    Raises NotFound, Conflict for a case that another event has something in.
    """
    for case_id in sorted({one.case_id for one in movements if one.case_id and one.quantity > 0}):
        await case_of_event(work, case_id, event)


async def leave_cases(work: UnitOfWork, event: AnyEvent, movements: Sequence[Movement]) -> None:
    """After movements were written: cases that they emptied are free."""
    if any(one.case_id and one.quantity < 0 for one in movements):
        await follow_cases(work, event.id)


async def out_of_cases(
    work: UnitOfWork, movements: Sequence[Movement], case_id: int | None = None
) -> list[Movement]:
    """Movements that take something back, with the cases it comes out of.

    Out of the case at hand first, then what is in none, then out of the one that was packed last.
    """
    taken = [one for one in movements if _is_taken(one)]
    if not taken:
        return list(movements)
    rows = await work.session.execute(_OF_LINES, {"rental_ids": sorted({one.rental_id for one in taken})})
    inside: dict[tuple[int, int | None, str], dict[int | None, int]] = {}
    for row in rows:
        inside.setdefault((row.rental_id, row.unit_id, row.step), {})[row.case_id] = row.quantity
    for one in movements:
        holders = inside.get((one.rental_id, one.unit_id, one.step), {})
        if one not in taken and one.case_id in holders:
            holders[one.case_id] += one.quantity
    found = list[Movement]()
    for one in movements:
        holders = inside.get((one.rental_id, one.unit_id, one.step), {}) if one in taken else {}
        found += _split(one, holders, case_id)
    return found


def _is_taken(one: Movement) -> bool:
    """Whether it takes something out that may be in a case, and does not say which."""
    return one.quantity < 0 and one.step in (PACKED, LOADED) and not one.case_id and not one.undoes_id


def _split(one: Movement, holders: dict[int | None, int], case_id: int | None) -> list[Movement]:
    left, parts = -one.quantity, list[Movement]()
    in_order = sorted(holders, key=lambda key: (key != case_id or key is None, key is not None))
    for holder in in_order:
        pieces = min(left, holders[holder])
        if pieces > 0 and left:
            holders[holder] -= pieces
            left -= pieces
            parts.append(_alike(one, -pieces, holder))
    if not parts:
        return [one]
    if left:
        parts.append(_alike(one, -left, None))
    return parts


def _alike(one: Movement, quantity: int, case_id: int | None) -> Movement:
    values: dict[str, Any] = {
        name: getattr(one, name)
        for name in ("action_id", "event_id", "rental_id", "equipment_id", "unit_id", "step", "reason")
    }
    return Movement(**values, quantity=quantity, case_id=case_id)


async def _tell(work: UnitOfWork, case: Case, action: str) -> None:
    """Pages that show a case hear that it went to an event, or came back."""
    case.version += 1
    await work.session.flush()
    await record_plain(
        work,
        action=action,
        entity="case",
        entity_id=case.id,
        version=case.version,
        label=case.label,
        fields={},
    )
