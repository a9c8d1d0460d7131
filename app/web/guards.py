"""What every request has to get past before it reaches its route."""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from app.web.csrf import csrf_guard
from app.web.password_duty import password_duty_guard
from app.web.permissions import capability_guard


async def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Refuse whoever may not do this: all guards as one, for Litestar copies the handler for each.

    Raises what they refuse with.
    """
    await csrf_guard(connection, handler)
    await capability_guard(connection, handler)
    await password_duty_guard(connection, handler)
