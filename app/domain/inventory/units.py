"""Commands on the units of serialized equipment."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Text, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.db.models import Equipment, Unit
from app.lib import editing
from app.lib.editing import Edit, Strategy
from app.lib.errors import Conflict, InvalidInput
from app.lib.unit_of_work import UnitOfWork


async def add_units(
    work: UnitOfWork, equipment_id: int, asset_tags: Sequence[str], values: Mapping[str, Any] | None = None
) -> list[Unit]:
    """Add one unit for each asset tag, all with the same further `values`.

    Raises NotFound, Conflict when the equipment is counted in bulk, InvalidInput naming taken tags.
    """
    equipment = await editing.lock(work, Equipment, equipment_id)
    if equipment.tracking != "serialized":
        raise Conflict("It is counted in bulk. Change its tracking to units first.")
    taken = await taken_tags(work, asset_tags)
    if taken:
        raise InvalidInput(
            {"asset_tag": f"Taken: {', '.join(taken[:5])}{' and more' if len(taken) > 5 else ''}."}  # noqa: PLR2004
        )
    common = {"location": equipment.location, **(values or {})}
    return [
        await editing.create(work, Unit(equipment_id=equipment_id, asset_tag=tag, **common))
        for tag in asset_tags
    ]


async def edit_unit(
    work: UnitOfWork,
    unit_id: int,
    values: Mapping[str, Any],
    *,
    version: int | None,
    strategy: Strategy = Strategy.MERGE,
) -> Edit:
    """Change fields of a unit, merging with others. Raises NotFound, EditConflict, InvalidInput."""
    unit = await editing.lock(work, Unit, unit_id)
    tag = values.get("asset_tag")
    if tag is not None and tag != unit.asset_tag and await taken_tags(work, [tag], but=unit_id):
        raise InvalidInput({"asset_tag": f"The asset tag {tag} is taken."})
    return await editing.edit(work, unit, values, version=version, strategy=strategy)


async def delete_unit(work: UnitOfWork, unit_id: int, *, version: int | None) -> Unit:
    """Delete a unit so that it can be restored. Raises EditConflict when it was changed since `version`."""
    unit = await editing.lock(work, Unit, unit_id)
    if unit.state in {"out", "prepped", "allocated"}:
        raise Conflict(f"{unit.asset_tag} is in use. Bring it back before you delete it.")
    await editing.delete(work, unit, version=version)
    return unit


async def taken_tags(work: UnitOfWork, asset_tags: Sequence[str], *, but: int = 0) -> list[str]:
    """Which of these tags other units have already."""
    folded = select(func.fold(func.unnest(literal(list(asset_tags), ARRAY(Text)))))
    rows = await work.session.scalars(
        select(Unit.asset_tag).where(
            func.fold(Unit.asset_tag).in_(folded), Unit.deleted_at.is_(None), Unit.id != but
        )
    )
    return sorted(rows)
