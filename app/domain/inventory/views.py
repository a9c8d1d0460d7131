"""Commands on saved views and on the choice of columns."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app.db.models import Preference, SavedView
from app.domain.inventory.listing import Listing
from app.domain.inventory.view_queries import COLUMNS_PREFERENCE, PAGE
from app.lib import editing
from app.lib.errors import Conflict, InvalidInput, NotFound
from app.lib.unit_of_work import UnitOfWork

_MOST_OWN: Final = 30


async def save_view(
    work: UnitOfWork, user_id: int, name: str, listing: Listing, *, shared: bool
) -> SavedView:
    """Keep a listing under a name, for no dates; one's own view of this name takes the new filters.

    Raises InvalidInput for no name or the whole table as it is, Conflict when a person has too many.
    """
    if not name:
        raise InvalidInput({"name": "Give the view a name."})
    listing = listing.undated
    if not listing.query:
        raise InvalidInput({"query": "Filter or sort the list first, then save that as a view."})
    own = (SavedView.user_id == user_id, SavedView.page == PAGE, SavedView.deleted_at.is_(None))
    same = await work.session.scalar(
        select(SavedView.id).where(*own, func.fold(SavedView.name) == func.fold(name))
    )
    if same is not None:
        view = await editing.lock(work, SavedView, same)
        values = {"name": name, "query": listing.query, "shared": shared}
        await editing.edit(work, view, values, version=None)
        return view
    if (await work.session.scalar(select(func.count()).where(*own)) or 0) >= _MOST_OWN:
        raise Conflict(f"You have {_MOST_OWN} views already. Delete one first.")
    view = SavedView(user_id=user_id, page=PAGE, name=name, query=listing.query, shared=shared)
    return await editing.create(work, view)


async def delete_view(work: UnitOfWork, user_id: int, view_id: int) -> SavedView:
    """Delete one's own view. Raises NotFound for any other."""
    view = await editing.lock(work, SavedView, view_id)
    if view.user_id != user_id or view.page != PAGE:
        raise NotFound("This view does not exist, or was deleted.")
    await editing.delete(work, view, version=None)
    return view


async def choose_columns(work: UnitOfWork, user_id: int, names: Sequence[str]) -> None:
    """Remember which columns a person wants to see."""
    values = {"user_id": user_id, "name": COLUMNS_PREFERENCE, "value": list(names)}
    statement = insert(Preference).values(values)
    await work.session.execute(
        statement.on_conflict_do_update(
            index_elements=["user_id", "name"],
            set_={"value": statement.excluded.value, "updated_at": func.now()},
        )
    )
