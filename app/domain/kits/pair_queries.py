"""What goes along with an equipment, what may stand in for it, and where it is part of something itself."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.db.models import Accessory, Category, Equipment, Kit, KitComponent, Substitute
from app.lib.errors import NotFound

Reading = AsyncConnection | AsyncSession

KIT, ALONG, INSTEAD = "kit", "along", "instead"


@dataclass(frozen=True, slots=True)
class Other:
    """Another equipment, as a line shows it."""

    id: int
    version: int
    other_id: int
    name: str
    sku: str
    photo: str | None
    icon: str
    stock: int
    archived: bool
    deleted_at: datetime | None

    @property
    def gone(self) -> str:
        """Why it cannot be rented; empty when it can."""
        return "deleted" if self.deleted_at else "archived" if self.archived else ""


@dataclass(frozen=True, slots=True)
class AccessoryLine(Other):
    """What goes along: `quantity` pieces for every `per`; by itself when `included`."""

    quantity: int
    per: int
    included: bool


@dataclass(frozen=True, slots=True)
class SubstituteLine(Other):
    """What may stand in, and what is to be minded then."""

    notes: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where an equipment is part of something: a kit, or what it goes along with or stands in for."""

    kind: str
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Pairs:
    """Everything the tab of an equipment shows."""

    equipment_id: int
    name: str
    accessories: list[AccessoryLine]
    substitutes: list[SubstituteLine]
    places: list[Place]

    def among(self, kind: str) -> list[Place]:
        """The places of one kind."""
        return [place for place in self.places if place.kind == kind]


async def pairs_of(reading: Reading, equipment_id: int) -> Pairs:
    """The tab of an equipment: four statements. Raises NotFound."""
    name = (
        await reading.execute(
            select(Equipment.name).where(Equipment.id == equipment_id, Equipment.deleted_at.is_(None))
        )
    ).scalar_one_or_none()
    if name is None:
        raise NotFound("This equipment does not exist, or was deleted.")
    accessories = await reading.execute(
        _others(Accessory, Accessory.accessory_id)
        .add_columns(Accessory.quantity, Accessory.per, Accessory.included)
        .where(Accessory.equipment_id == equipment_id)
        .order_by(Accessory.id)
    )
    substitutes = await reading.execute(
        _others(Substitute, Substitute.substitute_id)
        .add_columns(Substitute.notes)
        .where(Substitute.equipment_id == equipment_id)
        .order_by(Substitute.id)
    )
    return Pairs(
        equipment_id,
        name,
        [AccessoryLine(*row) for row in accessories],
        [SubstituteLine(*row) for row in substitutes],
        [Place(*row) for row in await reading.execute(_places(equipment_id))],
    )


async def equipment_of_pair(reading: Reading, model: type[Accessory | Substitute], pair_id: int) -> int:
    """The equipment an accessory goes along with, or a substitute stands in for. Raises NotFound."""
    found = (
        await reading.execute(select(model.equipment_id).where(model.id == pair_id))
    ).scalar_one_or_none()
    if found is None:
        raise NotFound("This does not exist, or was taken away.")
    return found


def along_with(equipment_id: int) -> Select[int]:
    """The ids of what goes along with an equipment."""
    return select(Accessory.accessory_id).where(
        Accessory.equipment_id == equipment_id, Accessory.deleted_at.is_(None)
    )


def instead_of(equipment_id: int) -> Select[int]:
    """The ids of what may stand in for an equipment."""
    return select(Substitute.substitute_id).where(
        Substitute.equipment_id == equipment_id, Substitute.deleted_at.is_(None)
    )


def _others(model: type[Accessory | Substitute], other: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(
            model.id,
            model.version,
            Equipment.id.label("other_id"),
            Equipment.name,
            Equipment.sku,
            Equipment.photo,
            Category.icon,
            Equipment.quantity.label("stock"),
            Equipment.archived,
            Equipment.deleted_at,
        )
        .join(Equipment, Equipment.id == other)
        .join(Category, Category.id == Equipment.category_id)
        .where(model.deleted_at.is_(None))
    )


def _places(equipment_id: int) -> Select[*tuple[Any, ...]]:
    kits = (
        select(literal(KIT), Kit.id, Kit.name, Kit.name_order)
        .join(KitComponent, KitComponent.kit_id == Kit.id)
        .where(
            KitComponent.equipment_id == equipment_id,
            KitComponent.deleted_at.is_(None),
            Kit.deleted_at.is_(None),
        )
    )
    owners = (
        select(literal(kind), Equipment.id, Equipment.name, Equipment.name_order)
        .join(model, model.equipment_id == Equipment.id)
        .where(other == equipment_id, model.deleted_at.is_(None), Equipment.deleted_at.is_(None))
        for kind, model, other in (
            (ALONG, Accessory, Accessory.accessory_id),
            (INSTEAD, Substitute, Substitute.substitute_id),
        )
    )
    every = union_all(kits, *owners).subquery()
    kind, key, name, order = every.c
    return select(kind, key, name).order_by(order, key)
