"""What goes along with a line: the cables with the microphones, the clamps with the lamps.

It comes with the line, follows its quantity in the ratio of the catalogue and its dates until somebody says
otherwise by hand, and goes when the line goes. What goes along brings nothing along itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.db.models import Accessory, Change, Equipment, Rental, Reservation
from app.domain.events.policy import pieces_along
from app.lib.batches import Draft, write_all
from app.lib.rules import Write
from app.lib.unit_of_work import UnitOfWork

_PERIOD = ("start_at", "end_at")


@dataclass(frozen=True, slots=True)
class Along:
    """`quantity` pieces of an equipment for every `per` of another one."""

    equipment_id: int
    name: str
    quantity: int
    per: int


async def included_with(work: UnitOfWork, equipment_ids: Iterable[int]) -> dict[int, list[Along]]:
    """What comes along by itself, by the equipment it goes along with; nothing that is archived."""
    rows = await work.session.execute(
        select(
            Accessory.equipment_id,
            Accessory.accessory_id,
            Equipment.name,
            Accessory.quantity,
            Accessory.per,
        )
        .join(Equipment, Equipment.id == Accessory.accessory_id)
        .where(
            Accessory.equipment_id.in_(sorted(set(equipment_ids))),
            Accessory.included,
            Accessory.deleted_at.is_(None),
            Equipment.deleted_at.is_(None),
            ~Equipment.archived,
        )
        .order_by(Accessory.id)
    )
    found: dict[int, list[Along]] = {}
    for row in rows:
        along = Along(row.accessory_id, row.name, row.quantity, row.per)
        found.setdefault(row.equipment_id, []).append(along)
    return found


def lines_along(line: Rental, included: Iterable[Along]) -> list[Rental]:
    """New lines for what comes along with a line, behind it and for its dates."""
    return [
        Rental(
            event_id=line.event_id,
            equipment_id=along.equipment_id,
            name=along.name,
            quantity=pieces_along(along.quantity, along.per, line.quantity),
            start_at=line.start_at,
            end_at=line.end_at,
            heading=line.heading,
            position=line.position + place,
            optional=line.optional,
            accessory_of_id=line.id,
            kit_id=line.kit_id,
        )
        for place, along in enumerate(included, 1)
    ]


async def move_along(work: UnitOfWork, write: Write[Rental]) -> None:
    """After a line was written: take along what goes along with it, away, back, and as it changes.

    Raises Conflict where that has left already and would have to go.
    """
    if write.deletes:
        lines = await _lines_of(work, write.subject)
        gone = write.after["deleted_at"]
        await write_all(work, [Draft(line, {"deleted_at": gone}) for line in lines])
    elif write.restores:
        found = await _deleted_with(work, write.subject)
        await write_all(work, [Draft(line, {"deleted_at": None}, undoes_id=key) for line, key in found])
    elif write.before and write.sets("quantity", "optional", *_PERIOD):
        await _follow(work, write)


async def _follow(work: UnitOfWork, write: Write[Rental]) -> None:
    lines = await _lines_of(work, write.subject)
    if not lines:
        return
    wanted = await _in_ratio(work, write, lines) if write.sets("quantity") else {}
    drafts = list[Draft]()
    for line in lines:
        values: dict[str, Any] = {"quantity": wanted[line.id]} if line.id in wanted else {}
        if write.sets("optional") and line.optional == write.before["optional"]:
            values["optional"] = write.after["optional"]
        if write.sets(*_PERIOD) and all(getattr(line, name) == write.before[name] for name in _PERIOD):
            values |= {name: write.after[name] for name in _PERIOD}
        drafts.append(Draft(line, values))
    await write_all(work, drafts)


async def _in_ratio(work: UnitOfWork, write: Write[Rental], lines: Sequence[Rental]) -> dict[int, int]:
    """How many of each line there have to be now, by its id; not of those set by hand.

    What has left stays on its line.
    """
    parent = write.subject
    ratios = {
        row.accessory_id: row
        for row in await work.session.execute(
            select(Accessory.accessory_id, Accessory.quantity, Accessory.per).where(
                Accessory.equipment_id == parent.equipment_id, Accessory.deleted_at.is_(None)
            )
        )
    }
    by_hand = await _set_by_hand(work, parent, lines)
    left = await _left(work, lines)
    return {
        line.id: max(
            left.get(line.id, 0), pieces_along(ratio.quantity, ratio.per, int(write.after["quantity"]))
        )
        for line in lines
        if line.id not in by_hand and (ratio := ratios.get(line.equipment_id)) is not None
    }


async def _set_by_hand(work: UnitOfWork, parent: Rental, lines: Sequence[Rental]) -> set[int]:
    """Lines whose quantity was changed other than along with the line they belong to."""
    moving = aliased(Change)
    along = select(moving.id).where(
        moving.entity == Rental.entity,
        moving.entity_id == parent.id,
        moving.operation == Change.operation,
    )
    rows = await work.session.scalars(
        select(Change.entity_id).where(
            Change.entity == Rental.entity,
            Change.entity_id.in_([line.id for line in lines]),
            Change.version > 1,
            Change.fields.has_key("quantity"),
            ~along.exists(),
        )
    )
    return set(rows)


async def _left(work: UnitOfWork, lines: Sequence[Rental]) -> Mapping[int, int]:
    """How many pieces of each line are out or were, by its id."""
    rows = await work.session.execute(
        select(Reservation.rental_id, func.sum(Reservation.quantity).label("left"))
        .where(
            Reservation.rental_id.in_([line.id for line in lines]), Reservation.state.in_(("out", "returned"))
        )
        .group_by(Reservation.rental_id)
    )
    return {row.rental_id: row.left for row in rows}


async def _lines_of(work: UnitOfWork, parent: Rental) -> Sequence[Rental]:
    """The lines that go along with a line, held until the transaction ends."""
    rows = await work.session.scalars(
        select(Rental)
        .where(Rental.accessory_of_id == parent.id, Rental.deleted_at.is_(None))
        .order_by(Rental.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return rows.all()


async def _deleted_with(work: UnitOfWork, parent: Rental) -> list[tuple[Rental, int]]:
    """The lines that the latest removal of a line took along, each with the change that did it."""
    removal = (
        select(Change.operation)
        .where(
            Change.entity == Rental.entity,
            Change.entity_id == parent.id,
            Change.action == "rental.deleted",
        )
        .order_by(Change.version.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = await work.session.execute(
        select(Rental, Change.id)
        .join(Change, (Change.entity == Rental.entity) & (Change.entity_id == Rental.id))
        .where(
            Rental.accessory_of_id == parent.id,
            Rental.deleted_at.is_not(None),
            Change.operation == removal,
            Change.version == Rental.version,
        )
        .order_by(Rental.id)
        .with_for_update(key_share=True, of=Rental)
        .execution_options(populate_existing=True)
    )
    return [(row.Rental, row.id) for row in rows]
