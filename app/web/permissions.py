"""Roles and what they may do: the one table, and the guard that reads it.

Every handler states its capability (`@get("/inventory", capability=EQUIPMENT_READ)`), or that it is
public (`public=True`). A handler that states neither is refused to everybody, and a test fails.
"""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from app.lib.errors import Forbidden, NotAuthenticated
from app.web.viewer import Viewer

SIGNED_IN = "signed_in"
EQUIPMENT_READ, EQUIPMENT_WRITE, EQUIPMENT_DELETE = "equipment.read", "equipment.write", "equipment.delete"
RENTAL_READ, RENTAL_WRITE, RENTAL_DELETE = "rental.read", "rental.write", "rental.delete"
RENTAL_CONFIRM = "rental.confirm"
CLIENT_READ, CLIENT_WRITE, CLIENT_DELETE = "client.read", "client.write", "client.delete"
USER_READ, USER_WRITE = "user.read", "user.write"
MAINTENANCE_REPORT, MAINTENANCE_WRITE = "maintenance.report", "maintenance.write"
PREP, QUOTE_WRITE, OVERBOOK, OVERWRITE = "prep", "quote.write", "overbook", "overwrite"
DISPATCH_OVERRIDE = "dispatch.override"
MONEY_READ, INVOICE_WRITE, PRICE_WRITE = "money.read", "invoice.write", "price.write"
ACTIVITY_READ, COMPANY_WRITE = "activity.read", "company.write"

_READ = frozenset({SIGNED_IN, EQUIPMENT_READ, RENTAL_READ, CLIENT_READ})

CAPABILITIES: dict[str, frozenset[str]] = {
    "viewer": _READ,
    "employee": _READ
    | {RENTAL_WRITE, RENTAL_CONFIRM, CLIENT_WRITE, MAINTENANCE_REPORT}
    | {MONEY_READ, QUOTE_WRITE},
    "technician": _READ | {EQUIPMENT_WRITE, RENTAL_WRITE, MAINTENANCE_REPORT, MAINTENANCE_WRITE, PREP},
    "manager": _READ
    | {
        EQUIPMENT_WRITE,
        EQUIPMENT_DELETE,
        RENTAL_WRITE,
        RENTAL_CONFIRM,
        RENTAL_DELETE,
        CLIENT_WRITE,
        CLIENT_DELETE,
    }
    | {USER_READ, MAINTENANCE_REPORT, MAINTENANCE_WRITE, PREP, QUOTE_WRITE}
    | {MONEY_READ, INVOICE_WRITE, PRICE_WRITE}
    | {OVERBOOK, OVERWRITE, DISPATCH_OVERRIDE, ACTIVITY_READ},
    # the client portal has no pages yet: a client may sign in and mind the own account
    "client": frozenset({SIGNED_IN}),
}
CAPABILITIES["admin"] = frozenset().union(*CAPABILITIES.values()) | {USER_WRITE, COMPANY_WRITE}

ROLE_LABELS = {
    "admin": "Admin",
    "manager": "Manager",
    "technician": "Technician",
    "employee": "Employee",
    "viewer": "Viewer",
    "client": "Client",
}


async def capability_guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Refuse whoever may not use this route. Raises NotAuthenticated or Forbidden."""
    if handler.opt.get("public"):
        return
    viewer: Viewer | None = connection.scope.get("user")
    if viewer is None:
        raise NotAuthenticated("Please sign in.")
    capability = handler.opt.get("capability")
    if capability is None or not viewer.can(capability):
        raise Forbidden("Your role does not allow this. Ask an admin if you need it.")
