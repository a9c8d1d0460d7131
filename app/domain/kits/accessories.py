"""Commands on accessories and substitutes of equipment."""

from collections.abc import Mapping
from typing import Any

from app.db.models import Accessory, Equipment, Substitute
from app.domain.kits.rules import AccessoryRules, SubstituteRules
from app.lib import editing
from app.lib.editing import Edit, Strategy
from app.lib.errors import InvalidInput, NotFound
from app.lib.rules import register
from app.lib.unit_of_work import UnitOfWork

Pair = Accessory | Substitute

_WRITABLE = {Accessory.entity: ("quantity", "per", "included"), Substitute.entity: ("notes",)}

register(Accessory.entity, AccessoryRules())
register(Substitute.entity, SubstituteRules())


async def add_accessory(
    work: UnitOfWork, equipment_id: int, accessory_id: int, values: Mapping[str, Any]
) -> Accessory:
    """Have an equipment go along with another one, one for one unless `values` say otherwise.

    Raises NotFound, InvalidInput.
    """
    other = await _other(work, equipment_id, accessory_id)
    given = {name: values[name] for name in _WRITABLE[Accessory.entity] if name in values}
    accessory = Accessory(
        equipment_id=equipment_id,
        accessory_id=accessory_id,
        name=other.name,
        **{"quantity": 1, "per": 1, "included": True, **given},
    )
    return await editing.create(work, accessory)


async def add_substitute(
    work: UnitOfWork, equipment_id: int, substitute_id: int, values: Mapping[str, Any]
) -> Substitute:
    """Approve that an equipment may stand in for another one. Raises NotFound, InvalidInput."""
    other = await _other(work, equipment_id, substitute_id)
    notes: str = values.get("notes", "")
    substitute = Substitute(
        equipment_id=equipment_id, substitute_id=substitute_id, name=other.name, notes=notes
    )
    return await editing.create(work, substitute)


async def edit_pair(
    work: UnitOfWork,
    model: type[Pair],
    pair_id: int,
    values: Mapping[str, Any],
    *,
    version: int | None,
    strategy: Strategy = Strategy.MERGE,
) -> Edit:
    """Change an accessory or a substitute, merging with others.

    Raises NotFound, EditConflict, InvalidInput.
    """
    pair = await editing.lock(work, model, pair_id)
    given = {name: values[name] for name in _WRITABLE[model.entity] if name in values}
    return await editing.edit(work, pair, given, version=version, strategy=strategy)


async def remove_pair(work: UnitOfWork, model: type[Pair], pair_id: int, *, version: int | None) -> Pair:
    """Take an accessory or a substitute away, so that it can be restored. Raises NotFound, EditConflict."""
    pair = await editing.lock(work, model, pair_id)
    await editing.delete(work, pair, version=version)
    return pair


async def restore_pair(work: UnitOfWork, model: type[Pair], pair_id: int) -> Pair:
    """Take a removal back. Raises NotFound, InvalidInput, Conflict."""
    pair = await editing.lock(work, model, pair_id, deleted=True)
    await editing.restore(work, pair)
    return pair


async def _other(work: UnitOfWork, equipment_id: int, other_id: int) -> Equipment:
    equipment = await work.session.get(Equipment, equipment_id)
    if equipment is None or equipment.deleted_at is not None:
        raise NotFound("This equipment does not exist, or was deleted.")
    other = await work.session.get(Equipment, other_id)
    if other is None or other.deleted_at is not None:
        raise InvalidInput({"other_id": "This equipment does not exist."})
    if other.archived:
        raise InvalidInput({"other_id": f"{other.name} is archived."})
    return other
