"""Selects for those who type a few words to choose something, not to go there."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, false, func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.db.models import Category, Equipment
from app.domain.search.policy import prefix_query
from app.lib.conditions import Conditions, all_of, equal
from app.lib.folding import fold

MOST_FOUND = 8


@dataclass(frozen=True, slots=True)
class FoundEquipment:
    """Equipment the words typed may mean; `taken` when it is where it would be added already."""

    id: int
    name: str
    sku: str
    location: str
    photo: str | None
    icon: str
    stock: int
    taken: bool


async def equipment_to_choose(
    reading: AsyncConnection | AsyncSession,
    typed: str,
    *,
    taken: Select[int] | None = None,
    but: int = 0,
    tracking: str = "",
) -> list[FoundEquipment]:
    """Equipment the words may mean, at most MOST_FOUND, not the one `but`; with `tracking` only such.

    `taken` selects the ids of what is there already.
    """
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
            literal(False) if taken is None else Equipment.id.in_(taken),
        )
        .join(Category, Category.id == Equipment.category_id)
        .where(Equipment.search.op("@@")(func.to_tsquery("simple", words)))
        .where(Equipment.deleted_at.is_(None), ~Equipment.archived, Equipment.id != but)
        .where(*all_of(equal(Equipment.tracking, tracking)))
        .order_by((func.fold(Equipment.sku) == fold(typed)).desc(), Equipment.name_order, Equipment.id)
        .limit(MOST_FOUND)
    )
    return [FoundEquipment(*row) for row in await reading.execute(statement)]


def with_words(search: Any, typed: str) -> Conditions:
    """Every word as the beginning of one of the record's, in any case and with any accents."""
    words = prefix_query(typed)
    if not words:
        return [false()] if typed else []
    return [search.op("@@")(func.to_tsquery("simple", words))]
