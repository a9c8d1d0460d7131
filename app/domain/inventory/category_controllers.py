"""The page of the categories: adding, editing, ordering, merging, deleting."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get, post
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.inventory import categories
from app.domain.inventory.categories import CATEGORY_READERS, ICONS
from app.domain.inventory.category_queries import CategoryRow, category_tree, in_tree
from app.lib.errors import EditConflict, InvalidInput
from app.lib.fields import Fields, read_fields, reference, whole_number
from app.lib.unit_of_work import UnitOfWork
from app.web.descriptions import Field, choice_field
from app.web.forms import form_text, rejecting
from app.web.htmx import Toast, wants_partial
from app.web.merging import merge_answer, merge_view, saved_toast
from app.web.permissions import EQUIPMENT_DELETE, EQUIPMENT_READ, EQUIPMENT_WRITE
from app.web.render import nothing, page, partial, redirect
from app.web.state import viewer_of

PAGE = "/categories"
ONE_ID = {"into_id": reference(required="Choose where everything goes.")}


@get(PAGE, capability=EQUIPMENT_READ, include_in_schema=False)
async def categories_page(request: Request[Any, Any, Any], reading: AsyncConnection) -> Response[str]:
    """All categories with their subcategories."""
    tree = await category_tree(reading)
    return page(request, "categories/list.html", partial="categories/_list.html", tree=tree)


@get(f"{PAGE}/new", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def new_page(
    request: Request[Any, Any, Any], reading: AsyncConnection, parent: int | None = None
) -> Response[str]:
    """The form of a new category, or with `parent` of a subcategory."""
    typed = {"icon": "box", "parent_id": str(parent or "")}
    return _form(request, 200, await category_tree(reading), typed=typed)


@post(PAGE, capability=EQUIPMENT_WRITE, include_in_schema=False)
async def create(request: Request[Any, Any, Any], work: UnitOfWork) -> Response[str]:
    """Add a category."""
    typed = await form_text(request)
    fields = read_fields(typed, CATEGORY_READERS)
    tree = await category_tree(await work.session.connection())
    with rejecting(lambda errors: _form(request, 422, tree, typed=typed, errors=errors)):
        values = _sound(fields, "name")
        made = await categories.create_category(
            work, values["name"], values.get("parent_id"), values.get("icon", "box")
        )
    return _done(request, Toast("Added", made.name))


@get(f"{PAGE}/{{category_id:int}}/edit", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def edit_page(
    request: Request[Any, Any, Any], reading: AsyncConnection, category_id: int
) -> Response[str]:
    """The form of a category."""
    tree = await category_tree(reading)
    row = in_tree(tree, category_id)
    typed = {"name": row.name, "icon": row.icon, "parent_id": str(row.parent_id or "")}
    return _form(request, 200, tree, typed=typed, row=row, version=row.version)


@post(f"{PAGE}/{{category_id:int}}/edit", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def edit(request: Request[Any, Any, Any], work: UnitOfWork, category_id: int) -> Response[str]:
    """Save a category, merged with what others saved meanwhile."""
    answer = merge_answer(await form_text(request))
    fields = read_fields(answer.typed, CATEGORY_READERS)
    tree = await category_tree(await work.session.connection())
    row, words = in_tree(tree, category_id), _descriptions(tree)

    def again(errors: dict[str, str]) -> Response[str]:
        return _form(request, 422, tree, typed=answer.typed, row=row, version=answer.version, errors=errors)

    def conflict(error: EditConflict) -> Response[str]:
        view = merge_view(request, error, answer, words, target="#modal" if wants_partial(request) else "")
        if wants_partial(request):
            return partial(request, "components/merge.html", status=409, merge=view)
        return _form(request, 409, tree, typed=answer.typed, row=row, version=answer.version, merge=view)

    with rejecting(again, conflict):
        done = await categories.edit_category(work, category_id, _sound(fields), version=answer.version)
    return _done(request, saved_toast(request, done, words))


@post(f"{PAGE}/{{category_id:int}}/position", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def move(request: Request[Any, Any, Any], work: UnitOfWork, category_id: int) -> Response[str]:
    """Put a category at another place among those beside it; the list is the answer."""
    fields = read_fields(await form_text(request), {"position": whole_number(0, 100_000)})
    await categories.move_category(work, category_id, _sound(fields, "position")["position"])
    if not wants_partial(request):
        return redirect(request, PAGE)
    tree = await category_tree(await work.session.connection())
    return partial(request, "categories/_list.html", tree=tree)


@get(f"{PAGE}/{{category_id:int}}/merge", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def merge_page(
    request: Request[Any, Any, Any], reading: AsyncConnection, category_id: int
) -> Response[str]:
    """The choice of what to merge a category into."""
    tree = await category_tree(reading)
    return _merge_form(request, 200, tree, in_tree(tree, category_id))


@post(f"{PAGE}/{{category_id:int}}/merge", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def merge(request: Request[Any, Any, Any], work: UnitOfWork, category_id: int) -> Response[str]:
    """Move everything of a category into another and delete it."""
    fields = read_fields(await form_text(request), ONE_ID)
    tree = await category_tree(await work.session.connection())
    row = in_tree(tree, category_id)
    with rejecting(lambda errors: _merge_form(request, 422, tree, row, errors)):
        into_id = _sound(fields, "into_id")["into_id"]
        target, moved = await categories.merge_category(work, category_id, into_id)
    items = "1 item" if moved == 1 else f"{moved} items"
    undo = f"/operations/{work.operation}/undo" if viewer_of(request).can(EQUIPMENT_DELETE) else None
    return _done(request, Toast(f"Merged into {target.name}", f"{items} moved.", undo_url=undo))


@post(f"{PAGE}/{{category_id:int}}/deletion", capability=EQUIPMENT_DELETE, include_in_schema=False)
async def delete(request: Request[Any, Any, Any], work: UnitOfWork, category_id: int) -> Response[str]:
    """Delete an empty category."""
    fields = read_fields(await form_text(request), {"version": whole_number(1, 1_000_000_000)})
    version = _sound(fields, "version")["version"]
    gone = await categories.delete_category(work, category_id, version=version)
    return _done(request, Toast("Deleted", gone.name, undo_url=f"{PAGE}/{category_id}/restoration"))


@post(f"{PAGE}/{{category_id:int}}/restoration", capability=EQUIPMENT_DELETE, include_in_schema=False)
async def restore(request: Request[Any, Any, Any], work: UnitOfWork, category_id: int) -> Response[str]:
    """Take a delete back."""
    back = await categories.restore_category(work, category_id)
    return _done(request, Toast("Restored", back.name))


def _sound(fields: Fields, *required: str) -> Mapping[str, Any]:
    """The values of a form without errors. Raises InvalidInput, also for a required field that is missing."""
    missing = {name: "This is missing." for name in required if name not in fields.typed}
    if fields.errors or missing:
        raise InvalidInput({**fields.errors, **missing})
    return fields.values


def _done(request: Request[Any, Any, Any], toast: Toast) -> Response[str]:
    """A receipt: the list, which is live, shows the rest by itself; without scripts the page again."""
    return nothing(toast=toast) if wants_partial(request) else redirect(request, PAGE, toast=toast)


def _descriptions(tree: list[CategoryRow]) -> dict[str, Field]:
    return {
        "name": Field("Name"),
        "icon": choice_field("Icon", ICONS),
        "parent_id": choice_field("Below", {str(row.id): row.name for row in tree}),
        "position": Field("Place"),
    }


def _form(
    request: Request[Any, Any, Any], status: int, tree: list[CategoryRow], **given: Any
) -> Response[str]:
    """The form of a category: a dialog, or a page without scripts. `row` is the category it is about."""
    context: dict[str, Any] = {"row": None, "version": 0, "errors": {}, "merge": None, **given}
    return page(
        request,
        "categories/edit.html",
        partial="categories/_edit.html",
        status=status,
        tree=tree,
        icons=ICONS,
        **context,
    )


def _merge_form(
    request: Request[Any, Any, Any],
    status: int,
    tree: list[CategoryRow],
    row: CategoryRow,
    errors: Mapping[str, str] | None = None,
) -> Response[str]:
    return page(
        request,
        "categories/merge.html",
        partial="categories/_merge.html",
        status=status,
        tree=tree,
        row=row,
        errors=errors or {},
    )


HANDLERS = [categories_page, new_page, create, edit_page, edit, move, merge_page, merge, delete, restore]
