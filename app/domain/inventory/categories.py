"""Commands on categories and subcategories: exactly two levels, ordered by hand, merged without loss."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from app.db.models import Category, Equipment
from app.domain.inventory.category_rules import (
    CategoryRules,
    among,
    in_category,
    lock_alone,
    subcategories_of,
)
from app.lib import editing
from app.lib.editing import Edit, Strategy
from app.lib.errors import InvalidInput
from app.lib.fields import Reader, choice, reference, words
from app.lib.rules import register
from app.lib.unit_of_work import UnitOfWork

register("category", CategoryRules())

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
    last = select(func.max(Category.position)).where(*among(parent_id))
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
    return await editing.edit(work, category, values, version=version, strategy=strategy)


async def move_category(work: UnitOfWork, category_id: int, position: int) -> Category:
    """Put it at `position` (from 0) among those beside it, and count these anew. Raises NotFound."""
    category = await editing.lock(work, Category, category_id)
    rows = await work.session.scalars(
        select(Category)
        .where(*among(category.parent_id))
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
    subcategories = await subcategories_of(work, source.id)
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
    category = await editing.lock(work, Category, category_id)
    await editing.delete(work, category, version=version)
    return category


async def restore_category(work: UnitOfWork, category_id: int) -> Category:
    """Take a delete back.

    Raises InvalidInput when its name was given to another, Conflict while the category it was in is deleted.
    """
    category = await editing.lock(work, Category, category_id, deleted=True)
    await editing.restore(work, category)
    return category


def _place(category: Category) -> tuple[int, int | None]:
    """What equipment in this category has as category and subcategory."""
    return (category.id, None) if category.parent_id is None else (category.parent_id, category.id)


async def _lock_both(work: UnitOfWork, source_id: int, into_id: int) -> tuple[Category, Category]:
    if source_id == into_id:
        raise InvalidInput({"into_id": "Choose another category than itself."})
    both = {key: await lock_alone(work, key) for key in sorted((source_id, into_id))}
    return both[source_id], both[into_id]


async def _subcategory_like(work: UnitOfWork, subcategory: Category, parent_id: int) -> Category:
    """The subcategory of the same name below another category, made when there is none."""
    known = await work.session.scalar(
        select(Category).where(*among(parent_id), func.fold(Category.name) == func.fold(subcategory.name))
    )
    return known or await create_category(work, subcategory.name, parent_id, subcategory.icon)


async def _move_equipment(
    work: UnitOfWork, source: Category, places: Mapping[int | None, tuple[int, int | None]]
) -> int:
    """Put all equipment of `source` where `places` says by its old subcategory; deleted equipment too."""
    rows = await work.session.scalars(
        select(Equipment)
        .where(in_category(source.id))
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
