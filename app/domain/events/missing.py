"""Telling the people of an event that gear of theirs is gone: broken, lost, written off, in repair.

Read off the change log a little later, so it does not matter who took it away and how: a form, a cell, an
import, a merge, an undo.
"""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import func, select, text

from app.db.models import Change, Event
from app.domain.availability.claims import claims_of
from app.domain.availability.shortages import COMING, ShortEquipment, shortages_between
from app.domain.events.warnings import tell
from app.lib.clock import now
from app.lib.periods import Period
from app.lib.unit_of_work import UnitOfWork

MISSING = "event.missing"
_LOOKED_AT = timedelta(hours=1)
_TAKING_STATES = frozenset({"hold", "firm"})

# the newest change of each equipment that may have taken some of it away
_CAUSES = text("""
    select equipment_id, max(id) as change_id from (
      select c.id,
        case c.entity when 'equipment' then c.entity_id when 'unit' then u.equipment_id
          else m.equipment_id end as equipment_id
      from (
        select id, at, entity, entity_id, fields from change order by id desc limit 2000
      ) c
      left join unit u on c.entity = 'unit' and u.id = c.entity_id
      left join maintenance m on c.entity = 'maintenance' and m.id = c.entity_id
      where c.at > :since and (
        c.entity = 'equipment' and c.fields ? 'quantity'
        or c.entity = 'unit' and c.fields ?| array['state', 'deleted_at']
        or c.entity = 'maintenance'
          and c.fields ?| array['blocks', 'quantity', 'state', 'due_at', 'expected_back', 'deleted_at']
      )
    ) cause group by equipment_id
""")


async def warn_of_missing(work: UnitOfWork) -> list[int]:
    """Tell, once for each change, whoever is short of gear that it took away. Returns the events."""
    rows = await work.session.execute(_CAUSES, {"since": now() - _LOOKED_AT})
    causes: dict[int, int] = {row.equipment_id: row.change_id for row in rows}
    if not causes:
        return []
    short = await shortages_between(work.session, Period(now(), now() + COMING))
    pieces = await _missing(work, [one for one in short if one.equipment_id in causes])
    told = await _told(work, {event_id for event_id, _ in pieces})
    reasons = dict[int, list[str]]()
    for (event_id, one), many in pieces.items():
        if causes[one.equipment_id] > told.get(event_id, 0):
            reasons.setdefault(event_id, []).append(f"{many} × {one.name}")
    await tell(work, {key: ", ".join(words) for key, words in reasons.items()}, MISSING)
    return sorted(reasons)


async def _missing(
    work: UnitOfWork, short: Iterable[ShortEquipment]
) -> dict[tuple[int, ShortEquipment], int]:
    """How many are missing of each for every event that counts on it; not where that is on purpose."""
    short = list(short)
    claims = await claims_of(work.session, [one.window for one in short], pencils=False)
    found = dict[tuple[int, ShortEquipment], int]()
    for one, its in zip(short, claims, strict=True):
        for claim in its:
            if claim.event_id is None or claim.state not in _TAKING_STATES or claim.overbooked:
                continue
            many = min(claim.quantity, one.short_within(claim.start_at, claim.end_at))
            if many:
                key = (claim.event_id, one)
                found[key] = max(found.get(key, 0), many)
    return found


async def _told(work: UnitOfWork, event_ids: Iterable[int]) -> dict[int, int]:
    """The change that told each of these events last."""
    statement = (
        select(Change.entity_id, func.max(Change.id))
        .where(Change.entity == Event.entity, Change.entity_id.in_(list(event_ids)), Change.action == MISSING)
        .group_by(Change.entity_id)
    )
    return {row[0]: row[1] for row in await work.session.execute(statement)}
