"""Before a page reads anything: note where the live feed is, so that its stream misses nothing."""

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from app.web.company import load_company
from app.web.csrf import SAFE_METHODS


class LivePosition(ASGIMiddleware):
    """Puts the position of the feed, as an event id, into the state of the request."""

    scopes = (ScopeType.HTTP,)
    exclude_opt_key = "skip_authentication"

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Note the position, make sure the company is known, go on."""
        state = scope["litestar_app"].state
        if scope.get("method") in SAFE_METHODS:
            scope["state"]["live_position"] = state.feed.position.event_id(state.feed.generation)
        await load_company(state.runtime)
        await next_app(scope, receive, send)
