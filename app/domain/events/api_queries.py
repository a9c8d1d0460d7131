"""The selects behind events and rentals in the API."""

from datetime import datetime

from sqlalchemy import select

from app.db.models import Event, Rental
from app.domain.events.api_schemas import EventRecord, RentalRecord
from app.lib.conditions import Conditions, all_of, equal, has_words, not_before
from app.web.api_paging import Key, Order
from app.web.api_records import Records, columns_of, converter

EVENTS = Records(
    statement=select(*columns_of(Event, EventRecord)).where(Event.deleted_at.is_(None)),
    order=Order(
        keys={
            "id": Key(Event.id, int),
            "name": Key(Event.name),
            "status": Key(Event.status),
            "out_start": Key(Event.out_start, datetime),
            "out_end": Key(Event.out_end, datetime),
            "created_at": Key(Event.created_at, datetime),
            "updated_at": Key(Event.updated_at, datetime),
        },
        default="out_start",
        id=Event.id,
    ),
    convert=converter(EventRecord),
    path="/api/events",
    missing="This event does not exist, or was deleted.",
)

RENTALS = Records(
    statement=select(*columns_of(Rental, RentalRecord))
    .join(Event, Event.id == Rental.event_id)
    .where(Rental.deleted_at.is_(None), Event.deleted_at.is_(None)),
    order=Order(
        keys={
            "id": Key(Rental.id, int),
            "position": Key(Rental.position, int),
            "created_at": Key(Rental.created_at, datetime),
            "updated_at": Key(Rental.updated_at, datetime),
        },
        default="position",
        id=Rental.id,
    ),
    convert=converter(RentalRecord),
    path="/api/rentals",
    missing="This line does not exist, or was deleted.",
)


def event_conditions(
    *,
    q: str = "",
    client_id: int | None = None,
    responsible_id: int | None = None,
    status: str | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    updated_since: datetime | None = None,
) -> Conditions:
    """Which events a list shows: `start` and `end` keep those that are out at some moment between them."""
    return [
        *has_words(q, Event.name, Event.venue),
        *all_of(
            equal(Event.client_id, client_id),
            equal(Event.responsible_id, responsible_id),
            equal(Event.status, status),
            None if start is None else Event.out_end > start,
            None if end is None else Event.out_start < end,
            not_before(Event.updated_at, updated_since),
        ),
    ]


def rental_conditions(
    *, event_id: int | None = None, equipment_id: int | None = None, updated_since: datetime | None = None
) -> Conditions:
    """Which lines a list shows."""
    return all_of(
        equal(Rental.event_id, event_id),
        equal(Rental.equipment_id, equipment_id),
        not_before(Rental.updated_at, updated_since),
    )
