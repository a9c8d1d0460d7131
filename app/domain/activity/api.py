"""The change log in the API."""

from litestar import Response, get, post
from litestar.di import NamedDependency

from app.domain.activity.api_queries import provide_change_filter
from app.lib.conditions import Conditions
from app.lib.undoing import undo_change
from app.web.api import (
    Answer,
    ApiRequest,
    ListAnswer,
    answer,
    api_router,
    list_answer,
    listing,
)
from app.web.api_changes import ChangeRecord, change_by_id, page_of_changes
from app.web.api_paging import PageRequest
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import ACTIVITY_READ, SIGNED_IN
from app.web.state import viewer_of
from app.web.undo_permissions import undoing


@get("/changes", capability=ACTIVITY_READ, dependencies=listing(provide_change_filter))
async def list_changes(
    reading: Connection,
    paging: NamedDependency[PageRequest],
    wanted: NamedDependency[Conditions],
) -> Response[ListAnswer[ChangeRecord]]:
    """List who changed what, newest first."""
    return list_answer(await page_of_changes(reading, paging, *wanted))


@get("/changes/{change_id:int}", capability=ACTIVITY_READ)
async def get_change(reading: Connection, change_id: PathId) -> Response[Answer[ChangeRecord]]:
    """Get one change."""
    return answer(await change_by_id(reading, change_id))


@post("/changes/{change_id:int}/undo", capability=SIGNED_IN, status_code=200)
async def undo(request: ApiRequest, work: Work, change_id: PathId) -> Response[Answer[ChangeRecord]]:
    """Take one change back, where nobody touched the fields since. Answers with the change that does it."""
    _subject, edit = await undo_change(work, change_id, undoing(viewer_of(request)))
    return answer(await change_by_id(work.session, edit.change_id or change_id))


API = api_router("Changes", [list_changes, get_change, undo])
