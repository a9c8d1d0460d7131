"""The change log in the API."""

from typing import Annotated, Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter
from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.activity import queries
from app.domain.activity.api_queries import change_conditions
from app.lib.errors import Forbidden
from app.lib.undoing import undo_change
from app.lib.unit_of_work import UnitOfWork
from app.web.api import Answer, ApiRequest, ListAnswer, answer, api_router, list_answer, listing, read_instant
from app.web.api_bodies import LARGEST_ID
from app.web.api_changes import ChangeRecord, change_by_id, page_of_changes
from app.web.api_paging import PageRequest
from app.web.permissions import ACTIVITY_READ, SIGNED_IN
from app.web.state import viewer_of
from app.web.undo_permissions import may_undo

ChangeId = Annotated[int, PathParameter(ge=1, le=LARGEST_ID)]
FilterId = Annotated[int | None, QueryParameter(ge=1, le=LARGEST_ID)]
Word = Annotated[str | None, QueryParameter(pattern=r"^[a-z_.]{1,80}$")]
When = Annotated[str | None, QueryParameter(description="An instant with an offset.")]


def provide_change_conditions(
    entity: Word = None,
    entity_id: FilterId = None,
    actor_id: FilterId = None,
    action: Word = None,
    since: When = None,
) -> list[ColumnElement[bool]]:
    """Which changes are wanted. Raises InvalidInput."""
    return change_conditions(entity, entity_id, actor_id, action, read_instant(since, "since"))


@get(
    "/changes",
    capability=ACTIVITY_READ,
    dependencies=listing(provide_change_conditions),
)
async def list_changes(
    reading: NamedDependency[AsyncConnection],
    paging: NamedDependency[PageRequest],
    wanted: NamedDependency[Any],
) -> Response[ListAnswer[ChangeRecord]]:
    """List who changed what, newest first."""
    return list_answer(await page_of_changes(reading, paging, *wanted))


@get("/changes/{change_id:int}", capability=ACTIVITY_READ)
async def get_change(
    reading: NamedDependency[AsyncConnection], change_id: ChangeId
) -> Response[Answer[ChangeRecord]]:
    """Get one change."""
    return answer(await change_by_id(reading, change_id))


@post("/changes/{change_id:int}/undo", capability=SIGNED_IN, status_code=200)
async def undo(
    request: ApiRequest, work: NamedDependency[UnitOfWork], change_id: ChangeId
) -> Response[Answer[ChangeRecord]]:
    """Take one change back, where nobody touched the fields since. Answers with the change that does it."""
    change = await queries.change(work.session, change_id)
    if not may_undo(viewer_of(request), change.entity, change.action):
        raise Forbidden("Your role does not allow to undo this. Ask an admin if you need it.")
    _subject, edit = await undo_change(work, change_id)
    return answer(await change_by_id(work.session, edit.change_id or change_id))


API = api_router("Changes", [list_changes, get_change, undo])
