"""Signing in and out."""

import re
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.params import QueryParameter

from app.domain.accounts.sign_in import end_session, sign_in
from app.domain.setup.service import is_set_up
from app.lib.errors import TooManyRequests
from app.web.authentication import KEEP_DAYS, SESSION_COOKIE
from app.web.errors import Rejected
from app.web.forms import form_text, rejecting
from app.web.parameters import Work
from app.web.permissions import SIGNED_IN
from app.web.render import page, redirect
from app.web.state import runtime, viewer_of

# browsers drop tabs and line ends and take a backslash for a slash, so neither may stand in it
_OWN_PATH = re.compile(r"/(?![/\\]|login\b)[!-\[\]-~]*", re.ASCII)


@get("/login", public=True, include_in_schema=False)
async def login_page(
    request: Request[Any, Any, Any], following: Annotated[str, QueryParameter(name="next")] = ""
) -> Response[str]:
    """The sign-in page; whoever is signed in goes on at once."""
    if request.scope.get("user"):  # pyright: ignore[reportUnknownMemberType] - the scope holds anything
        return redirect(request, _safe_path(following))
    if not await is_set_up(runtime(request)):
        return redirect(request, "/setup")
    return _login(request, {"next": following, "keep": "1"})


@post("/login", public=True, include_in_schema=False)
async def login(request: Request[Any, Any, Any], work: Work) -> Response[str]:
    """Check the password and open a session with a fresh secret."""
    here, form = runtime(request), await form_text(request)
    with rejecting_attempts(lambda errors: _login(request, form, errors), "password"):
        opened = await sign_in(
            work,
            here.rate_limits,
            here.settings.login_rate_limit,
            username=form.get("username", ""),
            password=form.get("password", ""),
            kind="browser",
            keep=form.get("keep") == "1",
            user_agent=request.headers.get("user-agent", ""),
        )
    if viewer := request.scope.get("user"):  # pyright: ignore[reportUnknownMemberType] - the scope holds anything
        await end_session(work, viewer.session_id)
    response = redirect(request, _safe_path(form.get("next", "")))
    response.set_cookie(session_cookie(request, opened.token, keep=opened.keep))
    return response


@post("/logout", capability=SIGNED_IN, before_new_password=True, include_in_schema=False)
async def logout(request: Request[Any, Any, Any], work: Work) -> Response[str]:
    """End this session and leave nothing of it in the browser."""
    await end_session(work, viewer_of(request).session_id)
    response = redirect(request, "/login")
    response.delete_cookie(SESSION_COOKIE)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def _login(
    request: Request[Any, Any, Any], form: dict[str, str], errors: dict[str, str] | None = None
) -> Response[str]:
    return page(
        request,
        "accounts/login.html",
        status=422 if errors else 200,
        next=_safe_path(form.get("next", "")),
        username=form.get("username", ""),
        keep=form.get("keep") == "1",
        errors=errors or {},
    )


@contextmanager
def rejecting_attempts(again: Callable[[dict[str, str]], Response[str]], field: str) -> Generator[None]:
    """Turn refusals into the same form again: wrong input with 422, too many tries with 429 at `field`."""
    try:
        with rejecting(again):
            yield
    except TooManyRequests as error:
        response = again({field: error.message})
        response.status_code = error.status
        response.headers["Retry-After"] = str(error.retry_after)
        raise Rejected(response) from error


def session_cookie(request: Request[Any, Any, Any], token: str, *, keep: bool) -> Cookie:
    """The cookie of a browser session: gone with the browser unless it is to be kept."""
    return Cookie(
        SESSION_COOKIE,
        value=token,
        httponly=True,
        samesite="lax",
        secure=runtime(request).settings.secure_cookies,
        max_age=KEEP_DAYS * 86400 if keep else None,
    )


def _safe_path(text: str) -> str:
    """A path of ours to go on to: never another site, nor back to the sign-in page."""
    return text if _OWN_PATH.fullmatch(text) else "/"
