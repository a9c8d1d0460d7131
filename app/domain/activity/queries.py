"""What the activity page and the undo routes look up in the change log."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.db.models import Category, Change, Client, User
from app.lib.errors import NotFound
from app.lib.history import name_of


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
    ids = {key for row in rows for key in row.fields.get("client_id", ()) if isinstance(key, int)}
    named = await reading.execute(select(Client.id, Client.name).where(Client.id.in_(sorted(ids))))
    return {row.id: row.name for row in named}
