"""Categories in the API."""

from typing import Annotated, Any

from litestar import Response, get, post, put
from litestar.params import JSONBody, QueryParameter

from app.db.models import Category
from app.domain.inventory import categories
from app.domain.inventory.api_queries import CATEGORIES, all_categories
from app.domain.inventory.api_schemas import (
    CategoryMerge,
    CategoryPosition,
    CategoryRecord,
    ChangedCategory,
    MergedCategory,
    NewCategory,
    WholeCategory,
)
from app.lib.editing import Edit, Strategy
from app.lib.errors import InvalidInput
from app.lib.fields import LARGEST_ID
from app.lib.unit_of_work import UnitOfWork
from app.web.api import Answer, ListAnswer, answer, api_router, whole_answer
from app.web.api_routes import Routes
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import EQUIPMENT_DELETE, EQUIPMENT_READ, EQUIPMENT_WRITE

CATEGORY = Routes("category", CategoryRecord, CATEGORIES, read=EQUIPMENT_READ, write=EQUIPMENT_WRITE)


@get("/categories", capability=EQUIPMENT_READ)
async def list_categories(
    reading: Connection,
    parent_id: Annotated[
        int | None, QueryParameter(ge=1, le=LARGEST_ID, description="Only the subcategories of this one.")
    ] = None,
) -> Response[ListAnswer[CategoryRecord]]:
    """List all categories in their order, each followed by its subcategories."""
    return whole_answer(await all_categories(reading, parent_id))


@put("/categories/{category_id:int}/position", capability=EQUIPMENT_WRITE)
async def move_category(
    work: Work, category_id: PathId, data: JSONBody[CategoryPosition]
) -> Response[Answer[CategoryRecord]]:
    """Put a category at a place among those beside it, from 0."""
    await categories.move_category(work, category_id, data.position)
    return await CATEGORIES.answer(work.session, category_id)


@post("/categories/{category_id:int}/merge", capability=EQUIPMENT_WRITE, status_code=200)
async def merge_category(
    work: Work, category_id: PathId, data: JSONBody[CategoryMerge]
) -> Response[Answer[MergedCategory]]:
    """Move everything of a category into another and delete it, as one operation."""
    target, moved = await categories.merge_category(work, category_id, data.into_id)
    return answer(MergedCategory(await CATEGORIES.by_id(work.session, target.id), moved))


async def _create(work: UnitOfWork, values: dict[str, Any]) -> Category:
    return await categories.create_category(work, **_checked(values))


async def _edit(
    work: UnitOfWork,
    category_id: int,
    values: dict[str, Any],
    /,
    *,
    version: int | None,
    strategy: Strategy,
) -> Edit:
    return await categories.edit_category(
        work, category_id, _checked(values), version=version, strategy=strategy
    )


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    if values.get("icon", "box") not in categories.ICONS:
        raise InvalidInput({"icon": f"Choose one of: {', '.join(sorted(categories.ICONS))}."})
    return values


API = api_router(
    "Categories",
    [
        list_categories,
        CATEGORY.creation(NewCategory, _create, "Add a category at the end of its level."),
        CATEGORY.single(),
        CATEGORY.change(ChangedCategory, _edit),
        CATEGORY.replacement(WholeCategory, _edit),
        CATEGORY.deletion(
            categories.delete_category, "Delete an empty category.", capability=EQUIPMENT_DELETE
        ),
        CATEGORY.restoration(categories.restore_category, capability=EQUIPMENT_DELETE),
        move_category,
        merge_category,
    ],
)
