"""Commands on accessories and substitutes of equipment."""

from collections.abc import Mapping
from typing import Any

from app.db.models import Accessory, Equipment, Substitute
from app.domain.kits.rules import AccessoryRules, SubstituteRules
from app.lib.commands import Commands
from app.lib.errors import InvalidInput, NotFound
from app.lib.rules import register
from app.lib.unit_of_work import UnitOfWork

register(Accessory.entity, AccessoryRules())
register(Substitute.entity, SubstituteRules())

ACCESSORIES = Commands(Accessory, ("quantity", "per", "included"))
SUBSTITUTES = Commands(Substitute, ("notes",))


async def add_accessory(
    work: UnitOfWork, equipment_id: int, accessory_id: int, values: Mapping[str, Any]
) -> Accessory:
    """Have an equipment go along with another one, one for one unless `values` say otherwise.

    Raises NotFound, InvalidInput.
    """
    other = await _other(work, equipment_id, accessory_id)
    ratio = {"quantity": 1, "per": 1, "included": True, **values}
    return await ACCESSORIES.create(
        work, ratio, equipment_id=equipment_id, accessory_id=accessory_id, name=other.name
    )


async def add_substitute(
    work: UnitOfWork, equipment_id: int, substitute_id: int, values: Mapping[str, Any]
) -> Substitute:
    """Approve that an equipment may stand in for another one. Raises NotFound, InvalidInput."""
    other = await _other(work, equipment_id, substitute_id)
    return await SUBSTITUTES.create(
        work,
        {"notes": "", **values},
        equipment_id=equipment_id,
        substitute_id=substitute_id,
        name=other.name,
    )


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
