"""What has to hold for equipment and units, whoever writes them: forms, merges, undo, imports."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import BigInteger, Text, any_, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.db.models import Category, Change, Equipment, Unit
from app.db.models.unit import HANDED
from app.domain.availability.service import lock_stock
from app.domain.inventory.booking_queries import bookings_of
from app.lib.batches import Draft, write_all
from app.lib.errors import Conflict, InvalidInput
from app.lib.folding import fold
from app.lib.rules import Rules, Write
from app.lib.unit_of_work import UnitOfWork
from app.lib.wire import wire

IN_USE = ("allocated", "prepped", "out")
_FEW = 5


class EquipmentRules(Rules[Equipment]):
    """Skus are unique, categories fit together, and units belong to serialized equipment that is there."""

    async def check(self, work: UnitOfWork, writes: Sequence[Write[Equipment]]) -> None:
        """Raises InvalidInput at sku, category or tracking, Conflict while units are in the way."""
        for write in writes:
            if write.after["kind"] == "consumable" and write.after["tracking"] == "serialized":
                raise InvalidInput({"tracking": "Consumables are counted, not tracked as units."})
        await _check_skus(work, [one for one in writes if one.sets("sku")])
        await _check_places(work, [one for one in writes if one.sets("category_id", "subcategory_id")])
        counted = [one for one in writes if one.after["tracking"] == "bulk" and one.sets("tracking")]
        if await _have_units(work, [one.subject for one in counted if one.subject.id]):
            raise Conflict("It has units. Delete or move them before you count it in bulk.")

    async def may_delete(self, work: UnitOfWork, subject: Equipment) -> None:
        """Raises Conflict while events count on it, or it has units: they would be hidden with their tags."""
        if await _have_units(work, [subject]):
            raise Conflict(f"{subject.name} has units. Delete them first.")
        await _refuse_booked(work, subject)

    async def written(self, work: UnitOfWork, write: Write[Equipment]) -> None:
        """Bring the units back that were deleted along with it."""
        if write.restores:
            gone = await _units_deleted_with(work, write.subject)
            await write_all(work, [Draft(unit, {"deleted_at": None}, undoes_id=key) for unit, key in gone])


class UnitRules(Rules[Unit]):
    """Asset tags are unique, and only serialized equipment that is there has units."""

    async def check(self, work: UnitOfWork, writes: Sequence[Write[Unit]]) -> None:
        """Raises InvalidInput naming taken tags, Conflict where the equipment takes no units."""
        tags = [one.after["asset_tag"] for one in writes if one.sets("asset_tag")]
        own = [one.subject.id for one in writes if one.subject.id]
        taken = await _taken_tags(work, tags, own) if tags else []
        if taken and len(tags) == 1:
            raise InvalidInput({"asset_tag": f"The asset tag {taken[0]} is taken."})
        if taken:
            more = " and more" if len(taken) > _FEW else ""
            raise InvalidInput({"asset_tag": f"Taken: {', '.join(taken[:_FEW])}{more}."})
        await _check_serialized(work, {one.subject.equipment_id for one in writes if one.is_new})
        for write in writes:
            _refuse_moving(write)

    async def may_delete(self, work: UnitOfWork, subject: Unit) -> None:  # noqa: ARG002
        """Raises Conflict while it is in use."""
        if subject.state in IN_USE:
            raise Conflict(f"{subject.asset_tag} is in use. Bring it back before you delete it.")


def _refuse_moving(write: Write[Unit]) -> None:
    """What is with an event is moved at the bench, where it is counted; neither by hand nor by an undo."""
    if write.is_new or not write.sets("state"):
        return
    unit, state = write.subject, write.after["state"]
    stays = state in (*HANDED, "missing")
    if (unit.rental_id is not None and (write.undoes or not stays)) or (write.undoes and state in HANDED):
        raise Conflict(f"{unit.asset_tag} is with an event. It is moved at the bench.")


async def _check_skus(work: UnitOfWork, writes: Sequence[Write[Equipment]]) -> None:
    if not writes:
        return
    skus = {fold(one.after["sku"]): one for one in writes}
    found = await work.session.execute(
        select(Equipment.id, Equipment.name, Equipment.sku).where(
            func.fold(Equipment.sku) == any_(cast(list(skus), ARRAY(Text))), Equipment.deleted_at.is_(None)
        )
    )
    for row in found:
        one = skus.get(fold(row.sku))
        if one is not None and row.id != one.subject.id:
            raise InvalidInput({"sku": f"The SKU {one.after['sku']} is taken by {row.name}."})


async def _check_places(work: UnitOfWork, writes: Sequence[Write[Equipment]]) -> None:
    pairs = {(one.after["category_id"], one.after["subcategory_id"]) for one in writes}
    wanted = [key for pair in pairs for key in pair if key is not None]
    if not pairs:
        return
    found = await work.session.execute(
        select(Category.id, Category.parent_id)
        .where(Category.id == any_(cast(wanted, ARRAY(BigInteger))), Category.deleted_at.is_(None))
        .order_by(Category.id)
        .with_for_update(read=True, key_share=True)  # nobody deletes the category meanwhile
    )
    parents = {row.id: row.parent_id for row in found}
    for category_id, subcategory_id in pairs:
        if category_id not in parents or parents[category_id] is not None:
            raise InvalidInput({"category_id": "This category does not exist, or was deleted."})
        if subcategory_id is not None and parents.get(subcategory_id) != category_id:
            raise InvalidInput({"subcategory_id": "This subcategory belongs to another category."})


async def _refuse_booked(work: UnitOfWork, subject: Equipment) -> None:
    await lock_stock(work, [subject.id])  # who is booking it right now is done first
    found = await bookings_of(work.session, subject.id)
    if found.named:
        events = [
            {"id": one.id, "name": one.name, "status": one.status, "out_start": wire(one.out_start)}
            for one in found.named
        ]
        raise Conflict(
            f"{subject.name} is {found.words}. Archive it instead, or take it off them first.",
            details={"total": found.total, "events": events},
        )


async def _have_units(work: UnitOfWork, subjects: Iterable[Equipment]) -> bool:
    keys = [one.id for one in subjects]
    if not keys:
        return False
    units = select(Unit.id).where(
        Unit.equipment_id == any_(cast(keys, ARRAY(BigInteger))), Unit.deleted_at.is_(None)
    )
    return await work.session.scalar(units.limit(1)) is not None


async def _units_deleted_with(work: UnitOfWork, equipment: Equipment) -> list[tuple[Unit, int]]:
    """The units that the latest deletion of this equipment took along, each with the change that did it."""
    operation = (
        select(Change.operation)
        .where(
            Change.entity == "equipment",
            Change.entity_id == equipment.id,
            Change.action == "equipment.deleted",
        )
        .order_by(Change.version.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = await work.session.execute(
        select(Unit, Change.id)
        .join(Change, (Change.entity == "unit") & (Change.entity_id == Unit.id))
        .where(
            Change.operation == operation,
            Change.action == "unit.deleted",
            Change.version == Unit.version,
            Unit.equipment_id == equipment.id,
            Unit.deleted_at.is_not(None),
        )
        .order_by(Unit.id)
        .with_for_update(key_share=True, of=Unit)
        .execution_options(populate_existing=True)
    )
    return [(row.Unit, row.id) for row in rows]


async def _taken_tags(work: UnitOfWork, asset_tags: Sequence[str], own: Sequence[int]) -> list[str]:
    """Which of these tags other units have already."""
    folded = cast([fold(tag) for tag in asset_tags], ARRAY(Text))
    rows = await work.session.scalars(
        select(Unit.asset_tag).where(
            func.fold(Unit.asset_tag) == any_(folded), Unit.deleted_at.is_(None), Unit.id.not_in(own)
        )
    )
    return sorted(rows)


async def _check_serialized(work: UnitOfWork, equipment_ids: set[int]) -> None:
    if not equipment_ids:
        return
    rows: Iterable[Any] = await work.session.execute(
        select(Equipment.tracking, Equipment.deleted_at)
        .where(Equipment.id == any_(cast(list(equipment_ids), ARRAY(BigInteger))))
        .with_for_update(read=True)  # nobody deletes it, or counts it in bulk, meanwhile
    )
    for tracking, deleted_at in rows:
        if deleted_at is not None:
            raise Conflict("Its equipment was deleted. Restore that first.")
        if tracking != "serialized":
            raise Conflict("It is counted in bulk. Change its tracking to units first.")
