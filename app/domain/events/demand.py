"""What an event's rentals want of the stock: from lines to effective periods."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from app.db.models import Equipment, Event, Rental
from app.domain.availability.service import Demand
from app.domain.events.policy import demand_state
from app.lib.periods import FOREVER, Period


@dataclass(frozen=True, slots=True)
class Line:
    """A rental with its equipment."""

    rental: Rental
    equipment: Equipment


def demands_of(event: Event, lines: Sequence[Line]) -> list[Demand]:
    """One demand for every line that wants something: optional lines and ended events want nothing."""
    state = demand_state(event.status)
    if state is None or event.deleted_at is not None:
        return []
    return [
        Demand(
            rental_id=line.rental.id,
            equipment_id=line.equipment.id,
            quantity=line.rental.quantity,
            period=block_period(event, line),
            state=state,
            kind="sale" if line.equipment.kind == "consumable" else "rental",
            overbooked=line.rental.overbook_reason != "",
        )
        for line in lines
        if not line.rental.optional and line.rental.deleted_at is None
    ]


def block_period(event: Event, line: Line) -> Period:
    """When others cannot have the gear: out, prep before, turnaround after. A sale never ends."""
    rental, equipment = line.rental, line.equipment
    prep = equipment.prep_minutes if rental.prep_minutes is None else rental.prep_minutes
    turnaround = (
        equipment.turnaround_minutes if rental.turnaround_minutes is None else rental.turnaround_minutes
    )
    return blocked(
        Period(rental.start_at or event.out_start, rental.end_at or event.out_end),
        kind=equipment.kind,
        prep_minutes=prep,
        turnaround_minutes=turnaround,
    )


def blocked(out: Period, *, kind: str, prep_minutes: int, turnaround_minutes: int) -> Period:
    """When others cannot have gear of this kind that is `out` then."""
    if kind == "consumable":
        out = Period(out.start, FOREVER)
    return out.widened(timedelta(minutes=prep_minutes), timedelta(minutes=turnaround_minutes))
