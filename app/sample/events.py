"""Events around today in every state, booked through the services like any other."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sqlalchemy import select, text

from app.db.models import Client, Event, User
from app.domain.availability.service import hand_out
from app.domain.events import booking, policy, rentals, service
from app.lib.clock import now
from app.lib.unit_of_work import Actor, UnitOfWork
from app.sample.moments import on_day


@dataclass(frozen=True, slots=True)
class SampleEvent:
    """An event whose gear is out between two moments (days after today, and the clock in the company).

    `gear` is quantity and sku by heading. `status` is where it ends up; "out" is confirmed with its gear
    gone. With `overbooked` it is confirmed although it does not fit, for that reason.
    """

    name: str
    client: str
    venue: str
    out: tuple[int, str]
    back: tuple[int, str]
    status: str
    gear: Mapping[str, tuple[tuple[int, str], ...]]
    overbooked: str = ""
    by: str = "manager"


_GUARDS = "no_overbooking_insert_delete, no_overbooking_update"

EVENTS = (
    SampleEvent(
        "Nordlicht lecture series", "Kulturverein Nordlicht", "Altes Kino",
        (-6, "09:00"), (-1, "12:00"), "out",
        {"Sound": ((4, "MIC-MX418"), (1, "MIX-CL5"))},
    ),
    SampleEvent(
        "Rosenberg winter gala", "Rosenberg Events", "Schloss Rosenberg", (-1, "08:00"), (2, "14:00"), "out",
        {"Lighting": ((10, "LGT-MEGAPT"), (1, "CTL-MA3L")), "Sound": ((12, "MIC-SM58"),)},
    ),
    SampleEvent(
        "Lindau city concert", "Stadthalle Lindau", "Stadthalle, great hall",
        (2, "16:00"), (5, "12:00"), "confirmed",
        {"Sound": ((24, "SPK-K2"), (8, "AMP-LA12X"), (16, "MIC-SM57")), "Lighting": ((8, "LGT-MEGAPT"),)},
    ),
    SampleEvent(
        "Meyer annual meeting", "Meyer & Sohn GmbH", "Kongresshalle, Saal 1",
        (4, "07:00"), (6, "18:00"), "confirmed",
        {"Sound": ((4, "SPK-K2"), (4, "MIC-MX418"))}, overbooked="Four boxes come from a partner in the city",
    ),
    SampleEvent(
        "Festival am See, main stage", "Festival am See e.V.", "Seepark", (9, "07:00"), (14, "20:00"), "held",
        {"Lighting": ((16, "LGT-MEGAPT"), (1, "CTL-MA3L")), "Sound": ((12, "SPK-K2"), (24, "MIC-SM58"))},
    ),
    SampleEvent(
        "Festival am See, tent", "Festival am See e.V.", "Seepark, tent",
        (10, "07:00"), (13, "20:00"), "quoted",
        {"Sound": ((8, "SPK-K122"), (8, "MIC-SM58"), (4, "MIC-B52A"))},
    ),
    SampleEvent(
        "Rosenberg product launch", "Rosenberg Events", "Halle 7", (7, "10:00"), (8, "22:00"), "requested",
        {"Lighting": ((6, "LGT-MEGAPT"),), "Sound": ((4, "MIC-SM58"),)}, by="technician",
    ),
    SampleEvent(
        "Meyer summer party", "Meyer & Sohn GmbH", "", (21, "12:00"), (23, "12:00"), "draft",
        {"": ((4, "SPK-K122"), (6, "MIC-SM58"))},
    ),
    SampleEvent(
        "Nordlicht chamber night", "Kulturverein Nordlicht", "Orangerie",
        (16, "14:00"), (17, "23:00"), "lost",
        {"Sound": ((4, "MIC-KM184"),)},
    ),
    SampleEvent(
        "Lindau trade fair", "Stadthalle Lindau", "Stadthalle, foyer",
        (-20, "08:00"), (-17, "18:00"), "closed",
        {"Lighting": ((6, "LGT-MEGAPT"),), "Sound": ((4, "SPK-K122"),)},
    ),
)  # fmt: skip


async def load_events(work: UnitOfWork, people: Mapping[str, User], equipment: Mapping[str, Any]) -> None:
    """Book the events. `people` are by username, `equipment` by sku; a client that is missing is none."""
    clients = {
        name: key
        for key, name in await work.session.execute(
            select(Client.id, Client.name).where(Client.deleted_at.is_(None))
        )
    }
    actor, operation = work.actor, work.operation
    for sample in EVENTS:
        person = people[sample.by]
        work.actor, work.operation = Actor(person.id, person.label, person.role), uuid4()
        event = await _book(work, sample, clients.get(sample.client), equipment)
        await _bring_to(work, event, sample)
        # one event after the other: what is overbooked later is no fault of those before it
        for when in ("immediate", "deferred"):
            await work.session.execute(text(f"set constraints {_GUARDS} {when}"))
    work.actor, work.operation = actor, operation


async def _book(
    work: UnitOfWork, sample: SampleEvent, client_id: int | None, equipment: Mapping[str, Any]
) -> Event:
    out, back = on_day(now(), *sample.out), on_day(now(), *sample.back)
    event = await service.create_event(
        work,
        {
            "name": sample.name,
            "client_id": client_id,
            "venue": sample.venue,
            "out_start": out,
            "out_end": back,
        },
    )
    for heading, lines in sample.gear.items():
        for quantity, sku in lines:
            line = {"quantity": quantity, "heading": heading}
            await rentals.add_rental(work, event.id, equipment[sku].id, line)
    return event


async def _bring_to(work: UnitOfWork, event: Event, sample: SampleEvent) -> None:
    """Take the steps that lead to the status of the sample, each as an intent of its own."""
    work.operation = uuid4()
    if sample.status in {"quoted", "held", "lost"}:
        await service.take_step(work, event.id, policy.QUOTE)
    work.operation = uuid4()
    if sample.status == "held":
        await service.hold(work, event.id)
    elif sample.status == "requested":
        await service.request(work, event.id)
    elif sample.status == "lost":
        await service.take_step(work, event.id, policy.LOSE, reason="Another offer was cheaper")
    elif sample.status in {"confirmed", "out", "closed"}:
        await service.confirm(work, event.id, overbook_reason=sample.overbooked)
    if sample.status == "closed":
        await service.take_step(work, event.id, policy.CLOSE)
    elif sample.status == "out":
        for line in await booking.lines_of(work, event):
            await hand_out(work, line.rental.id, line.rental.quantity, event.out_start)
