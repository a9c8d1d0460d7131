"""All route handlers of the application."""

from litestar.types import ControllerRouterHandler

from app.domain.accounts import controllers as accounts
from app.domain.live import controllers as live
from app.domain.operations import controllers as operations

ROUTE_HANDLERS: list[ControllerRouterHandler] = [
    operations.health_live,
    operations.health_ready,
    operations.metrics,
    accounts.login_page,
    accounts.login,
    accounts.logout,
    live.live,
    live.presence,
]
