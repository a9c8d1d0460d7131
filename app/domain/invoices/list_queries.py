"""The selects behind the list of invoices and its files: what matches, how many, what it comes to."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import Client, Event
from app.db.models.invoice import Invoice
from app.domain.documents.content import from_json
from app.domain.invoices.documents import gross_of_drafts, today_of
from app.domain.invoices.exporting import Posting
from app.domain.invoices.filters import TABS, InvoiceFilter
from app.domain.invoices.policy import CREDIT_NOTE, DRAFT, ISSUED
from app.domain.invoices.queries import OPEN, InvoiceFacts, facts_of, invoices, joined
from app.domain.pricing.queries import tax_rates
from app.lib.conditions import Conditions, all_of, equal, has_words
from app.lib.errors import NotFound

MOST_CHOICES = 300


@dataclass(frozen=True, slots=True)
class Total:
    """What the invoices shown come to in a currency, and what of that is still to be paid."""

    currency: str
    count: int
    net: Decimal
    gross: Decimal
    open: Decimal


async def find_invoices(
    reading: AsyncConnection, wanted: InvoiceFilter, *, limit: int | None = None
) -> tuple[list[InvoiceFacts], bool]:
    """The invoices that match in their order, and whether there are more; `limit` 0 is all of them."""
    today = await today_of(reading)
    most = wanted.shown if limit is None else limit
    statement = (
        invoices().where(*_conditions(wanted), *_tab(wanted.show, today)).order_by(*_order(wanted.sort))
    )
    rows = (await reading.execute(statement.limit(most + 1) if most else statement)).mappings().all()
    shown = rows[:most] if most else rows
    drafts = await gross_of_drafts(reading, [row["id"] for row in shown if row["state"] == DRAFT])
    return [facts_of(row, today, drafts) for row in shown], bool(most) and len(rows) > most


async def count_tabs(reading: AsyncConnection, wanted: InvoiceFilter) -> dict[str, int]:
    """How many invoices each chip has under the other filters."""
    today = await today_of(reading)
    counts = [func.count().filter(and_(True, *_tab(tab, today))).label(tab) for tab in TABS]
    statement = joined(select(*counts)).where(*_conditions(wanted))
    row = (await reading.execute(statement)).mappings().one()
    return {tab: row[tab] for tab in TABS}


async def totals(reading: AsyncConnection, wanted: InvoiceFilter) -> list[Total]:
    """What was issued of what matches, by currency; drafts count nothing."""
    today = await today_of(reading)
    is_open = Invoice.kind != CREDIT_NOTE
    statement = (
        joined(
            select(
                Invoice.currency,
                func.count(),
                func.coalesce(func.sum(Invoice.net), 0),
                func.coalesce(func.sum(Invoice.gross), 0),
                func.coalesce(func.sum(OPEN).filter(is_open), 0),
            )
        )
        .where(*_conditions(wanted), *_tab(wanted.show, today), Invoice.state == ISSUED)
        .group_by(Invoice.currency)
        .order_by(Invoice.currency)
    )
    return [Total(*row) for row in await reading.execute(statement)]


async def client_of_event(reading: AsyncConnection, event_id: int) -> int | None:
    """Whose event it is. Raises NotFound."""
    statement = select(Event.client_id).where(Event.id == event_id, Event.deleted_at.is_(None))
    row = (await reading.execute(statement)).one_or_none()
    if row is None:
        raise NotFound("This event does not exist, or was deleted.")
    return row.client_id


async def clients_to_choose(reading: AsyncConnection) -> list[tuple[int, str]]:
    """Id and name of the clients that have invoices."""
    statement = (
        select(Client.id, Client.name)
        .where(select(Invoice.id).where(Invoice.client_id == Client.id).exists())
        .order_by(Client.name_order, Client.id)
        .limit(MOST_CHOICES)
    )
    return [(key, name) for key, name in await reading.execute(statement)]


def _tab(tab: str, today: date) -> Conditions:
    is_asked = and_(Invoice.state == ISSUED, Invoice.kind != CREDIT_NOTE)
    tabs: dict[str, Conditions] = {
        "draft": [Invoice.state == DRAFT],
        "open": [is_asked, OPEN > 0, Invoice.due_on >= today],
        "overdue": [is_asked, OPEN > 0, Invoice.due_on < today],
        "paid": [is_asked, OPEN <= 0],
        "credit": [Invoice.kind == CREDIT_NOTE],
    }
    return tabs.get(tab, [])


def _conditions(wanted: InvoiceFilter) -> Conditions:
    first, last = wanted.days
    searched = (
        func.coalesce(Invoice.number, ""), Invoice.title, Client.name, func.coalesce(Event.name, "")
    )  # fmt: skip
    return [
        *has_words(wanted.q, *searched),
        *all_of(
            _of_client(wanted.client_id),
            equal(Invoice.event_id, wanted.event_id),
            None if first is None else Invoice.issued_on >= first,
            None if last is None else Invoice.issued_on <= last,
        ),
    ]


def _of_client(client_id: int | None) -> ColumnElement[bool] | None:
    """Those of a client, and of those that were merged into it."""
    if client_id is None:
        return None
    family = select(Client.id).where(Client.id == client_id).cte("family", recursive=True)
    family = family.union(select(Client.id).join(family, Client.merged_into_id == family.c.id))
    return Invoice.client_id.in_(select(family.c.id))


def _order(sort: str) -> tuple[ColumnElement[Any], ...]:
    columns: dict[str, Any] = {
        "number": Invoice.number,
        "client": Client.name_order,
        "issued_on": Invoice.issued_on,
        "due_on": Invoice.due_on,
        "gross": Invoice.gross,
    }
    column = columns[sort.removeprefix("-")]
    # drafts are worked on, so they come first where the newest does
    if sort.startswith("-"):
        return column.desc().nulls_first(), Invoice.id.desc()
    return column.asc().nulls_last(), Invoice.id.asc()


async def postings(reading: AsyncConnection, wanted: InvoiceFilter) -> list[Posting]:
    """What was issued of what matches, a posting for each rate of tax, in the order of issue."""
    today = await today_of(reading)
    rates = await tax_rates(reading)
    accounts = {rate.percent: rate.account for rate in reversed(rates)}
    statement = (
        joined(
            select(
                Invoice.number,
                Invoice.client_id,
                Client.name,
                Invoice.title,
                Invoice.issued_on,
                Invoice.currency,
                Invoice.content,
            )
        )
        .where(*_conditions(wanted), *_tab(wanted.show, today), Invoice.state == ISSUED)
        .order_by(Invoice.issued_at, Invoice.id)
    )
    return [
        Posting(
            number=row.number or "",
            client_id=row.client_id,
            text=f"{row.name}, {row.title}"[:60],
            issued_on=row.issued_on,
            currency=row.currency,
            tax=tax,
            account=accounts.get(tax.percent, ""),
        )
        for row in await reading.execute(statement)
        for tax in from_json(row.content).taxes
        if tax.gross or tax.net
    ]
