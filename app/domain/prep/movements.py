"""Adding movements to the ledger: all that one tap or scan means, in one statement."""

import json
from collections.abc import Sequence

from app.db.driver import Statement
from app.db.models import Movement
from app.lib.unit_of_work import UnitOfWork

_COLUMNS = (
    "action_id", "event_id", "rental_id", "equipment_id", "unit_id", "case_id", "handover_id", "step",
    "quantity", "condition", "settlement", "reason", "photo", "maintenance_id", "undoes_id",
)  # fmt: skip
_ADD = Statement(
    """
    insert into movement (action_id, event_id, rental_id, equipment_id, unit_id, case_id, handover_id, step,
      quantity, condition, settlement, reason, photo, maintenance_id, undoes_id)
    select action_id, event_id, rental_id, equipment_id, unit_id, case_id, handover_id, step,
      quantity, condition, settlement, coalesce(reason, ''), photo, maintenance_id, undoes_id
    from rows from (jsonb_to_recordset(:rows) as (action_id bigint, event_id bigint, rental_id bigint,
      equipment_id bigint, unit_id bigint, case_id bigint, handover_id bigint, step text, quantity integer,
      condition text, settlement text, reason text, photo text, maintenance_id bigint, undoes_id bigint)
    ) with ordinality
    order by ordinality
    returning id
    """
)


async def add_movements(work: UnitOfWork, movements: Sequence[Movement]) -> None:
    """Insert the movements that have no id yet, in their order. Raises IntegrityError.

    They are written at once and never change, so they take no part in the session.
    """
    new = [one for one in movements if not one.id]
    rows = [{name: getattr(one, name) for name in _COLUMNS} for one in new]
    added = await _ADD.rows(work.session, {"rows": json.dumps(rows)}) if new else []
    for one, row in zip(new, added, strict=True):
        one.id = row["id"]
