"""What stands for and against picking a unit."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from app.db.driver import Statement
from app.db.models import Unit
from app.domain.availability.queries import Connection
from app.domain.company.policy import TODAY
from app.domain.events.allocation_queries import free_units
from app.domain.prep.policy import Counts, counts_from
from app.domain.prep.shared_event import AnyEvent
from app.lib.periods import Period

HERE = ("in_stock", "returned")

_FACTS = Statement(
    f"""
    select u.id, u.asset_tag, u.equipment_id, e.name as equipment, u.state, u.rental_id, u.location,
      line.event_id as with_event_id, holder.name as with_event,
      promised.rental_id as promised_rental_id, promised.event_id as promised_event_id,
      promised.name as promised_event, promised.start_at as promised_from, bound.rental_id as bound_rental_id,
      job.title as job, test.name as expired_test, test.valid_until as expired_on,
      (select coalesce(jsonb_agg(jsonb_build_array(m.rental_id, m.step, m.quantity)), '[]')
       from movement m where m.rental_id = any(:rental_ids) and m.unit_id = u.id) as steps
    from unit u
    join equipment e on e.id = u.equipment_id
    left join rental line on line.id = u.rental_id
    left join event holder on holder.id = line.event_id
    left join lateral (
      select a.rental_id, r.event_id, o.name, a.start_at
      from allocation a join rental r on r.id = a.rental_id join event o on o.id = r.event_id
      where a.unit_id = u.id and r.event_id <> :event_id and a.start_at < :until and a.end_at > :since
      order by a.start_at limit 1
    ) promised on true
    left join lateral (
      select a.rental_id from allocation a join rental r on r.id = a.rental_id
      where a.unit_id = u.id and r.event_id = :event_id and r.deleted_at is null order by a.id limit 1
    ) bound on true
    left join lateral (
      select m.title from maintenance m
      where m.unit_id = u.id and m.blocks and m.deleted_at is null
        and m.state in ('reported', 'in_progress', 'waiting')
      order by m.id limit 1
    ) job on true
    left join lateral (
      select t.name, t.valid_until from unit_inspection t
      where t.unit_id = u.id and t.valid_until < {TODAY} order by t.valid_until limit 1
    ) test on true
    where u.id = :unit_id
    """  # noqa: S608 - words of ours
)


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """A unit, where it is, to whom it is promised, and what is wrong with it.

    `promised_*` is another event that has it for an overlapping time, `bound_rental_id` the line of this one
    that does; `job` is the work it is out of service for; `expired_test` the inspection that is not valid any
    more. `steps` are its movements on the lines that were asked about: line, step and quantity.
    """

    id: int
    asset_tag: str
    equipment_id: int
    equipment: str
    state: str
    rental_id: int | None
    location: str
    with_event_id: int | None
    with_event: str | None
    promised_rental_id: int | None
    promised_event_id: int | None
    promised_event: str | None
    promised_from: datetime | None
    bound_rental_id: int | None
    job: str | None
    expired_test: str | None
    expired_on: date | None
    steps: Sequence[tuple[int, str, int]] = ()

    def counts_on(self, rental_id: int) -> Counts:
        """Which steps it has taken on a line that was asked about, as counts of 0 or 1."""
        sums = Counter[str]()
        for of, step, quantity in self.steps:
            if of == rental_id:
                sums[step] += quantity
        return counts_from(1, sums)

    @property
    def label(self) -> str:
        """What it is, and its tag."""
        return f"{self.equipment}, {self.asset_tag}"


AnyUnit: TypeAlias = UnitFacts | Unit
"""Whoever writes it has all of it; counting goes by its id, its tag and its equipment."""


async def facts_of_unit(
    connection: Connection, unit_id: int, event: AnyEvent, period: Period, rental_ids: Sequence[int] = ()
) -> UnitFacts:
    """How a unit stands for an event that wants it for an effective period, and on these lines.

    Tests have to be valid today. One statement.
    """
    (row,) = await _FACTS.rows(
        connection,
        {
            "unit_id": unit_id,
            "event_id": event.id,
            "since": period.start,
            "until": period.end,
            "rental_ids": list(rental_ids),
        },
    )
    return UnitFacts(**row)


async def units_to_pick(
    connection: Connection, rental_id: int, equipment_id: int, period: Period
) -> list[tuple[int, str]]:
    """Units that may be picked for a line now, as (id, tag): its own first, then those used longest ago."""
    return await free_units(connection, rental_id, equipment_id, period, states=HERE)
