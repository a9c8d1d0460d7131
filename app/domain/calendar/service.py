"""Commands on the calendars that other programs subscribe to: making a link, revoking it."""

from dataclasses import dataclass

from sqlalchemy import func, select, update

from app.db.models import CalendarFeed, Equipment
from app.db.models.calendar_feed import SCOPES
from app.lib import changes
from app.lib.clock import now
from app.lib.errors import Conflict, InvalidInput, NotFound
from app.lib.unit_of_work import UnitOfWork
from app.web.tokens import new_token, token_hash

MOST_FEEDS = 30
SCOPE_WORDS = {"all": "Everything", "person": "What I answer for", "equipment": "One equipment"}


@dataclass(frozen=True, slots=True)
class NewFeed:
    """A fresh link: its secret, which is told this once, and what it shows."""

    feed: CalendarFeed
    secret: str
    label: str


async def create_feed(work: UnitOfWork, scope: str, equipment_id: int | None = None) -> NewFeed:
    """Make a link to a calendar for whoever acts. Raises InvalidInput, Conflict for too many."""
    if scope not in SCOPES:
        raise InvalidInput({"scope": "Choose one of the list."})
    label = SCOPE_WORDS[scope]
    if scope == "equipment":
        label = await _name_of(work, equipment_id)
    in_force = select(func.count()).where(
        CalendarFeed.user_id == work.actor.id, CalendarFeed.revoked_at.is_(None)
    )
    if (await work.session.scalar(in_force) or 0) >= MOST_FEEDS:
        raise Conflict(f"You have {MOST_FEEDS} links already. Revoke one that is not used.")
    secret = new_token()
    feed = CalendarFeed(
        user_id=work.actor.id,
        scope=scope,
        equipment_id=equipment_id if scope == "equipment" else None,
        secret_hash=token_hash(secret),
    )
    work.session.add(feed)
    await work.session.flush()
    await _record(work, "calendar_feed.created", feed, 1, label)
    return NewFeed(feed, secret, label)


async def revoke_feed(work: UnitOfWork, feed_id: int) -> None:
    """End a link of whoever acts; whoever still has it finds nothing. Raises NotFound."""
    feed = await work.session.scalar(
        update(CalendarFeed)
        .where(
            CalendarFeed.id == feed_id,
            CalendarFeed.user_id == work.actor.id,
            CalendarFeed.revoked_at.is_(None),
        )
        .values(revoked_at=now(), updated_at=now())
        .returning(CalendarFeed)
    )
    if feed is None:
        raise NotFound("This link does not exist, or was revoked.")
    label = SCOPE_WORDS[feed.scope]
    if feed.equipment_id is not None:
        label = await work.session.scalar(select(Equipment.name).where(Equipment.id == feed.equipment_id))
    await _record(work, "calendar_feed.revoked", feed, 2, label or "")


async def _name_of(work: UnitOfWork, equipment_id: int | None) -> str:
    name = await work.session.scalar(
        select(Equipment.name).where(Equipment.id == equipment_id, Equipment.deleted_at.is_(None))
    )
    if name is None:
        raise InvalidInput({"equipment_id": "This equipment does not exist."})
    return name


async def _record(work: UnitOfWork, action: str, feed: CalendarFeed, version: int, label: str) -> None:
    await changes.record_plain(
        work,
        action=action,
        entity="calendar_feed",
        entity_id=feed.id,
        version=version,
        label=label,
        fields={},
    )
