"""What the pages of prices show: lists, their rules, factor tables, and gear that may get a rule."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Text, case, func, literal, select, union_all

from app.db.base import Editable
from app.db.models import Category, Client, Company, Equipment, FactorTable, Kit, PriceList, PriceRule
from app.domain.pricing.charging import Factors
from app.domain.pricing.queries import Reading, factors_of
from app.domain.pricing.rating import Scope
from app.domain.search.policy import prefix_query
from app.lib.conditions import has_words
from app.lib.errors import NotFound

MOST_FOUND = 8
MOST_RULES = 2000
PREVIEWED = range(1, 15)


@dataclass(frozen=True, slots=True)
class ListRow:
    """A price list, how many rules it has, and how many clients have it."""

    id: int
    version: int
    name: str
    currency: str
    notes: str
    is_default: bool
    archived: bool
    created_at: datetime
    rules: int
    clients: int


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule as a row of its list; `gone` says why what it is for costs nothing any more."""

    id: int
    version: int
    price_list_id: int
    scope: str
    target_id: int | None
    name: str
    sku: str
    gone: str
    basis: str
    amount: Decimal | None
    own_rate: Decimal | None
    factor_table_id: int | None
    factors: str | None
    weekend: str
    minimum_days: int
    minimum_charge: Decimal | None
    equipment_id: int | None
    kit_id: int | None
    category_id: int | None
    price_list_name: str

    @property
    def url(self) -> str:
        """The page of what it is for; empty where there is none."""
        pages = {"equipment": "/inventory/", "kit": "/kits/"}
        return f"{pages[self.scope]}{self.target_id}" if self.scope in pages else ""


@dataclass(frozen=True, slots=True)
class TableRow:
    """A factor table and how many rules use it."""

    id: int
    version: int
    name: str
    steps: list[Any]
    further: Decimal
    rules: int

    @property
    def factors(self) -> Factors:
        """Its factors."""
        return factors_of(self.name, self.steps, self.further)

    @property
    def preview(self) -> list[tuple[int, Decimal]]:
        """The factors of the first two weeks."""
        return previewed(self.factors)


@dataclass(frozen=True, slots=True)
class Target:
    """What the words typed may mean; `rule_id` is its rule where the list has one."""

    kind: Scope
    id: int
    name: str
    note: str
    rule_id: int | None


def previewed(factors: Factors) -> list[tuple[int, Decimal]]:
    """Days and their factors, for the first two weeks."""
    return [(days, factors.of(days)) for days in PREVIEWED]


async def price_lists(reading: Reading) -> list[ListRow]:
    """All price lists, the default one first, archived ones last."""
    statement = _lists().order_by(
        PriceList.archived, PriceList.is_default.desc(), func.natural_order(PriceList.name), PriceList.id
    )
    return [ListRow(*row) for row in await reading.execute(statement)]


async def list_by_id(reading: Reading, list_id: int) -> ListRow:
    """One price list. Raises NotFound."""
    row = (await reading.execute(_lists().where(PriceList.id == list_id))).one_or_none()
    if row is None:
        raise NotFound("This price list does not exist, or was deleted.")
    return ListRow(*row)


async def list_names(reading: Reading, but: int | None = None) -> list[tuple[int, str]]:
    """Ids and names of the lists that may be chosen, the default one first; `but` also archived."""
    statement = (
        select(PriceList.id, PriceList.name)
        .where(PriceList.deleted_at.is_(None), ~PriceList.archived | (PriceList.id == (but or 0)))
        .order_by(PriceList.is_default.desc(), func.natural_order(PriceList.name), PriceList.id)
    )
    return [(row.id, row.name) for row in await reading.execute(statement)]


async def names_of_lists(reading: Reading, ids: Iterable[int | None]) -> list[tuple[int, str]]:
    """Ids and names of these lists, deleted ones included."""
    wanted = sorted({key for key in ids if key is not None})
    statement = select(PriceList.id, PriceList.name).where(PriceList.id.in_(wanted))
    return [(row.id, row.name) for row in await reading.execute(statement)]


async def rules_of(reading: Reading, list_id: int) -> list[RuleRow]:
    """The rules of a list as they are looked for: equipment and kits, categories, everything; by name."""
    statement = _rules().where(PriceRule.price_list_id == list_id).order_by(*_ORDER).limit(MOST_RULES)
    return [RuleRow(*row) for row in await reading.execute(statement)]


async def rule_by_id(reading: Reading, rule_id: int) -> RuleRow:
    """One rule. Raises NotFound."""
    row = (await reading.execute(_rules().where(PriceRule.id == rule_id))).one_or_none()
    if row is None:
        raise NotFound("This rule does not exist, or was deleted.")
    return RuleRow(*row)


async def factor_tables(reading: Reading) -> list[TableRow]:
    """All factor tables, by name."""
    statement = _tables().order_by(func.natural_order(FactorTable.name), FactorTable.id)
    return [TableRow(*row) for row in await reading.execute(statement)]


async def record_by_id(reading: Reading, model: type[Editable], names: Sequence[str], record_id: int) -> Any:
    """These fields of one record, with its id and version. Raises NotFound."""
    columns = [getattr(model, name) for name in ("id", "version", *names)]
    statement = select(*columns).where(model.id == record_id, model.deleted_at.is_(None))
    row = (await reading.execute(statement)).one_or_none()
    if row is None:
        raise NotFound("This does not exist, or was deleted.")
    return row


