"""What the pages of the inventory table need again and again: counts, categories, saved views.

It is dropped when a change passes the live feed, in every process. An answer that was read before the
change and arrives after it is not kept: `keep` compares the generation the reading began in.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.inventory.list_queries import count_of
from app.domain.inventory.listing import Listing
from app.domain.inventory.shelf_queries import Shelf, shelves
from app.domain.inventory.view_queries import View, all_views
from app.web.state import Runtime

_KEPT_FOR: Final = 60.0
_MOST_COUNTS: Final = 2000
_COUNTED: Final = frozenset({"equipment", "unit", "category"})
_BOOKED: Final = "availability"


@dataclass(slots=True)
class TableCache:
    """One per process. Counts are also forgotten after a minute, for changes that are in no log.

    `free_counts` are those of what is free for some dates: every booking drops them.
    """

    generation: int = 0
    counts: dict[str, tuple[float, int]] = field(default_factory=dict[str, tuple[float, int]])
    free_counts: dict[str, tuple[float, int]] = field(default_factory=dict[str, tuple[float, int]])
    shelves: list[Shelf] | None = None
    views: list[View] | None = None

    def forget(self, batch: Iterable[Any]) -> None:
        """Drop what a batch of changes made untrue."""
        entities = {signal.entity for signal in batch}
        if entities & _COUNTED:
            self.generation += 1
            self.counts.clear()
        if entities & {*_COUNTED, _BOOKED}:
            self.generation += 1
            self.free_counts.clear()
        if "category" in entities:
            self.shelves = None
        if "saved_view" in entities:
            self.forget_views()

    def forget_views(self) -> None:
        """Drop the saved views."""
        self.generation += 1
        self.views = None

    def known_count(self, listing: Listing) -> int | None:
        """How many rows match, when that is known."""
        kept = self._counts_like(listing).get(_key(listing))
        return kept[1] if kept and time.monotonic() - kept[0] < _KEPT_FOR else None

    def keep_count(self, listing: Listing, count: int, generation: int) -> None:
        """Remember a count that was read in `generation`."""
        if generation != self.generation:
            return
        counts = self._counts_like(listing)
        if len(counts) >= _MOST_COUNTS:
            counts.clear()
        counts[_key(listing)] = (time.monotonic(), count)

    def _counts_like(self, listing: Listing) -> dict[str, tuple[float, int]]:
        return self.free_counts if listing.free else self.counts


def table_cache(runtime: Runtime) -> TableCache:
    """The cache of this process."""
    return runtime.cached.setdefault("inventory_table", TableCache())


def forget_when_changed(runtime: Runtime, batch: Iterable[Any]) -> None:
    """The listener of the live feed."""
    table_cache(runtime).forget(batch)


async def counted(cache: TableCache, connection: AsyncConnection, listing: Listing) -> int:
    """How many rows match, from the cache or the database."""
    known = cache.known_count(listing)
    if known is None:
        generation = cache.generation
        known = await count_of(connection, listing)
        cache.keep_count(listing, known, generation)
    return known


async def known_shelves(cache: TableCache, connection: AsyncConnection) -> list[Shelf]:
    """The categories with their subcategories, in their order."""
    if cache.shelves is None:
        generation = cache.generation
        found = await shelves(connection)
        if generation != cache.generation:
            return found
        cache.shelves = found
    return cache.shelves


async def known_views(cache: TableCache, connection: AsyncConnection, viewer_id: int) -> list[View]:
    """The saved views one person sees: the own ones and those that are shared."""
    found = cache.views
    if found is None:
        generation = cache.generation
        found = await all_views(connection)
        if generation == cache.generation:
            cache.views = found
    return [view for view in found if view.shared or view.user_id == viewer_id]


def _key(listing: Listing) -> str:
    alike = replace(listing, sort="name", descending=False)
    return (alike if listing.free else alike.undated).query
