"""Commands on cases: what they are, and what should be in them."""

from sqlalchemy import func, select

from app.db.models import Case, CaseItem, Equipment
from app.domain.cases.rules import CaseItemRules, CaseRules
from app.lib import editing
from app.lib.commands import Commands
from app.lib.errors import InvalidInput
from app.lib.rules import register
from app.lib.unit_of_work import UnitOfWork

register(Case.entity, CaseRules())
register(CaseItem.entity, CaseItemRules())

_CASES = Commands(Case, ("code", "name", "kind", "location", "weight_kg", "notes"))
_ITEMS = Commands(CaseItem, ("quantity",))

create_case = _CASES.create
"""Add a case; code and name are required. Raises InvalidInput."""
edit_case = _CASES.edit
"""Change fields of a case, merging with others. Raises NotFound, EditConflict, InvalidInput."""
delete_case = _CASES.delete
"""Delete a case so that it can be restored. Raises NotFound, EditConflict, Conflict while it is in use."""
restore_case = _CASES.restore
"""Take a delete back. Raises NotFound, InvalidInput when its code was taken meanwhile."""
edit_item = _ITEMS.edit
"""Change how many should be in a case. Raises NotFound, EditConflict, InvalidInput."""
remove_item = _ITEMS.delete
"""Take equipment off what should be in a case. Raises NotFound, EditConflict."""
restore_item = _ITEMS.restore
"""Put equipment back on what should be in a case. Raises NotFound, InvalidInput, Conflict."""


async def add_item(work: UnitOfWork, case_id: int, equipment_id: int, quantity: int = 1) -> CaseItem:
    """Say that a case should hold so many pieces of an equipment. Raises NotFound, InvalidInput."""
    await editing.lock(work, Case, case_id)
    equipment = await work.session.get(Equipment, equipment_id)
    if equipment is None or equipment.deleted_at is not None:
        raise InvalidInput({"equipment_id": "This equipment does not exist."})
    last = await work.session.scalar(select(func.max(CaseItem.position)).where(CaseItem.case_id == case_id))
    return await _ITEMS.create(
        work,
        {"quantity": quantity},
        case_id=case_id,
        equipment_id=equipment_id,
        position=(last or 0) + 1,
        name=equipment.name,
    )
