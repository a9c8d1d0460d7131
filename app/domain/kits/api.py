"""Kits in the API: what they are, what is in them, how many are free, and putting them on events."""

from typing import Any

from litestar import Response, get, post
from litestar.params import JSONBody

from app.db.models import KitComponent
from app.domain.availability.api_parameters import Wanted, read_period
from app.domain.events.api_queries import RENTALS
from app.domain.events.api_schemas import RentalRecord
from app.domain.kits import service
from app.domain.kits.api_queries import COMPONENTS, KITS, added_together, provide_kit_filter
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
from app.lib.editing import Strategy
from app.lib.unit_of_work import UnitOfWork
from app.lib.wire import wire
from app.web.api import (
    Answer,
    ApiRequest,
    ListAnswer,
    answer,
    api_router,
    whole_answer,
)
from app.web.api_routes import Routes
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
IN_KIT = "/kits/{kit_id:int}/components"
KIT = Routes("kit", KitRecord, KITS, read=EQUIPMENT_READ, write=EQUIPMENT_WRITE)
COMPONENT = Routes("component", ComponentRecord, COMPONENTS, read=EQUIPMENT_READ, write=EQUIPMENT_WRITE)


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


async def _add_component(work: UnitOfWork, kit_id: int, values: dict[str, Any]) -> KitComponent:
    return await service.add_component(work, kit_id, values["equipment_id"], values["quantity"])


async def _change_component(
    work: UnitOfWork, component_id: int, values: dict[str, Any], *, version: int | None, strategy: Strategy
) -> None:
    await service.edit_component(work, component_id, values, version=version, strategy=strategy)
    if values.get("move"):
        await service.move_component(work, component_id, values["move"])


API = api_router(
    "Kits",
    [
        KIT.listing("List kits: filtered, sorted, page by page.", provide_kit_filter),
        KIT.creation(NewKit, service.create_kit, "Add a kit."),
        KIT.single(),
        KIT.change(ChangedKit, service.edit_kit),
        KIT.replacement(WholeKit, service.edit_kit),
        KIT.deletion(
            service.delete_kit,
            "Delete a kit. What somebody just changed is not deleted.",
            capability=EQUIPMENT_DELETE,
        ),
        KIT.restoration(service.restore_kit, capability=EQUIPMENT_DELETE),
        get_kit_availability,
        COMPONENT.listing_in(IN_KIT, KITS, KitComponent.kit_id, "List what is in a kit, in its order."),
        COMPONENT.creation_in(
            IN_KIT,
            NewComponent,
            _add_component,
            "Put equipment into a kit, behind what is in it.",
            verb="add",
        ),
        COMPONENT.single(),
        COMPONENT.change(ChangedComponent, _change_component, "Change how many are in one kit, or move it."),
        COMPONENT.deletion(service.remove_component, "Take equipment out of a kit.", verb="remove"),
        COMPONENT.restoration(service.restore_component, "Put equipment back into its kit."),
        add_kit,
    ],
)
