"""Commands on stock takes: counting together, and applying what was counted with one confirmation."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from app.db.models import Equipment, StockCount, StockTake, Unit
from app.domain.prep.codes import find_code, read_paper_code
from app.domain.stock_takes.policy import CountedBulk, CountedUnit, Outcome, outcome_of
from app.domain.stock_takes.queries import counted_bulk, counted_units, places
from app.lib import editing
from app.lib.batches import lock_all
from app.lib.changes import record_plain
from app.lib.clock import now
from app.lib.commands import Commands
from app.lib.errors import Conflict, InvalidInput, NotFound
from app.lib.unit_of_work import UnitOfWork

MOST = 100_000
_TAKES = Commands(StockTake, ("name", "location", "notes"))

edit_stock_take = _TAKES.edit
"""Change the name or the notes of a stock take. Raises NotFound, EditConflict, InvalidInput."""


class UnknownCode(InvalidInput):
    """Nothing has the code that was scanned: it may be registered."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What a count did: the equipment, its unit, and how many of it are counted now."""

    equipment_id: int
    name: str
    unit_id: int | None
    asset_tag: str
    pieces: int
    again: bool = False


async def start(work: UnitOfWork, values: Mapping[str, Any]) -> StockTake:
    """Begin to count a location there is, or all of the stock with none. Raises InvalidInput."""
    location = str(values.get("location") or "")
    if location and location not in await places(work.session):
        raise InvalidInput({"location": "Nothing is kept at this location."})
    given = {**values, "name": values.get("name") or location or "All of the stock", "location": location}
    return await _TAKES.create(work, given, started_by_id=work.actor.id)


async def count_code(work: UnitOfWork, stock_take_id: int, nonce: UUID, code: str) -> Counted:
    """Count what was scanned: a unit once, anything else one piece more.

    Raises NotFound, Conflict when the counting is over, UnknownCode for a code nothing has, InvalidInput
    for that of a case, or of equipment whose units are to be scanned.
    """
    await _open(work, stock_take_id)
    paper = read_paper_code(code)
    if paper is not None:
        raise InvalidInput({"code": f"This is the code of a {paper.name}: scan what is on the shelf."})
    found = await find_code(work.session, code)
    if found is None:
        raise UnknownCode({"code": f"Nothing here has the code “{code.strip()}”."})
    if found.equipment_id is None:
        raise InvalidInput({"code": f"{code.strip()} is a case: scan what is in it."})
    unit_id = found.id if found.kind == "unit" else None
    return await _count(work, stock_take_id, nonce, found.equipment_id, unit_id=unit_id, pieces=1)


async def count_pieces(
    work: UnitOfWork, stock_take_id: int, nonce: UUID, equipment_id: int, pieces: int
) -> Counted:
    """Count so many pieces more of counted equipment, or, with a negative number, fewer.

    Raises NotFound, Conflict, InvalidInput.
    """
    if pieces == 0 or abs(pieces) > MOST:
        raise InvalidInput({"pieces": "Count at least one piece."})
    await _open(work, stock_take_id)
    return await _count(work, stock_take_id, nonce, equipment_id, unit_id=None, pieces=pieces)


async def uncount_unit(work: UnitOfWork, stock_take_id: int, nonce: UUID, unit_id: int) -> Counted:
    """Take back that a unit was counted. Raises NotFound, Conflict, InvalidInput."""
    await _open(work, stock_take_id)
    unit = await work.session.get(Unit, unit_id)
    if unit is None:
        raise InvalidInput({"unit_id": "This unit does not exist."})
    return await _count(work, stock_take_id, nonce, unit.equipment_id, unit_id=unit_id, pieces=-1)


async def apply(work: UnitOfWork, stock_take_id: int) -> StockTake:
    """Make the stock what was counted: quantities follow, units that are not here are missing.

    What was counted at another location than its own is moved here when it is a unit, and left for a
    person to decide when it is counted gear. Raises NotFound, Conflict when the counting is over.
    """
    take = await _open(work, stock_take_id, alone=True)
    seen = await outcome(work, take)
    # held, and looked at again: what was moved or sold meanwhile is what the difference is to
    of_units = [*seen.lost, *seen.taken_in]
    concerned = {one.equipment_id for one in (*seen.bulk, *of_units)}
    equipment = await lock_all(work, Equipment, sorted(concerned))
    units = await lock_all(work, Unit, sorted(one.unit_id for one in of_units))
    held = await outcome(work, take)
    for one in held.bulk:
        if one.equipment_id in equipment:
            await _apply_pieces(work, equipment[one.equipment_id], one)
    for one in (*held.lost, *held.taken_in):
        if one.unit_id in units:
            await _apply_unit(work, take, units[one.unit_id], one)
    values = {"status": "applied", "closed_at": now()}
    await editing.edit(work, take, values, version=None, action="stock_take.applied")
    return take


