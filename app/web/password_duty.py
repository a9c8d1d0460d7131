"""Whoever signed in with a password that must be changed does nothing else before it is."""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from app.lib.errors import Forbidden
from app.web.errors import Rejected
from app.web.render import redirect
from app.web.viewer import Viewer

PASSWORD_PAGE = "/profile/password"  # noqa: S105 - an address


async def password_duty_guard(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    """Send to the page for the new password, unless the route says `before_new_password=True`."""
    viewer: Viewer | None = connection.scope.get("user")
    if viewer is None or not viewer.must_change_password:
        return
    if handler.opt.get("public") or handler.opt.get("before_new_password"):
        return
    if viewer.session_kind == "token" or connection.scope["path"] == "/live":
        raise Forbidden("Sign in to the pages and choose a new password first.")
    raise Rejected(redirect(connection, PASSWORD_PAGE))
