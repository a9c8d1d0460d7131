"""Finding kits, and what is in them."""

from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.db.models import Category, Equipment, Kit, KitComponent
from app.domain.kits.filters import KitFilter
from app.domain.search.finding import with_words
from app.lib.conditions import Conditions, all_of, equal
from app.lib.cursors import beyond, following
from app.lib.errors import NotFound

Reading = AsyncConnection | AsyncSession

PAGE = 50
MOST_CHOSEN = 20
_KEYS: dict[str, tuple[type, Any]] = {
    "name": (str, Kit.name_order),
    "sku": (str, func.natural_order(Kit.sku)),
    "daily_rate": (Decimal, func.coalesce(Kit.daily_rate, 0)),
}


@dataclass(frozen=True, slots=True)
class KitRow:
    """A kit as a line of the list."""

    id: int
    version: int
    name: str
    sku: str
    daily_rate: Decimal | None
    tags: list[str]
    archived: bool


@dataclass(frozen=True, slots=True)
class KitDetails(KitRow):
    """A kit as its page and its form show it."""

    description: str
    notes: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Component:
    """Equipment in a kit. `gone` says why it cannot be rented: it was deleted, or is archived."""

    id: int
    version: int
    equipment_id: int
    quantity: int
    name: str
    sku: str
    location: str
    photo: str | None
    icon: str
    stock: int
    daily_rate: Decimal | None
    archived: bool
    deleted_at: datetime | None

    @property
    def gone(self) -> str:
        """Why it cannot be rented; empty when it can."""
        return "deleted" if self.deleted_at else "archived" if self.archived else ""


async def list_kits(
    reading: Reading, wanted: KitFilter, *, after: str = "", limit: int = PAGE
) -> tuple[list[KitRow], str]:
    """The kits that match from a cursor on, and the cursor of those that follow ("" for none).

    A cursor that is none is the beginning.
    """
    kind, key = _KEYS[wanted.key]
    directions = (key.desc(), Kit.id.desc()) if wanted.descending else (key, Kit.id)
    statement = _columns(KitRow, key).where(*_conditions(wanted)).order_by(*directions)
    statement = statement.where(*beyond(after, key, Kit.id, kind=kind, descending=wanted.descending))
    rows = (await reading.execute(statement.limit(limit + 1))).all()
    return [KitRow(*row[:-1]) for row in rows[:limit]], following(rows, limit)


async def count_kits(reading: Reading, wanted: KitFilter) -> int:
    """How many kits match."""
    return (
        await reading.execute(select(func.count()).select_from(Kit).where(*_conditions(wanted)))
    ).scalar_one()


async def kits_to_add(reading: Reading, text: str) -> tuple[list[KitRow], bool]:
    """Kits that may be put on an event, by name; with words those that have them. Also whether more do."""
    kits, more = await list_kits(reading, KitFilter(q=text), limit=MOST_CHOSEN)
    return kits, bool(more)


async def kit_by_id(reading: Reading, kit_id: int) -> KitDetails:
    """One kit. Raises NotFound."""
    statement = _columns(KitDetails).where(Kit.id == kit_id, Kit.deleted_at.is_(None))
    row = (await reading.execute(statement)).one_or_none()
    if row is None:
        raise NotFound("This kit does not exist, or was deleted.")
    return KitDetails(*row)


async def components_of(reading: Reading, kit_id: int) -> list[Component]:
    """What is in a kit, in its order."""
    statement = (
        select(
            KitComponent.id,
            KitComponent.version,
            KitComponent.equipment_id,
            KitComponent.quantity,
            Equipment.name,
            Equipment.sku,
            Equipment.location,
            Equipment.photo,
            Category.icon,
            Equipment.quantity.label("stock"),
            Equipment.daily_rate,
            Equipment.archived,
            Equipment.deleted_at,
        )
        .join(Equipment, Equipment.id == KitComponent.equipment_id)
        .join(Category, Category.id == Equipment.category_id)
        .where(KitComponent.kit_id == kit_id, KitComponent.deleted_at.is_(None))
        .order_by(KitComponent.position, KitComponent.id)
    )
    return [Component(*row) for row in await reading.execute(statement)]


async def kit_of_component(reading: Reading, component_id: int) -> int:
    """The kit a component is in, also one that was taken out. Raises NotFound."""
    statement = (
        select(KitComponent.kit_id)
        .join(Kit, Kit.id == KitComponent.kit_id)
        .where(KitComponent.id == component_id, Kit.deleted_at.is_(None))
    )
    found = (await reading.execute(statement)).scalar_one_or_none()
    if found is None:
        raise NotFound("This component does not exist, or was taken out.")
    return found


def in_kit(kit_id: int) -> Select[int]:
    """The ids of the equipment in a kit."""
    return select(KitComponent.equipment_id).where(
        KitComponent.kit_id == kit_id, KitComponent.deleted_at.is_(None)
    )


def _columns(of: type[KitRow], *further: Any) -> Select[*tuple[Any, ...]]:
    return select(*(getattr(Kit, one.name) for one in fields(of)), *further)


def _conditions(wanted: KitFilter) -> Conditions:
    archived = {"": False, "yes": True}.get(wanted.archived)
    return [
        Kit.deleted_at.is_(None),
        *with_words(Kit.search, wanted.q),
        *all_of(equal(Kit.archived, archived)),
    ]
