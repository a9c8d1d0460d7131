"""Commands that put the lines of an event into another order, or under another heading."""

from collections.abc import Callable, Collection, Sequence

from app.db.models import Event, Rental
from app.domain.events.line_order import Place, group_moved, moved_beside, moved_by_step, positions
from app.domain.events.rentals import event_and_rental, live_lines, refuse_over
from app.lib import editing
from app.lib.batches import Draft, write_all
from app.lib.errors import InvalidInput, NotFound
from app.lib.unit_of_work import UnitOfWork

LONGEST_HEADING = 200


async def move_line(work: UnitOfWork, rental_id: int, step: str) -> Rental:
    """Move a line with its accessories one place up or down. Raises NotFound, Conflict."""
    event, rental = await event_and_rental(work, rental_id)
    await _arrange(work, event, lambda places: moved_by_step(places, rental_id, step))
    return rental


async def move_line_beside(
    work: UnitOfWork, rental_id: int, other_id: int, *, behind: bool = False
) -> Rental:
    """Move a line with its accessories in front of another one, or behind it. Raises NotFound, Conflict.

    Where the other one is gone meanwhile, everything stays as it is.
    """
    event, rental = await event_and_rental(work, rental_id)
    await _arrange(work, event, lambda places: moved_beside(places, rental_id, other_id, behind=behind))
    return rental


async def move_group(work: UnitOfWork, event_id: int, heading: str, step: str) -> None:
    """Move all lines under a heading one group up or down. Raises NotFound, Conflict."""
    event = await editing.lock(work, Event, event_id)
    refuse_over(event)
    await _arrange(work, event, lambda places: group_moved(places, heading, step))


async def rename_group(work: UnitOfWork, event_id: int, heading: str, name: str) -> int:
    """Give every line under a heading another one; returns how many. An empty name takes it away.

    Raises NotFound, Conflict, InvalidInput.
    """
    if len(name) > LONGEST_HEADING:
        raise InvalidInput({"name": f"Use at most {LONGEST_HEADING} characters."})
    event = await editing.lock(work, Event, event_id)
    refuse_over(event)
    lines = [line for line in await live_lines(work, event_id) if line.heading == heading]
    if not lines:
        raise NotFound("There is no such group any more.")
    await write_all(work, [Draft(line, {"heading": name}) for line in lines])
    return len(lines)


async def put_under(work: UnitOfWork, event_id: int, rental_ids: Collection[int], heading: str) -> int:
    """Put lines, and what goes along with them, under a heading; returns how many were elsewhere.

    An empty heading takes theirs away. Raises NotFound, Conflict, InvalidInput.
    """
    if len(heading) > LONGEST_HEADING:
        raise InvalidInput({"heading": f"Use at most {LONGEST_HEADING} characters."})
    event = await editing.lock(work, Event, event_id)
    refuse_over(event)
    moved = [
        line
        for line in await live_lines(work, event_id)
        if (line.id in rental_ids or line.accessory_of_id in rental_ids) and line.heading != heading
    ]
    await write_all(work, [Draft(line, {"heading": heading}) for line in moved])
    return len(moved)


async def _arrange(
    work: UnitOfWork, event: Event, arranged: Callable[[Sequence[Place]], list[Place]]
) -> None:
    lines = {line.id: line for line in await live_lines(work, event.id)}
    order = arranged(
        [Place(line.id, line.heading, line.accessory_of_id, line.position) for line in lines.values()]
    )
    moved = positions(order)
    drafts = list[Draft]()
    for place in order:
        line = lines[place.id]
        values = {"heading": place.heading, "position": moved.get(place.id, line.position)}
        if (line.heading, line.position) != (values["heading"], values["position"]):
            drafts.append(Draft(line, values))
    await write_all(work, drafts)
