"""The selects behind handovers in the API."""

from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from app.db.models import Handover, Movement, Rental, Unit
from app.domain.availability.queries import Connection
from app.domain.handovers.api_schemas import HandoverRecord, MovedRecord
from app.domain.handovers.undoing import is_undone
from app.lib.errors import NotFound
from app.lib.wire import wire

_SAID = ("id", "event_id", "kind", "number", "actor_id", "vehicle", "signed_name", "notes", "override_reason")


async def handover_of(connection: Connection, handover_id: int) -> HandoverRecord:
    """One handover with what moved in it and was not taken back. Raises NotFound."""
    found = await connection.execute(
        select(Handover.at, *(getattr(Handover, name) for name in _SAID)).where(Handover.id == handover_id)
    )
    row = found.one_or_none()
    if row is None:
        raise NotFound("This handover does not exist.")
    columns = (
        Movement.rental_id,
        Movement.equipment_id,
        Rental.name,
        Movement.unit_id,
        Unit.asset_tag,
        Movement.step,
        Movement.condition,
        Movement.reason.label("note"),
        Movement.maintenance_id,
    )
    undoing = aliased(Movement)
    moved = await connection.execute(
        select(*columns, func.sum(Movement.quantity).label("quantity"))
        .join(Rental, Rental.id == Movement.rental_id)
        .outerjoin(Unit, Unit.id == Movement.unit_id)
        .where(Movement.handover_id == handover_id, Movement.undoes_id.is_(None))
        .where(~exists(select(undoing.id).where(undoing.undoes_id == Movement.id)))
        .group_by(*columns)
        .having(func.sum(Movement.quantity) != 0)
        .order_by(func.min(Movement.id))
    )
    return HandoverRecord(
        **{name: getattr(row, name) for name in _SAID},
        at=str(wire(row.at)),
        undone=await is_undone(connection, handover_id),
        moved=[MovedRecord(**one) for one in moved.mappings()],
    )
