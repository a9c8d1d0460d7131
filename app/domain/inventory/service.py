"""Commands on equipment. Every one writes its change row in the transaction of its unit of work."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app.db.models import Category, Equipment, Unit
from app.domain.inventory.queries import equipment_by_sku
from app.lib import editing
from app.lib.editing import Edit, Strategy
from app.lib.errors import Conflict, InvalidInput
from app.lib.unit_of_work import UnitOfWork

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
    await _check(work, None, merged)
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
    await _check(work, equipment, values)
    return await editing.edit(work, equipment, values, version=version, strategy=strategy)


async def delete_equipment(work: UnitOfWork, equipment_id: int, *, version: int | None) -> Equipment:
    """Delete equipment so that it can be restored. Raises EditConflict when changed since `version`."""
    equipment = await editing.lock(work, Equipment, equipment_id)
    await editing.delete(work, equipment, version=version)
    return equipment


async def restore_equipment(work: UnitOfWork, equipment_id: int) -> Equipment:
    """Take a delete back. Raises InvalidInput when its sku was given to another meanwhile."""
    equipment = await editing.lock(work, Equipment, equipment_id, deleted=True)
    await _check_sku(work, equipment.id, equipment.sku)
    if await _category_errors(work, equipment.category_id, equipment.subcategory_id):
        raise Conflict("Its category was deleted meanwhile. Restore that first.")
    await editing.edit(work, equipment, {"deleted_at": None}, version=None)
    return equipment


async def _check(work: UnitOfWork, equipment: Equipment | None, values: Mapping[str, Any]) -> None:
    """The rules that need a look at other rows. The database holds the same ones, without the words."""

    def after(name: str) -> Any:
        return values[name] if name in values else getattr(equipment, name, None)

    errors: dict[str, str] = {}
    if after("kind") == "consumable" and after("tracking") == "serialized":
        errors["tracking"] = "Consumables are counted, not tracked as units."
    if "sku" in values and (equipment is None or values["sku"] != equipment.sku):
        await _check_sku(work, equipment.id if equipment else None, values["sku"])
    if "category_id" in values or "subcategory_id" in values:
        errors |= await _category_errors(work, after("category_id"), after("subcategory_id"))
    if errors:
        raise InvalidInput(errors)
    if equipment is not None and equipment.tracking == "serialized" and values.get("tracking") == "bulk":
        await _refuse_while_it_has_units(work, equipment)


async def _check_sku(work: UnitOfWork, equipment_id: int | None, sku: str) -> None:
    other = await equipment_by_sku(work.session, sku)
    if other is not None and other.id != equipment_id:
        raise InvalidInput({"sku": f"The SKU {sku} is taken by {other.name}."})


async def _category_errors(work: UnitOfWork, category_id: Any, subcategory_id: Any) -> dict[str, str]:
    wanted = [key for key in (category_id, subcategory_id) if key]
    rows = await work.session.execute(
        select(Category.id, Category.parent_id)
        .where(Category.id.in_(wanted), Category.deleted_at.is_(None))
        .with_for_update(read=True, key_share=True)  # nobody deletes the category meanwhile
    )
    parents = {row.id: row.parent_id for row in rows}
    if category_id not in parents or parents[category_id] is not None:
        return {"category_id": "This category does not exist."}
    if subcategory_id and parents.get(subcategory_id, 0) != category_id:
        return {"subcategory_id": "This subcategory belongs to another category."}
    return {}


async def _refuse_while_it_has_units(work: UnitOfWork, equipment: Equipment) -> None:
    units = select(Unit.id).where(Unit.equipment_id == equipment.id, Unit.deleted_at.is_(None)).limit(1)
    if await work.session.scalar(units) is not None:
        raise Conflict("It has units. Delete or move them before you count it in bulk.")
