"""How many complete kits are free, and what may stand in for what is short. A fixed number of statements."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.db.models import Accessory, Equipment, Event, KitComponent, Rental, Substitute
from app.domain.availability.queries import Window, peaks_of
from app.domain.events.demand import Line, block_period
from app.domain.kits.policy import Along, Part, complete_kits, missing_for
from app.lib.periods import Period

Reading = AsyncConnection | AsyncSession

_GEAR = (
    Equipment.id,
    Equipment.name,
    Equipment.quantity.label("stock"),
    Equipment.kind,
    Equipment.prep_minutes,
    Equipment.turnaround_minutes,
    Equipment.archived,
    Equipment.deleted_at,
)


@dataclass(frozen=True, slots=True)
class KitFree:
    """How many complete kits are free, and what keeps one more from being complete."""

    complete: int
    lacking: str

    @property
    def tone(self) -> str:
        """The class of the figure."""
        return "is-none" if self.complete == 0 else ""


@dataclass(frozen=True, slots=True)
class Substitution:
    """Equipment that may stand in: how many are free for the period, and whether that is enough."""

    id: int
    equipment_id: int
    name: str
    sku: str
    notes: str
    stock: int
    free: int
    enough: bool


async def free_kits(reading: Reading, kit_ids: Sequence[int], out: Period) -> dict[int, KitFree]:
    """How many of each kit are free while they would be out, prep and turnaround of the gear included.

    Three statements, however many kits. What comes along by itself has to be free too.
    """
    parts, gear = await _parts_of(reading, kit_ids)
    along, more = await _along_with(reading, gear)
    gear |= more
    free = await _free_of(reading, gear.values(), out)
    names = {key: row.name for key, row in gear.items()}
    found: dict[int, KitFree] = {}
    for kit_id, held in parts.items():
        complete = complete_kits(held, along, free)
        lacking = missing_for(held, along, free, complete + 1)
        found[kit_id] = KitFree(complete, names[next(iter(lacking))] if lacking else "")
    return found


async def free_equipment(reading: Reading, equipment_ids: Iterable[int], out: Period) -> dict[int, int]:
    """How many pieces of each equipment are free while it would be out; below zero that many are short."""
    rows = (await reading.execute(select(*_GEAR).where(Equipment.id.in_(sorted(set(equipment_ids)))))).all()
    return await _free_of(reading, rows, out)


async def substitutes_of(
    reading: Reading, equipment_id: int, period: Period, quantity: int = 1
) -> list[Substitution]:
    """What may stand in for an equipment, those that are enough for `quantity` pieces first: two statements.

    `period` is when it would be out. Archived equipment does not stand in.
    """
    statement = (
        select(Substitute.id.label("pair_id"), Substitute.notes, Equipment.sku, *_GEAR)
        .join(Equipment, Equipment.id == Substitute.substitute_id)
        .where(
            Substitute.equipment_id == equipment_id,
            Substitute.deleted_at.is_(None),
            Equipment.deleted_at.is_(None),
            ~Equipment.archived,
        )
        .order_by(Equipment.name_order, Equipment.id)
    )
    rows = (await reading.execute(statement)).all()
    free = await _free_of(reading, rows, period)
    found = [
        Substitution(
            row.pair_id,
            row.id,
            row.name,
            row.sku,
            row.notes,
            row.stock,
            free[row.id],
            free[row.id] >= quantity,
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: not one.enough)


async def _parts_of(reading: Reading, kit_ids: Sequence[int]) -> tuple[dict[int, list[Part]], dict[int, Any]]:
    """What is in each kit, and the gear it is, by id."""
    statement = (
        select(KitComponent.kit_id, KitComponent.quantity.label("pieces"), *_GEAR)
        .join(Equipment, Equipment.id == KitComponent.equipment_id)
        .where(KitComponent.kit_id.in_(list(kit_ids)), KitComponent.deleted_at.is_(None))
    )
    parts: dict[int, list[Part]] = {kit_id: [] for kit_id in kit_ids}
    gear: dict[int, Any] = {}
    for row in await reading.execute(statement):
        parts[row.kit_id].append(Part(row.id, row.pieces))
        gear[row.id] = row
    return parts, gear


async def _along_with(reading: Reading, equipment_ids: Iterable[int]) -> tuple[list[Along], dict[int, Any]]:
    """What comes along by itself with these, and the gear it is, by id."""
    statement = (
        select(
            Accessory.equipment_id.label("parent_id"),
            Accessory.quantity.label("pieces"),
            Accessory.per,
            *_GEAR,
        )
        .join(Equipment, Equipment.id == Accessory.accessory_id)
        .where(
            Accessory.equipment_id.in_(sorted(equipment_ids)),
            Accessory.included,
            Accessory.deleted_at.is_(None),
            Equipment.deleted_at.is_(None),
            ~Equipment.archived,
        )
    )
    rows = (await reading.execute(statement)).all()
    along = [Along(row.parent_id, row.id, row.pieces, row.per) for row in rows]
    return along, {row.id: row for row in rows}


async def _free_of(reading: Reading, gear: Iterable[Any], out: Period) -> dict[int, int]:
    """What is free of each; nothing of what is archived or was deleted. One statement."""
    event = Event(out_start=out.start, out_end=out.end)
    rows = [row for row in gear if not row.archived and row.deleted_at is None]
    windows = [Window(row.id, block_period(event, Line(Rental(), _transient(row)))) for row in rows]
    peaks = await peaks_of(reading, windows)
    free: Mapping[int, int] = {row.id: row.stock - peak for row, peak in zip(rows, peaks, strict=True)}
    return {row.id: free.get(row.id, 0) for row in gear}


def _transient(row: Any) -> Equipment:
    return Equipment(kind=row.kind, prep_minutes=row.prep_minutes, turnaround_minutes=row.turnaround_minutes)
