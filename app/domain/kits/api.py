"""Kits in the API: what they are, what is in them, how many are free, and putting them on events."""

from typing import Annotated

from litestar import Response, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody, QueryParameter

from app.domain.availability.api_parameters import Wanted, read_period
from app.domain.events.api_queries import RENTALS
from app.domain.events.api_schemas import RentalRecord
from app.domain.kits import service
from app.domain.kits.api_queries import COMPONENTS, KITS, added_together, in_kit, kit_conditions
from app.domain.kits.api_schemas import (
    AddedKit,
    ChangedComponent,
    ChangedKit,
    ComponentRecord,
    KitFreeRecord,
    KitRecord,
    NewComponent,
    NewKit,
    WholeKit,
)
from app.domain.kits.availability import free_kits
from app.lib.conditions import Conditions
from app.lib.fields import clean
from app.lib.wire import wire
from app.web.api import (
    Answer,
    ApiRequest,
    EditTerms,
    FilterInstant,
    ListAnswer,
    answer,
    api_router,
    listing,
    read_instant,
    whole_answer,
)
from app.web.api_paging import PageRequest
from app.web.overbooking import reason_of
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import (
    EQUIPMENT_DELETE,
    EQUIPMENT_READ,
    EQUIPMENT_WRITE,
    RENTAL_READ,
    RENTAL_WRITE,
)

IN_ORDER = (RENTALS.order.keys["position"].column, RENTALS.order.id)


def provide_kit_filter(
    *,
    q: Annotated[str, QueryParameter(description="Words in name and SKU.", max_length=200)] = "",
    archived: FromQuery[bool | None] = None,
    updated_since: FilterInstant = None,
) -> Conditions:
    """Which kits are wanted. Raises InvalidInput."""
    since = read_instant(updated_since, "updated_since")
    return kit_conditions(q=clean(q), archived=archived, updated_since=since)


@get("/kits", capability=EQUIPMENT_READ, dependencies=listing(provide_kit_filter))
async def list_kits(
    reading: Connection, paging: NamedDependency[PageRequest], wanted: NamedDependency[Conditions]
) -> Response[ListAnswer[KitRecord]]:
    """List kits: filtered, sorted, page by page."""
    return await KITS.page(reading, paging, wanted)


@post("/kits", capability=EQUIPMENT_WRITE)
async def create_kit(work: Work, data: JSONBody[NewKit]) -> Response[Answer[KitRecord]]:
    """Add a kit."""
    made = await service.create_kit(work, data.given())
    return await KITS.created(work.session, made.id)


@get("/kits/{kit_id:int}", capability=EQUIPMENT_READ)
async def get_kit(reading: Connection, kit_id: PathId) -> Response[Answer[KitRecord]]:
    """Get one kit; its version is the ETag."""
    return await KITS.answer(reading, kit_id)


@patch("/kits/{kit_id:int}", capability=EQUIPMENT_WRITE)
async def change_kit(
    work: Work, kit_id: PathId, data: JSONBody[ChangedKit], terms: NamedDependency[EditTerms]
) -> Response[Answer[KitRecord]]:
    """Change the fields given."""
    version = terms.version(data.version)
    await service.edit_kit(work, kit_id, data.given(), version=version, strategy=terms.strategy)
    return await KITS.answer(work.session, kit_id)


@put("/kits/{kit_id:int}", capability=EQUIPMENT_WRITE)
async def replace_kit(
    work: Work, kit_id: PathId, data: JSONBody[WholeKit], terms: NamedDependency[EditTerms]
) -> Response[Answer[KitRecord]]:
    """Replace all fields; those left out go back to their defaults."""
    version = terms.version(data.version)
    await service.edit_kit(work, kit_id, data.whole(), version=version, strategy=terms.strategy)
    return await KITS.answer(work.session, kit_id)


@delete("/kits/{kit_id:int}", capability=EQUIPMENT_DELETE)
async def delete_kit(
    work: Work, kit_id: PathId, terms: NamedDependency[EditTerms], version: FromQuery[int | None] = None
) -> None:
    """Delete a kit. What somebody just changed is not deleted."""
    await service.delete_kit(work, kit_id, version=terms.version(version))


