"""What has to hold for events and their lines, on the values as they will stand."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from app.db.models import Client, Event, Rental, Reservation, User
from app.domain.events.policy import period_errors
from app.lib.errors import Conflict, InvalidInput
from app.lib.rules import Rules, Write
from app.lib.unit_of_work import UnitOfWork

MOST = 100_000


class EventRules(Rules[Event]):
    """An event has a name and a period, the use lies within it, its client and person are there."""

    async def check(self, work: UnitOfWork, writes: Sequence[Write[Event]]) -> None:
        """Raises InvalidInput with every field at fault."""
        for write in writes:
            after = write.after
            errors = {} if after["name"] else {"name": "Give it a name."}
            errors |= period_errors(after["out_start"], after["out_end"], "out_start", "out_end")
            errors |= _use_errors(after) if not errors else {}
            errors |= await _reference_errors(work, write)
            if errors:
                raise InvalidInput(errors)

    async def may_delete(self, work: UnitOfWork, subject: Event) -> None:
        """Raises Conflict while something is out."""
        await refuse_while_out(work, subject)


class RentalRules(Rules[Rental]):
    """A line has a sensible quantity and, if any, a whole period; what has left stays on it."""

    async def check(self, work: UnitOfWork, writes: Sequence[Write[Rental]]) -> None:
        """Raises InvalidInput, or Conflict for taking away what has left."""
        for write in writes:
            after, errors = write.after, dict[str, str]()
            quantity, start, end = after["quantity"], after["start_at"], after["end_at"]
            if not isinstance(quantity, int) or not 1 <= quantity <= MOST:
                errors["quantity"] = f"Write a number between 1 and {MOST}."
            if (start is None) != (end is None):
                errors["end_at" if end is None else "start_at"] = "Say both, or neither."
            elif start is not None:
                errors |= period_errors(start, end, "start_at", "end_at")
            if errors:
                raise InvalidInput(errors)
            if not write.is_new and write.sets("quantity", "optional"):
                await _keep_what_left(work, write.subject, 0 if after["optional"] else quantity)

    async def may_delete(self, work: UnitOfWork, subject: Rental) -> None:
        """Raises Conflict when some of it has left."""
        await _keep_what_left(work, subject, 0)


async def refuse_while_out(work: UnitOfWork, event: Event) -> None:
    """Raise Conflict while gear of this event is out."""
    out = await work.session.scalar(
        select(func.coalesce(func.sum(Reservation.quantity), 0)).where(
            Reservation.event_id == event.id, Reservation.state == "out", Reservation.until_back
        )
    )
    if out:
        raise Conflict(f"{out} pieces of “{event.name}” are still out.")


async def _keep_what_left(work: UnitOfWork, rental: Rental, quantity: int) -> None:
    left = await work.session.scalar(
        select(func.coalesce(func.sum(Reservation.quantity), 0)).where(
            Reservation.rental_id == rental.id, Reservation.state.in_(("out", "returned"))
        )
    )
    if left and quantity < left:
        raise Conflict(f"{left} × {rental.name} have left already.")


def _use_errors(after: Mapping[str, Any]) -> dict[str, str]:
    start, end = after["use_start"], after["use_end"]
    if (start is None) != (end is None):
        return {"use_end" if end is None else "use_start": "Say both, start and end of use."}
    if start is None:
        return {}
    if end <= start:
        return {"use_end": "The use ends after it starts."}
    if start < after["out_start"] or end > after["out_end"]:
        return {"use_start": "The use lies between dispatch and return."}
    return {}


async def _reference_errors(work: UnitOfWork, write: Write[Event]) -> dict[str, str]:
    errors: dict[str, str] = {}
    client_id, responsible_id = write.after["client_id"], write.after["responsible_id"]
    if client_id is not None and write.sets("client_id"):
        client = select(Client.id).where(Client.id == client_id, Client.deleted_at.is_(None))
        if await work.session.scalar(client) is None:
            errors["client_id"] = "This client does not exist."
    if responsible_id is not None and write.sets("responsible_id"):
        person = select(User.id).where(User.id == responsible_id, User.active)
        if await work.session.scalar(person) is None:
            errors["responsible_id"] = "Choose one of the list."
    return errors