async def table_names(reading: Reading) -> dict[int, str]:
    """The names of all factor tables, by id, in their order."""
    statement = (
        select(FactorTable.id, FactorTable.name)
        .where(FactorTable.deleted_at.is_(None))
        .order_by(func.natural_order(FactorTable.name), FactorTable.id)
    )
    return {row.id: row.name for row in await reading.execute(statement)}


async def company_terms(reading: Reading) -> tuple[str, str]:
    """Currency and time zone of the company."""
    row = (await reading.execute(select(Company.currency, Company.time_zone))).one()
    return row.currency, row.time_zone


async def find_targets(reading: Reading, typed: str, list_id: int) -> list[Target]:
    """Equipment, kits and categories that have these words, at most MOST_FOUND of each kind."""
    words = prefix_query(typed)
    if not words:
        return []
    query = func.to_tsquery("simple", words)
    above = select(Category.name).where(Category.id == Equipment.category_id).scalar_subquery()
    equipment = _found("equipment", Equipment, Equipment.sku + ", " + above, PriceRule.equipment_id, list_id)
    kits = _found("kit", Kit, Kit.sku, PriceRule.kit_id, list_id)
    categories = _found("category", Category, literal("", Text), PriceRule.category_id, list_id)
    statement = union_all(
        equipment.where(Equipment.search.op("@@")(query), ~Equipment.archived).subquery().select(),
        kits.where(Kit.search.op("@@")(query), ~Kit.archived).subquery().select(),
        categories.where(*has_words(typed, Category.name)).subquery().select(),
    )
    return [Target(*row) for row in await reading.execute(statement)]


def _found(kind: str, model: Any, note: Any, column: Any, list_id: int) -> Any:
    rule = (
        select(PriceRule.id)
        .where(PriceRule.price_list_id == list_id, column == model.id, PriceRule.deleted_at.is_(None))
        .scalar_subquery()
    )
    return (
        select(
            literal(kind, Text).label("kind"), model.id, model.name, note.label("note"), rule.label("rule")
        )
        .where(model.deleted_at.is_(None))
        .order_by(model.name, model.id)
        .limit(MOST_FOUND)
    )


def _lists() -> Any:
    rules = (
        select(func.count())
        .where(PriceRule.price_list_id == PriceList.id, PriceRule.deleted_at.is_(None))
        .scalar_subquery()
    )
    clients = (
        select(func.count())
        .where(Client.price_list_id == PriceList.id, Client.deleted_at.is_(None))
        .scalar_subquery()
    )
    names = ("id", "version", "name", "currency", "notes", "is_default", "archived", "created_at")
    columns = [getattr(PriceList, name) for name in names]
    return select(*columns, rules, clients).where(PriceList.deleted_at.is_(None))


_PLACES: Mapping[str, int] = {"equipment": 0, "kit": 1, "category": 2, "everything": 3}
_ORDER: Sequence[Any] = (
    case(_PLACES, value=PriceRule.scope, else_=len(_PLACES)),
    func.natural_order(func.coalesce(Equipment.name, Kit.name, Category.name, "")),
    PriceRule.id,
)


def _rules() -> Any:
    gone = case(
        (Equipment.deleted_at.is_not(None) | Kit.deleted_at.is_not(None), "deleted"),
        (Category.deleted_at.is_not(None), "deleted"),
        (Equipment.archived | Kit.archived, "archived"),
        else_="",
    )
    return (
        select(
            PriceRule.id,
            PriceRule.version,
            PriceRule.price_list_id,
            PriceRule.scope,
            func.coalesce(PriceRule.equipment_id, PriceRule.kit_id, PriceRule.category_id),
            func.coalesce(Equipment.name, Kit.name, Category.name, PriceRule.name),
            func.coalesce(Equipment.sku, Kit.sku, ""),
            gone,
            PriceRule.basis,
            PriceRule.amount,
            func.coalesce(Equipment.daily_rate, Kit.daily_rate),
            PriceRule.factor_table_id,
            FactorTable.name,
            PriceRule.weekend,
            PriceRule.minimum_days,
            PriceRule.minimum_charge,
            PriceRule.equipment_id,
            PriceRule.kit_id,
            PriceRule.category_id,
            PriceList.name,
        )
        .join(PriceList, PriceList.id == PriceRule.price_list_id)
        .outerjoin(Equipment, Equipment.id == PriceRule.equipment_id)
        .outerjoin(Kit, Kit.id == PriceRule.kit_id)
        .outerjoin(Category, Category.id == PriceRule.category_id)
        .outerjoin(FactorTable, FactorTable.id == PriceRule.factor_table_id)
        .where(PriceRule.deleted_at.is_(None), PriceList.deleted_at.is_(None))
    )


def _tables() -> Any:
    used = (
        select(func.count())
        .select_from(PriceRule)
        .join(PriceList, PriceList.id == PriceRule.price_list_id)
        .where(
            PriceRule.factor_table_id == FactorTable.id,
            PriceRule.deleted_at.is_(None),
            PriceList.deleted_at.is_(None),
        )
        .scalar_subquery()
    )
    columns = [getattr(FactorTable, name) for name in ("id", "version", "name", "steps", "further")]
    return select(*columns, used).where(FactorTable.deleted_at.is_(None))
