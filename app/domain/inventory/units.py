"""Commands on the units of serialized equipment."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.db.models import Equipment, Unit
from app.domain.inventory.rules import UnitRules
from app.lib import editing
from app.lib.batches import create_all
from app.lib.editing import Edit, Strategy
from app.lib.errors import Conflict
from app.lib.rules import register
from app.lib.unit_of_work import UnitOfWork

register("unit", UnitRules())


async def add_units(
    work: UnitOfWork, equipment_id: int, asset_tags: Sequence[str], values: Mapping[str, Any] | None = None
) -> list[Unit]:
    """Add one unit for each asset tag, all with the same further `values`.

    Raises NotFound, Conflict when the equipment is counted in bulk, InvalidInput naming taken tags.
    """
    equipment = await editing.lock(work, Equipment, equipment_id)
    common = {"location": equipment.location, **(values or {})}
    units = [Unit(equipment_id=equipment_id, asset_tag=tag, **common) for tag in asset_tags]
    await create_all(work, units)
    return units


async def edit_unit(
    work: UnitOfWork,
    unit_id: int,
    values: Mapping[str, Any],
    *,
    version: int | None,
    strategy: Strategy = Strategy.MERGE,
) -> Edit:
    """Change fields of a unit, merging with others. Raises NotFound, EditConflict, InvalidInput.

    Raises Conflict for another state of a unit that is with an event: it is moved at the bench.
    """
    unit = await editing.lock(work, Unit, unit_id)
    if unit.rental_id is not None and values.get("state", unit.state) != unit.state:
        raise Conflict(f"{unit.asset_tag} is with an event. Check it in, or put it back, at the bench.")
    return await editing.edit(work, unit, values, version=version, strategy=strategy)


async def delete_unit(work: UnitOfWork, unit_id: int, *, version: int | None) -> Unit:
    """Delete a unit so that it can be restored.

    Raises EditConflict when it was changed since `version`, Conflict while it is in use.
    """
    unit = await editing.lock(work, Unit, unit_id)
    await editing.delete(work, unit, version=version)
    return unit
