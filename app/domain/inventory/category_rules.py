"""What has to hold for categories: exactly two levels, names unique on each, only empty ones are deleted."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, or_, select

from app.db.models import Category, Equipment
from app.lib import editing
from app.lib.errors import Conflict, InvalidInput, NotFound
from app.lib.rules import Rules, Write
from app.lib.sentences import counted
from app.lib.unit_of_work import UnitOfWork


class CategoryRules(Rules[Category]):
    """Rules of categories and subcategories."""

    async def check(self, work: UnitOfWork, writes: Sequence[Write[Category]]) -> None:
        """Raises InvalidInput for a taken name or a wrong parent, Conflict when contents keep it in place."""
        for write in writes:
            name, parent_id, own_id = write.after["name"], write.after["parent_id"], write.subject.id or 0
            if write.sets("parent_id") and parent_id is not None:
                await _check_parent(work, own_id, parent_id)
            if not write.is_new and write.sets("parent_id"):
                await _refuse_to_move(work, write.subject)
            if write.sets("name", "parent_id"):
                await _check_name(work, name, parent_id, but=own_id)

    async def may_delete(self, work: UnitOfWork, subject: Category) -> None:
        """Raises Conflict saying what is still in it."""
        await lock_alone(work, subject.id)
        subcategories = len(await subcategories_of(work, subject.id))
        if subcategories:
            inside = counted(subcategories, "subcategory", "subcategories")
            raise Conflict(f"{subject.name} has {inside}. Delete or merge them first.")
        items = await work.session.scalar(
            select(func.count())
            .select_from(Equipment)
            .where(in_category(subject.id), Equipment.deleted_at.is_(None))
        )
        if items:
            inside = counted(items, "item")
            raise Conflict(f"{subject.name} has {inside} in it. Merge it into another category instead.")

    async def may_restore(self, work: UnitOfWork, subject: Category) -> None:
        """Raises Conflict while the category it was in is deleted."""
        if subject.parent_id is None:
            return
        parent = await work.session.get(Category, subject.parent_id)
        if parent is None or parent.deleted_at is not None:
            name = parent.name if parent else ""
            raise Conflict(f"The category {name} it was in is deleted. Restore that first.")


def among(parent_id: int | None) -> tuple[Any, Any]:
    """The conditions for all that stand beside each other below `parent_id`."""
    beside = Category.parent_id.is_(None) if parent_id is None else Category.parent_id == parent_id
    return beside, Category.deleted_at.is_(None)


def in_category(category_id: int) -> Any:
    """The condition for equipment in a category or subcategory."""
    return or_(Equipment.category_id == category_id, Equipment.subcategory_id == category_id)


async def _check_parent(work: UnitOfWork, category_id: int, parent_id: int) -> None:
    """Hold the parent, so that it is not deleted meanwhile."""
    if parent_id == category_id:
        raise InvalidInput({"parent_id": "A category cannot be its own parent."})
    try:
        parent = await editing.lock(work, Category, parent_id)
    except NotFound as error:
        raise InvalidInput({"parent_id": "This category does not exist."}) from error
    if parent.parent_id is not None:
        raise InvalidInput({"parent_id": "Subcategories have no subcategories."})


async def _check_name(work: UnitOfWork, name: str, parent_id: int | None, *, but: int = 0) -> None:
    taken = await work.session.scalar(
        select(Category.name)
        .where(*among(parent_id), func.fold(Category.name) == func.fold(name), Category.id != but)
        .limit(1)
    )
    if taken is not None:
        raise InvalidInput(
            {"name": f"There is a {'sub' if parent_id else ''}category called {taken} already."}
        )


async def _refuse_to_move(work: UnitOfWork, category: Category) -> None:
    """Only an empty category changes its parent: equipment names both levels."""
    if await subcategories_of(work, category.id):
        raise Conflict("It has subcategories, so it stays a category of the first level.")
    # deleted equipment counts as well: it may be restored
    if await work.session.scalar(select(Equipment.id).where(in_category(category.id)).limit(1)):
        raise Conflict("There is equipment in it. Merge it into another category instead.")


async def subcategories_of(work: UnitOfWork, category_id: int) -> list[Category]:
    """Its subcategories in their order, held."""
    rows = await work.session.scalars(
        select(Category).where(*among(category_id)).order_by(Category.position, Category.id).with_for_update()
    )
    return list(rows)


async def lock_alone(work: UnitOfWork, category_id: int) -> Category:
    """Lock against edits and against equipment that is being put into it right now."""
    await work.session.execute(select(Category.id).where(Category.id == category_id).with_for_update())
    return await editing.lock(work, Category, category_id)
