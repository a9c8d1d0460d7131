"""The shelves the inventory is sorted on: categories with their subcategories."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import Category


@dataclass(frozen=True, slots=True)
class Shelf:
    """A category with its subcategories."""

    id: int
    name: str
    children: tuple["Shelf", ...] = ()


async def shelves(connection: AsyncConnection) -> list[Shelf]:
    """All categories and subcategories in the order people gave them."""
    statement = (
        select(Category.id, Category.parent_id, Category.name)
        .where(Category.deleted_at.is_(None))
        .order_by(Category.position, func.natural_order(Category.name))
    )
    rows = (await connection.execute(statement)).all()
    children: dict[int | None, list[Shelf]] = {}
    for row in rows:
        children.setdefault(row.parent_id, []).append(Shelf(row.id, row.name))
    return [Shelf(top.id, top.name, tuple(children.get(top.id, ()))) for top in children.get(None, [])]
