"""Taking changes back: one, or all of one intent."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.activity import queries
from app.lib.errors import Forbidden
from app.lib.undoing import undo_change, undo_operation
from app.lib.unit_of_work import UnitOfWork
from app.web.change_entries import url_of
from app.web.htmx import Toast, wants_partial
from app.web.permissions import SIGNED_IN
from app.web.render import nothing, redirect
from app.web.state import viewer_of
from app.web.undo_permissions import may_undo

PageRequest = Request[Any, Any, Any]

_NOT_ALLOWED = "Your role does not allow to undo this. Ask an admin if you need it."
_FEW = 3


@post("/changes/{change_id:int}/undo", capability=SIGNED_IN, include_in_schema=False)
async def undo_one(request: PageRequest, work: UnitOfWork, change_id: int) -> Response[str]:
    """Take one change back, where nobody has touched the fields since."""
    change = await queries.change(work.session, change_id)
    if not may_undo(viewer_of(request), change.entity, change.action):
        raise Forbidden(_NOT_ALLOWED)
    subject, edit = await undo_change(work, change_id)
    words = ", ".join(name.replace("_", " ") for name in edit.changed if name != "deleted_at")
    receipt = Toast("Undone", f"{subject.label}: {words} is as it was." if words else subject.label)
    return _done(request, receipt, _page_of(change))


@post("/operations/{operation:uuid}/undo", capability=SIGNED_IN, include_in_schema=False)
async def undo_all(request: PageRequest, work: UnitOfWork, operation: UUID) -> Response[str]:
    """Take back everything that was done in one go, and say what could not be."""
    kinds = await queries.kinds_in_operation(work.session, operation)
    if not all(may_undo(viewer_of(request), kind.entity, kind.action) for kind in kinds):
        raise Forbidden(_NOT_ALLOWED)
    undone, problems = await undo_operation(work, str(operation))
    return _done(request, _receipt(undone, problems), "/inventory")


def _receipt(undone: int, problems: list[str]) -> Toast:
    title = f"{undone} {'change' if undone == 1 else 'changes'} undone"
    if not problems:
        return Toast(title)
    more = f" And {len(problems) - _FEW} more." if len(problems) > _FEW else ""
    return Toast(f"{title}, {len(problems)} not", " ".join(problems[:_FEW]) + more, "amber")


def _page_of(change: Any) -> str:
    if change.parent_entity == "equipment":
        return f"/inventory/{change.parent_id}/history"
    return f"/inventory/{change.entity_id}/history" if change.entity == "equipment" else url_of(change) or "/"


def _done(request: PageRequest, receipt: Toast, path: str) -> Response[str]:
    """The receipt alone where the page refreshes itself, the page with the receipt otherwise."""
    return nothing(toast=receipt) if wants_partial(request) else redirect(request, path, toast=receipt)


@get("/changes/{change_id:int}", capability=SIGNED_IN, include_in_schema=False)
async def show_change(request: PageRequest, reading: AsyncConnection, change_id: int) -> Response[str]:
    """The place in the history where a change stands."""
    change = await queries.change(reading, change_id)
    path = _page_of(change)
    return redirect(
        request, f"{path}?since={change_id}#change-{change_id}" if path.endswith("/history") else path
    )


UNDO_HANDLERS = [undo_one, undo_all, show_change]
