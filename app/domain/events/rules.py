"""What has to hold for events and their lines, on the values as they will stand."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.db.models import Change, Client, Contact, Event, Rental, Reservation, User
from app.domain.events import policy
from app.domain.events.accessories import move_along
from app.domain.events.booking import rebook
from app.domain.events.policy import period_errors
from app.lib import editing
from app.lib.batches import Draft, write_all
from app.lib.errors import Conflict, InvalidInput
from app.lib.periods import Period
from app.lib.rules import Rules, Write
from app.lib.undoing import from_wire
from app.lib.unit_of_work import UnitOfWork
from app.lib.wire import wire

MOST = 100_000
_OWN_PERIOD = ("start_at", "end_at")


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
            errors = errors or await _left_outside(work, write)
            if errors:
                raise InvalidInput(errors)
            if write.undoes and not write.is_new and write.sets("status"):
                raise Conflict("A status has a way back of its own: take the step on the page of the event.")

    async def may_delete(self, work: UnitOfWork, subject: Event) -> None:
        """Raises Conflict while something is out."""
        await refuse_while_out(work, subject)

    async def written(self, work: UnitOfWork, write: Write[Event]) -> None:
        """Lines with dates of their own move along with an event that moves as a whole, and back with it.

        What follows from an undo, or from coming back, is booked here. Raises Shortage when it does not fit.
        """
        shift = _moved_by(write)
        if shift and write.undoes:
            await _move_lines_back(work, write.subject)
        elif shift:
            await _move_lines(work, write.subject, shift)
        if write.undoes or write.restores:
            await rebook(work, write.subject)


class RentalRules(Rules[Rental]):
    """A line has a sensible quantity and, if any, a whole period; what has left stays on it."""

    parent_first = True

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
                errors = errors or await _outside_errors(work, write)
            if errors:
                raise InvalidInput(errors)
            if not write.is_new and write.sets("quantity", "optional"):
                await _keep_what_left(work, write.subject, 0 if after["optional"] else quantity)
            if write.undoes and not write.is_new and write.sets("overbook_reason"):
                raise Conflict("An overbooking ends when the line takes less, or when there is more.")

    async def may_delete(self, work: UnitOfWork, subject: Rental) -> None:
        """Raises Conflict when some of it has left."""
        await _keep_what_left(work, subject, 0)

    async def written(self, work: UnitOfWork, write: Write[Rental]) -> None:
        """Take along what goes along; book what follows from an undo, or from coming back.

        Raises Conflict, Shortage.
        """
        await move_along(work, write)
        if not (write.undoes or write.restores):
            return
        event = await editing.lock(work, Event, write.subject.event_id)
        if event.status not in policy.OPEN:
            raise Conflict(
                f"“{event.name}” is {policy.STATUS_WORDS[event.status]}: its lines stay as they are."
            )
        await rebook(work, event)


async def _outside_errors(work: UnitOfWork, write: Write[Rental]) -> dict[str, str]:
    """What is wrong with dates of a line's own: they may reach beyond its event, but have to touch it."""
    if not write.sets("start_at", "end_at"):
        return {}
    event = await work.session.get_one(Event, write.subject.event_id)
    if write.after["start_at"] >= event.out_end:
        return {"start_at": "The gear of the event is back by then."}
    if write.after["end_at"] <= event.out_start:
        return {"end_at": "The gear of the event goes out only after this."}
    return {}


async def _left_outside(work: UnitOfWork, write: Write[Event]) -> dict[str, str]:
    """What is wrong with new dates: a line with dates of its own would no longer touch them."""
    if write.is_new or not write.sets("out_start", "out_end") or _moved_by(write):
        return {}
    period = Period(write.after["out_start"], write.after["out_end"])
    return await _lines_outside(work, write.subject.id, period)


async def _lines_outside(work: UnitOfWork, event_id: int, period: Period) -> dict[str, str]:
    """Which lines with dates of their own touch no moment of a period, by the end of it they are beyond."""
    rows = await work.session.execute(
        select(Rental.name, Rental.end_at <= period.start)
        .where(Rental.event_id == event_id, Rental.deleted_at.is_(None))
        .where((Rental.end_at <= period.start) | (Rental.start_at >= period.end))
        .order_by(Rental.position, Rental.id)
    )
    names: dict[str, list[str]] = {}
    for name, before in rows:
        names.setdefault("out_start" if before else "out_end", []).append(name)
    return {
        field: f"Outside of the dates that lines have of their own: {', '.join(lines)}. Change those first."
        for field, lines in names.items()
    }


