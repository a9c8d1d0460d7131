"""The selects behind the pages of events: the list, an event, what its forms offer."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, case, exists, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from app.db.models import Client, Contact, Equipment, Event, Rental, Reservation, User
from app.domain.availability.lateness import overdue_at
from app.domain.events import policy
from app.domain.events.fields import STATUS_STATES
from app.domain.events.filters import SHOWN, EventFilter
from app.lib.clock import now
from app.lib.conditions import Conditions, all_of, equal, has_words
from app.lib.errors import NotFound
from app.lib.history import name_of
from app.web.viewer import Person

PAGE = 50
_COLUMNS = (
    "id", "version", "name", "client_id", "contact_id", "venue", "venue_address", "out_start", "out_end",
    "use_start", "use_end", "notes", "client_notes", "responsible_id", "tags", "colour", "status",
    "status_reason", "hold_expires_at", "requested_by_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class EventFacts:
    """An event with the names of whom it is about, and what of its gear is out or late."""

    id: int
    version: int
    name: str
    client_id: int | None
    contact_id: int | None
    venue: str
    venue_address: str
    out_start: datetime
    out_end: datetime
    use_start: datetime | None
    use_end: datetime | None
    notes: str
    client_notes: str
    responsible_id: int | None
    tags: list[str]
    colour: str
    status: str
    status_reason: str
    hold_expires_at: datetime | None
    requested_by_id: int | None
    client_name: str | None
    contact_name: str | None
    contact_reach: str | None
    client_warning: str
    client_deleted: bool
    responsible_name: str | None
    requested_by_name: str | None
    line_count: int
    pieces: int
    out: int
    late: int

    @property
    def state(self) -> tuple[str, str, str]:
        """Word, tone and shape of the status."""
        return STATUS_STATES[self.status]

    @property
    def whereabouts(self) -> tuple[str, str, str] | None:
        """Word, tone and shape of where the gear is; None while all of it is here."""
        if self.late:
            return "Overdue", "red", "diamond"
        return ("Out", "cyan", "square") if self.out else None

    @property
    def steps(self) -> tuple[str, ...]:
        """The steps people may take."""
        return tuple(step for step in policy.steps_from(self.status) if step != policy.EXPIRE)

    @property
    def is_open(self) -> bool:
        """Whether its lines may still be changed."""
        return self.status in policy.OPEN

    @property
    def responsible(self) -> Person | None:
        """Who answers for it."""
        if self.responsible_id is None:
            return None
        return Person(self.responsible_id, self.responsible_name or "")


async def find_events(
    reading: AsyncConnection,
    wanted: EventFilter,
    zone: ZoneInfo,
    *,
    pages: int = 1,
    only: Collection[int] | None = None,
) -> tuple[list[EventFacts], bool]:
    """One page of the list, or so many at once, and whether it goes on; of those with the ids of `only`."""
    size = PAGE * pages
    key = tuple_(Event.out_start, Event.id)
    descending = wanted.sort.startswith("-")
    statement = _events().where(*_conditions(wanted, zone, only), Event.status.in_(wanted.statuses))
    if wanted.cursor:
        statement = statement.where(key < wanted.cursor if descending else key > wanted.cursor)
    order = (Event.out_start.desc(), Event.id.desc()) if descending else (Event.out_start, Event.id)
    found = [
        EventFacts(**row)
        for row in (await reading.execute(statement.order_by(*order).limit(size + 1))).mappings()
    ]
    return found[:size], len(found) > size


async def count_shown(
    reading: AsyncConnection, wanted: EventFilter, zone: ZoneInfo, only: Collection[int] | None = None
) -> dict[str, int]:
    """How many events stand behind each chip under the filters in force."""
    counts = [
        func.count().filter(Event.status.in_(statuses)).label(key) for key, (_, statuses) in SHOWN.items()
    ]
    statement = (
        select(*counts)
        .select_from(Event)
        .outerjoin(Client, Client.id == Event.client_id)
        .where(*_conditions(wanted, zone, only))
    )
    row = (await reading.execute(statement)).mappings().one()
    return {key: row[key] for key in SHOWN}


async def event_by_id(reading: AsyncConnection, event_id: int) -> EventFacts:
    """One event. Raises NotFound."""
    statement = _events().where(Event.id == event_id, Event.deleted_at.is_(None))
    row = (await reading.execute(statement)).mappings().one_or_none()
    if row is None:
        raise NotFound("This event does not exist, or was deleted.")
    return EventFacts(**row)


async def equipment_named(reading: AsyncConnection, equipment_id: int) -> str:
    """The name of an equipment; empty where there is none."""
    found = select(Equipment.name).where(Equipment.id == equipment_id, Equipment.deleted_at.is_(None))
    return await reading.scalar(found) or ""


async def clients_to_choose(reading: AsyncConnection, present: int | None = None) -> list[tuple[int, str]]:
    """Id and name of the clients an event can be for; the `present` one in any case."""
    live = and_(Client.deleted_at.is_(None), ~Client.archived)
    statement = (
        select(Client.id, Client.name)
        .where(or_(live, Client.id == present))
        .order_by(Client.name_order, Client.id)
    )
    return [(key, name) for key, name in await reading.execute(statement)]


async def block_of_client(reading: AsyncConnection, client_id: int | None) -> str:
    """Why a client is blocked; empty where it is not, or there is none."""
    blocked = select(Client.block_reason).where(Client.id == client_id, Client.blocked)
    return (await reading.scalar(blocked) if client_id else None) or ""


async def contacts_to_choose(
    reading: AsyncConnection, client_id: int | None, present: int | None = None
) -> list[tuple[int, str]]:
    """Id and name of the people at a client; the `present` one in any case."""
    live = and_(Contact.client_id == client_id, Contact.deleted_at.is_(None))
    statement = select(Contact.id, Contact.name).where(or_(live, Contact.id == present)).order_by(Contact.id)
    return [(key, name) for key, name in await reading.execute(statement)]


async def people_to_choose(reading: AsyncConnection, present: int | None = None) -> list[tuple[int, str]]:
    """Id and name of the people who can answer for an event; the `present` one in any case."""
    name = name_of(User)
    working = and_(User.active, User.role != "client")
    statement = (
        select(User.id, name).where(or_(working, User.id == present)).order_by(func.fold(name), User.id)
    )
    return [(key, text) for key, text in await reading.execute(statement)]


def _events() -> Select[*tuple[Any, ...]]:
    lines = select(func.count()).where(Rental.event_id == Event.id, Rental.deleted_at.is_(None))
    pieces = select(func.coalesce(func.sum(Rental.quantity), 0)).where(
        Rental.event_id == Event.id, Rental.deleted_at.is_(None), ~Rental.optional
    )
    asker = aliased(User)
    asking = select(name_of(asker)).where(asker.id == Event.requested_by_id)
    out = select(func.coalesce(func.sum(Reservation.quantity), 0)).where(
        Reservation.event_id == Event.id, Reservation.state == "out", Reservation.until_back
    )
    return (
        select(
            *(getattr(Event, name) for name in _COLUMNS),
            Client.name.label("client_name"),
            Contact.name.label("contact_name"),
            func.concat_ws(", ", func.nullif(Contact.phone, ""), func.nullif(Contact.email, "")).label(
                "contact_reach"
            ),
            case((Client.blocked, Client.block_reason), else_="").label("client_warning"),
            Client.deleted_at.is_not(None).label("client_deleted"),
            name_of(User).label("responsible_name"),
            asking.scalar_subquery().label("requested_by_name"),
            lines.scalar_subquery().label("line_count"),
            pieces.scalar_subquery().label("pieces"),
            out.scalar_subquery().label("out"),
            out.where(overdue_at(now())).scalar_subquery().label("late"),
        )
        .outerjoin(Client, Client.id == Event.client_id)
        .outerjoin(Contact, Contact.id == Event.contact_id)
        .outerjoin(User, User.id == Event.responsible_id)
    )


def _conditions(wanted: EventFilter, zone: ZoneInfo, only: Collection[int] | None) -> Conditions:
    gear = exists().where(
        Rental.event_id == Event.id, Rental.deleted_at.is_(None), Rental.equipment_id == _id(wanted.equipment)
    )
    return [
        Event.deleted_at.is_(None),
        *has_words(wanted.q, Event.name, Event.venue, func.coalesce(Client.name, "")),
        *all_of(
            equal(Event.client_id, _id(wanted.client)),
            gear if wanted.equipment else None,
            None if only is None else Event.id.in_(list(only)),
        ),
        *_moving(wanted.move, *wanted.period(zone)),
    ]


def _id(text: str) -> int | None:
    return int(text) if text else None


def _moving(move: str, since: datetime | None, until: datetime | None) -> Conditions:
    """What `move` and the days of the list say; see filters.py."""
    with_gear = exists().where(Reservation.event_id == Event.id, Reservation.kind.in_(("rental", "sale")))
    further: dict[str, Conditions] = {
        "late": [with_gear.where(overdue_at(now()))],
        "prep": [with_gear.where(Reservation.state == "firm"), Event.out_end > now()],
    }
    if move in ("", "late", "short"):
        days = (
            None if since is None else Event.out_end > since,
            None if until is None else Event.out_start < until,
        )
    else:
        moves_at = Event.out_end if move == "back" else Event.out_start
        days = (
            None if since is None else moves_at >= since,
            None if until is None else moves_at < until,
        )
    return [*all_of(*days), *further.get(move, [])]
