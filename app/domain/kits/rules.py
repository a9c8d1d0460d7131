"""What has to hold for kits and their components, accessories and substitutes, whoever writes them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from app.db.models import Accessory, Equipment, Kit, KitComponent, Substitute
from app.domain.kits.fields import MOST_ALONG, MOST_PIECES
from app.lib.errors import Conflict, InvalidInput
from app.lib.rules import Rules, Write
from app.lib.unit_of_work import UnitOfWork

Pair = Accessory | Substitute


class KitRules(Rules[Kit]):
    """A kit has a name and a SKU of its own."""

    async def check(self, work: UnitOfWork, writes: Sequence[Write[Kit]]) -> None:
        """Raises InvalidInput."""
        for write in writes:
            after = write.after
            errors = {} if after["name"] else {"name": "Give it a name."}
            if not after["sku"]:
                errors["sku"] = "Give it a SKU."
            elif write.sets("sku"):
                taken = await work.session.scalar(
                    select(Kit.name).where(
                        func.fold(Kit.sku) == func.fold(after["sku"]),
                        Kit.deleted_at.is_(None),
                        Kit.id != (write.subject.id or 0),
                    )
                )
                if taken is not None:
                    errors["sku"] = f"The SKU {after['sku']} is taken by {taken}."
            if errors:
                raise InvalidInput(errors)


class ComponentRules(Rules[KitComponent]):
    """Each equipment stands in a kit once, with a sensible quantity."""

    async def check(self, work: UnitOfWork, writes: Sequence[Write[KitComponent]]) -> None:
        """Raises InvalidInput, or Conflict for equipment or a kit that was deleted."""
        for write in writes:
            subject = write.subject
            _require_number("quantity", write.after["quantity"], MOST_PIECES)
            if not write.is_new:
                continue
            await _require_there(work, [subject.equipment_id])
            kit = select(Kit.id).where(Kit.id == subject.kit_id, Kit.deleted_at.is_(None))
            if await work.session.scalar(kit) is None:
                raise Conflict("Its kit was deleted. Restore that first.")
            twin = select(KitComponent.id).where(
                KitComponent.kit_id == subject.kit_id,
                KitComponent.equipment_id == subject.equipment_id,
                KitComponent.deleted_at.is_(None),
                KitComponent.id != (subject.id or 0),
            )
            if await work.session.scalar(twin) is not None:
                raise InvalidInput({"equipment_id": f"{subject.name} is in this kit already."})


class AccessoryRules(Rules[Accessory]):
    """An accessory goes along with another equipment, once, in a sensible ratio."""

    async def check(self, work: UnitOfWork, writes: Sequence[Write[Accessory]]) -> None:
        """Raises InvalidInput, or Conflict for equipment that was deleted."""
        for write in writes:
            _require_number("quantity", write.after["quantity"], MOST_ALONG)
            _require_number("per", write.after["per"], MOST_ALONG)
            if write.is_new:
                await _require_pair(work, write.subject, Accessory.accessory_id, "goes along already")


class SubstituteRules(Rules[Substitute]):
    """A substitute stands in for another equipment, once. The other way round is another matter."""

    async def check(self, work: UnitOfWork, writes: Sequence[Write[Substitute]]) -> None:
        """Raises InvalidInput, or Conflict for equipment that was deleted."""
        for write in writes:
            if write.is_new:
                await _require_pair(work, write.subject, Substitute.substitute_id, "may stand in already")


def _require_number(name: str, value: object, most: int) -> None:
    if not isinstance(value, int) or not 1 <= value <= most:
        raise InvalidInput({name: f"Write a number between 1 and {most:,}."})


async def _require_pair(work: UnitOfWork, subject: Pair, other: Any, words: str) -> None:
    """Two different pieces of equipment that are there, and no such pair yet."""
    other_id = getattr(subject, other.key)
    if other_id == subject.equipment_id:
        raise InvalidInput({"other_id": "Choose another equipment than this one."})
    await _require_there(work, [subject.equipment_id, other_id])
    model = type(subject)
    twin = select(model.id).where(
        model.equipment_id == subject.equipment_id,
        other == other_id,
        model.deleted_at.is_(None),
        model.id != (subject.id or 0),
    )
    if await work.session.scalar(twin) is not None:
        raise InvalidInput({"other_id": f"{subject.name} {words}."})


async def _require_there(work: UnitOfWork, equipment_ids: Sequence[int]) -> None:
    found = await work.session.scalars(
        select(Equipment.id)
        .where(Equipment.id.in_(equipment_ids), Equipment.deleted_at.is_(None))
        .order_by(Equipment.id)
        .with_for_update(read=True, key_share=True)  # nobody deletes it meanwhile
    )
    if len(found.all()) < len(set(equipment_ids)):
        raise Conflict("Its equipment was deleted. Restore that first.")
