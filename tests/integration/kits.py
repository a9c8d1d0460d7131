"""What the tests of kits build upon."""

from collections.abc import Generator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select

from app.db.models import Accessory, Equipment, Event, Kit, Rental
from app.domain.kits import service
from app.domain.kits.accessories import add_accessory
from app.lib.errors import InvalidInput
from app.lib.unit_of_work import UnitOfWork

_numbers = count(1)


async def a_kit(work: UnitOfWork, *parts: tuple[Equipment, int], **values: Any) -> Kit:
    """A kit of these components."""
    number = next(_numbers)
    kit = await service.create_kit(work, {"name": f"Kit {number}", "sku": f"KIT-{number}", **values})
    for equipment, quantity in parts:
        await service.add_component(work, kit.id, equipment.id, quantity)
    return kit


async def goes_along(
    work: UnitOfWork, equipment: Equipment, other: Equipment, quantity: int = 1, per: int = 1, **values: Any
) -> Accessory:
    """An accessory of an equipment."""
    return await add_accessory(work, equipment.id, other.id, {"quantity": quantity, "per": per, **values})


async def lines(work: UnitOfWork, event: Event) -> list[Rental]:
    """The live lines of an event, in order."""
    found = await work.session.scalars(
        select(Rental)
        .where(Rental.event_id == event.id, Rental.deleted_at.is_(None))
        .order_by(Rental.position, Rental.id)
        .execution_options(populate_existing=True)
    )
    return list(found)


async def quantities(work: UnitOfWork, event: Event) -> dict[int, int]:
    """How many pieces of each equipment stand on an event."""
    found: dict[int, int] = {}
    for line in await lines(work, event):
        found[line.equipment_id] = found.get(line.equipment_id, 0) + line.quantity
    return found


@contextmanager
def refused_at(field: str) -> Generator[None]:
    """What is done inside is refused because of this field alone."""
    with pytest.raises(InvalidInput) as refused:
        yield
    assert list(refused.value.fields) == [field]
