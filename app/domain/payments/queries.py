"""What was paid and what is owed: always sums of entries, never figures that are kept beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import TextClause, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.db.models.invoice import Payment

Reading = AsyncConnection | AsyncSession
ZERO = Decimal(0)

_STANDINGS = text("""
    select i.id, i.gross,
      coalesce((select sum(gross) from invoice where credits_id = i.id and state = 'issued'), 0) as credited,
      coalesce((select sum(p.amount) from payment p where p.invoice_id = i.id), 0) as paid
    from invoice i where i.state = 'issued' and i.id = any(:ids)
""")
# a client that was merged into another one brings its account along; its entries stay as they are
_OF_CLIENT = text("""
    with recursive one(id) as (
      select cast(:id as bigint) union select c.id from client c join one on c.merged_into_id = one.id
    )
    select currency, sum(amount) as balance from account_entry
    where client_id in (select id from one) group by currency
""")
_OF_EVENT = text("""
    select currency, sum(amount) as balance from account_entry where event_id = :id group by currency
""")
# what is asked for on a day comes before what is paid on it
_ENTRIES = text("""
    with recursive one(id) as (
      select cast(:id as bigint) union select c.id from client c join one on c.merged_into_id = one.id
    )
    select a.kind, a.id, a.currency, a.day, a.name, a.amount, a.event_id, e.name as event_name, a.invoice_id,
      i.number as invoice_number, a.balance
    from (
      select *, row_number() over line as place, sum(amount) over (line rows unbounded preceding) as balance
      from account_entry where client_id in (select id from one)
      window line as (partition by currency order by day, kind <> 'invoice', id)
    ) a
    left join event e on e.id = a.event_id
    left join invoice i on i.id = a.invoice_id
    where a.day between coalesce(cast(:first as date), a.day) and coalesce(cast(:last as date), a.day)
    order by a.currency, a.place
""")


# how long ago it was begun, a tenth of that may pass in silence; what never reached the provider, an hour
_SILENT = text("""
    select id, provider_id from payment_attempt
    where state in ('open', 'processing') and provider = :provider and created_at > now() - interval '30 days'
      and updated_at < now() - greatest(interval '1 minute', (now() - created_at) / 10)
      and (provider_id is not null or created_at < now() - interval '1 hour')
    order by updated_at limit 50
""")
_UNPAID = text("""
    select id, provider_id from payment_attempt
    where invoice_id = :invoice_id and state in ('open', 'processing', 'failed') and provider_id is not null
      and created_at > now() - interval '30 days'
    order by id
""")


@dataclass(frozen=True, slots=True)
class Waiting:
    """An attempt to pay that was not decided, with its id at the provider."""

    id: int
    provider_id: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How an issued invoice stands.

    `credited` is what credit notes take back (negative), `paid` what came in without what was given back.
    """

    asked: Decimal
    credited: Decimal
    paid: Decimal

    @property
    def owed(self) -> Decimal:
        """What is still to be paid; negative where more came in than was asked for."""
        return self.asked + self.credited - self.paid


@dataclass(frozen=True, slots=True)
class AccountEntry:
    """A line of a client's account: `invoice`, `payment` or `refund`. Asked for is positive, paid negative.

    `name` is the number of an invoice or the method of a payment, `balance` what was owed after it in its
    currency.
    """

    kind: str
    id: int
    currency: str
    day: date
    name: str
    amount: Decimal
    event_id: int | None
    event_name: str | None
    invoice_id: int | None
    invoice_number: str | None
    balance: Decimal


async def paid(reading: Reading, invoice_ids: Sequence[int]) -> dict[int, Decimal]:
    """What was paid of each of these invoices, refunds taken off; zero where nothing was."""
    statement = (
        select(Payment.invoice_id, func.sum(Payment.amount))
        .where(Payment.invoice_id.in_(invoice_ids))
        .group_by(Payment.invoice_id)
    )
    found = {key: total for key, total in await reading.execute(statement) if key is not None}
    return {key: found.get(key, ZERO) for key in invoice_ids}


async def standings(reading: Reading, invoice_ids: Sequence[int]) -> dict[int, Standing]:
    """How these invoices stand; drafts are not among them."""
    rows = await reading.execute(_STANDINGS, {"ids": list(invoice_ids)})
    return {row.id: Standing(row.gross, row.credited, row.paid) for row in rows}


async def standing(reading: Reading, invoice_id: int) -> Standing | None:
    """How one invoice stands; None for a draft, or what does not exist."""
    return (await standings(reading, [invoice_id])).get(invoice_id)


async def balances_of_client(reading: Reading, client_id: int) -> dict[str, Decimal]:
    """What a client owes, by currency; negative where the client has something to get."""
    return await _balances(reading, _OF_CLIENT, client_id)


async def balances_of_event(reading: Reading, event_id: int) -> dict[str, Decimal]:
    """What is owed for an event, by currency."""
    return await _balances(reading, _OF_EVENT, event_id)


async def account_of(
    reading: Reading, client_id: int, *, first: date | None = None, last: date | None = None
) -> list[AccountEntry]:
    """The account of a client by currency and day, oldest first, from one day to another, both included."""
    asked = {"id": client_id, "first": first, "last": last}
    return [AccountEntry(**row) for row in (await reading.execute(_ENTRIES, asked)).mappings()]


async def left_of(reading: Reading, payment_id: int) -> Decimal:
    """What of a payment was not given back yet; zero for what does not exist."""
    statement = select(func.coalesce(func.sum(Payment.amount), ZERO)).where(
        (Payment.id == payment_id) | (Payment.refund_of_id == payment_id)
    )
    return (await reading.execute(statement)).scalar_one()


async def unpaid_attempts(reading: Reading, invoice_id: int) -> list[Waiting]:
    """The attempts to pay an invoice that may still succeed."""
    rows = await reading.execute(_UNPAID, {"invoice_id": invoice_id})
    return [Waiting(row.id, row.provider_id) for row in rows]


async def silent_attempts(reading: Reading, provider: str) -> list[Waiting]:
    """Attempts to ask after, the longest unasked first; `provider_id` is empty for what never got there."""
    rows = await reading.execute(_SILENT, {"provider": provider})
    return [Waiting(row.id, row.provider_id or "") for row in rows]


async def _balances(reading: Reading, statement: TextClause, key: int) -> dict[str, Decimal]:
    return {row.currency: row.balance for row in await reading.execute(statement, {"id": key})}
