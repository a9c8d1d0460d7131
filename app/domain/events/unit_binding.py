"""Binding one unit to a line because it is in somebody's hands: at the bench, not at the desk."""

from dataclasses import dataclass

from sqlalchemy import delete, func, select

from app.db.driver import Statement
from app.db.models import Allocation, Movement
from app.lib.periods import Period
from app.lib.unit_of_work import UnitOfWork

# with how many units were bound before
_BIND = Statement(
    """
    insert into allocation (rental_id, unit_id, start_at, end_at)
    values (:rental_id, :unit_id, :start_at, :end_at)
    on conflict (rental_id, unit_id) do nothing
    returning (select count(*) from allocation other where other.rental_id = :rental_id) as bound
    """
)


@dataclass(frozen=True, slots=True)
class Taker:
    """A locked line that takes units: which one, and how many it wants."""

    id: int
    quantity: int


async def bind_in_hand(work: UnitOfWork, line: Taker, unit_id: int, period: Period) -> bool:
    """Promise a unit that is here to a locked line; the line lets go of one that nobody has picked yet.

    Returns whether it was bound only now. That nobody else has it at that time has to be known; the database
    refuses it otherwise (`unit_promised_once`).
    """
    given = {"rental_id": line.id, "unit_id": unit_id, "start_at": period.start, "end_at": period.end}
    added = await _BIND.row(work.session, given)
    if added is None:
        return False
    if added["bound"] >= line.quantity:
        await _let_go_unpicked(work, line.id, besides=unit_id)
    return True


async def let_go(work: UnitOfWork, rental_id: int, unit_id: int) -> None:
    """Take a unit off a line: the line takes "any" in its place."""
    await work.session.execute(
        delete(Allocation).where(Allocation.rental_id == rental_id, Allocation.unit_id == unit_id),
        execution_options={"synchronize_session": False},
    )


async def _let_go_unpicked(work: UnitOfWork, rental_id: int, *, besides: int) -> None:
    picked = (
        select(func.coalesce(func.sum(Movement.quantity), 0))
        .where(
            Movement.rental_id == rental_id,
            Movement.unit_id == Allocation.unit_id,
            Movement.step.in_(("picked", "dispatched")),
        )
        .correlate(Allocation)
        .scalar_subquery()
    )
    unpicked = (
        select(Allocation.id)
        .where(Allocation.rental_id == rental_id, Allocation.unit_id != besides, picked <= 0)
        .order_by(Allocation.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    await work.session.execute(
        delete(Allocation).where(Allocation.id == unpicked), execution_options={"synchronize_session": False}
    )
