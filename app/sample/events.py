"""Events around today in every state, booked through the services like any other."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from sqlalchemy import select, text

from app.db.models import Client, Event, User
from app.domain.events import booking, policy, rentals, service
from app.domain.events.demand import Line, block_period
from app.domain.handovers.checking_in import check_in
from app.domain.handovers.dispatching import dispatch
from app.domain.handovers.policy import MISSING, Part
from app.domain.prep.ledger import Act
from app.domain.prep.policy import DAMAGED
from app.domain.prep.unit_queries import units_to_pick
from app.lib.clock import now
from app.lib.unit_of_work import Actor, UnitOfWork
from app.sample.moments import on_day


@dataclass(frozen=True, slots=True)
class SampleEvent:
    """An event whose gear is out between two moments (days after today, and the clock in the company).

    `gear` is quantity and sku by heading. `status` is where it ends up; beyond those of events it is "out"
    (confirmed, and its gear gone), "loading" (the first line of it gone), "back" (gone, and back when that is
    over) or "short" (back but for the last piece, which is missing; the first one is damaged). What is to
    leave later than now has not left. With `overbooked` it is confirmed although it does not fit, for that
    reason; `reason` is why it came to nothing, `held_until` when a hold ends.
    """

    name: str
    client: str
    venue: str
    out: tuple[int, str]
    back: tuple[int, str]
    status: str
    gear: Mapping[str, tuple[tuple[int, str], ...]]
    overbooked: str = ""
    reason: str = ""
    held_until: tuple[int, str] | None = None
    by: str = "manager"


_GUARDS = "no_overbooking_insert_delete, no_overbooking_update"
_STEPS: dict[str, tuple[str, ...]] = {
    "draft": (),
    "quoted": (policy.QUOTE,),
    "requested": (policy.REQUEST,),
    "held": (policy.QUOTE, policy.HOLD),
    "lost": (policy.QUOTE, policy.LOSE),
    "declined": (policy.REQUEST, policy.DECLINE),
    "withdrawn": (policy.REQUEST, policy.WITHDRAW),
    "expired": (policy.REQUEST, policy.EXPIRE),
    "closed": (policy.CONFIRM, policy.CLOSE),
    "cancelled": (policy.CONFIRM, policy.CANCEL),
}
"""The steps to a status; every other begins with a confirmation."""

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
        held_until=(1, "18:00"),
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
        {"Sound": ((4, "MIC-KM184"),)}, reason="Another offer was cheaper",
    ),
    SampleEvent(
        "Lindau trade fair", "Stadthalle Lindau", "Stadthalle, foyer",
        (-20, "08:00"), (-17, "18:00"), "closed",
        {"Lighting": ((6, "LGT-MEGAPT"),), "Sound": ((4, "SPK-K122"),)},
    ),
    # the dock of today and tomorrow
    SampleEvent(
        "Lindau Advent market", "Stadthalle Lindau", "Marktplatz", (0, "06:30"), (3, "13:00"), "out",
        {"Lighting": ((24, "LGT-PAR64"),), "Sound": ((2, "SPK-K122"), (4, "MIC-SM58"))}, by="employee",
    ),
    SampleEvent(
        "Nordlicht reading night", "Kulturverein Nordlicht", "Buchhandlung am Tor",
        (0, "10:30"), (1, "10:00"), "loading",
        {"Sound": ((2, "MIC-KM184"), (2, "SPK-K122")), "Lighting": ((4, "LGT-S4LS3"),)},
    ),
    SampleEvent(
        "Meyer works meeting", "Meyer & Sohn GmbH", "Werk 2, canteen",
        (0, "14:00"), (1, "09:00"), "confirmed",
        {"Sound": ((6, "MIC-SM58"), (1, "MIX-QL1")), "Video": ((2, "DSP-FW75"),)}, by="employee",
    ),
    SampleEvent(
        "Rosenberg dress rehearsal", "Rosenberg Events", "Halle 7", (0, "17:30"), (2, "12:00"), "confirmed",
        {"Lighting": ((8, "LGT-SPIIDER"), (8, "LGT-AURAXB"))},
    ),
    SampleEvent(
        "Nordlicht harvest concert", "Kulturverein Nordlicht", "Kulturscheune",
        (-3, "10:00"), (0, "08:30"), "back",
        {"Sound": ((1, "MIX-SQ6"), (8, "MIC-SM57"))},
    ),
    SampleEvent(
        "Meyer product film", "Meyer & Sohn GmbH", "Studio 4", (-2, "09:00"), (0, "13:00"), "back",
        {"Lighting": ((4, "LGT-S60C"), (8, "LGT-TITAN"))}, by="employee",
    ),
    SampleEvent(
        "Lindau town council", "Stadthalle Lindau", "Rathaus", (-1, "15:00"), (0, "17:00"), "back",
        {"Sound": ((8, "MIC-MX418"),), "Video": ((1, "DSP-LG98"),)},
    ),
    SampleEvent(
        "City church, Advent concert", "", "St. Stephan", (1, "07:00"), (1, "23:00"), "confirmed",
        {"Sound": ((2, "MIX-CL5"), (4, "MIC-KM184")), "Lighting": ((8, "LGT-AX5"),)},
    ),
    SampleEvent(
        "Nordlicht club night", "Kulturverein Nordlicht", "Alte Molkerei",
        (-9, "10:00"), (-7, "12:00"), "short",
        {"Sound": ((4, "MIC-MX418"), (2, "MIC-KM184")), "Power": ((4, "CBL-SOCA10"),)}, by="employee",
    ),
    # what came to nothing, each in its way
    SampleEvent(
        "Rosenberg garden party", "Rosenberg Events", "Rosenberg, park",
        (12, "12:00"), (13, "12:00"), "cancelled",
        {"": ((4, "SPK-K122"),)}, reason="The client moved it to next year",
    ),
    SampleEvent(
        "Festival am See, second tent", "Festival am See e.V.", "Seepark",
        (10, "07:00"), (13, "20:00"), "declined",
        {"Sound": ((2, "SPK-K122"),)}, reason="No crew left that weekend", by="technician",
    ),
    SampleEvent(
        "School theatre loan", "", "Gymnasium", (18, "08:00"), (19, "18:00"), "withdrawn",
        {"Lighting": ((4, "LGT-S4LS3"),)}, by="technician",
    ),
    SampleEvent(
        "Nordlicht open day", "Kulturverein Nordlicht", "", (24, "08:00"), (25, "18:00"), "expired",
        {"Sound": ((2, "MIC-SM58"),)}, by="technician",
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
    booked = list[tuple[SampleEvent, Event]]()
    for sample in EVENTS:
        person = people[sample.by]
        work.actor = Actor(person.id, person.label, person.role)
        event = await _book(work, sample, clients.get(sample.client), equipment)
        for step in _STEPS.get(sample.status, (policy.CONFIRM,)):
            await _take(work, event, sample, step)
        # one event after the other: what is overbooked later is no fault of those before it
        for when in ("immediate", "deferred"):
            await work.session.execute(text(f"set constraints {_GUARDS} {when}"))
        booked.append((sample, event))
    # gear that is late was booked in good faith by those who miss it now
    for sample, event in booked:
        await _move_gear(work, sample, event)
    work.actor, work.operation = actor, operation


async def _book(
    work: UnitOfWork, sample: SampleEvent, client_id: int | None, equipment: Mapping[str, Any]
) -> Event:
    work.operation = uuid4()
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


async def _take(work: UnitOfWork, event: Event, sample: SampleEvent, step: str) -> None:
    """Take one step, as an intent of its own."""
    work.operation = uuid4()
    if step == policy.HOLD:
        expires_at = on_day(now(), *sample.held_until) if sample.held_until else None
        await service.hold(work, event.id, expires_at=expires_at)
    elif step == policy.REQUEST:
        await service.request(work, event.id)
    elif step == policy.CONFIRM:
        await service.confirm(work, event.id, overbook_reason=sample.overbooked)
    else:
        await service.take_step(work, event.id, step, reason=sample.reason)


async def _move_gear(work: UnitOfWork, sample: SampleEvent, event: Event) -> None:
    """Dispatch what has left by now, and check in what has come back."""
    if sample.status not in {"out", "loading", "back", "short"} or event.out_start > now():
        return
    lines = await booking.lines_of(work, event)
    parts = list[Part]()
    for line in lines[:1] if sample.status == "loading" else lines:
        parts += await _parts_of(work, event, line)
    await dispatch(work, Act(uuid4()), event.id, parts, at=event.out_start, vehicle="Van 1")
    if sample.status == "short":
        parts = _short(parts)
    if sample.status in {"back", "short"} and event.out_end <= now():
        await check_in(work, Act(uuid4()), event.id, parts, at=event.out_end)


def _short(parts: list[Part]) -> list[Part]:
    """The same, with a piece of the first part damaged and one of the last missing."""
    first, last = parts[0], parts[-1]
    damaged = replace(first, quantity=1, condition=DAMAGED, note="Capsule rattles")
    missing = replace(last, quantity=1, condition=MISSING, note="Not in the van")
    rest = [replace(one, quantity=one.quantity - 1) for one in (first, last) if one.quantity > 1]
    return [damaged, *rest, *parts[1:-1], missing]


async def _parts_of(work: UnitOfWork, event: Event, line: Line) -> list[Part]:
    """All of a line: as a number of pieces, or unit by unit."""
    if line.equipment.tracking != "serialized":
        return [Part(line.rental.id, line.rental.quantity)]
    units = await units_to_pick(work.session, line.rental.id, line.equipment.id, block_period(event, line))
    return [Part(line.rental.id, 1, unit_id) for unit_id, _ in units[: line.rental.quantity]]
