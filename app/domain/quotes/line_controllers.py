"""The lines of a draft: edited in their rows with what they would come to, explained, hidden, moved."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from app.db.models import QuoteLine
from app.domain.quotes import lines, moves
from app.domain.quotes.drafts import all_lines, document_of, draft_of, draft_with
from app.domain.quotes.fields import line_readers
from app.domain.quotes.line_forms import line_form, line_in, saved, with_values
from app.domain.quotes.pages import page_context
from app.domain.quotes.queries import quote_of_version
from app.domain.quotes.words import amounts_in
from app.lib.errors import InvalidInput, NotFound
from app.lib.fields import read_fields
from app.web.deletions import keep_alive
from app.web.edit_forms import saving
from app.web.forms import form_text
from app.web.htmx import Toast
from app.web.merging import merge_answer, read_version, saved_toast
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import MONEY_READ, QUOTE_WRITE
from app.web.render import page, partial, redirect

LINE = "/quote-versions/{version_id:int}/lines/{key:str}"


@get(f"{LINE}/edit", capability=QUOTE_WRITE, include_in_schema=False)
async def edit_page(
    request: Request[Any, Any, Any], reading: Connection, version_id: PathId, key: FromPath[str]
) -> Response[str]:
    """The editor of a line, in its row."""
    form = await line_form(request, reading, version_id, key)
    return form.show(form.first)


@get(LINE, capability=MONEY_READ, include_in_schema=False)
async def row(
    request: Request[Any, Any, Any], reading: Connection, version_id: PathId, key: FromPath[str]
) -> Response[str]:
    """The row of a line as it stands: in the place of its editor, when nothing is to be saved."""
    answer = await saved(request, reading, version_id, Toast(""), key=key)
    answer.headers.pop("HX-Trigger", None)
    return answer


@post(f"{LINE}/edit", capability=QUOTE_WRITE, include_in_schema=False)
async def edit(
    request: Request[Any, Any, Any], work: Work, version_id: PathId, key: FromPath[str]
) -> Response[str]:
    """Save a line, merged with what others saved meanwhile."""
    answer, (kind, its_id) = merge_answer(await form_text(request)), lines.key_parts(key)
    reading = await work.session.connection()
    if kind == "line":
        await keep_alive(request, work, (QuoteLine, its_id), answer, {})
    form = await line_form(request, reading, version_id, key)
    with saving(request, answer, form.fields, form.show, target="#modal"):
        values = read_fields(answer.typed, line_readers()).checked()
        done = await lines.edit_line(work, version_id, key, values, version=answer.version)
    return await saved(request, reading, version_id, saved_toast(request, done, form.fields), key=key)


@post(f"{LINE}/preview", capability=QUOTE_WRITE, include_in_schema=False, status_code=200)
async def preview(
    request: Request[Any, Any, Any], reading: Connection, version_id: PathId, key: FromPath[str]
) -> Response[str]:
    """What a line and the whole would come to with what is typed; nothing is saved."""
    fields = read_fields(await form_text(request), line_readers())
    draft = await draft_of(reading, version_id)
    line = line_in(draft, key)
    would = draft_with(draft, [with_values(line, fields.values)])
    return partial(
        request,
        "quotes/_preview.html",
        price=all_lines(would.document)[line.key].price,
        gross=would.document.gross,
        errors=fields.errors,
        amount=amounts_in(draft.document.currency),
    )


@get(f"{LINE}/explanation", capability=MONEY_READ, include_in_schema=False)
async def explanation(
    request: Request[Any, Any, Any], reading: Connection, version_id: PathId, key: FromPath[str]
) -> Response[str]:
    """How the price of a line came about: rule, rate, time, discount."""
    quote = await quote_of_version(reading, version_id)
    document = await document_of(reading, version_id)
    line = all_lines(document).get(key)
    if line is None:
        raise NotFound("This line does not exist, or was taken off.")
    shown = next(one for one in quote.versions if one.id == version_id)
    amount = amounts_in(document.currency)
    return page(
        request,
        "quotes/explanation.html",
        partial="quotes/_explanation.html",
        quote=quote,
        shown=shown,
        line=line,
        doc=document,
        amount=amount,
    )


@post(f"{LINE}/visibility", capability=QUOTE_WRITE, include_in_schema=False)
async def show_or_hide(
    request: Request[Any, Any, Any], work: Work, version_id: PathId, key: FromPath[str]
) -> Response[str]:
    """Leave a line off the paper, or show it; it counts either way."""
    hidden = (await form_text(request)).get("hidden") == "1"
    done = await lines.edit_line(work, version_id, key, {"hidden": hidden}, version=None)
    undo = f"/changes/{done.change_id}/undo" if done.change_id else None
    toast = Toast("Hidden: it counts, but is not shown" if hidden else "Shown", undo_url=undo)
    return await saved(request, await work.session.connection(), version_id, toast, key=key)


@post(f"{LINE}/list-price", capability=QUOTE_WRITE, include_in_schema=False)
async def follow_list(
    request: Request[Any, Any, Any], work: Work, version_id: PathId, key: FromPath[str]
) -> Response[str]:
    """Let a line have the price of the list again."""
    done = await lines.edit_line(work, version_id, key, lines.FROM_LIST, version=None)
    undo = f"/changes/{done.change_id}/undo" if done.change_id else None
    toast = Toast("The price comes from the list again", undo_url=undo)
    return await saved(request, await work.session.connection(), version_id, toast, key=key)


@post(f"{LINE}/deletion", capability=QUOTE_WRITE, include_in_schema=False)
async def remove(
    request: Request[Any, Any, Any], work: Work, version_id: PathId, key: FromPath[str]
) -> Response[str]:
    """Take a free line off, unless somebody changed it since the page was loaded."""
    version = read_version((await form_text(request)).get("version", ""))
    kind, line_id = lines.key_parts(key)
    if kind != "line":
        raise InvalidInput({"key": "This is gear of the event. Take it off there, or hide it here."})
    line = await lines.delete_line(work, line_id, version=version)
    if line.version_id != version_id:
        raise NotFound("This line does not exist, or was taken off.")
    toast = Toast("Removed", line.label, undo_url=f"/quote-lines/{line_id}/restoration")
    return await saved(request, await work.session.connection(), version_id, toast, whole=True)


@post("/quote-lines/{line_id:int}/restoration", capability=QUOTE_WRITE, include_in_schema=False)
async def restore(request: Request[Any, Any, Any], work: Work, line_id: PathId) -> Response[str]:
    """Put a free line back."""
    line = await lines.restore_line(work, line_id)
    reading = await work.session.connection()
    quote = await quote_of_version(reading, line.version_id)
    return redirect(request, f"/quotes/{quote.id}", toast=Toast("Put back", line.label))


@post(f"{LINE}/position", capability=QUOTE_WRITE, include_in_schema=False)
async def move(
    request: Request[Any, Any, Any], work: Work, version_id: PathId, key: FromPath[str]
) -> Response[str]:
    """Move a line a place up or down, or beside another one."""
    form = await form_text(request)
    if "step" in form:
        await moves.move_line(work, version_id, key, form["step"])
    else:
        other = form.get("before") or form.get("after") or ""
        await moves.move_line_beside(work, version_id, key, other, behind="after" in form)
    return await lines_again(request, work, version_id)


async def lines_again(request: Any, work: Work, version_id: int) -> Response[str]:
    """The list as it stands now, for who moved something in it."""
    reading = await work.session.connection()
    quote = await quote_of_version(reading, version_id)
    shown = next(one for one in quote.versions if one.id == version_id)
    context = await page_context(request, reading, quote, shown)
    return partial(request, "quotes/_lines.html", **context)


HANDLERS = [
    edit_page, row, edit, preview, explanation, show_or_hide, follow_list, remove, restore, move,
]  # fmt: skip
