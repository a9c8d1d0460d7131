"""The units of all equipment that are in quarantine, in repair or missing."""

from typing import Any

from litestar import Request, Response, get
from litestar.params import FromQuery

from app.domain.inventory.fields import UNIT_STATE_WORDS
from app.domain.inventory.unit_list_queries import HELD_BACK, count_held_back, units_held_back
from app.web.parameters import Connection, FilterId
from app.web.permissions import EQUIPMENT_READ
from app.web.render import page


@get("/units", capability=EQUIPMENT_READ, include_in_schema=False)
async def held_back(
    request: Request[Any, Any, Any],
    reading: Connection,
    show: FromQuery[str] = "",
    after: FilterId = None,
) -> Response[str]:
    """Units out of service, one state at a time; anything else is quarantine."""
    chosen = show if show in HELD_BACK else HELD_BACK[0]
    units, goes_on = await units_held_back(reading, chosen, after)
    return page(
        request,
        "inventory/held_back.html",
        partial="inventory/_held_back_rows.html" if after else "inventory/_held_back.html",
        state=chosen,
        tabs={key: UNIT_STATE_WORDS[key][0] for key in HELD_BACK},
        counts=await count_held_back(reading),
        units=units,
        further=f"/units?show={chosen}&after={units[-1].id}" if goes_on else None,
    )


HANDLERS = [held_back]
