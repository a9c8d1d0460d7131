"""Writing what one tap or scan means: all its movements in one statement, all its units in another."""

import json
from collections.abc import Sequence

from app.db.driver import Statement
from app.db.models import Movement
from app.domain.prep.unit_queries import AnyUnit
from app.lib.changes import Note
from app.lib.clock import now
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
# a later step finds most units prepped already; within a select of its own a list is as long as any to the
# planner, else it plans anew for each
_PLACE = Statement(
    """
    update unit set state = 'prepped', rental_id = :rental_id,
      version = unit.version + case when was.state = 'prepped' then 0 else 1 end, updated_at = :at
    from unit was
    where unit.id = any((select cast(:unit_ids as bigint[]))::bigint[]) and was.id = unit.id
      and (was.state, was.rental_id) is distinct from ('prepped', :rental_id)
    returning unit.id, unit.version, was.state
    """
)


async def add_movements(work: UnitOfWork, movements: Sequence[Movement]) -> None:
    """Insert the movements that have no id yet, in their order. Raises IntegrityError.

    They are written at once and never change, so they take no part in the session.
    """
    new = [one for one in movements if not one.id]
    # what was never set is not there; asking the record for it takes as long as all the rest
    rows = [{name: vars(one).get(name) for name in _COLUMNS} for one in new]
    added = await _ADD.rows(work.session, {"rows": json.dumps(rows)}) if new else []
    for one, row in zip(new, added, strict=True):
        one.id = row["id"]


async def place_prepped(work: UnitOfWork, units: Sequence[AnyUnit], rental_id: int) -> list[Note]:
    """Have locked units be prepped for a line. Returns what the log is to say of those that were not.

    No rule of units stands against that: they forbid what is done by hand, or undone.
    """
    if not units:
        return []
    asked = {"unit_ids": [unit.id for unit in units], "rental_id": rental_id, "at": work.moment or now()}
    placed = {row["id"]: row for row in await _PLACE.rows(work.session, asked)}
    return [
        Note(
            unit,
            "unit",
            "unit.updated",
            unit.asset_tag,
            {"state": (placed[unit.id]["state"], "prepped")},
            parent=("equipment", unit.equipment_id),
            version=placed[unit.id]["version"],
        )
        for unit in units
        if unit.id in placed and placed[unit.id]["state"] != "prepped"
    ]
