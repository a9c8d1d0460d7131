"""The page of the categories: adding, editing, ordering, merging, deleting."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get, post

from app.db.models import Category
from app.domain.inventory import categories
from app.domain.inventory.categories import CATEGORY_READERS, ICONS
from app.domain.inventory.category_queries import CategoryRow, category_tree, in_tree
from app.lib.fields import read_fields, reference, whole_number
from app.lib.sentences import counted
from app.web.deletions import keep_alive
from app.web.descriptions import Field, choice_field, typed_values
from app.web.edit_forms import EditForm, saving
from app.web.forms import form_text, rejecting
from app.web.htmx import Toast, wants_partial
from app.web.merging import merge_answer, saved_toast, sent_version
from app.web.parameters import Connection, FilterId, PathId, Work
from app.web.permissions import EQUIPMENT_DELETE, EQUIPMENT_READ, EQUIPMENT_WRITE
from app.web.render import page, partial, receipt, redirect
from app.web.state import viewer_of

PAGE = "/categories"
ONE_ID = {"into_id": reference(required="Choose where everything goes.")}


@get(PAGE, capability=EQUIPMENT_READ, include_in_schema=False)
async def categories_page(request: Request[Any, Any, Any], reading: Connection) -> Response[str]:
    """All categories with their subcategories."""
    tree = await category_tree(reading)
    return page(request, "categories/list.html", partial="categories/_list.html", tree=tree)


@get(f"{PAGE}/new", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def new_page(
    request: Request[Any, Any, Any], reading: Connection, parent: FilterId = None
) -> Response[str]:
    """The form of a new category, or with `parent` of a subcategory."""
    typed = {"icon": "box", "parent_id": str(parent or "")}
    return _form(request, await category_tree(reading), EditForm(typed, 0))


@post(PAGE, capability=EQUIPMENT_WRITE, include_in_schema=False)
async def create(request: Request[Any, Any, Any], work: Work) -> Response[str]:
    """Add a category."""
    typed = await form_text(request)
    fields = read_fields(typed, CATEGORY_READERS)
    tree = await category_tree(await work.session.connection())
    with rejecting(lambda errors: _form(request, tree, EditForm(typed, 0, errors))):
        values = fields.checked("name")
        made = await categories.create_category(
            work, values["name"], values.get("parent_id"), values.get("icon", "box")
        )
    return receipt(request, PAGE, Toast("Added", made.name))


@get(f"{PAGE}/{{category_id:int}}/edit", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def edit_page(
    request: Request[Any, Any, Any], reading: Connection, category_id: PathId
) -> Response[str]:
    """The form of a category."""
    tree = await category_tree(reading)
    row = in_tree(tree, category_id)
    form = EditForm(typed_values(row, _descriptions(tree), CATEGORY_READERS), row.version)
    return _form(request, tree, form, row)


@post(f"{PAGE}/{{category_id:int}}/edit", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def edit(request: Request[Any, Any, Any], work: Work, category_id: PathId) -> Response[str]:
    """Save a category, merged with what others saved meanwhile."""
    answer = merge_answer(await form_text(request))
    reading = await work.session.connection()
    words = _descriptions(await category_tree(reading))
    await keep_alive(request, work, (Category, category_id), answer, words)
    tree = await category_tree(reading)
    row = in_tree(tree, category_id)
    target = "#modal" if wants_partial(request) else ""
    with saving(request, answer, words, lambda form: _form(request, tree, form, row), target=target):
        values = read_fields(answer.typed, CATEGORY_READERS).checked()
        done = await categories.edit_category(work, category_id, values, version=answer.version)
    return receipt(request, PAGE, saved_toast(request, done, words))


@post(f"{PAGE}/{{category_id:int}}/position", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def move(request: Request[Any, Any, Any], work: Work, category_id: PathId) -> Response[str]:
    """Put a category at another place among those beside it; the list is the answer."""
    fields = read_fields(await form_text(request), {"position": whole_number(0, 100_000)})
    await categories.move_category(work, category_id, fields.checked("position")["position"])
    if not wants_partial(request):
        return redirect(request, PAGE)
    tree = await category_tree(await work.session.connection())
    return partial(request, "categories/_list.html", tree=tree)


@get(f"{PAGE}/{{category_id:int}}/merge", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def merge_page(
    request: Request[Any, Any, Any], reading: Connection, category_id: PathId
) -> Response[str]:
    """The choice of what to merge a category into."""
    tree = await category_tree(reading)
    return _merge_form(request, tree, in_tree(tree, category_id))


@post(f"{PAGE}/{{category_id:int}}/merge", capability=EQUIPMENT_WRITE, include_in_schema=False)
async def merge(request: Request[Any, Any, Any], work: Work, category_id: PathId) -> Response[str]:
    """Move everything of a category into another and delete it."""
    fields = read_fields(await form_text(request), ONE_ID)
    tree = await category_tree(await work.session.connection())
    row = in_tree(tree, category_id)
    with rejecting(lambda errors: _merge_form(request, tree, row, errors)):
        into_id = fields.checked("into_id")["into_id"]
        target, moved = await categories.merge_category(work, category_id, into_id)
    undo = f"/operations/{work.operation}/undo" if viewer_of(request).can(EQUIPMENT_DELETE) else None
    toast = Toast(f"Merged into {target.name}", f"{counted(moved, 'item')} moved.", undo_url=undo)
    return receipt(request, PAGE, toast)


@post(f"{PAGE}/{{category_id:int}}/deletion", capability=EQUIPMENT_DELETE, include_in_schema=False)
async def delete(request: Request[Any, Any, Any], work: Work, category_id: PathId) -> Response[str]:
    """Delete an empty category."""
    version = await sent_version(request)
    gone = await categories.delete_category(work, category_id, version=version)
    return receipt(request, PAGE, Toast("Deleted", gone.name, undo_url=f"{PAGE}/{category_id}/restoration"))


@post(f"{PAGE}/{{category_id:int}}/restoration", capability=EQUIPMENT_DELETE, include_in_schema=False)
async def restore(request: Request[Any, Any, Any], work: Work, category_id: PathId) -> Response[str]:
    """Take a delete back."""
    back = await categories.restore_category(work, category_id)
    return receipt(request, PAGE, Toast("Restored", back.name))


def _descriptions(tree: list[CategoryRow]) -> dict[str, Field]:
    return {
        "name": Field("Name"),
        "icon": choice_field("Icon", ICONS),
        "parent_id": choice_field("Below", {str(row.id): row.name for row in tree}),
        "position": Field("Place"),
    }


def _form(
    request: Request[Any, Any, Any], tree: list[CategoryRow], form: EditForm, row: CategoryRow | None = None
) -> Response[str]:
    """The form of a category: a dialog, or a page without scripts. `row` is the category it is about."""
    if form.merge and wants_partial(request):
        return partial(request, "components/merge.html", status=form.status, merge=form.merge)
    return page(
        request,
        "categories/edit.html",
        partial="categories/_edit.html",
        status=form.status,
        **form.context,
        typed=form.typed,
        tree=tree,
        row=row,
        icons=ICONS,
    )


def _merge_form(
    request: Request[Any, Any, Any],
    tree: list[CategoryRow],
    row: CategoryRow,
    errors: Mapping[str, str] | None = None,
) -> Response[str]:
    return page(
        request,
        "categories/merge.html",
        partial="categories/_merge.html",
        status=422 if errors else 200,
        tree=tree,
        row=row,
        errors=errors or {},
    )


HANDLERS = [categories_page, new_page, create, edit_page, edit, move, merge_page, merge, delete, restore]
