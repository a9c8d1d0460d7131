"""What check-in found that may be charged: missing gear, damages, days that gear came back late."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import aliased

from app.db.models import BenchAction, Client, Company, Equipment, Event, Maintenance, Movement, Rental, Unit
from app.db.models.invoice import Invoice, InvoiceLine
from app.domain.invoices.drafts import add_lines, draft_by_id
from app.domain.invoices.policy import LATE, MAINTENANCE, MOVEMENT
from app.domain.invoices.words import said
from app.domain.pricing.queries import Tax, price_book, priced, tax_of, tax_rates
from app.domain.pricing.rating import PriceBook, Priced
from app.domain.pricing.rounding import ZERO
from app.lib.errors import Conflict, InvalidInput
from app.lib.unit_of_work import UnitOfWork

Connection = AsyncConnection | AsyncSession

_A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something that may be charged, once. A `rate` of 0 is one nobody knows yet."""

    source: str
    name: str
    note: str
    quantity: Decimal
    rate: Decimal
    tax_percent: Decimal
    basis: str = "flat"

    @property
    def price(self) -> Decimal:
        """What it comes to, before rounding."""
        return self.quantity * self.rate


@dataclass(frozen=True, slots=True)
class _Found:
    """What happened to gear of an event, before it has a price. `worth` is of one piece."""

    source: str
    kind: str
    what: str
    note: str
    quantity: int
    equipment_id: int
    worth: Decimal | None
    days: int = 0
    due: datetime | None = None


async def suggestions(connection: Connection, invoice_id: int) -> list[Suggestion]:
    """What may be charged on a draft and was not charged anywhere; nothing without an event."""
    statement = (
        select(Invoice.event_id, Invoice.currency, Invoice.language, Company.time_zone, Client.price_list_id)
        .select_from(Invoice)
        .join(Client, Client.id == Invoice.client_id)
        .join(Company, Company.id == 1)
        .where(Invoice.id == invoice_id)
    )
    about = (await connection.execute(statement)).one()
    own = (await connection.execute(select(Company.currency))).scalar_one() == about.currency
    if about.event_id is None:
        return []
    zone = ZoneInfo(about.time_zone)
    found = await _found(connection, about.event_id, zone)
    if not found:
        return []
    book = await price_book(connection, about.price_list_id)
    things = await priced(connection, {one.equipment_id for one in found})
    rates = await tax_rates(connection)
    return [_suggested(one, about.language, zone, (book, things, rates), own=own) for one in found]


async def count_charges(connection: Connection, event_id: int) -> int:
    """How many things of an event may be charged and were not."""
    zone = (await connection.execute(select(Company.time_zone))).scalar_one()
    return len(await _found(connection, event_id, ZoneInfo(zone)))


async def charge(work: UnitOfWork, invoice_id: int, sources: Collection[str]) -> int:
    """Put what is suggested and was chosen on a draft; returns how many lines.

    Raises NotFound, InvalidInput for none, Conflict where one was charged meanwhile.
    """
    invoice = await draft_by_id(work, invoice_id)
    if not sources:
        raise InvalidInput({"sources": "Choose what is charged."})
    offered = {one.source: one for one in await suggestions(work.session, invoice.id)}
    if any(source not in offered for source in sources):
        raise Conflict("Some of it was charged meanwhile, or is not to be charged any more. Look again.")
    last = await work.session.scalar(
        select(func.coalesce(func.max(InvoiceLine.position), -1)).where(InvoiceLine.invoice_id == invoice_id)
    )
    lines = [
        {
            "name": one.name,
            "note": one.note,
            "quantity": one.quantity,
            "basis": one.basis,
            "rate": one.rate,
            "tax_percent": one.tax_percent,
            "source": one.source,
            "position": (last or 0) + 1 + at,
        }
        for at, one in enumerate(one for one in offered.values() if one.source in sources)
    ]
    await add_lines(work, invoice_id, lines)
    return len(lines)


async def _found(connection: Connection, event_id: int, zone: ZoneInfo) -> list[_Found]:
    found = [
        *await _missing(connection, event_id),
        *await _damaged(connection, event_id),
        *await _late(connection, event_id, zone),
    ]
    statement = select(InvoiceLine.source).where(
        InvoiceLine.source.in_([one.source for one in found]), InvoiceLine.deleted_at.is_(None)
    )
    charged = {row.source for row in await connection.execute(statement)}
    return [one for one in found if one.source not in charged]


def _stands() -> Any:
    """That a movement was not taken back."""
    undone = aliased(Movement)
    return (Movement.quantity > 0) & ~exists().where(undone.undoes_id == Movement.id)


