"""Commands on equipment. Every one writes its change row in the transaction of its unit of work."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app.db.models import Equipment, Unit
from app.domain.inventory.rules import EquipmentRules
from app.lib import editing
from app.lib.batches import Draft, write_all
from app.lib.clock import now
from app.lib.editing import Edit, Strategy
from app.lib.errors import InvalidInput
from app.lib.rules import register
from app.lib.unit_of_work import UnitOfWork

register("equipment", EquipmentRules())

DEFAULTS: dict[str, Any] = {"kind": "equipment", "tracking": "bulk", "quantity": 0, "status": "good"}


async def create_equipment(work: UnitOfWork, values: Mapping[str, Any]) -> Equipment:
    """Add equipment. `values` are Python values by field name; category_id, name and sku are required.

    Raises InvalidInput for a taken sku, an unknown category or a subcategory of another category.
    """
    merged = {**DEFAULTS, **values}
    missing = {
        name: message
        for name, message in (
            ("name", "Give it a name."),
            ("sku", "Give it a SKU."),
            ("category_id", "Choose a category."),
        )
        if not merged.get(name)
    }
    if missing:
        raise InvalidInput(missing)
    return await editing.create(work, Equipment(**merged))


async def edit_equipment(
    work: UnitOfWork,
    equipment_id: int,
    values: Mapping[str, Any],
    *,
    version: int | None,
    strategy: Strategy = Strategy.MERGE,
) -> Edit:
    """Change fields of equipment, merging with what others changed since `version`.

    Raises NotFound, EditConflict, or InvalidInput as `create_equipment` does.
    """
    equipment = await editing.lock(work, Equipment, equipment_id)
    return await editing.edit(work, equipment, values, version=version, strategy=strategy)


async def delete_equipment(work: UnitOfWork, equipment_id: int, *, version: int | None) -> Equipment:
    """Delete equipment with its units, so that they can be restored.

    Raises EditConflict when it was changed since `version`, Conflict while a unit of it is in use or events
    count on it.
    """
    equipment = await editing.lock(work, Equipment, equipment_id)
    await editing.refuse_stale(work, equipment, version)
    units = await work.session.scalars(
        select(Unit)
        .where(Unit.equipment_id == equipment_id, Unit.deleted_at.is_(None))
        .order_by(Unit.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    gone = {"deleted_at": now()}
    await write_all(work, [Draft(unit, gone) for unit in units])
    await editing.delete(work, equipment, version=version)
    return equipment


async def restore_equipment(work: UnitOfWork, equipment_id: int) -> Equipment:
    """Take a delete back, with the units that went along.

    Raises InvalidInput when its sku or a tag was given to another meanwhile, or its category was deleted.
    """
    equipment = await editing.lock(work, Equipment, equipment_id, deleted=True)
    await editing.restore(work, equipment)
    return equipment
