"""All route handlers of the application."""

from litestar.types import ControllerRouterHandler

from app.domain.accounts import controllers as accounts
from app.domain.accounts import link_controllers, profile_controllers, user_actions, user_controllers
from app.domain.company import controllers as company
from app.domain.inventory.importing import controllers as importing
from app.domain.live import controllers as live
from app.domain.operations import controllers as operations
from app.domain.setup import controllers as setup

ROUTE_HANDLERS: list[ControllerRouterHandler] = [
    operations.health_live,
    operations.health_ready,
    operations.metrics,
    accounts.login_page,
    accounts.login,
    accounts.logout,
    *link_controllers.HANDLERS,
    *profile_controllers.HANDLERS,
    *user_controllers.HANDLERS,
    *user_actions.HANDLERS,
    *setup.HANDLERS,
    *company.HANDLERS,
    live.live,
    live.presence,
    *importing.HANDLERS,
]
