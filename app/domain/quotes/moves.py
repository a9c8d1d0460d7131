"""Commands that put the lines of a draft into another order. What stays in its place follows the event."""

from collections.abc import Callable, Sequence

from sqlalchemy.dialects.postgresql import insert

from app.db.models import Quote, QuoteLine
from app.domain.events.line_order import Place, moved_beside, moved_by_step, positions
from app.domain.quotes.composing import DraftLine, place_of
from app.domain.quotes.draft_queries import key_of, lines_of
from app.domain.quotes.drafts import draft_of
from app.domain.quotes.lines import key_parts
from app.lib import editing
from app.lib.batches import Draft, lock_all, write_all
from app.lib.errors import NotFound
from app.lib.unit_of_work import UnitOfWork

Arranging = Callable[[Sequence[Place], int], list[Place]]


async def move_line(work: UnitOfWork, version_id: int, key: str, step: str) -> None:
    """Move a line one place up or down, also under the next heading. Raises NotFound, Conflict."""
    await _arrange(work, version_id, key, lambda places, at: moved_by_step(places, at, step))


async def move_line_beside(
    work: UnitOfWork, version_id: int, key: str, other: str, *, behind: bool = False
) -> None:
    """Move a line in front of another one, or behind it. Raises NotFound, Conflict.

    Where the other one is gone meanwhile, everything stays as it is.
    """

    def arranged(places: Sequence[Place], at: int) -> list[Place]:
        beside = keys.get(other)
        return list(places) if beside is None else moved_beside(places, at, beside, behind=behind)

    keys = dict[str, int]()
    await _arrange(work, version_id, key, arranged, keys)


async def _arrange(
    work: UnitOfWork, version_id: int, key: str, arranged: Arranging, keys: dict[str, int] | None = None
) -> None:
    facts = (await draft_of(work.session, version_id)).facts
    # whoever moves something else at the same time comes after this
    await editing.lock(work, Quote, facts.version.quote_id)
    lines = (await draft_of(work.session, version_id)).lines
    at = {line.key: place for place, line in enumerate(lines)}
    if key not in at:
        raise NotFound("This line does not exist, or was taken off.")
    if keys is not None:
        keys.update(at)
    places = [place_of(line, at) for line in lines]
    order = arranged(places, at[key])
    moved = positions(order)
    changed = {
        place.id: (moved.get(place.id, place.position), place.heading)
        for place in order
        if place.id in moved or place.heading != places[place.id].heading
    }
    await _write(work, facts.version.quote_id, version_id, [(lines[at], *to) for at, to in changed.items()])


async def _write(
    work: UnitOfWork, quote_id: int, version_id: int, moves: Sequence[tuple[DraftLine, int, str]]
) -> None:
    """Say of these lines where they stand: position, and the heading where it is another."""
    blank = [
        {"version_id": version_id, "quote_id": quote_id, "kind": kind, f"{kind}_id": its_id}
        for kind, its_id in (key_parts(line.key) for line, _, _ in moves)
        if kind != "line"
    ]
    for values in sorted(blank, key=str):
        await work.session.execute(insert(QuoteLine).values(**values).on_conflict_do_nothing())
    ids = {key_of(row): row.id for row in await lines_of(work.session, version_id)}
    locked = await lock_all(work, QuoteLine, [ids[line.key] for line, _, _ in moves])
    drafts = list[Draft]()
    for line, position, heading in moves:
        row = locked[ids[line.key]]
        row.called = line.line.name
        values = {"position": position}
        if heading != line.line.heading:
            values |= {"heading": heading}
        drafts.append(Draft(row, values))
    await write_all(work, drafts)
