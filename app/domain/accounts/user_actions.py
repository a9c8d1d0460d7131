"""What admins do to accounts besides editing them: lock out, let in, hand out links, end sessions."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from litestar import Request, Response, post

from app.domain.accounts.links import make_password_link
from app.domain.accounts.service import deactivate, end_all_sessions, reactivate
from app.domain.accounts.sign_in import end_session
from app.domain.accounts.user_controllers import show_link
from app.lib.errors import Conflict
from app.lib.sentences import counted
from app.web.errors import Rejected
from app.web.htmx import Toast
from app.web.parameters import PathId, Work
from app.web.permissions import USER_WRITE
from app.web.render import redirect
from app.web.state import viewer_of


@post("/users/{user_id:int}/deactivation", capability=USER_WRITE, include_in_schema=False)
async def deactivate_user(request: Request[Any, Any, Any], work: Work, user_id: PathId) -> Response[str]:
    """Lock a person out at once."""
    with _back(request, user_id, "Not deactivated"):
        user = await deactivate(work, user_id)
    toast = Toast(f"{user.label} is deactivated", "All sessions have ended.")
    return redirect(request, f"/users/{user_id}", toast=toast)


@post("/users/{user_id:int}/reactivation", capability=USER_WRITE, include_in_schema=False)
async def reactivate_user(request: Request[Any, Any, Any], work: Work, user_id: PathId) -> Response[str]:
    """Let a person in again."""
    user = await reactivate(work, user_id)
    return redirect(request, f"/users/{user_id}", toast=Toast(f"{user.label} may sign in again"))


@post("/users/{user_id:int}/password-link", capability=USER_WRITE, include_in_schema=False)
async def add_password_link(request: Request[Any, Any, Any], work: Work, user_id: PathId) -> Response[str]:
    """Make a link to choose a new password and show it, once."""
    with _back(request, user_id, "No link made"):
        link = await make_password_link(work, user_id)
    return show_link(request, link, created=False)


@post("/users/{user_id:int}/sessions/{session_id:int}/end", capability=USER_WRITE, include_in_schema=False)
async def end_user_session(
    request: Request[Any, Any, Any], work: Work, user_id: PathId, session_id: PathId
) -> Response[str]:
    """End one session of a person."""
    await end_session(work, session_id, user_id=user_id)
    return redirect(request, f"/users/{user_id}", toast=Toast("Session ended"))


@post("/users/{user_id:int}/sessions/end", capability=USER_WRITE, include_in_schema=False)
async def end_user_sessions(request: Request[Any, Any, Any], work: Work, user_id: PathId) -> Response[str]:
    """End all sessions of a person; of oneself all but this one."""
    count = await end_all_sessions(work, user_id, but=viewer_of(request).session_id)
    return redirect(request, f"/users/{user_id}", toast=Toast(f"{counted(count, 'session')} ended"))


@contextmanager
def _back(request: Request[Any, Any, Any], user_id: int, title: str) -> Generator[None]:
    """Say on the page of the person why something was refused; nothing is committed."""
    try:
        yield
    except Conflict as error:
        toast = Toast(title, error.message, "red")
        raise Rejected(redirect(request, f"/users/{user_id}", toast=toast)) from error


HANDLERS = [deactivate_user, reactivate_user, add_password_link, end_user_session, end_user_sessions]
