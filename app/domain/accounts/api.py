"""Signing in and sessions in the API."""

from functools import partial
from typing import Annotated

from litestar import Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from app.domain.accounts.api_queries import (
    SESSION_ORDER,
    USERS,
    session_expires_at,
    session_list,
    session_record,
)
from app.domain.accounts.api_schemas import Credentials, Me, SessionRecord, SignedIn
from app.domain.accounts.sign_in import end_session, sign_in
from app.lib.errors import Forbidden, InvalidInput, NotAuthenticated
from app.lib.fields import LARGEST_ID
from app.lib.wire import wire
from app.web.api import Answer, ApiRequest, ListAnswer, answer, api_router, list_answer, listing
from app.web.api_paging import PageRequest, page_of
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import SIGNED_IN, USER_WRITE
from app.web.state import runtime, viewer_of


@post("/auth/login", public=True, csrf_exempt=True, status_code=200, security=[{}])
async def login(request: ApiRequest, work: Work, data: JSONBody[Credentials]) -> Response[Answer[SignedIn]]:
    """Get a bearer token for 24 hours. Too many wrong passwords are answered with 429."""
    here = runtime(request)
    try:
        opened = await sign_in(
            work,
            here.rate_limits,
            here.settings.login_rate_limit,
            username=data.username,
            password=data.password,
            kind="token",
            user_agent=request.headers.get("user-agent", ""),
        )
    except InvalidInput as error:
        raise NotAuthenticated("Username and password do not fit together.") from error
    expires_at = await session_expires_at(work.session, opened.session_id)
    user = await USERS.by_id(work.session, opened.user.id)
    return answer(SignedIn(opened.token, str(wire(expires_at)), user))


@post("/auth/logout", capability=SIGNED_IN, before_new_password=True, status_code=204)
async def logout(request: ApiRequest, work: Work) -> None:
    """End the session of this request: its token works no more."""
    await end_session(work, viewer_of(request).session_id)


@get("/auth/me", capability=SIGNED_IN, before_new_password=True)
async def get_me(request: ApiRequest, reading: Connection) -> Response[Answer[Me]]:
    """Say who is signed in, and what the role allows."""
    viewer = viewer_of(request)
    user = await USERS.by_id(reading, viewer.id)
    return answer(Me(user, sorted(viewer.capabilities), viewer.session_id))


@get("/sessions", capability=SIGNED_IN, dependencies=listing())
async def list_sessions(
    request: ApiRequest,
    reading: Connection,
    paging: NamedDependency[PageRequest],
    user_id: Annotated[
        int | None, QueryParameter(ge=1, le=LARGEST_ID, description="Whose, for admins; otherwise your own.")
    ] = None,
) -> Response[ListAnswer[SessionRecord]]:
    """List open sessions: your own, or for admins those of anybody."""
    viewer = viewer_of(request)
    if user_id not in {None, viewer.id} and not viewer.can(USER_WRITE):
        raise Forbidden("You may see your own sessions only.")
    convert = partial(session_record, current=viewer.session_id)
    return list_answer(
        await page_of(reading, session_list(user_id or viewer.id), SESSION_ORDER, paging, convert)
    )


@delete("/sessions/{session_id:int}", capability=SIGNED_IN)
async def delete_session(request: ApiRequest, work: Work, session_id: PathId) -> None:
    """End a session: one of your own, or for admins anybody's. Its token or cookie works no more."""
    viewer = viewer_of(request)
    await end_session(work, session_id, user_id=None if viewer.can(USER_WRITE) else viewer.id)


API = api_router("Signing in", [login, logout, get_me, list_sessions, delete_session])
