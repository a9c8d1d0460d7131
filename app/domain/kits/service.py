"""Commands on kits: what they are, what is in them, and putting them on events."""

from collections.abc import Sequence

from sqlalchemy import func, select

from app.db.models import Equipment, Kit, KitComponent, Rental
from app.domain.events.rentals import NewLine, add_rentals
from app.domain.kits.fields import MOST_KITS
from app.domain.kits.policy import Part, merged, moved
from app.domain.kits.rules import ComponentRules, KitRules
from app.lib import editing
from app.lib.batches import Draft, lock_all, write_all
from app.lib.commands import Commands
from app.lib.errors import InvalidInput, NotFound
from app.lib.rules import register
from app.lib.unit_of_work import UnitOfWork

register(Kit.entity, KitRules())
register(KitComponent.entity, ComponentRules())

_KITS = Commands(Kit, ("name", "sku", "description", "daily_rate", "tags", "notes", "archived"))
_COMPONENTS = Commands(KitComponent, ("quantity",))

create_kit = _KITS.create
"""Add a kit without components; name and sku are required. Raises InvalidInput."""
edit_kit = _KITS.edit
"""Change fields of a kit, merging with others. Raises NotFound, EditConflict, InvalidInput."""
delete_kit = _KITS.delete
"""Delete a kit so that it can be restored; events keep its lines. Raises NotFound, EditConflict."""
restore_kit = _KITS.restore
"""Take a delete back. Raises NotFound, InvalidInput when its SKU was taken meanwhile."""
edit_component = _COMPONENTS.edit
"""Change how many are in the kit. Raises NotFound, EditConflict, InvalidInput."""
remove_component = _COMPONENTS.delete
"""Take equipment out of a kit, so that it can be put back. Raises NotFound, EditConflict."""
restore_component = _COMPONENTS.restore
"""Put equipment back into its kit. Raises NotFound, InvalidInput, Conflict."""


async def add_component(work: UnitOfWork, kit_id: int, equipment_id: int, quantity: int = 1) -> KitComponent:
    """Put equipment into a kit, behind what is in it. Raises NotFound, InvalidInput."""
    await editing.lock(work, Kit, kit_id)
    equipment = await work.session.get(Equipment, equipment_id)
    if equipment is None or equipment.deleted_at is not None:
        raise InvalidInput({"equipment_id": "This equipment does not exist."})
    if equipment.archived:
        raise InvalidInput({"equipment_id": f"{equipment.name} is archived."})
    last = await work.session.scalar(
        select(func.max(KitComponent.position)).where(KitComponent.kit_id == kit_id)
    )
    return await _COMPONENTS.create(
        work,
        {"quantity": quantity},
        kit_id=kit_id,
        equipment_id=equipment_id,
        position=(last or 0) + 1,
        name=equipment.name,
    )


async def move_component(work: UnitOfWork, component_id: int, step: int) -> KitComponent:
    """Move a component so many places down in its kit, up below zero. Raises NotFound."""
    kit_id = await work.session.scalar(select(KitComponent.kit_id).where(KitComponent.id == component_id))
    if kit_id is None:
        raise NotFound("This component does not exist, or was taken out.")
    await editing.lock(work, Kit, kit_id)
    rows = await work.session.execute(
        select(KitComponent.id)
        .where(KitComponent.kit_id == kit_id, KitComponent.deleted_at.is_(None))
        .order_by(KitComponent.position, KitComponent.id)
    )
    order = [row.id for row in rows]
    if component_id not in order:
        raise NotFound("This component does not exist, or was taken out.")
    locked = await lock_all(work, KitComponent, order)
    places = {key: place for place, key in enumerate(moved(order, component_id, step), 1)}
    await write_all(work, [Draft(locked[key], {"position": place}) for key, place in places.items()])
    return locked[component_id]


async def add_kit_to_event(
    work: UnitOfWork, event_id: int, kit_id: int, quantity: int, *, overbook_reason: str = ""
) -> Sequence[Rental]:
    """Put so many kits on an event, as lines under the name of the kit, with what comes along.

    One booking: all of it is taken or nothing is. Returns the lines of the components. Raises NotFound,
    Conflict, InvalidInput, Shortage naming every equipment that is short.
    """
    if not 1 <= quantity <= MOST_KITS:
        raise InvalidInput({"quantity": f"Write a number between 1 and {MOST_KITS:,}."})
    kit = await work.session.get(Kit, kit_id)
    if kit is None or kit.deleted_at is not None:
        raise InvalidInput({"kit_id": "This kit does not exist."})
    if kit.archived:
        raise InvalidInput({"kit_id": f"{kit.name} is archived."})
    parts = await _parts(work, kit)
    values = {"heading": kit.name, "kit_id": kit.id}
    lines = [
        NewLine(equipment_id, {**values, "quantity": pieces * quantity})
        for equipment_id, pieces in merged(parts).items()
    ]
    return await add_rentals(work, event_id, lines, overbook_reason=overbook_reason)


async def _parts(work: UnitOfWork, kit: Kit) -> list[Part]:
    """The components of a kit in order. Raises InvalidInput for one that holds nothing, or what is gone."""
    rows = (
        await work.session.execute(
            select(
                KitComponent.equipment_id,
                KitComponent.quantity,
                Equipment.name,
                Equipment.archived,
                Equipment.deleted_at,
            )
            .join(Equipment, Equipment.id == KitComponent.equipment_id)
            .where(KitComponent.kit_id == kit.id, KitComponent.deleted_at.is_(None))
            .order_by(KitComponent.position, KitComponent.id)
        )
    ).all()
    if not rows:
        raise InvalidInput({"kit_id": f"{kit.name} has no components yet."})
    for row in rows:
        if row.deleted_at is not None or row.archived:
            state = "was deleted" if row.deleted_at is not None else "is archived"
            raise InvalidInput({"kit_id": f"{kit.name} holds {row.name}, which {state}."})
    return [Part(row.equipment_id, row.quantity) for row in rows]
