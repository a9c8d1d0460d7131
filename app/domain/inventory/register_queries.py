"""Equipment that a new code may be a unit of."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.db.models import Category, Equipment
from app.domain.search.policy import prefix_query
from app.lib.folding import fold

MOST_FOUND = 8


@dataclass(frozen=True, slots=True)
class Choice:
    """Serialized equipment, with how many units it has."""

    id: int
    name: str
    sku: str
    location: str
    photo: str | None
    icon: str
    stock: int


async def serialized_equipment(reading: AsyncConnection | AsyncSession, typed: str) -> list[Choice]:
    """Equipment with units that the words may mean, at most MOST_FOUND."""
    words = prefix_query(typed)
    if not words:
        return []
    statement = (
        select(
            Equipment.id,
            Equipment.name,
            Equipment.sku,
            Equipment.location,
            Equipment.photo,
            Category.icon,
            Equipment.quantity,
        )
        .join(Category, Category.id == Equipment.category_id)
        .where(Equipment.search.op("@@")(func.to_tsquery("simple", words)))
        .where(Equipment.deleted_at.is_(None), ~Equipment.archived, Equipment.tracking == "serialized")
        .order_by((func.fold(Equipment.sku) == fold(typed)).desc(), Equipment.name_order, Equipment.id)
        .limit(MOST_FOUND)
    )
    return [Choice(*row) for row in await reading.execute(statement)]
