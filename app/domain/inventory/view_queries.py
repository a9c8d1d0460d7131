"""Saved views of the inventory table, and the columns a person chose for it."""

from dataclasses import dataclass
from typing import Final, cast

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import Preference, SavedView

PAGE: Final = "inventory"
COLUMNS_PREFERENCE: Final = "inventory.columns"
_MOST_VIEWS: Final = 1000


@dataclass(frozen=True, slots=True)
class View:
    """A named query string of the table. `user_id` is whose it is."""

    id: int
    name: str
    query: str
    shared: bool
    user_id: int


async def all_views(connection: AsyncConnection) -> list[View]:
    """The views of everybody, by name."""
    statement = (
        select(SavedView.id, SavedView.name, SavedView.query, SavedView.shared, SavedView.user_id)
        .where(SavedView.page == PAGE, SavedView.deleted_at.is_(None))
        .order_by(func.natural_order(SavedView.name), SavedView.id)
        .limit(_MOST_VIEWS)
    )
    return [View(*row) for row in (await connection.execute(statement)).all()]


async def chosen_columns(connection: AsyncConnection, user_id: int) -> list[str] | None:
    """The names of the columns a person chose, or None for the usual ones."""
    statement = select(Preference.value).where(
        Preference.user_id == user_id, Preference.name == COLUMNS_PREFERENCE
    )
    value = (await connection.execute(statement)).scalar_one_or_none()
    return [str(name) for name in cast("list[object]", value)] if isinstance(value, list) else None
