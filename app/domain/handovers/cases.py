"""What leaves or comes back with a case: all that was packed into it."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, any_, cast, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.db.models import Unit
from app.domain.availability.queries import Connection
from app.domain.handovers.policy import Part
from app.domain.prep.case_contents import Packed, packed_in
from app.domain.prep.queries import lines_by_id


async def parts_in_case(connection: Connection, event_id: int, case_id: int) -> list[Part]:
    """What of a case is out with an event, to be checked in as fine. Three statements.

    What was reported missing is not in it. Pieces of a line that came back already, in a case or not, are
    not counted twice.
    """
    inside = [one for one in await packed_in(connection, case_id, event_id) if one.out]
    lines = await lines_by_id(connection, [one.rental_id for one in inside if one.unit_id is None])
    parts = list[Part]()
    for one in await _with_their_lines(connection, inside, "out"):
        pieces = 1
        if one.unit_id is None:
            counts = lines[one.rental_id].counts
            pieces = min(one.out, counts.outstanding - counts.missing)
        if pieces > 0:
            parts.append(Part(one.rental_id, pieces, one.unit_id, case_id=case_id))
    return parts


async def parts_to_leave(connection: Connection, event_id: int, case_id: int) -> list[Part]:
    """What of a case is prepped and has not left, to be dispatched. Three statements."""
    inside = [one for one in await packed_in(connection, case_id, event_id) if one.to_go]
    lines = await lines_by_id(connection, [one.rental_id for one in inside if one.unit_id is None])
    parts = list[Part]()
    for one in await _with_their_lines(connection, inside, "prepped"):
        pieces = 1
        if one.unit_id is None:
            counts = lines[one.rental_id].counts
            pieces = min(one.to_go, counts.wanted - counts.dispatched)
        if pieces > 0:
            parts.append(Part(one.rental_id, pieces, one.unit_id))
    return parts


async def _with_their_lines(connection: Connection, inside: Sequence[Packed], state: str) -> list[Packed]:
    """What is counted, and the units that are with their lines in this state."""
    unit_ids = [one.unit_id for one in inside if one.unit_id is not None]
    rows = await connection.execute(
        select(Unit.id, Unit.rental_id).where(
            Unit.id == any_(cast(unit_ids, ARRAY(BigInteger))), Unit.state == state
        )
    )
    with_line = {row.id: row.rental_id for row in rows}
    return [one for one in inside if one.unit_id is None or with_line.get(one.unit_id) == one.rental_id]
