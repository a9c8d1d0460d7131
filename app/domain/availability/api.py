"""Availability in the API: the figure with its reasons, and how it changes over a period."""

from datetime import datetime, timedelta
from typing import Annotated

from litestar import Response, get
from litestar.params import QueryParameter

from app.domain.availability.api_schemas import AvailabilityRecord, Cause, StepRecord
from app.domain.availability.queries import Figure, Window, figure_of, steps_of, stock_of
from app.domain.availability.shortage import Taker
from app.lib.errors import InvalidInput, NotFound
from app.lib.fields import LARGEST_ID
from app.lib.periods import FOREVER, Period
from app.lib.wire import wire
from app.web.api import Answer, ListAnswer, answer, api_router, read_instant, whole_answer
from app.web.parameters import Connection
from app.web.permissions import RENTAL_READ

LONGEST = timedelta(days=3652)
EquipmentId = Annotated[int, QueryParameter(ge=1, le=LARGEST_ID)]
Wanted = Annotated[str, QueryParameter(description="An instant with an offset.")]


@get("/availability", capability=RENTAL_READ)
async def get_availability(
    reading: Connection, equipment_id: EquipmentId, start: Wanted, end: Wanted
) -> Response[Answer[AvailabilityRecord]]:
    """How many are free for the whole period, and why not more."""
    window = Window(equipment_id, _period(start, end))
    figure = await figure_of(reading, window)
    if figure is None:
        raise NotFound("This equipment does not exist, or was deleted.")
    return answer(_record(figure, window.period))


@get("/availability/steps", capability=RENTAL_READ)
async def list_steps(
    reading: Connection, equipment_id: EquipmentId, start: Wanted, end: Wanted
) -> Response[ListAnswer[StepRecord]]:
    """How many are free when, over a period."""
    stock = (await stock_of(reading, [equipment_id])).get(equipment_id)
    if stock is None:
        raise NotFound("This equipment does not exist, or was deleted.")
    (steps,) = await steps_of(reading, [Window(equipment_id, _period(start, end))])
    return whole_answer([StepRecord(str(wire(step.at)), stock.quantity - step.load) for step in steps])


def _period(start: str, end: str) -> Period:
    begin, finish = read_instant(start, "start"), read_instant(end, "end")
    errors: dict[str, str] = {}
    for name, value in (("start", begin), ("end", finish)):
        if value is None:
            errors[name] = "This is required."
    if begin is not None and finish is not None:
        if finish <= begin:
            errors["end"] = "The period ends after it starts."
        elif finish - begin > LONGEST:
            errors["end"] = "More than ten years is too long."
    if errors or begin is None or finish is None:
        raise InvalidInput(errors)
    return Period(begin, finish)


def _record(figure: Figure, period: Period) -> AvailabilityRecord:
    return AvailabilityRecord(
        equipment_id=figure.equipment_id,
        start=str(wire(period.start)),
        end=str(wire(period.end)),
        supply=figure.supply,
        reserved=figure.reserved,
        free=figure.free,
        free_with_pencils=figure.free_with_pencils,
        binding_at=str(wire(figure.binding_at)),
        causes=[_cause(taker) for taker in figure.takers],
    )


def _cause(taker: Taker) -> Cause:
    return Cause(
        kind=taker.kind,  # type: ignore[arg-type]
        state=taker.state,  # type: ignore[arg-type]
        name=taker.name,
        quantity=taker.quantity,
        start=str(wire(taker.start_at)),
        end=_known(taker.end_at),
        late=taker.late,
        event_id=taker.event_id,
        client=taker.client_name,
        maintenance_id=taker.maintenance_id,
        unit_id=taker.unit_id,
    )


def _known(end: datetime) -> str | None:
    return None if end >= FOREVER else str(wire(end))


API = api_router("Availability", [get_availability, list_steps])
