"""Availability in the API: figures with their reasons, for one equipment or many, and how they change."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromQuery

from app.domain.availability import timelines
from app.domain.availability.api_parameters import (
    EquipmentId,
    EquipmentIds,
    Wanted,
    read_equipment_ids,
    read_period,
)
from app.domain.availability.api_schemas import (
    AvailabilityRecord,
    Cause,
    ExplanationRecord,
    PointRecord,
    ShortageRecord,
    StepRecord,
    TimelineRecord,
)
from app.domain.availability.claims import Claim, Figure, claims_of, figures_of, shortfalls_of
from app.domain.availability.queries import Window, steps_of, stock_of
from app.lib.clock import now
from app.lib.errors import InvalidInput, NotFound
from app.lib.periods import FOREVER, Period
from app.lib.wire import wire
from app.web.api import Answer, ListAnswer, answer, api_router, whole_answer
from app.web.parameters import Connection, FilterId
from app.web.permissions import RENTAL_READ
from app.web.state import CompanyFacts, runtime

OneOrMany = Answer[AvailabilityRecord] | ListAnswer[AvailabilityRecord]


@get("/availability", capability=RENTAL_READ)
async def get_availability(
    reading: Connection,
    start: Wanted,
    end: Wanted,
    equipment_id: FilterId = None,
    equipment_ids: EquipmentIds = "",
) -> Response[OneOrMany]:
    """How many are free for the whole period, and why not more.

    Ask for one with `equipment_id`; or for several with `equipment_ids`, which answers a list in that order.
    """
    if (equipment_id is None) == (not equipment_ids):
        raise InvalidInput({"equipment_id": "Send either equipment_id or equipment_ids."})
    wanted = read_equipment_ids(equipment_ids) if equipment_id is None else [equipment_id]
    period = read_period(start, end)
    figures = await figures_of(reading, wanted, period)
    _require(wanted, [figure.equipment_id for figure in figures])
    records = [_record(figure, period) for figure in figures]
    body: OneOrMany = whole_answer(records).content if equipment_id is None else answer(records[0]).content
    return Response(body, headers={"Cache-Control": "no-store"})


@get("/availability/explanation", capability=RENTAL_READ)
async def get_explanation(
    reading: Connection, equipment_id: EquipmentId, start: Wanted, end: Wanted
) -> Response[Answer[ExplanationRecord]]:
    """When too much is taken in a period, and everything that stands on the equipment in it."""
    window, moment = Window(equipment_id, read_period(start, end)), now()
    _require([equipment_id], await stock_of(reading, [equipment_id]))
    (found,) = await shortfalls_of(reading, [window], moment=moment)
    (claims,) = await claims_of(reading, [window], moment=moment)
    return answer(
        ExplanationRecord(
            equipment_id=equipment_id,
            start=str(wire(window.period.start)),
            end=str(wire(window.period.end)),
            stock=found.stock,
            free=found.free,
            shortages=[
                ShortageRecord(str(wire(one.period.start)), str(wire(one.period.end)), one.short)
                for one in found.stretches
            ],
            causes=[_cause(claim) for claim in claims],
        )
    )


@get("/availability/steps", capability=RENTAL_READ)
async def list_steps(
    reading: Connection, equipment_id: EquipmentId, start: Wanted, end: Wanted
) -> Response[ListAnswer[StepRecord]]:
    """How many are free when, over a period."""
    stock = await stock_of(reading, [equipment_id])
    _require([equipment_id], stock)
    (steps,) = await steps_of(reading, [Window(equipment_id, read_period(start, end))])
    owned = stock[equipment_id].quantity
    return whole_answer([StepRecord(str(wire(step.at)), owned - step.load) for step in steps])


@get("/availability/timeline", capability=RENTAL_READ)
async def list_timelines(
    request: Request[Any, Any, Any],
    reading: Connection,
    *,
    equipment_ids: EquipmentIds,
    start: Wanted,
    end: Wanted,
    by: FromQuery[timelines.By] = "day",
) -> Response[ListAnswer[TimelineRecord]]:
    """How many of several equipment are free, for each of the company's days or for each change."""
    wanted = read_equipment_ids(equipment_ids)
    period = read_period(start, end, timelines.LONGEST, "More than a year and a day is too long.")
    zone = (runtime(request).company or CompanyFacts()).time_zone
    found = await timelines.timelines_of(reading, wanted, period, zone=zone, by=by)
    _require(wanted, [one.equipment_id for one in found])
    # by day all of them have the same instants
    instants = {at: str(wire(at)) for at in {at for one in found for at, _, _ in one.points}}
    return whole_answer(
        [
            TimelineRecord(
                one.equipment_id,
                one.stock,
                [PointRecord(instants[at], free, pencilled) for at, free, pencilled in one.points],
            )
            for one in found
        ]
    )


def _require(wanted: Sequence[int], found: Collection[int]) -> None:
    missing = [key for key in wanted if key not in found]
    if missing and len(wanted) == 1:
        raise NotFound("This equipment does not exist, or was deleted.")
    if missing:
        raise NotFound(f"Equipment {', '.join(map(str, missing[:5]))} does not exist, or was deleted.")


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
        causes=[_cause(claim) for claim in figure.claims],
        binding_with_pencils_at=str(wire(figure.pencilled_at)),
        causes_with_pencils=[_cause(claim) for claim in figure.pencilled_claims],
    )


def _cause(claim: Claim) -> Cause:
    return Cause(
        kind=claim.kind,
        state=claim.state,
        name=claim.name,
        quantity=claim.quantity,
        start=str(wire(claim.start_at)),
        end=_known(claim.end_at),
        late=claim.late,
        event_id=claim.event_id,
        client=claim.client_name,
        maintenance_id=claim.maintenance_id,
        unit_id=claim.unit_id,
        rental_id=claim.rental_id,
        sub_hire_id=claim.sub_hire_id,
    )


def _known(end: datetime) -> str | None:
    return None if end >= FOREVER else str(wire(end))


API = api_router("Availability", [get_availability, get_explanation, list_steps, list_timelines])
