"""Categories in the API."""

from typing import Annotated, Any

from litestar import Response, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody, QueryParameter

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
from app.lib.errors import InvalidInput
from app.lib.fields import LARGEST_ID
from app.lib.unit_of_work import UnitOfWork
from app.web.api import Answer, EditTerms, ListAnswer, answer, api_router, whole_answer
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import EQUIPMENT_DELETE, EQUIPMENT_READ, EQUIPMENT_WRITE


@get("/categories", capability=EQUIPMENT_READ)
async def list_categories(
    reading: Connection,
    parent_id: Annotated[
        int | None, QueryParameter(ge=1, le=LARGEST_ID, description="Only the subcategories of this one.")
    ] = None,
) -> Response[ListAnswer[CategoryRecord]]:
    """List all categories in their order, each followed by its subcategories."""
    return whole_answer(await all_categories(reading, parent_id))


@post("/categories", capability=EQUIPMENT_WRITE)
async def create_category(work: Work, data: JSONBody[NewCategory]) -> Response[Answer[CategoryRecord]]:
    """Add a category at the end of its level."""
    made = await categories.create_category(work, **_checked(data.given()))
    return await CATEGORIES.created(work.session, made.id)


@get("/categories/{category_id:int}", capability=EQUIPMENT_READ)
async def get_category(reading: Connection, category_id: PathId) -> Response[Answer[CategoryRecord]]:
    """Get one category; its version is the ETag."""
    return await CATEGORIES.answer(reading, category_id)


@patch("/categories/{category_id:int}", capability=EQUIPMENT_WRITE)
async def change_category(
    work: Work,
    category_id: PathId,
    data: JSONBody[ChangedCategory],
    terms: NamedDependency[EditTerms],
) -> Response[Answer[CategoryRecord]]:
    """Change the fields given."""
    return await _edit(work, category_id, data.given(), terms.version(data.version), terms)


@put("/categories/{category_id:int}", capability=EQUIPMENT_WRITE)
async def replace_category(
    work: Work,
    category_id: PathId,
    data: JSONBody[WholeCategory],
    terms: NamedDependency[EditTerms],
) -> Response[Answer[CategoryRecord]]:
    """Replace all fields; those left out go back to their defaults."""
    return await _edit(work, category_id, data.whole(), terms.version(data.version), terms)


@delete("/categories/{category_id:int}", capability=EQUIPMENT_DELETE)
async def delete_category(
    work: Work,
    category_id: PathId,
    terms: NamedDependency[EditTerms],
    version: FromQuery[int | None] = None,
) -> None:
    """Delete an empty category."""
    await categories.delete_category(work, category_id, version=terms.version(version))


@post("/categories/{category_id:int}/restoration", capability=EQUIPMENT_DELETE, status_code=200)
async def restore_category(work: Work, category_id: PathId) -> Response[Answer[CategoryRecord]]:
    """Take a delete back."""
    await categories.restore_category(work, category_id)
    return await CATEGORIES.answer(work.session, category_id)


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


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    if values.get("icon", "box") not in categories.ICONS:
        raise InvalidInput({"icon": f"Choose one of: {', '.join(sorted(categories.ICONS))}."})
    return values


async def _edit(
    work: UnitOfWork, category_id: int, values: dict[str, Any], version: int, terms: EditTerms
) -> Response[Answer[CategoryRecord]]:
    await categories.edit_category(
        work, category_id, _checked(values), version=version, strategy=terms.strategy
    )
    return await CATEGORIES.answer(work.session, category_id)


API = api_router(
    "Categories",
    [
        list_categories,
        create_category,
        get_category,
        change_category,
        replace_category,
        delete_category,
        restore_category,
        move_category,
        merge_category,
    ],
)
