"""A page of the inventory table. What was searched for by its very name, SKU or tag comes first."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import Equipment
from app.domain.inventory import list_queries
from app.domain.inventory.listing import PAGE_SIZE, Cursor, Listing
from app.lib.folding import fold

# what more than so many share stands out no more
_MOST_EXACT: Final = 10
_EXACT: Final = text("""
    select id, min(rank) as rank from (
      select id, 1 as rank from equipment where fold(sku) = :folded and deleted_at is null
      union all
      select equipment_id, 2 from unit where fold(asset_tag) = :folded and deleted_at is null
      union all
      (select id, 3 from equipment
       where name_order = natural_order(:typed) and deleted_at is null limit :limit)
    ) exact group by id order by rank, id limit :limit
""")


async def page_of(
    connection: AsyncConnection, listing: Listing, after: Cursor | None = None, limit: int = PAGE_SIZE
) -> tuple[list[Row[Any]], bool]:
    """The next rows of a listing, each with its `sort_value`, and whether there are more.

    In the order by name, which nobody had to ask for, an exact match stands at the head of a search.
    """
    exact = await _exact(connection, listing)
    head: list[Row[Any]] = []
    if exact and after is None:
        head = await list_queries.rows_of(connection, exact, listing)
        head.sort(key=lambda row: exact.index(row.id))
    rows, more = await list_queries.page_of(connection, listing, after, limit - len(head), exact)
    return [*head, *rows], more


async def names_of(connection: AsyncConnection, ids: Sequence[int]) -> dict[int, str]:
    """The names of these equipment by id, of those that are there."""
    statement = select(Equipment.id, Equipment.name).where(
        Equipment.id.in_(ids), Equipment.deleted_at.is_(None)
    )
    return {row.id: row.name for row in await connection.execute(statement)}


async def _exact(connection: AsyncConnection, listing: Listing) -> list[int]:
    if not listing.terms or listing.sort != "name" or listing.descending:
        return []
    values = {"folded": fold(listing.q), "typed": listing.q, "limit": _MOST_EXACT + 1}
    found = [row.id for row in await connection.execute(_EXACT, values)]
    return found if len(found) <= _MOST_EXACT else []