@post("/kits/{kit_id:int}/restoration", capability=EQUIPMENT_DELETE, status_code=200)
async def restore_kit(work: Work, kit_id: PathId) -> Response[Answer[KitRecord]]:
    """Take a delete back."""
    await service.restore_kit(work, kit_id)
    return await KITS.answer(work.session, kit_id)


@get("/kits/{kit_id:int}/availability", capability=RENTAL_READ)
async def get_kit_availability(
    reading: Connection, kit_id: PathId, start: Wanted, end: Wanted
) -> Response[Answer[KitFreeRecord]]:
    """How many complete kits are free while they are out, prep and turnaround of their gear included."""
    period = read_period(start, end)
    await KITS.by_id(reading, kit_id)
    found = (await free_kits(reading, [kit_id], period))[kit_id]
    begin, finish = str(wire(period.start)), str(wire(period.end))
    return answer(KitFreeRecord(kit_id, begin, finish, found.complete, found.lacking))


@get("/kits/{kit_id:int}/components", capability=EQUIPMENT_READ, dependencies=listing())
async def list_components(
    reading: Connection, kit_id: PathId, paging: NamedDependency[PageRequest]
) -> Response[ListAnswer[ComponentRecord]]:
    """List what is in a kit, in its order."""
    await KITS.by_id(reading, kit_id)
    return await COMPONENTS.page(reading, paging, in_kit(kit_id))


@post("/kits/{kit_id:int}/components", capability=EQUIPMENT_WRITE)
async def add_component(
    work: Work, kit_id: PathId, data: JSONBody[NewComponent]
) -> Response[Answer[ComponentRecord]]:
    """Put equipment into a kit, behind what is in it."""
    made = await service.add_component(work, kit_id, data.equipment_id, data.quantity)
    return await COMPONENTS.created(work.session, made.id)


@get("/kit-components/{component_id:int}", capability=EQUIPMENT_READ)
async def get_component(reading: Connection, component_id: PathId) -> Response[Answer[ComponentRecord]]:
    """Get one component; its version is the ETag."""
    return await COMPONENTS.answer(reading, component_id)


@patch("/kit-components/{component_id:int}", capability=EQUIPMENT_WRITE)
async def change_component(
    work: Work, component_id: PathId, data: JSONBody[ChangedComponent], terms: NamedDependency[EditTerms]
) -> Response[Answer[ComponentRecord]]:
    """Change how many are in one kit, or move it."""
    version, given = terms.version(data.version), data.given()
    await service.edit_component(work, component_id, given, version=version, strategy=terms.strategy)
    if given.get("move"):
        await service.move_component(work, component_id, given["move"])
    return await COMPONENTS.answer(work.session, component_id)


@delete("/kit-components/{component_id:int}", capability=EQUIPMENT_WRITE)
async def remove_component(
    work: Work,
    component_id: PathId,
    terms: NamedDependency[EditTerms],
    version: FromQuery[int | None] = None,
) -> None:
    """Take equipment out of a kit."""
    await service.remove_component(work, component_id, version=terms.version(version))


@post("/kit-components/{component_id:int}/restoration", capability=EQUIPMENT_WRITE, status_code=200)
async def restore_component(work: Work, component_id: PathId) -> Response[Answer[ComponentRecord]]:
    """Put equipment back into its kit."""
    await service.restore_component(work, component_id)
    return await COMPONENTS.answer(work.session, component_id)


@post("/events/{event_id:int}/kits", capability=RENTAL_WRITE)
async def add_kit(
    request: ApiRequest, work: Work, event_id: PathId, data: JSONBody[AddedKit]
) -> Response[ListAnswer[RentalRecord]]:
    """Put kits on an event: answers the lines that were added, what came along with them included.

    Where the event holds stock, all of it has to be free, or nothing is booked.
    """
    reason = reason_of(request, data.overbook_reason)
    lines = await service.add_kit_to_event(work, event_id, data.kit_id, data.quantity, overbook_reason=reason)
    added = added_together([line.id for line in lines])
    rows = await work.session.execute(RENTALS.statement.where(*added).order_by(*IN_ORDER))
    return whole_answer([RENTALS.convert(row) for row in rows])


API = api_router(
    "Kits",
    [
        list_kits,
        create_kit,
        get_kit,
        change_kit,
        replace_kit,
        delete_kit,
        restore_kit,
        get_kit_availability,
        list_components,
        add_component,
        get_component,
        change_component,
        remove_component,
        restore_component,
        add_kit,
    ],
)
