"""The calendar of one equipment, with the form beside it that books it for the dates chosen."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get, post
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.availability.shortage import EquipmentShortage, Shortage
from app.domain.calendar import policy, queries
from app.domain.calendar.controllers import read_by, read_days
from app.domain.calendar.equipment_days import days_of
from app.domain.calendar.filters import read_filter
from app.domain.calendar.offers import Offer, offer_of
from app.domain.calendar.views import Span
from app.domain.events import rentals, service
from app.domain.maintenance.descriptions import company_of, zone_of
from app.lib.clock import now
from app.lib.errors import Conflict, InvalidInput
from app.lib.periods import FOREVER
from app.web.errors import Rejected
from app.web.forms import form_text
from app.web.htmx import Toast
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import EQUIPMENT_READ, RENTAL_READ, RENTAL_WRITE
from app.web.render import page, redirect
from app.web.state import viewer_of

_FIELDS = ("out_start", "out_end", "quantity", "event_id", "name")


@get("/inventory/{equipment_id:int}/calendar", capability=EQUIPMENT_READ, include_in_schema=False)
async def equipment_page(
    request: Request[Any, Any, Any], reading: Connection, equipment_id: PathId
) -> Response[str]:
    """When one equipment is taken, and a form to book it."""
    equipment = await queries.equipment_by_id(reading, equipment_id)
    offer = await offer_of(reading, equipment, _chosen(request.query_params), zone_of(request))
    return await _page(request, reading, equipment, offer)


@get("/inventory/{equipment_id:int}/calendar/items", capability=RENTAL_READ, include_in_schema=False)
async def equipment_items(
    request: Request[Any, Any, Any], reading: Connection, equipment_id: PathId
) -> Response[dict[str, Any]]:
    """What takes one equipment on the days from `start` up to `end`, and how many are free on each."""
    zone = zone_of(request)
    bounds = read_days(request.query_params, zone)
    read_by(request)
    equipment = await queries.equipment_by_id(reading, equipment_id)
    found = await days_of(reading, equipment, bounds, zone)
    return Response(found, headers={"Cache-Control": "no-store"})


@get("/inventory/{equipment_id:int}/calendar/availability", capability=RENTAL_READ, include_in_schema=False)
async def availability_box(
    request: Request[Any, Any, Any], reading: Connection, equipment_id: PathId
) -> Response[str]:
    """Whether what is chosen in the form is free, and why not."""
    equipment = await queries.equipment_by_id(reading, equipment_id)
    offer = await offer_of(reading, equipment, _chosen(request.query_params), zone_of(request))
    return await _page(request, reading, equipment, offer, partial="calendar/_offer.html")


@post("/inventory/{equipment_id:int}/calendar", capability=RENTAL_WRITE, include_in_schema=False)
async def book(request: Request[Any, Any, Any], work: Work, equipment_id: PathId) -> Response[str]:
    """Add the gear to an event, or to a new one; what is not free is refused, also for a draft."""
    typed, reading = await form_text(request), await work.session.connection()
    equipment = await queries.equipment_by_id(reading, equipment_id)
    offer = await offer_of(reading, equipment, _chosen(typed), zone_of(request), final=True)
    if not offer.fits:
        status = 422 if offer.errors else 409
        raise Rejected(await _page(request, reading, equipment, offer, status=status))
    values: dict[str, Any] = {"quantity": offer.quantity, **offer.own_period}
    try:
        event_id = offer.event.id if offer.event else await _new_event(work, typed, offer)
        line = await rentals.add_rental(work, event_id, equipment_id, values)
    except (InvalidInput, Conflict) as refusal:
        raise Rejected(await _refused(request, reading, equipment, offer, refusal)) from refusal
    return redirect(request, f"/events/{event_id}", toast=Toast("Added", line.label))


async def _new_event(work: Any, typed: Mapping[str, str], offer: Offer) -> int:
    values = {"name": typed["name"].strip(), "out_start": offer.start, "out_end": offer.end}
    return (await service.create_event(work, values)).id


async def _refused(
    request: Any, reading: AsyncConnection, equipment: Any, offer: Offer, refusal: InvalidInput | Conflict
) -> Response[str]:
    """The page again, with what the booking itself refused: somebody was faster, or the event is closed."""
    shortages = refusal.shortages if isinstance(refusal, Shortage) else ()
    reasons = list(refusal.fields.values()) if isinstance(refusal, InvalidInput) else [refusal.message]
    return await _page(
        request,
        reading,
        equipment,
        offer,
        status=refusal.status,
        shortages=shortages,
        reasons=() if shortages else reasons,
    )


def _chosen(given: Mapping[str, str]) -> dict[str, str]:
    return {name: given[name] for name in _FIELDS if given.get(name)}


async def _page(
    request: Any,
    reading: AsyncConnection,
    equipment: Any,
    offer: Offer,
    *,
    status: int = 200,
    partial: str = "calendar/_equipment_head.html",
    shortages: Sequence[EquipmentShortage] = (),
    reasons: Sequence[str] = (),
) -> Response[str]:
    events = await queries.open_events(reading, offer.event.id if offer.event else None)

    def address(day: str) -> str:
        return f"/inventory/{equipment.id}/calendar?" + urlencode({**offer.typed, "date": day})

    def local(instant: datetime) -> str:
        return policy.wall(instant, zone_of(request)).isoformat("T", "minutes")

    return page(
        request,
        "calendar/of_equipment.html",
        partial=partial,
        status=status,
        shortages=shortages,
        reasons=reasons,
        equipment=equipment,
        offer=offer,
        span=_span(request, offer),
        events=events,
        address=address,
        local=local,
        forever=FOREVER,
    )


def _span(request: Any, offer: Offer) -> Span:
    zone = zone_of(request)
    today: date = policy.wall(now(), zone).date()
    start: datetime | None = offer.start
    day = read_filter(request.query_params).day(policy.wall(start, zone).date() if start else today)
    return Span("month", day, today, viewer_of(request).locale or company_of(request).locale)


HANDLERS = [equipment_page, equipment_items, availability_box, book]