async def outcome(work: UnitOfWork, take: StockTake) -> Outcome:
    """What applying the count would do as things stand."""
    bulk = await counted_bulk(work.session, take.id, take.location)
    return outcome_of(bulk, await counted_units(work.session, take.id, take.location))


async def cancel(work: UnitOfWork, stock_take_id: int) -> StockTake:
    """End a stock take without any consequence. Raises NotFound, Conflict."""
    take = await _open(work, stock_take_id, alone=True)
    values = {"status": "cancelled", "closed_at": now()}
    await editing.edit(work, take, values, version=None, action="stock_take.cancelled")
    return take


async def _open(work: UnitOfWork, stock_take_id: int, *, alone: bool = False) -> StockTake:
    """The stock take, held: shared by those who count, alone to end it. Raises NotFound, Conflict."""
    if alone:
        take = await editing.lock(work, StockTake, stock_take_id)
    else:
        found = select(StockTake).where(StockTake.id == stock_take_id, StockTake.deleted_at.is_(None))
        take = await work.session.scalar(
            found.with_for_update(read=True).execution_options(populate_existing=True)
        )
        if take is None:
            raise NotFound("This stock take does not exist.")
    if take.status != "open":
        raise Conflict("This stock take is over.")
    return take


async def _count(
    work: UnitOfWork, stock_take_id: int, nonce: UUID, equipment_id: int, *, unit_id: int | None, pieces: int
) -> Counted:
    equipment = await work.session.get(Equipment, equipment_id)
    if equipment is None or equipment.deleted_at is not None:
        raise InvalidInput({"code": "This equipment does not exist."})
    if equipment.tracking == "serialized" and unit_id is None:
        raise InvalidInput({"code": f"{equipment.name} has tags of its own: scan each unit."})
    # whoever counts the same thing at once waits here, so that both see what the other did
    await editing.lock(work, Equipment, equipment_id)
    before = await _pieces(work, stock_take_id, equipment_id, unit_id)
    unit = await work.session.get(Unit, unit_id) if unit_id is not None else None
    tag = unit.asset_tag if unit is not None else ""
    known = await work.session.scalar(select(StockCount.id).where(StockCount.nonce == nonce))
    if known is not None:
        return Counted(equipment_id, equipment.name, unit_id, tag, before)
    after = before + pieces
    if after < 0:
        raise Conflict(f"{equipment.name}: only {before} are counted.")
    if unit_id is not None and after > 1:
        return Counted(equipment_id, equipment.name, unit_id, tag, before, again=True)
    row = {
        "stock_take_id": stock_take_id,
        "nonce": nonce,
        "equipment_id": equipment_id,
        "unit_id": unit_id,
        "quantity": pieces,
        "actor_id": work.actor.id,
    }
    await _write(work, row, f"{equipment.name}, {tag}" if tag else equipment.name, (before, after))
    return Counted(equipment_id, equipment.name, unit_id, tag, after)


async def _write(work: UnitOfWork, row: dict[str, Any], label: str, counted: tuple[int, int]) -> None:
    """Add a count, and say so in the log."""
    count_id = await work.session.scalar(insert(StockCount).values(row).returning(StockCount.id))
    await record_plain(
        work,
        action="stock_take.counted",
        entity="stock_count",
        entity_id=count_id or 0,
        version=1,
        label=label,
        fields={"counted": counted},
        parent_entity="stock_take",
        parent_id=row["stock_take_id"],
    )


async def _pieces(work: UnitOfWork, stock_take_id: int, equipment_id: int, unit_id: int | None) -> int:
    of_unit = StockCount.unit_id.is_(None) if unit_id is None else StockCount.unit_id == unit_id
    total = await work.session.scalar(
        select(func.coalesce(func.sum(StockCount.quantity), 0)).where(
            StockCount.stock_take_id == stock_take_id, StockCount.equipment_id == equipment_id, of_unit
        )
    )
    return int(total or 0)


async def _apply_pieces(work: UnitOfWork, equipment: Equipment, one: CountedBulk) -> None:
    quantity = max(equipment.quantity + one.difference, 0)
    await editing.edit(work, equipment, {"quantity": quantity}, version=None)


async def _apply_unit(work: UnitOfWork, take: StockTake, unit: Unit, one: CountedUnit) -> None:
    values = {"state": "missing"} if one.is_lost else {"location": take.location or unit.location}
    if one.is_taken_in and unit.state in ("missing", "lost"):
        values["state"] = "in_stock"
    await editing.edit(work, unit, values, version=None)
