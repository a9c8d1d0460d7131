"""Who may take which change back.

Changes of users are not among them: whether a role may go back depends on who is an admin now, which
the page of the user checks.
"""

from app.lib.undoing import MODELS
from app.web import permissions
from app.web.viewer import Viewer

_CAPABILITIES = {
    "equipment": permissions.EQUIPMENT_WRITE,
    "unit": permissions.EQUIPMENT_WRITE,
    "category": permissions.EQUIPMENT_WRITE,
    "maintenance": permissions.MAINTENANCE_WRITE,
    "company": permissions.COMPANY_WRITE,
}
# what also moved other records is taken back on its own page, with them
_WITH_CONSEQUENCES = (
    "category.created",
    "maintenance.reported",
    "maintenance.started",
    "maintenance.waiting",
    "maintenance.resumed",
    "maintenance.resolved",
    "maintenance.written_off",
)
_GEAR = ("equipment", "unit", "category")


def may_undo(viewer: Viewer, entity: str, action: str) -> bool:
    """Whether the viewer may take back a change of this kind. Taking back an addition deletes."""
    if action in _WITH_CONSEQUENCES:
        return False
    capability = _CAPABILITIES.get(entity)
    if capability is None or entity not in MODELS or not viewer.can(capability):
        return False
    deletes = action.endswith((".created", ".deleted", ".restored"))
    return not (deletes and entity in _GEAR) or viewer.can(permissions.EQUIPMENT_DELETE)