async def _missing(connection: Connection, event_id: int) -> list[_Found]:
    statement = (
        select(
            Movement.id,
            Movement.quantity,
            Movement.reason,
            Movement.equipment_id,
            Rental.name,
            Unit.asset_tag,
            Equipment.replacement_value,
        )
        .join(Rental, Rental.id == Movement.rental_id)
        .join(Equipment, Equipment.id == Movement.equipment_id)
        .outerjoin(Unit, Unit.id == Movement.unit_id)
        .where(Movement.event_id == event_id, Movement.settlement == "charged", _stands())
        .order_by(Movement.id)
    )
    return [
        _Found(
            f"{MOVEMENT}:{row.id}",
            "missing",
            _named(row.name, row.asset_tag),
            row.reason,
            row.quantity,
            row.equipment_id,
            row.replacement_value,
        )
        for row in await connection.execute(statement)
    ]


async def _damaged(connection: Connection, event_id: int) -> list[_Found]:
    statement = (
        select(
            Maintenance.id,
            Maintenance.state,
            Maintenance.cost,
            Maintenance.quantity,
            Maintenance.resolution,
            Maintenance.description,
            Maintenance.title,
            Maintenance.equipment_id,
            Rental.name,
            Unit.asset_tag,
            Equipment.replacement_value,
        )
        .distinct()
        .join(Movement, Movement.maintenance_id == Maintenance.id)
        .join(Rental, Rental.id == Movement.rental_id)
        .join(Equipment, Equipment.id == Maintenance.equipment_id)
        .outerjoin(Unit, Unit.id == Maintenance.unit_id)
        .where(
            Movement.event_id == event_id,
            Movement.condition == "damaged",
            Maintenance.deleted_at.is_(None),
            _stands(),
        )
        .order_by(Maintenance.id)
    )
    return [
        _Found(
            f"{MAINTENANCE}:{row.id}",
            "damage",
            _named(row.name, row.asset_tag),
            row.resolution or row.description or row.title,
            1 if row.cost is not None else row.quantity,
            row.equipment_id,
            row.replacement_value if row.cost is None and row.state == "written_off" else row.cost,
        )
        for row in await connection.execute(statement)
    ]


async def _late(connection: Connection, event_id: int, zone: ZoneInfo) -> list[_Found]:
    due = func.coalesce(Rental.end_at, Event.out_end).label("due")
    at = func.coalesce(BenchAction.device_at, Movement.created_at).label("at")
    statement = (
        select(Movement.rental_id, Movement.equipment_id, Movement.quantity, Rental.name, due, at)
        .join(Rental, Rental.id == Movement.rental_id)
        .join(Event, Event.id == Movement.event_id)
        .join(BenchAction, BenchAction.id == Movement.action_id)
        .where(Movement.event_id == event_id, Movement.step == "returned", at > due, _stands())
        .order_by(Movement.rental_id, Movement.id)
    )
    found: dict[str, tuple[Any, int, int]] = {}
    for row in await connection.execute(statement):
        days = (_day(row.at, zone) - _day(row.due, zone)).days
        source = f"{LATE}:{row.rental_id}:{days}"
        if days > 0:
            _, pieces, _ = found.get(source, (row, 0, days))
            found[source] = (row, pieces + row.quantity, days)
    return [
        _Found(source, "late", row.name, "", pieces, row.equipment_id, None, days, row.due)
        for source, (row, pieces, days) in found.items()
    ]


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def _named(name: str, tag: str | None) -> str:
    return f"{name} {tag}" if tag else name


def _suggested(
    one: _Found,
    language: str,
    zone: ZoneInfo,
    prices: tuple[PriceBook, Any, Iterable[Tax]],
    *,
    own: bool,
) -> Suggestion:
    """What was found, with its price in the currency of the invoice; `own` says it is the company's."""
    book, things, rates = prices
    thing: Priced | None = things.get(("equipment", one.equipment_id))
    taxes = {rate.id: rate for rate in rates}
    tax = tax_of(thing, taxes, next((rate for rate in taxes.values() if rate.is_default), None))
    name = "late_one" if one.kind == "late" and one.days == 1 else one.kind
    rate = _day_rate(book, thing, one.due, zone) * one.days if one.due else (one.worth if own else None)
    return Suggestion(
        source=one.source,
        name=said(language, name, what=one.what, days=one.days)[:300],
        note=one.note,
        quantity=Decimal(one.quantity),
        rate=rate or ZERO,
        tax_percent=tax.percent if tax else ZERO,
    )


def _day_rate(book: PriceBook, thing: Priced | None, due: datetime, zone: ZoneInfo) -> Decimal:
    """What one piece costs for one more day by the price list, or by its own daily rate."""
    if thing is None:
        return ZERO
    rating = book.rating_of(thing, (due, due + _A_DAY), zone)
    rate = rating.rate if rating.charge.basis == "day" else thing.daily_rate
    return rate or ZERO
