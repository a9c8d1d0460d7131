"""Taking changes back: one, or all of one intent."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from app.domain.activity import queries
from app.domain.activity.descriptions import descriptions
from app.lib.editing import Edit
from app.lib.sentences import counted
from app.lib.undoing import undo_change, undo_operation
from app.web.change_entries import url_of
from app.web.descriptions import field_of
from app.web.htmx import Toast
from app.web.merging import join_words
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import SIGNED_IN
from app.web.render import receipt, redirect
from app.web.state import viewer_of
from app.web.undo_permissions import undoing

PageRequest = Request[Any, Any, Any]

_FEW = 3


@post("/changes/{change_id:int}/undo", capability=SIGNED_IN, include_in_schema=False)
async def undo_one(request: PageRequest, work: Work, change_id: PathId) -> Response[str]:
    """Take one change back, where nobody has touched the fields since."""
    change = await queries.change(work.session, change_id)
    subject, edit = await undo_change(work, change_id, undoing(viewer_of(request)))
    return receipt(request, _page_of(change), Toast("Undone", _what_is_as_before(request, subject, edit)))


@post("/operations/{operation:uuid}/undo", capability=SIGNED_IN, include_in_schema=False)
async def undo_all(request: PageRequest, work: Work, operation: FromPath[UUID]) -> Response[str]:
    """Take back everything that was done in one go, and say what could not be."""
    undone, problems = await undo_operation(work, operation, undoing(viewer_of(request)))
    return receipt(request, "/inventory", _summary(undone, problems))


def _what_is_as_before(request: PageRequest, subject: Any, edit: Edit) -> str:
    """The record, and its fields that are as they were; what is back is back as a whole."""
    if "deleted_at" in edit.changed:
        return str(subject.label)
    fields = descriptions(request, {}, []).get(subject.entity, {})
    words = join_words([field_of(fields, name).label for name in edit.changed])
    return f"{subject.label}: {words}" if words else str(subject.label)


def _summary(undone: int, problems: list[str]) -> Toast:
    title = f"{counted(undone, 'change')} undone"
    if not problems:
        return Toast(title)
    more = f" And {len(problems) - _FEW} more." if len(problems) > _FEW else ""
    return Toast(f"{title}, {len(problems)} not", " ".join(problems[:_FEW]) + more, "amber")


def _page_of(change: Any) -> str:
    if change.parent_entity == "equipment":
        return f"/inventory/{change.parent_id}/history"
    if change.entity == "equipment":
        return f"/inventory/{change.entity_id}/history"
    if change.parent_entity == "kit":
        return f"/kits/{change.parent_id}/history"
    if change.parent_entity == "case":
        return f"/cases/{change.parent_id}/history"
    if change.parent_entity == "event":
        return f"/events/{change.parent_id}"
    return url_of(change.entity, change.entity_id, change.fields) or "/"


@get("/changes/{change_id:int}", capability=SIGNED_IN, include_in_schema=False)
async def show_change(request: PageRequest, reading: Connection, change_id: PathId) -> Response[str]:
    """The place in the history where a change stands."""
    change = await queries.change(reading, change_id)
    path = _page_of(change)
    return redirect(
        request, f"{path}?since={change_id}#change-{change_id}" if path.endswith("/history") else path
    )


UNDO_HANDLERS = [undo_one, undo_all, show_change]
