"""The selects behind stock takes in the API, and their filters."""

from litestar.params import FromQuery

from app.db.models import StockTake
from app.domain.availability.queries import Connection
from app.domain.stock_takes.api_schemas import (
    DifferenceRecord,
    DifferencesRecord,
    Status,
    StockTakeRecord,
    UnitDifferenceRecord,
)
from app.domain.stock_takes.queries import counted_bulk, counted_units, stock_take
from app.lib.conditions import Conditions, all_of, equal, not_before
from app.lib.fields import clean
from app.web.api import FilterInstant, read_instant
from app.web.api_paging import Key, Order
from app.web.api_records import records_of

STOCK_TAKES = records_of(
    StockTake,
    StockTakeRecord,
    order=Order.of(StockTake, "-id", newest_first=True, name=Key(StockTake.name)),
    path="/api/stock-takes",
    missing="This stock take does not exist.",
)


def provide_stock_take_filter(
    *,
    location: FromQuery[str] = "",
    status: FromQuery[Status | None] = None,
    updated_since: FilterInstant = None,
) -> Conditions:
    """Which stock takes are wanted. Raises InvalidInput."""
    return all_of(
        equal(StockTake.location, clean(location)),
        equal(StockTake.status, status),
        not_before(StockTake.updated_at, read_instant(updated_since, "updated_since")),
    )


async def differences_of(connection: Connection, stock_take_id: int) -> DifferencesRecord:
    """Where the count differs from what should be there as things stand. Raises NotFound."""
    take = await stock_take(connection, stock_take_id)
    bulk = await counted_bulk(connection, take.id, take.location)
    units = await counted_units(connection, take.id, take.location)
    return DifferencesRecord(
        equipment=[
            DifferenceRecord(one.equipment_id, one.name, one.expected, one.counted, one.difference, one.here)
            for one in bulk
            if one.difference
        ],
        units=[
            UnitDifferenceRecord(
                one.unit_id, one.equipment_id, one.asset_tag, one.counted, one.here, one.with_event
            )
            for one in units
            if one.is_missing or one.is_found
        ],
    )
