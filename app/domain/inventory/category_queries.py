"""Finding categories, in the order they are shown, with how much is in them."""

from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import Category, Equipment
from app.lib.errors import NotFound


@dataclass(slots=True)
class CategoryRow:
    """A category; `item_count` counts the equipment in it and below it."""

    id: int
    name: str
    icon: str
    parent_id: int | None
    version: int
    item_count: int
    subcategories: list["CategoryRow"] = field(default_factory=list["CategoryRow"])


async def category_tree(reading: AsyncConnection) -> list[CategoryRow]:
    """All categories of the first level, each with its subcategories."""
    in_service = Equipment.deleted_at.is_(None)
    counted = (
        select(
            func.coalesce(Equipment.subcategory_id, Equipment.category_id).label("id"),
            func.count().label("item_count"),
        )
        .where(in_service)
        .group_by(func.coalesce(Equipment.subcategory_id, Equipment.category_id))
        .subquery()
    )
    statement = (
        select(
            Category.id, Category.name, Category.icon, Category.parent_id, Category.version,
            func.coalesce(counted.c.item_count, 0),
        )
        .outerjoin(counted, counted.c.id == Category.id)
        .where(Category.deleted_at.is_(None))
        .order_by(Category.position, Category.id)
    )  # fmt: skip
    rows = [CategoryRow(*row) for row in await reading.execute(statement)]
    first = {row.id: row for row in rows if row.parent_id is None}
    for row in rows:
        if row.parent_id in first:
            first[row.parent_id].subcategories.append(row)
            first[row.parent_id].item_count += row.item_count
    return list(first.values())


def in_tree(tree: list[CategoryRow], category_id: int) -> CategoryRow:
    """The category with this id. Raises NotFound."""
    for row in tree:
        for one in (row, *row.subcategories):
            if one.id == category_id:
                return one
    raise NotFound("This category does not exist, or was deleted.")
