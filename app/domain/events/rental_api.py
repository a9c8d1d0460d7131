"""The lines of events in the API. A line that does not fit answers 409 with the code SHORTAGE."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from litestar import Response, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from app.domain.events import rentals
from app.domain.events.api_queries import RENTALS, provide_rental_filter
from app.domain.events.api_schemas import ChangedRental, NewRental, RentalRecord
from app.lib.errors import InvalidInput
from app.web.api import (
    Answer,
    ApiRequest,
    EditTerms,
    api_router,
)
from app.web.api_routes import Routes
from app.web.overbooking import reason_of
from app.web.parameters import PathId, Work
from app.web.permissions import RENTAL_READ, RENTAL_WRITE

_STORED = {"start": "start_at", "end": "end_at"}


RENTAL = Routes("rental", RentalRecord, RENTALS, read=RENTAL_READ, write=RENTAL_WRITE)


@post("/rentals", capability=RENTAL_WRITE)
async def add_rental(
    request: ApiRequest, work: Work, data: JSONBody[NewRental]
) -> Response[Answer[RentalRecord]]:
    """Add a line to an event; where the event holds stock, it has to be free."""
    reason = reason_of(request, data.overbook_reason)
    with _named_as_sent():
        made = await rentals.add_rental(
            work, data.event_id, data.equipment_id, _values(data.given()), overbook_reason=reason
        )
    return await RENTALS.created(work.session, made.id)


@patch("/rentals/{rental_id:int}", capability=RENTAL_WRITE)
async def change_rental(
    request: ApiRequest,
    work: Work,
    rental_id: PathId,
    data: JSONBody[ChangedRental],
    terms: NamedDependency[EditTerms],
) -> Response[Answer[RentalRecord]]:
    """Change the fields given."""
    reason = reason_of(request, data.overbook_reason)
    with _named_as_sent():
        await rentals.edit_rental(
            work,
            rental_id,
            _values(data.given()),
            version=terms.version(data.version),
            strategy=terms.strategy,
            overbook_reason=reason,
        )
    return await RENTALS.answer(work.session, rental_id)


def _values(given: dict[str, Any]) -> dict[str, Any]:
    """The fields of a line under the names they have in the database."""
    return {_STORED.get(name, name): value for name, value in given.items()}


@contextmanager
def _named_as_sent() -> Generator[None]:
    """Tell what is wrong inside the block at the names that were sent."""
    sent = {stored: name for name, stored in _STORED.items()}
    try:
        yield
    except InvalidInput as error:
        fields = {sent.get(name, name): message for name, message in error.fields.items()}
        raise InvalidInput(fields, error.message) from error


API = api_router(
    "Rentals",
    [
        RENTAL.listing(
            "List lines: of one event in their order, or of one equipment.", provide_rental_filter
        ),
        add_rental,
        RENTAL.single("Get one line; its version is the ETag."),
        change_rental,
        RENTAL.deletion(rentals.remove_rental, "Take a line off its event.", verb="remove"),
        RENTAL.restoration(rentals.restore_rental, "Put a removed line back, if it is still free."),
    ],
)
