"""What the activity page and the undo routes look up in the change log."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.db.models import Category, Change, Client, PriceList, User
from app.lib.errors import NotFound
from app.lib.history import ids_in, name_of


async def change(reading: AsyncConnection | AsyncSession, change_id: int) -> Any:
    """Which record a change is about, and what it did. Raises NotFound."""
    statement = select(
        Change.id,
        Change.entity,
        Change.entity_id,
        Change.action,
        Change.fields,
        Change.parent_entity,
        Change.parent_id,
    ).where(Change.id == change_id)
    row = (await reading.execute(statement)).one_or_none()
    if row is None:
        raise NotFound("There is no such change.")
    return row


async def people(reading: AsyncConnection | AsyncSession) -> Sequence[Any]:
    """Everybody who may have changed something, by name."""
    name = name_of(User).label("name")
    return (await reading.execute(select(User.id, name).order_by(name))).all()


async def category_names(reading: AsyncConnection | AsyncSession) -> dict[int, str]:
    """The names of all categories by id, deleted ones included."""
    rows = await reading.execute(select(Category.id, Category.name))
    return {row.id: row.name for row in rows}


async def client_names(reading: AsyncConnection | AsyncSession, rows: Sequence[Any]) -> dict[int, str]:
    """The names of the clients that these changes speak of by id, deleted ones included."""
    return await _names_by_id(reading, Client, ids_in(rows, "client_id"))


async def price_list_names(reading: AsyncConnection | AsyncSession, rows: Sequence[Any]) -> dict[int, str]:
    """The names of the price lists that these changes speak of by id, deleted ones included."""
    return await _names_by_id(reading, PriceList, ids_in(rows, "price_list_id"))


async def _names_by_id(
    reading: AsyncConnection | AsyncSession, model: type[Client | PriceList], ids: set[int]
) -> dict[int, str]:
    named = await reading.execute(select(model.id, model.name).where(model.id.in_(sorted(ids))))
    return {row.id: row.name for row in named}
