"""Equipment and units written a chunk at a time, under the rules for one at a time.

Whatever is refused refuses the chunk, with an error of the rules or the database.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from app.db.models import Equipment, Unit
from app.domain.inventory.service import DEFAULTS
from app.lib.batches import Draft, create_all, lock_all, write_all
from app.lib.unit_of_work import UnitOfWork

_ALL_FIELDS: dict[str, Any] = {
    "description": "", "subcategory_id": None, "location": "", "daily_rate": None, "replacement_value": None,
    "weight_kg": None, "power_w": None, "prep_minutes": 0, "turnaround_minutes": 0, "notes": "",
    **DEFAULTS,
}  # fmt: skip


async def create_equipment_batch(work: UnitOfWork, rows: Sequence[Mapping[str, Any]]) -> list[Equipment]:
    """Add equipment, in order; every row needs category_id, name and sku.

    Raises InvalidInput as `create_equipment` does, IntegrityError or DataError as the database says.
    """
    if not rows:
        return []
    # rows that set the same fields share a statement
    created = [Equipment(**{**_ALL_FIELDS, "tags": [], **row}) for row in rows]
    await create_all(work, created)
    return created


async def edit_equipment_batch(
    work: UnitOfWork, edits: Mapping[int, Mapping[str, Any]]
) -> list[tuple[Equipment, bool]]:
    """Change fields of equipment by id. Returns each with whether anything changed, in their order.

    Raises NotFound, otherwise as `create_equipment_batch`.
    """
    if not edits:
        return []
    found = await lock_all(work, Equipment, list(edits))
    written = await write_all(work, [Draft(found[key], values) for key, values in edits.items()])
    return [(found[key], bool(one.fields)) for key, one in zip(edits, written, strict=True)]


async def add_unit_batch(work: UnitOfWork, wanted: Sequence[tuple[Equipment, Sequence[str]]]) -> None:
    """Add a unit for each asset tag to equipment that is held by this transaction.

    Raises Conflict for equipment counted in bulk, InvalidInput for tags that are taken.
    """
    await create_all(
        work,
        [
            Unit(equipment_id=equipment.id, asset_tag=tag, location=equipment.location)
            for equipment, names in wanted
            for tag in names
        ],
    )
