"""What the tests of events and availability build upon: equipment, events and lines in a few words."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from app.db.models import Equipment, Event, Rental
from app.domain.events import rentals, service
from app.domain.inventory.categories import create_category
from app.domain.inventory.service import create_equipment
from app.lib.unit_of_work import UnitOfWork

_numbers = count(1)
MONDAY = datetime(2031, 6, 2, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def a_category(work: UnitOfWork) -> int:
    return (await create_category(work, f"Category {next(_numbers)}")).id


async def some_equipment(work: UnitOfWork, quantity: int, **values: Any) -> Equipment:
    number = next(_numbers)
    return await create_equipment(
        work,
        {
            "name": f"Equipment {number}",
            "sku": f"EQ-{number}",
            "category_id": values.pop("category_id", None) or await a_category(work),
            "quantity": quantity,
            **values,
        },
    )


async def an_event(work: UnitOfWork, start: datetime = MONDAY, hours: float = 24, **values: Any) -> Event:
    return await service.create_event(
        work,
        {
            "name": f"Event {next(_numbers)}",
            "out_start": start,
            "out_end": start + timedelta(hours=hours),
            **values,
        },
    )


async def a_rental(
    work: UnitOfWork, event: Event, equipment: Equipment, quantity: int, **values: Any
) -> Rental:
    return await rentals.add_rental(work, event.id, equipment.id, {"quantity": quantity, **values})


async def a_confirmed_event(
    work: UnitOfWork,
    equipment: Equipment,
    quantity: int,
    start: datetime = MONDAY,
    hours: float = 24,
    **values: Any,
) -> Event:
    event = await an_event(work, start, hours, **values)
    await a_rental(work, event, equipment, quantity)
    return await service.confirm(work, event.id)
