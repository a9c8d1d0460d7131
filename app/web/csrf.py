"""Cross-site request forgery: every unsafe request proves that it comes from one of our pages.

The token is a signature of the session's secret (or, before sign-in, of a random guest cookie), sent as
the header `x-csrftoken` by htmx and as the field `_csrf_token` by plain forms. Requests with a bearer
token carry no ambient authority and need none.
"""

from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from app.lib.errors import Forbidden
from app.web.tokens import signature, signature_matches

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
GUEST_COOKIE = "av_guest"
HEADER = "x-csrftoken"
FIELD = "_csrf_token"
_FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


def csrf_token(secret_key: str, anchor: str) -> str:
    """The token of pages that are shown to the session or guest with this secret."""
    return signature(secret_key, "csrf", anchor)


async def csrf_guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Refuse unsafe requests without our token. Raises Forbidden."""
    if connection.scope.get("method") in SAFE_METHODS or handler.opt.get("csrf_exempt"):
        return
    if connection.scope.get("auth") == "token":
        return
    if connection.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise Forbidden("This request came from another site.")
    anchor: str = connection.scope["state"].get("csrf_anchor", "")
    given = connection.headers.get(HEADER) or await _from_form(connection)
    secret_key: str = connection.app.state.settings.secret_key
    if not anchor or not given or not signature_matches(secret_key, "csrf", anchor, given):
        raise Forbidden("This page is out of date. Load it again and repeat what you did.")


async def _from_form(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    if not isinstance(connection, Request):
        return ""
    if not connection.headers.get("content-type", "").startswith(_FORM_TYPES):
        return ""
    value = (await connection.form()).get(FIELD)
    return value if isinstance(value, str) else ""
