"""Who sends this request: a session cookie or a bearer token, looked up on every request.

Nothing about a person is kept between requests, so deactivating somebody or changing a role holds from
the next request on.
"""

import secrets
from typing import Any

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.db.driver import Statement
from app.web.csrf import GUEST_COOKIE
from app.web.permissions import CAPABILITIES, ROLE_LABELS
from app.web.tokens import token_hash
from app.web.viewer import Viewer

SESSION_COOKIE = "av_session"
KEEP_DAYS = 30
IDLE_HOURS = 12
TOKEN_HOURS = 24

_LOOK_UP = Statement("""
    select s.id as session_id, s.kind, s.last_seen_at < now() - interval '1 minute' as stale,
      u.id, u.username, u.first_name, u.last_name, u.role, u.theme, u.time_zone, u.locale, u.shortcuts,
      u.avatar, u.must_change_password, u.notifications_seen
    from session s join user_account u on u.id = s.user_id
    where s.token_hash = :token_hash and s.expires_at > now() and u.active
""")
_TOUCH = text("""
    update session set last_seen_at = now(), expires_at = case
      when kind = 'token' then expires_at
      when keep then now() + make_interval(days => :keep_days)
      else now() + make_interval(hours => :idle_hours) end
    where id = :id
""")


async def find_viewer(engine: AsyncEngine, token: str) -> Viewer | None:
    """The person behind a token, or None; notes once a minute that the session is in use."""
    row = await _LOOK_UP.row_alone(engine, {"token_hash": token_hash(token)})
    if row is None:
        return None
    if row["stale"]:
        async with engine.connect() as connection:
            await connection.execute(
                _TOUCH, {"id": row["session_id"], "keep_days": KEEP_DAYS, "idle_hours": IDLE_HOURS}
            )
    return Viewer(
        id=row["id"],
        name=f"{row['first_name']} {row['last_name']}".strip() or row["username"],
        username=row["username"],
        role=row["role"],
        role_label=ROLE_LABELS[row["role"]],
        theme=row["theme"],
        time_zone=row["time_zone"],
        locale=row["locale"],
        shortcuts=row["shortcuts"],
        avatar=row["avatar"],
        must_change_password=row["must_change_password"],
        notifications_seen=row["notifications_seen"],
        session_id=row["session_id"],
        session_kind=row["kind"],
        capabilities=CAPABILITIES[row["role"]],
    )


class AuthenticationMiddleware(ASGIMiddleware):
    """Puts the viewer (or None) into the scope as `user`, the way they came in as `auth`."""

    scopes = (ScopeType.HTTP,)
    exclude_opt_key = "skip_authentication"

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Look the sender up, then go on; guests without a cookie get one when a page is rendered."""
        cookies, bearer = _credentials(scope)
        engine: AsyncEngine = scope["litestar_app"].state.read_engine
        state: dict[str, Any] = scope["state"]
        session_token = cookies.get(SESSION_COOKIE, "")
        viewer = await find_viewer(engine, bearer or session_token) if bearer or session_token else None
        if viewer and viewer.session_kind != ("token" if bearer else "browser"):
            viewer = None
        scope["user"] = viewer
        scope["auth"] = "token" if bearer else "cookie" if viewer else None
        state["csrf_anchor"] = session_token if viewer else cookies.get(GUEST_COOKIE, "")
        if not state["csrf_anchor"]:
            state["new_guest"] = secrets.token_urlsafe(16)
        state["cookies"] = cookies
        await next_app(scope, receive, send)


def _credentials(scope: Scope) -> tuple[dict[str, str], str]:
    """The cookies and the bearer token of a request."""
    cookies: dict[str, str] = {}
    bearer = ""
    for name, value in scope["headers"]:
        if name == b"cookie":
            for part in value.decode("latin-1").split(";"):
                key, _, content = part.strip().partition("=")
                cookies.setdefault(key, content)
        elif name == b"authorization":
            scheme, _, content = value.decode("latin-1").partition(" ")
            if scheme.lower() == "bearer":
                bearer = content.strip()
    return cookies, bearer