def _moved_by(write: Write[Event]) -> timedelta:
    """How far an event moves as a whole; nothing where it gets longer or shorter."""
    if write.is_new:
        return timedelta()
    shift = write.after["out_start"] - write.before["out_start"]
    return shift if write.after["out_end"] - write.before["out_end"] == shift else timedelta()


async def _move_lines(work: UnitOfWork, event: Event, shift: timedelta) -> None:
    lines = await work.session.scalars(
        select(Rental)
        .where(Rental.event_id == event.id, Rental.deleted_at.is_(None), Rental.start_at.is_not(None))
        .order_by(Rental.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    moved = [
        Draft(line, {"start_at": line.start_at + shift, "end_at": line.end_at + shift})
        for line in lines
        if line.start_at is not None and line.end_at is not None
    ]
    await write_all(work, moved)


async def _move_lines_back(work: UnitOfWork, event: Event) -> None:
    """After a move was taken back: the lines it moved along go back, where they still stand as it put them.

    Raises InvalidInput naming lines that were changed since and lie outside of the event now.
    """
    changes = {change.entity_id: change for change in await _moved_along(work, event)}
    lines = await work.session.scalars(
        select(Rental)
        .where(Rental.id.in_(sorted(changes)), Rental.deleted_at.is_(None))
        .order_by(Rental.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    drafts = list[Draft]()
    for line in lines:
        change = changes[line.id]
        if all(wire(getattr(line, name)) == change.fields[name][1] for name in _OWN_PERIOD):
            before = {name: from_wire(Rental, name, change.fields[name][0]) for name in _OWN_PERIOD}
            drafts.append(Draft(line, before, undoes_id=change.id))
    await write_all(work, drafts)
    errors = await _lines_outside(work, event.id, Period(event.out_start, event.out_end))
    if errors:
        raise InvalidInput(errors)


async def _moved_along(work: UnitOfWork, event: Event) -> Sequence[Change]:
    """The changes of lines that went along with the move of an event that was just taken back."""
    undoing, undone = aliased(Change), aliased(Change)
    move = (
        select(undone.operation)
        .join(undoing, undoing.undoes_id == undone.id)
        .where(
            undoing.entity == Event.entity, undoing.entity_id == event.id, undoing.version == event.version
        )
        .scalar_subquery()
    )
    taken_back = select(undoing.id).where(undoing.undoes_id == Change.id).exists()
    rows = await work.session.scalars(
        select(Change)
        .where(Change.entity == Rental.entity, Change.parent_entity == Event.entity)
        .where(Change.parent_id == event.id, Change.operation == move, ~taken_back)
        .where(Change.fields.has_key("start_at"), Change.fields.has_key("end_at"))
        .order_by(Change.id)
    )
    return rows.all()


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
    outside = {"use_start": start < after["out_start"], "use_end": end > after["out_end"]}
    said = "Choose other times. The use lies between dispatch and return."
    return {name: said for name, wrong in outside.items() if wrong}


async def _reference_errors(work: UnitOfWork, write: Write[Event]) -> dict[str, str]:
    errors: dict[str, str] = {}
    client_id, responsible_id = write.after["client_id"], write.after["responsible_id"]
    if client_id is not None and write.sets("client_id"):
        client = select(Client.id).where(Client.id == client_id, Client.deleted_at.is_(None))
        # nobody merges the client into another meanwhile
        if await work.session.scalar(client.with_for_update(read=True, key_share=True)) is None:
            errors["client_id"] = "This client does not exist."
    errors |= await _contact_errors(work, write)
    if responsible_id is not None and write.sets("responsible_id"):
        person = select(User.id).where(User.id == responsible_id, User.active)
        if await work.session.scalar(person) is None:
            errors["responsible_id"] = "Choose one of the list."
    return errors


async def _contact_errors(work: UnitOfWork, write: Write[Event]) -> dict[str, str]:
    contact_id = write.after["contact_id"]
    if contact_id is None or not write.sets("contact_id", "client_id"):
        return {}
    contact = (
        await work.session.execute(
            select(Contact.client_id, Contact.deleted_at).where(Contact.id == contact_id)
        )
    ).one_or_none()
    if contact is None or (contact.deleted_at is not None and write.sets("contact_id")):
        return {"contact_id": "This contact does not exist, or was deleted."}
    if contact.client_id != write.after["client_id"]:
        return {"contact_id": "This person is at another client. Choose a contact of this one, or none."}
    return {}
