"""All route handlers of the application."""

from litestar.types import ControllerRouterHandler

from app.domain.accounts import api as accounts_api
from app.domain.accounts import controllers as accounts
from app.domain.accounts import (
    link_controllers,
    profile_controllers,
    user_actions,
    user_api,
    user_controllers,
)
from app.domain.activity import api as activity_api
from app.domain.activity.controllers import ACTIVITY_HANDLERS
from app.domain.availability import api as availability_api
from app.domain.clients import api as clients_api
from app.domain.clients import controllers as clients
from app.domain.clients import list_controllers as client_list
from app.domain.company import controllers as company
from app.domain.events import api as events_api
from app.domain.events import controllers as events
from app.domain.events import line_controllers as event_lines
from app.domain.events import rental_api
from app.domain.events import step_controllers as event_steps
from app.domain.inventory import api as inventory_api
from app.domain.inventory import category_api, category_controllers, unit_api
from app.domain.inventory.bulk_controllers import BULK_HANDLERS
from app.domain.inventory.cell_controllers import CELL_HANDLERS
from app.domain.inventory.export_controllers import EXPORT_HANDLERS
from app.domain.inventory.importing import controllers as importing
from app.domain.inventory.item_controllers import ITEM_HANDLERS
from app.domain.inventory.label_controllers import LABEL_HANDLERS
from app.domain.inventory.photo_controllers import PHOTO_HANDLERS
from app.domain.inventory.table_controllers import TABLE_HANDLERS
from app.domain.inventory.unit_controllers import UNIT_HANDLERS
from app.domain.live import controllers as live
from app.domain.maintenance import api as maintenance_api
from app.domain.maintenance import controllers as maintenance
from app.domain.maintenance import step_controllers as maintenance_steps
from app.domain.notifications import controllers as notifications
from app.domain.operations import controllers as operations
from app.domain.search import controllers as search
from app.domain.setup import controllers as setup
from app.domain.today import controllers as today

ROUTE_HANDLERS: list[ControllerRouterHandler] = [
    operations.health_live,
    operations.health_ready,
    operations.metrics,
    operations.nothing_here,
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
    *TABLE_HANDLERS,
    *CELL_HANDLERS,
    *BULK_HANDLERS,
    *EXPORT_HANDLERS,
    *ITEM_HANDLERS,
    *UNIT_HANDLERS,
    *PHOTO_HANDLERS,
    *LABEL_HANDLERS,
    *ACTIVITY_HANDLERS,
    *category_controllers.HANDLERS,
    *client_list.HANDLERS,
    *clients.HANDLERS,
    *maintenance.HANDLERS,
    *maintenance_steps.HANDLERS,
    *events.HANDLERS,
    *event_steps.HANDLERS,
    *event_lines.HANDLERS,
    *search.HANDLERS,
    *today.HANDLERS,
    *notifications.HANDLERS,
    accounts_api.API,
    user_api.API,
    inventory_api.API,
    unit_api.API,
    category_api.API,
    maintenance_api.API,
    clients_api.API,
    events_api.API,
    rental_api.API,
    availability_api.API,
    activity_api.API,
]
