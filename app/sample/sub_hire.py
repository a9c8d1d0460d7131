"""Gear the sample company hires in around today, noted through the service like any other."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from app.db.models import Client, Event, User
from app.domain.sub_hire.service import create_sub_hire
from app.lib.clock import now
from app.lib.unit_of_work import Actor, UnitOfWork
from app.sample.moments import on_day

SUPPLIER = "Bodensee Bühnentechnik"


@dataclass(frozen=True, slots=True)
class SampleSubHire:
    """So many of a sku for an event, here between two moments: days after today, and the clock."""

    event: str
    sku: str
    quantity: int
    start: tuple[int, str]
    end: tuple[int, str]
    status: str
    cost: str
    reference: str = ""
    notes: str = ""


SUB_HIRES = (
    SampleSubHire(
        "Festival am See, main stage", "LGT-MEGAPT", 4, (8, "14:00"), (15, "12:00"), "ordered", "640.00",
        reference="BB-20417", notes="They deliver to the Seepark, gate 2.",
    ),
    SampleSubHire(
        "Meyer annual meeting", "SPK-K2", 4, (3, "16:00"), (7, "10:00"), "draft", "880.00",
        notes="Asked by phone, offer to come.",
    ),
)  # fmt: skip


async def load_sub_hires(work: UnitOfWork, people: Mapping[str, User], equipment: Mapping[str, Any]) -> None:
    """Note what is hired in. `people` are by username, `equipment` by sku."""
    supplier = await work.session.scalar(select(Client.id).where(Client.name == SUPPLIER))
    events = {name: key for key, name in await work.session.execute(select(Event.id, Event.name))}
    actor, operation, person = work.actor, work.operation, people["manager"]
    work.actor = Actor(person.id, person.label, person.role)
    for sample in SUB_HIRES:
        work.operation = uuid4()
        await create_sub_hire(
            work,
            {
                "equipment_id": equipment[sample.sku].id,
                "supplier_id": supplier,
                "event_id": events[sample.event],
                "quantity": sample.quantity,
                "start_at": on_day(now(), *sample.start),
                "end_at": on_day(now(), *sample.end),
                "status": sample.status,
                "cost": Decimal(sample.cost),
                "reference": sample.reference,
                "notes": sample.notes,
            },
        )
    work.actor, work.operation = actor, operation
