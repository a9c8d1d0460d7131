"""What prices are made of: the rules of a price list, what has a price, rates of tax."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import case, func, literal, null, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.db.models import Client, Company, Equipment, FactorTable, Kit, PriceList, PriceRule, TaxRate
from app.domain.pricing.charging import Factors
from app.domain.pricing.rating import PriceBook, Priced, Rule
from app.lib.errors import NotFound

Reading = AsyncConnection | AsyncSession
Kind = Literal["equipment", "kit"]


@dataclass(frozen=True, slots=True)
class Tax:
    """A rate of tax, in percent; `account` is where the books keep revenue at it."""

    id: int
    name: str
    percent: Decimal
    account: str
    is_default: bool
    version: int


@dataclass(frozen=True, slots=True)
class ClientTerms:
    """By which list, in which currency and with which discount prices are; no id where there is no list."""

    price_list_id: int | None
    currency: str
    discount_percent: Decimal
    time_zone: str


def factors_of(name: str, steps: list[Any], further: Decimal) -> Factors:
    """The factors of a table as its columns hold them."""
    return Factors(name, tuple((int(days), Decimal(str(factor))) for days, factor in steps), further)


async def price_book(connection: Reading, price_list_id: int | None) -> PriceBook:
    """The rules of a price list, also of one that was deleted; None is the default list.

    Without any list the book is empty: everything costs its own daily rate.
    """
    wanted = (
        PriceList.is_default & PriceList.deleted_at.is_(None)
        if price_list_id is None
        else PriceList.id == price_list_id
    )
    statement = (
        select(
            PriceList.id.label("list_id"),
            PriceList.name.label("list_name"),
            (PriceList.currency == func.coalesce(Company.currency, PriceList.currency)).label("own_rates"),
            *(getattr(PriceRule, name) for name in _RULE_COLUMNS),
            FactorTable.name.label("factors_name"),
            FactorTable.steps,
            FactorTable.further,
        )
        .select_from(PriceList)
        .outerjoin(Company, Company.id == 1)
        .outerjoin(PriceRule, (PriceRule.price_list_id == PriceList.id) & PriceRule.deleted_at.is_(None))
        .outerjoin(FactorTable, FactorTable.id == PriceRule.factor_table_id)
        .where(wanted)
    )
    rows = (await connection.execute(statement)).all()
    if not rows:
        return PriceBook(())
    first = rows[0]
    rules = [rule_of(row) for row in rows if row.id is not None]
    return PriceBook(rules, list_id=first.list_id, name=first.list_name, own_rates=first.own_rates)


_RULE_COLUMNS = (
    "id", "scope", "equipment_id", "kit_id", "category_id", "name", "basis", "amount", "weekend",
    "minimum_days", "minimum_charge",
)  # fmt: skip


def rule_of(row: Any) -> Rule:
    """A rule as the engine takes it, of a row with its columns and those of its factor table."""
    return Rule(
        id=row.id,
        scope=row.scope,
        target_id=row.equipment_id or row.kit_id or row.category_id,
        name=row.name,
        basis=row.basis,
        amount=row.amount,
        factors=None if row.steps is None else factors_of(row.factors_name, row.steps, row.further),
        weekend=row.weekend,
        minimum_days=row.minimum_days,
        minimum_charge=row.minimum_charge,
    )


async def priced(
    connection: Reading, equipment_ids: Collection[int], kit_ids: Collection[int] = ()
) -> dict[tuple[Kind, int], Priced]:
    """These equipment and kits as what has a price, also deleted ones, in one statement."""
    equipment = select(
        literal("equipment").label("kind"),
        Equipment.id,
        Equipment.name,
        Equipment.daily_rate,
        Equipment.category_id,
        Equipment.subcategory_id,
        (Equipment.kind == "consumable").label("is_consumable"),
        select(TaxRate.id)
        .where(TaxRate.id == Equipment.tax_rate_id, TaxRate.deleted_at.is_(None))
        .scalar_subquery()
        .label("tax_rate_id"),
    ).where(Equipment.id.in_(sorted(equipment_ids)))
    kits = select(
        literal("kit"), Kit.id, Kit.name, Kit.daily_rate, null(), null(), literal(False), null()
    ).where(Kit.id.in_(sorted(kit_ids)))
    rows = await connection.execute(union_all(equipment, kits))
    return {(row["kind"], row["id"]): Priced(**row) for row in rows.mappings()}


async def tax_rates(connection: Reading) -> list[Tax]:
    """All rates of tax, the default one first, then the highest."""
    statement = (
        select(*(getattr(TaxRate, name) for name in Tax.__slots__))
        .where(TaxRate.deleted_at.is_(None))
        .order_by(TaxRate.is_default.desc(), TaxRate.percent.desc(), TaxRate.id)
    )
    return [Tax(*row) for row in await connection.execute(statement)]


async def default_tax(connection: Reading) -> Tax | None:
    """The rate of tax of what has none of its own; None taxes nothing."""
    return next((rate for rate in await tax_rates(connection) if rate.is_default), None)


def tax_of(what: Priced | None, rates: Mapping[int, Tax], default: Tax | None) -> Tax | None:
    """The rate of tax of a thing: its own, or the default one."""
    own = rates.get(what.tax_rate_id) if what is not None and what.tax_rate_id is not None else None
    return own or default


async def terms_for(
    connection: Reading, client_id: int | None = None, price_list_id: int | None = None
) -> ClientTerms:
    """The price list given, else the client's, else the default one, and the client's discount.

    Raises NotFound for a client or a list that is not there.
    """
    chosen = price_list_id or None
    statement = (
        select(
            Client.id.label("client_id"),
            PriceList.id.label("list_id"),
            func.coalesce(PriceList.currency, Company.currency).label("currency"),
            func.coalesce(Client.discount_percent, 0).label("discount"),
            Company.time_zone,
        )
        .select_from(Company)
        .outerjoin(Client, (Client.id == client_id) & Client.deleted_at.is_(None))
        .outerjoin(
            PriceList,
            PriceList.deleted_at.is_(None)
            & case(
                (literal(chosen is not None), PriceList.id == (chosen or 0)),
                (Client.price_list_id.is_not(None), PriceList.id == Client.price_list_id),
                else_=PriceList.is_default,
            ),
        )
    )
    row = (await connection.execute(statement)).one()
    if client_id is not None and row.client_id is None:
        raise NotFound("This client does not exist, or was deleted.")
    if chosen is not None and row.list_id is None:
        raise NotFound("This price list does not exist, or was deleted.")
    return ClientTerms(row.list_id, row.currency, Decimal(row.discount), row.time_zone)
