"""Stock takes in the API: beginning, counting, applying."""

from litestar import Response, get, post
from litestar.params import JSONBody

from app.domain.stock_takes import service
from app.domain.stock_takes.api_queries import STOCK_TAKES, differences_of, provide_stock_take_filter
from app.domain.stock_takes.api_schemas import (
    ChangedStockTake,
    CountRecord,
    DifferencesRecord,
    NewCount,
    NewStockTake,
    StockTakeRecord,
)
from app.domain.stock_takes.service import Counted
from app.lib.errors import InvalidInput
from app.lib.unit_of_work import UnitOfWork
from app.web.api import Answer, answer, api_router
from app.web.api_routes import Routes
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import EQUIPMENT_WRITE

TAKE = Routes("stock_take", StockTakeRecord, STOCK_TAKES, read=EQUIPMENT_WRITE, write=EQUIPMENT_WRITE)
ONE = "/stock-takes/{stock_take_id:int}"


@get(f"{ONE}/differences", capability=EQUIPMENT_WRITE)
async def get_stock_take_differences(
    reading: Connection, stock_take_id: PathId
) -> Response[Answer[DifferencesRecord]]:
    """Get where the count differs from what should be there, as things stand."""
    return answer(await differences_of(reading, stock_take_id))


@post(f"{ONE}/counts", capability=EQUIPMENT_WRITE, status_code=200)
async def count_stock(
    work: Work, stock_take_id: PathId, data: JSONBody[NewCount]
) -> Response[Answer[CountRecord]]:
    """Count what was scanned, or so many pieces; take a unit back. The same nonce again counts once."""
    done = await _counted(work, stock_take_id, data)
    record = CountRecord(done.equipment_id, done.name, done.unit_id, done.asset_tag, done.pieces, done.again)
    return answer(record)


@post(f"{ONE}/application", capability=EQUIPMENT_WRITE, status_code=200)
async def apply_stock_take(work: Work, stock_take_id: PathId) -> Response[Answer[StockTakeRecord]]:
    """Make the stock what was counted, once."""
    await service.apply(work, stock_take_id)
    return await STOCK_TAKES.answer(work.session, stock_take_id)


@post(f"{ONE}/cancellation", capability=EQUIPMENT_WRITE, status_code=200)
async def cancel_stock_take(work: Work, stock_take_id: PathId) -> Response[Answer[StockTakeRecord]]:
    """End a stock take without any consequence."""
    await service.cancel(work, stock_take_id)
    return await STOCK_TAKES.answer(work.session, stock_take_id)


async def _counted(work: UnitOfWork, stock_take_id: int, data: NewCount) -> Counted:
    said = data.given()
    kinds = [name for name in ("code", "equipment_id", "uncounted_unit_id") if name in said]
    if len(kinds) != 1:
        raise InvalidInput({"code": "Send one of code, equipment_id and uncounted_unit_id."})
    if kinds[0] == "code":
        return await service.count_code(work, stock_take_id, data.nonce, said["code"])
    if kinds[0] == "equipment_id":
        pieces = said.get("pieces", 1)
        return await service.count_pieces(work, stock_take_id, data.nonce, said["equipment_id"], pieces)
    return await service.uncount_unit(work, stock_take_id, data.nonce, said["uncounted_unit_id"])


API = api_router(
    "Stock takes",
    [
        TAKE.listing("List stock takes, the newest first.", provide_stock_take_filter),
        TAKE.creation(NewStockTake, service.start, "Begin to count a location, or all of the stock."),
        TAKE.single(),
        TAKE.change(ChangedStockTake, service.edit_stock_take, "Change its name or its notes."),
        get_stock_take_differences,
        count_stock,
        apply_stock_take,
        cancel_stock_take,
    ],
)
