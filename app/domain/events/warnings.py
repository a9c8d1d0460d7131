"""Telling people in time: a hold that is about to end, gear that is late where others wait for it.

Both are changes of the event they concern, made by the system, so they are in its history, wake up open pages
and are news for whoever answers for it.
"""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select, update

from app.db.models import Equipment, Event, Reservation
from app.domain.availability.claims import claims_of
from app.domain.availability.policy import short_stretches
from app.domain.availability.queries import Window, steps_of
from app.domain.events import policy
from app.lib.changes import Entry, record_all
from app.lib.clock import now
from app.lib.periods import Period
from app.lib.unit_of_work import UnitOfWork

LOOK_AHEAD = timedelta(days=60)
BATCH = 50


async def warn_of_holds(work: UnitOfWork) -> list[int]:
    """Tell of every hold and request that ends within WARNING_TIME, once. Returns the events."""
    statement = (
        select(Event)
        .where(
            Event.status.in_((policy.HELD, policy.REQUESTED)),
            Event.hold_expires_at > now(),
            Event.hold_expires_at <= now() + policy.WARNING_TIME,
            Event.hold_warned_at.is_(None),
            Event.deleted_at.is_(None),
        )
        .order_by(Event.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True, key_share=True)
    )
    events = (await work.session.scalars(statement)).all()
    for event in events:
        event.hold_warned_at = now()
    await _tell(work, dict.fromkeys(events), "event.hold_ending")
    return [event.id for event in events]


async def warn_of_late(work: UnitOfWork) -> list[int]:
    """Tell of late gear, once, whoever is short of it now or soon. Returns the events."""
    statement = (
        select(Reservation, Equipment, Event.name)
        .join(Equipment, Equipment.id == Reservation.equipment_id)
        .outerjoin(Event, Event.id == Reservation.event_id)
        .where(
            Reservation.until_back,
            Reservation.state == "out",
            Reservation.end_at <= now(),
            Reservation.late_told_at.is_(None),
        )
        .order_by(Reservation.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True, of=Reservation)
    )
    late = (await work.session.execute(statement)).all()
    reasons = dict[int, str]()
    for reservation, equipment, event_name in late:
        text = f"{reservation.quantity} × {equipment.name} from “{event_name}”"
        for event_id in await _endangered(work, equipment, reservation):
            reasons[event_id] = f"{reasons[event_id]}, {text}" if event_id in reasons else text
    ids = [reservation.id for reservation, _, _ in late]
    told = update(Reservation).where(Reservation.id.in_(ids)).values(late_told_at=now())
    await work.session.execute(told, execution_options={"synchronize_session": False})
    await tell(work, reasons, "event.endangered")
    return sorted(reasons)


async def tell(work: UnitOfWork, reasons: Mapping[int, str], action: str) -> None:
    """Note on these events what is missing for them."""
    await _tell(work, await _locked(work, reasons), action)


async def _endangered(work: UnitOfWork, equipment: Equipment, late: Reservation) -> set[int]:
    """The events that take the equipment while, with the late gear missing, more is taken than there is."""
    period = Period(now(), now() + LOOK_AHEAD)
    (steps,) = await steps_of(work.session, [Window(equipment.id, period)])
    stretches = short_stretches(steps, equipment.quantity, period.end)
    if not stretches:
        return set()
    windows = [Window(equipment.id, stretch.period) for stretch in stretches]
    taking = [
        claim
        for claims in await claims_of(work.session, windows, pencils=False)
        for claim in claims
        if claim.state in {"hold", "firm"}
    ]
    return {claim.event_id for claim in taking if claim.event_id is not None} - {late.event_id}


async def _locked(work: UnitOfWork, reasons: Mapping[int, str]) -> dict[Event, str | None]:
    events = await work.session.scalars(
        select(Event)
        .where(Event.id.in_(sorted(reasons)), Event.deleted_at.is_(None))
        .order_by(Event.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return {event: reasons[event.id] for event in events}


async def _tell(work: UnitOfWork, events: Mapping[Event, str | None], action: str) -> None:
    for event in events:
        event.version += 1
    await work.session.flush()
    await record_all(
        work,
        [
            Entry(event, action, {} if reason is None else {"missing": (None, reason)})
            for event, reason in events.items()
        ],
    )
