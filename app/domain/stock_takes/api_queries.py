"""The selects behind stock takes in the API."""

from datetime import datetime

from sqlalchemy import select

from app.db.models import StockTake
from app.domain.availability.queries import Connection
from app.domain.stock_takes.api_schemas import (
    DifferenceRecord,
    DifferencesRecord,
    StockTakeRecord,
    UnitDifferenceRecord,
)
from app.domain.stock_takes.queries import counted_bulk, counted_units, stock_take
from app.lib.conditions import Conditions, all_of, equal, not_before
from app.web.api_paging import Key, Order
from app.web.api_records import Records, columns_of, converter

STOCK_TAKES = Records(
    statement=select(*columns_of(StockTake, StockTakeRecord)).where(StockTake.deleted_at.is_(None)),
    order=Order(
        keys={
            "id": Key(StockTake.id, int),
            "name": Key(StockTake.name),
            "created_at": Key(StockTake.created_at, datetime),
            "updated_at": Key(StockTake.updated_at, datetime),
        },
        default="-id",
        id=StockTake.id,
        newest_first=True,
    ),
    convert=converter(StockTakeRecord),
    path="/api/stock-takes",
    missing="This stock take does not exist.",
)


def stock_take_conditions(
    *, location: str = "", status: str | None = None, updated_since: datetime | None = None
) -> Conditions:
    """Which stock takes a list shows; None and empty text are no filter."""
    return all_of(
        equal(StockTake.location, location),
        equal(StockTake.status, status),
        not_before(StockTake.updated_at, updated_since),
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
