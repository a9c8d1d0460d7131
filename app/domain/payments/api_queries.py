"""The selects behind payments in the API."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import literal, select

from app.db.models.invoice import Payment
from app.domain.payments.api_schemas import AccountRecord, EntryRecord, PaymentRecord
from app.domain.payments.queries import AccountEntry, Reading, account_of, balances_of_client
from app.lib.conditions import Conditions, all_of, equal, not_before
from app.web.api import wired
from app.web.api_paging import Key, Order
from app.web.api_records import Records, columns_of, converter

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


def payment_conditions(
    *,
    client_id: int | None = None,
    event_id: int | None = None,
    invoice_id: int | None = None,
    method: str = "",
    first: date | None = None,
    last: date | None = None,
    created_since: datetime | None = None,
) -> Conditions:
    """Which payments a list shows; None and empty text are no filter."""
    return all_of(
        equal(Payment.client_id, client_id),
        equal(Payment.event_id, event_id),
        equal(Payment.invoice_id, invoice_id),
        equal(Payment.method, method),
        None if first is None else Payment.received_on >= first,
        None if last is None else Payment.received_on <= last,
        not_before(Payment.created_at, created_since),
    )


async def account_record(reading: Reading, client_id: int) -> AccountRecord:
    """The account of a client as the API sends it."""
    balances: dict[str, Any] = wired(await balances_of_client(reading, client_id))
    entries = await account_of(reading, client_id)
    return AccountRecord(client_id, balances, [_entry(one) for one in entries])


def _entry(one: AccountEntry) -> EntryRecord:
    return EntryRecord(**wired({name: getattr(one, name) for name in EntryRecord.__struct_fields__}))
