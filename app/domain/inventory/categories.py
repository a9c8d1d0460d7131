"""Commands on categories and subcategories: exactly two levels, ordered by hand, merged without loss."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, or_, select

from app.db.models import Category, Equipment
from app.lib import editing
from app.lib.editing import Edit, Strategy
from app.lib.errors import Conflict, InvalidInput, NotFound
from app.lib.fields import Reader, choice, reference, words
from app.lib.unit_of_work import UnitOfWork

ICONS: dict[str, str] = {
    "box": "Box", "packages": "Packages", "archive": "Case", "folder": "Folder", "tag": "Tag",
    "bookmark": "Bookmark", "volume": "Loudspeaker", "device-speaker": "Speaker cabinet",
    "microphone": "Microphone", "antenna": "Antenna", "adjustments-horizontal": "Faders", "phone": "Intercom",
    "bulb": "Lamp", "sun": "Sun", "moon": "Moon", "eye": "Eye", "camera": "Camera", "photo": "Picture",
    "device-ipad-horizontal": "Screen", "scan": "Lens", "replace": "Switcher", "refresh": "Converter",
    "server": "Rack unit", "database": "Storage", "cloud-off": "Playback", "world": "Network",
    "plug": "Power", "plug-connected": "Connector", "link": "Chain", "paperclip": "Clamp",
    "columns-3": "Panels", "timeline": "Truss", "line-height": "Stand", "arrow-up-right": "Hoist",
    "building": "Stage", "truck": "Transport", "tool": "Tools", "key": "Keys", "shield": "Safety",
    "barcode": "Label", "file-text": "Paper", "point": "Point", "calendar": "Calendar",
}  # fmt: skip

CATEGORY_READERS: dict[str, Reader] = {
    "name": words(80, required="Give it a name."),
    "icon": choice(tuple(ICONS)),
    "parent_id": reference(),
}


async def create_category(
    work: UnitOfWork, name: str, parent_id: int | None = None, icon: str = "box"
) -> Category:
    """Add a category at the end of its level; with `parent_id` a subcategory.

    Raises InvalidInput for a name that is taken there, or a parent that is no category of the first level.
    """
    if parent_id is not None:
        await _check_parent(work, parent_id)
    await _check_name(work, name, parent_id)
    last = select(func.max(Category.position)).where(*_among(parent_id))
    position = await work.session.scalar(last)
    return await editing.create(
        work,
        Category(name=name, parent_id=parent_id, icon=icon, position=0 if position is None else position + 1),
    )


async def edit_category(
    work: UnitOfWork,
    category_id: int,
    values: Mapping[str, Any],
    *,
    version: int | None,
    strategy: Strategy = Strategy.MERGE,
) -> Edit:
    """Rename it, give it another icon, or put an empty one elsewhere, merging with others.

    Raises NotFound, EditConflict, InvalidInput for a taken name, Conflict when its contents keep it in place.
    """
    category = await editing.lock(work, Category, category_id)
    parent_id: int | None = values.get("parent_id", category.parent_id)
    if parent_id != category.parent_id:
        await _check_move(work, category, parent_id)
    if "name" in values or parent_id != category.parent_id:
        await _check_name(work, values.get("name", category.name), parent_id, but=category_id)
    return await editing.edit(work, category, values, version=version, strategy=strategy)


async def move_category(work: UnitOfWork, category_id: int, position: int) -> Category:
    """Put it at `position` (from 0) among those beside it, and count these anew. Raises NotFound."""
    category = await editing.lock(work, Category, category_id)
    rows = await work.session.scalars(
        select(Category)
        .where(*_among(category.parent_id))
        .order_by(Category.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    order = sorted((one for one in rows if one is not category), key=lambda one: (one.position, one.id))
    order.insert(max(0, position), category)
    for place, one in enumerate(order):
        await editing.edit(work, one, {"position": place}, version=None)
    return category


async def merge_category(work: UnitOfWork, source_id: int, into_id: int) -> tuple[Category, int]:
    """Move everything of one category into another and delete it, as one operation.

    Subcategories go along: into the one of the same name when there is one. Returns the category merged
    into and how many items moved. Raises NotFound, or InvalidInput (field `into_id`) where it makes no sense.
    """
    source, target = await _lock_both(work, source_id, into_id)
    subcategories = await _subcategories(work, source.id)
    if target.parent_id is not None and (subcategories or target.parent_id == source.id):
        raise InvalidInput({"into_id": "It has subcategories: choose a category of the first level."})
    places: dict[int | None, tuple[int, int | None]] = {None: _place(target)}
    for one in subcategories:
        places[one.id] = _place(await _subcategory_like(work, one, target.id))
    moved = await _move_equipment(work, source, places)
    for one in (*subcategories, source):
        await editing.delete(work, one, version=None)
    return target, moved


async def delete_category(work: UnitOfWork, category_id: int, *, version: int | None) -> Category:
    """Delete an empty category so that it can be restored.

    Raises EditConflict when it was changed since `version`, Conflict saying what is still in it.
    """
    category = await _lock_alone(work, category_id)
    subcategories = len(await _subcategories(work, category.id))
    if subcategories:
        inside = _counted(subcategories, "subcategory", "subcategories")
        raise Conflict(f"{category.name} has {inside}. Delete or merge them first.")
    items = await work.session.scalar(
        select(func.count())
        .select_from(Equipment)
        .where(_in_category(category.id), Equipment.deleted_at.is_(None))
    )
    if items:
        inside = _counted(items, "item", "items")
        raise Conflict(f"{category.name} has {inside} in it. Merge it into another category instead.")
    await editing.delete(work, category, version=version)
    return category


async def restore_category(work: UnitOfWork, category_id: int) -> Category:
    """Take a delete back.

    Raises InvalidInput when its name was given to another, Conflict while the category it was in is deleted.
    """
    category = await editing.lock(work, Category, category_id, deleted=True)
    if category.parent_id is not None:
        parent = await work.session.get(Category, category.parent_id)
        if parent is None or parent.deleted_at is not None:
            raise Conflict(
                f"The category {parent.name if parent else ''} it was in is deleted. Restore that first."
            )
    await _check_name(work, category.name, category.parent_id, but=category_id)
    await editing.edit(work, category, {"deleted_at": None}, version=None)
    return category


def _among(parent_id: int | None) -> tuple[Any, Any]:
    """The conditions for all that stand beside each other below `parent_id`."""
    beside = Category.parent_id.is_(None) if parent_id is None else Category.parent_id == parent_id
    return beside, Category.deleted_at.is_(None)


def _in_category(category_id: int) -> Any:
    return or_(Equipment.category_id == category_id, Equipment.subcategory_id == category_id)


def _place(category: Category) -> tuple[int, int | None]:
    """What equipment in this category has as category and subcategory."""
    return (category.id, None) if category.parent_id is None else (category.parent_id, category.id)


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


async def _check_parent(work: UnitOfWork, parent_id: int) -> None:
    """Hold the parent, so that it is not deleted meanwhile."""
    try:
        parent = await editing.lock(work, Category, parent_id)
    except NotFound as error:
        raise InvalidInput({"parent_id": "This category does not exist."}) from error
    if parent.parent_id is not None:
        raise InvalidInput({"parent_id": "Subcategories have no subcategories."})


async def _check_name(work: UnitOfWork, name: str, parent_id: int | None, *, but: int = 0) -> None:
    taken = await work.session.scalar(
        select(Category.name)
        .where(*_among(parent_id), func.fold(Category.name) == func.fold(name), Category.id != but)
        .limit(1)
    )
    if taken is not None:
        raise InvalidInput(
            {"name": f"There is a {'sub' if parent_id else ''}category called {taken} already."}
        )


async def _check_move(work: UnitOfWork, category: Category, parent_id: int | None) -> None:
    """Only an empty category changes its parent: equipment names both levels."""
    if parent_id == category.id:
        raise InvalidInput({"parent_id": "A category cannot be its own parent."})
    if parent_id is not None:
        await _check_parent(work, parent_id)
    if await _subcategories(work, category.id):
        raise Conflict("It has subcategories, so it stays a category of the first level.")
    # deleted equipment counts as well: it may be restored
    if await work.session.scalar(select(Equipment.id).where(_in_category(category.id)).limit(1)):
        raise Conflict("There is equipment in it. Merge it into another category instead.")


async def _subcategories(work: UnitOfWork, category_id: int) -> list[Category]:
    rows = await work.session.scalars(
        select(Category)
        .where(*_among(category_id))
        .order_by(Category.position, Category.id)
        .with_for_update()
    )
    return list(rows)


async def _lock_alone(work: UnitOfWork, category_id: int) -> Category:
    """Lock against edits and against equipment that is being put into it right now."""
    await work.session.execute(select(Category.id).where(Category.id == category_id).with_for_update())
    return await editing.lock(work, Category, category_id)


async def _lock_both(work: UnitOfWork, source_id: int, into_id: int) -> tuple[Category, Category]:
    if source_id == into_id:
        raise InvalidInput({"into_id": "Choose another category than itself."})
    both = {key: await _lock_alone(work, key) for key in sorted((source_id, into_id))}
    return both[source_id], both[into_id]


async def _subcategory_like(work: UnitOfWork, subcategory: Category, parent_id: int) -> Category:
    """The subcategory of the same name below another category, made when there is none."""
    known = await work.session.scalar(
        select(Category).where(*_among(parent_id), func.fold(Category.name) == func.fold(subcategory.name))
    )
    return known or await create_category(work, subcategory.name, parent_id, subcategory.icon)


async def _move_equipment(
    work: UnitOfWork, source: Category, places: Mapping[int | None, tuple[int, int | None]]
) -> int:
    """Put all equipment of `source` where `places` says by its old subcategory; deleted equipment too."""
    rows = await work.session.scalars(
        select(Equipment)
        .where(_in_category(source.id))
        .order_by(Equipment.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    moved = 0
    for equipment in rows.all():
        inner = None if equipment.subcategory_id == source.id else equipment.subcategory_id
        category_id, subcategory_id = places.get(inner, places[None])
        await editing.edit(
            work, equipment, {"category_id": category_id, "subcategory_id": subcategory_id}, version=None
        )
        moved += equipment.deleted_at is None
    return moved
