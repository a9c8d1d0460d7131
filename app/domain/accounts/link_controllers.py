"""Choosing a new password through a one-time link, without being signed in."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from app.db.models import User
from app.domain.accounts.controllers import session_cookie
from app.domain.accounts.links import use_password_link, user_of_link
from app.lib.errors import NotFound
from app.web.errors import Rejected
from app.web.forms import form_text, rejecting
from app.web.htmx import Toast
from app.web.parameters import Work
from app.web.render import page, redirect


@get("/password/{token:str}", public=True, include_in_schema=False)
async def link_page(request: Request[Any, Any, Any], work: Work, token: FromPath[str]) -> Response[str]:
    """The form; looking at it does not use the link up."""
    try:
        user = await user_of_link(work, token)
    except NotFound:
        return _spent(request)
    return _form(request, token, user, {})


@post("/password/{token:str}", public=True, include_in_schema=False)
async def use_link(request: Request[Any, Any, Any], work: Work, token: FromPath[str]) -> Response[str]:
    """Set the password and go on signed in."""
    try:
        user = await user_of_link(work, token)
        with rejecting(lambda errors: _form(request, token, user, errors, 422)):
            opened = await use_password_link(
                work,
                token,
                (await form_text(request)).get("password", ""),
                user_agent=request.headers.get("user-agent", ""),
            )
    except NotFound as error:
        raise Rejected(_spent(request)) from error
    response = redirect(request, "/", toast=Toast("Password saved", "You are signed in."))
    response.set_cookie(session_cookie(request, opened.token, keep=opened.keep))
    return response


def _form(
    request: Request[Any, Any, Any], token: str, user: User, errors: dict[str, str], status: int = 200
) -> Response[str]:
    return page(
        request,
        "accounts/choose_password.html",
        status=status,
        token=token,
        username=user.username,
        name=user.label,
        errors=errors,
    )


def _spent(request: Request[Any, Any, Any]) -> Response[str]:
    return page(request, "accounts/link_spent.html", status=404)


HANDLERS = [link_page, use_link]
