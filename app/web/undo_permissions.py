"""Who may take which change back, and who may bring back what was deleted.

Changes of users are not among them: whether a role may go back depends on who is an admin now, which
the page of the user checks.
"""

from collections.abc import Collection
from uuid import UUID

from app.db.models import Change
from app.lib.undoing import MODELS, May
from app.web import permissions
from app.web.viewer import Viewer

_CAPABILITIES = {
    "equipment": permissions.EQUIPMENT_WRITE,
    "unit": permissions.EQUIPMENT_WRITE,
    "category": permissions.EQUIPMENT_WRITE,
    "maintenance": permissions.MAINTENANCE_WRITE,
    "client": permissions.CLIENT_WRITE,
    "contact": permissions.CLIENT_WRITE,
    "address": permissions.CLIENT_WRITE,
    "event": permissions.RENTAL_WRITE,
    "rental": permissions.RENTAL_WRITE,
    "attachment": permissions.RENTAL_WRITE,
    "gear_template": permissions.RENTAL_WRITE,
    "kit": permissions.EQUIPMENT_WRITE,
    "kit_component": permissions.EQUIPMENT_WRITE,
    "accessory": permissions.EQUIPMENT_WRITE,
    "substitute": permissions.EQUIPMENT_WRITE,
    "sub_hire": permissions.RENTAL_WRITE,
    "company": permissions.COMPANY_WRITE,
    "case": permissions.PREP,
    "case_item": permissions.PREP,
    "inspection_rule": permissions.EQUIPMENT_WRITE,
    "inspection": permissions.MAINTENANCE_WRITE,
    "stock_take": permissions.EQUIPMENT_WRITE,
    "invoice": permissions.INVOICE_WRITE,
    "invoice_line": permissions.INVOICE_WRITE,
    "quote": permissions.QUOTE_WRITE,
    "quote_version": permissions.QUOTE_WRITE,
    "quote_line": permissions.QUOTE_WRITE,
    "quote_group": permissions.QUOTE_WRITE,
    "price_list": permissions.PRICE_WRITE,
    "price_rule": permissions.PRICE_WRITE,
    "factor_table": permissions.PRICE_WRITE,
    "tax_rate": permissions.PRICE_WRITE,
}
# deleting and bringing back takes more than changing
_TO_DELETE = {
    **_CAPABILITIES,
    "equipment": permissions.EQUIPMENT_DELETE,
    "unit": permissions.EQUIPMENT_DELETE,
    "category": permissions.EQUIPMENT_DELETE,
    "client": permissions.CLIENT_DELETE,
    "event": permissions.RENTAL_DELETE,
    "kit": permissions.EQUIPMENT_DELETE,
    "case": permissions.EQUIPMENT_DELETE,
}
MONEY_OF_COMPANY = frozenset(
    {
        "prices_include_tax", "tax_rounding", "quote_days", "deposit_percent", "due_days", "terms",
        "bank_name", "iban", "bic",
    }
)  # fmt: skip
"""What whoever sets prices may change of the company."""
# what is one person's alone is that person's to take back
_OWN = frozenset({"saved_view"})
# their steps (held, confirmed, overbooked) have ways back of their own
_STEPPED = frozenset({"event", "rental", "quote_version", "invoice"})
_BY_FIELD = (
    ".created", ".updated", ".deleted", ".restored", ".substituted", ".reduced", ".given_up", ".shifted",
)  # fmt: skip
# these follow what the record is: taking back an intent takes them along, alone they stand
_FOLLOWING = frozenset({"rental.units_bound", "rental.units_noted"})
_DELETING = (".created", ".reported", ".deleted", ".restored", ".merged")


def may_restore(viewer: Viewer, entity: str) -> bool:
    """Whether the viewer may delete records of this kind, and bring them back."""
    return viewer.can(_TO_DELETE.get(entity, "")) and "deleted_at" in MODELS[entity].editable


def may_undo(
    viewer: Viewer, entity: str, action: str, *, actor_id: int | None = None, fields: Collection[str] = ()
) -> bool:
    """Whether the viewer may take back what `actor_id` did with `fields`. Taking back an addition deletes."""
    if entity == "company" and fields and MONEY_OF_COMPANY.issuperset(fields):
        return viewer.can(permissions.PRICE_WRITE)
    if entity in _OWN:
        return actor_id == viewer.id
    if entity in _STEPPED and not action.endswith(_BY_FIELD):
        return False
    if action.endswith(_DELETING) and not may_restore(viewer, entity):
        return False
    return entity in MODELS and viewer.can(_CAPABILITIES.get(entity, ""))


def undoing(viewer: Viewer) -> May:
    """Which changes the viewer may take back."""

    def may(change: Change) -> bool:
        action = f"{change.entity}.updated" if change.action in _FOLLOWING else change.action
        return may_undo(viewer, change.entity, action, actor_id=change.actor_id, fields=change.fields)

    return may


def operation_undo_url(viewer: Viewer, operation: UUID, *actions: str) -> str | None:
    """Where everything is taken back that was done in one go; None where these actions must stand."""
    may = (may_undo(viewer, action.partition(".")[0], action) for action in actions)
    return f"/operations/{operation}/undo" if all(may) else None
