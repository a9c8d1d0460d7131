"""The selects behind events and rentals in the API, and their filters."""

from datetime import datetime
from typing import Annotated

from litestar.params import QueryParameter

from app.db.models import Event, Rental
from app.domain.events.api_schemas import EventRecord, RentalRecord, Status
from app.lib.conditions import Conditions, all_of, equal, has_words, not_before
from app.lib.fields import clean
from app.web.api import FilterInstant, read_instant
from app.web.api_paging import Key, Order
from app.web.api_records import records_of
from app.web.parameters import FilterId

EVENTS = records_of(
    Event,
    EventRecord,
    order=Order.of(
        Event,
        "out_start",
        name=Key(Event.name),
        status=Key(Event.status),
        out_start=Key(Event.out_start, datetime),
        out_end=Key(Event.out_end, datetime),
    ),
    path="/api/events",
    missing="This event does not exist, or was deleted.",
)

RENTALS = records_of(
    Rental,
    RentalRecord,
    within=(Event, Rental.event_id),
    order=Order.of(Rental, "position", position=Key(Rental.position, int)),
    path="/api/rentals",
    missing="This line does not exist, or was deleted.",
)


def provide_event_filter(
    *,
    q: Annotated[str, QueryParameter(description="Words in name and venue.", max_length=200)] = "",
    client_id: FilterId = None,
    responsible_id: FilterId = None,
    wanted_status: Annotated[Status | None, QueryParameter(name="status")] = None,
    start: FilterInstant = None,
    end: FilterInstant = None,
    updated_since: FilterInstant = None,
) -> Conditions:
    """Which events are wanted: those out at some moment between `start` and `end`. Raises InvalidInput."""
    since, until = read_instant(start, "start"), read_instant(end, "end")
    return [
        *has_words(clean(q), Event.name, Event.venue),
        *all_of(
            equal(Event.client_id, client_id),
            equal(Event.responsible_id, responsible_id),
            equal(Event.status, wanted_status),
            None if since is None else Event.out_end > since,
            None if until is None else Event.out_start < until,
            not_before(Event.updated_at, read_instant(updated_since, "updated_since")),
        ),
    ]


def provide_rental_filter(
    *, event_id: FilterId = None, equipment_id: FilterId = None, updated_since: FilterInstant = None
) -> Conditions:
    """Which lines are wanted. Raises InvalidInput."""
    return all_of(
        equal(Rental.event_id, event_id),
        equal(Rental.equipment_id, equipment_id),
        not_before(Rental.updated_at, read_instant(updated_since, "updated_since")),
    )
