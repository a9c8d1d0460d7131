"""What a request wrote, told to the page that sent it: it shows that at once.

The stream tells everybody, but only once every older transaction has ended (docs/live.md); whoever acted
does not look at what was there before until then.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from app.lib.unit_of_work import Written
from app.web.htmx import goes_elsewhere, is_partial_request, with_trigger

MOST = 20
"""So many records are named in a header, which proxies want short; of more the page asks for all it shows."""

_KEY = "written"


def note_written(scope: Any, written: Mapping[tuple[str, int], Written]) -> None:
    """Remember what a transaction has written, once it is committed."""
    scope["state"][_KEY] = written


class OwnChanges(ASGIMiddleware):
    """Adds what was written to the answer of a request that swaps no whole page."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Go on, and tell along with the answer."""
        if not is_partial_request(scope["headers"]):
            await next_app(scope, receive, send)
            return

        async def telling(message: Message) -> None:
            written: Mapping[tuple[str, int], Written] = scope["state"].get(_KEY, {})
            if (
                message["type"] == "http.response.start"
                and written
                and message["status"] < HTTPStatus.BAD_REQUEST
                and not goes_elsewhere(message["headers"])
            ):
                message["headers"] = with_trigger(message["headers"], _KEY, {"changes": _signals(written)})
            await send(message)

        await next_app(scope, receive, telling)


def _signals(written: Mapping[tuple[str, int], Written]) -> list[list[Any]] | None:
    """Entity, id, version, action and parent of each record; None when they are too many."""
    if len(written) > MOST:
        return None
    return [
        [entity, key, one.version, one.action, f"{one.parent[0]}-{one.parent[1]}" if one.parent else None]
        for (entity, key), one in written.items()
    ]
