"""The selects behind payments in the API, and their filters."""

from datetime import date, datetime
from typing import Annotated, Any

from litestar.params import FromQuery, QueryParameter
from sqlalchemy import literal, select

from app.db.models.invoice import Payment
from app.domain.payments.api_schemas import AccountRecord, AnyMethod, EntryRecord, PaymentRecord
from app.domain.payments.queries import AccountEntry, Reading, account_of, balances_of_client
from app.lib.conditions import Conditions, all_of, equal, not_before
from app.web.api import FilterInstant, read_instant, wired
from app.web.api_paging import Key, Order
from app.web.api_records import Records, columns_of, converter
from app.web.parameters import FilterId

PAYMENTS = Records(
    statement=select(
        *columns_of(Payment, PaymentRecord, but=frozenset({"version"})), literal(1).label("version")
    ),
    order=Order(
        keys={
            "id": Key(Payment.id, int),
            "created_at": Key(Payment.created_at, datetime),
        },
        default="-id",
        id=Payment.id,
        newest_first=True,
    ),
    convert=converter(PaymentRecord),
    path="/api/payments",
    missing="This payment does not exist.",
)
FilterDay = Annotated[date | None, QueryParameter(description="A day like 2026-11-21, included.")]


def provide_payment_filter(
    *,
    client_id: FilterId = None,
    event_id: FilterId = None,
    invoice_id: FilterId = None,
    method: FromQuery[AnyMethod | None] = None,
    first: FilterDay = None,
    last: FilterDay = None,
    created_since: FilterInstant = None,
) -> Conditions:
    """Which payments are wanted. Raises InvalidInput."""
    return all_of(
        equal(Payment.client_id, client_id),
        equal(Payment.event_id, event_id),
        equal(Payment.invoice_id, invoice_id),
        equal(Payment.method, method),
        None if first is None else Payment.received_on >= first,
        None if last is None else Payment.received_on <= last,
        not_before(Payment.created_at, read_instant(created_since, "created_since")),
    )


async def account_record(reading: Reading, client_id: int) -> AccountRecord:
    """The account of a client as the API sends it."""
    balances: dict[str, Any] = wired(await balances_of_client(reading, client_id))
    entries = await account_of(reading, client_id)
    return AccountRecord(client_id, balances, [_entry(one) for one in entries])


def _entry(one: AccountEntry) -> EntryRecord:
    return EntryRecord(**wired({name: getattr(one, name) for name in EntryRecord.__struct_fields__}))
