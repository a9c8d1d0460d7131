"""The selects behind the pages of calendars besides what stands on them: what their filters offer."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import Category, Client, Equipment, Event
from app.domain.events import policy
from app.domain.search.policy import prefix_query
from app.lib.clock import now
from app.lib.errors import NotFound
from app.lib.folding import fold

_MOST_EVENTS = 200
_FEW = 8


async def categories_to_choose(reading: AsyncConnection) -> list[tuple[int, str]]:
    """Id and name of the categories at the top, in their order."""
    statement = (
        select(Category.id, Category.name)
        .where(Category.deleted_at.is_(None), Category.parent_id.is_(None))
        .order_by(Category.position, Category.name)
    )
    return [(key, name) for key, name in await reading.execute(statement)]


async def name_of_equipment(reading: AsyncConnection, equipment_id: int | None) -> str:
    """What an equipment is called; nothing for none."""
    return await reading.scalar(select(Equipment.name).where(Equipment.id == equipment_id)) or ""


async def find_equipment(reading: AsyncConnection, words: str) -> list[tuple[int, str, str]]:
    """Id, name and sku of the first equipment that these words mean."""
    query = prefix_query(words)
    if not query:
        return []
    statement = (
        select(Equipment.id, Equipment.name, Equipment.sku)
        .where(Equipment.search.op("@@")(func.to_tsquery("simple", query)), Equipment.deleted_at.is_(None))
        .order_by((func.fold(Equipment.sku) == fold(words)).desc(), Equipment.name_order, Equipment.id)
        .limit(_FEW)
    )
    return [(key, name, sku) for key, name, sku in await reading.execute(statement)]


async def equipment_by_id(reading: AsyncConnection, equipment_id: int) -> Any:
    """What the calendar of an equipment says about it. Raises NotFound."""
    statement = (
        select(
            Equipment.id, Equipment.name, Equipment.sku, Equipment.quantity, Equipment.kind, Equipment.photo,
            Equipment.archived, Equipment.prep_minutes, Equipment.turnaround_minutes, Category.icon,
        )
        .join(Category, Category.id == Equipment.category_id)
        .where(Equipment.id == equipment_id, Equipment.deleted_at.is_(None))
    )  # fmt: skip
    row = (await reading.execute(statement)).one_or_none()
    if row is None:
        raise NotFound("This equipment does not exist, or was deleted.")
    return row


async def open_events(reading: AsyncConnection, present: int | None = None) -> Sequence[Any]:
    """The events gear can be added to, by when they go out; the `present` one in any case."""
    statement = (
        select(Event.id, Event.name, Event.out_start, Event.out_end, Client.name.label("client_name"))
        .outerjoin(Client, Client.id == Event.client_id)
        .where(Event.deleted_at.is_(None), Event.status.in_(policy.OPEN))
        .where((Event.out_end > now()) | (Event.id == present))
        .order_by((func.coalesce(Event.id == present, False)).desc(), Event.out_start, Event.id)
        .limit(_MOST_EVENTS)
    )
    return (await reading.execute(statement)).all()
