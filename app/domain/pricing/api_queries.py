"""The selects behind prices in the API, and their filters."""

from datetime import datetime
from typing import Annotated, Any

from litestar.params import FromQuery, QueryParameter
from sqlalchemy import select

from app.db.models import FactorTable, PriceList, PriceRule, TaxRate
from app.domain.pricing.api_schemas import FactorsRecord, ListRecord, RuleRecord, StepRecord, TaxRecord
from app.lib.conditions import Conditions, all_of, equal, has_words, not_before
from app.lib.fields import clean
from app.web.api import FilterInstant, read_instant, wired
from app.web.api_paging import Key, Order
from app.web.api_records import Records, columns_of, records_of


def _factors(row: Any) -> FactorsRecord:
    values: dict[str, Any] = wired({name: getattr(row, name) for name in FactorsRecord.__struct_fields__})
    values["steps"] = [StepRecord(*step) for step in row.steps]
    return FactorsRecord(**values)


LISTS = records_of(
    PriceList,
    ListRecord,
    order=Order.of(PriceList, "name", name=Key(PriceList.name)),
    path="/api/price-lists",
    missing="This price list does not exist, or was deleted.",
)
RULES = records_of(
    PriceRule,
    RuleRecord,
    within=(PriceList, PriceRule.price_list_id),
    order=Order.of(PriceRule, "name", name=Key(PriceRule.name)),
    path="/api/price-rules",
    missing="This rule does not exist, or was deleted.",
)
FACTORS = Records(
    statement=select(*columns_of(FactorTable, FactorsRecord)).where(FactorTable.deleted_at.is_(None)),
    order=Order.of(FactorTable, "name", name=Key(FactorTable.name)),
    convert=_factors,
    path="/api/factor-tables",
    missing="This factor table does not exist, or was deleted.",
)
TAXES = records_of(
    TaxRate,
    TaxRecord,
    order=Order.of(TaxRate, "name", name=Key(TaxRate.name)),
    path="/api/tax-rates",
    missing="This rate of tax does not exist, or was deleted.",
)
Words = Annotated[str, QueryParameter(description="Words in the name.", max_length=200)]


def provide_list_filter(
    *, q: Words = "", archived: FromQuery[bool | None] = None, updated_since: FilterInstant = None
) -> Conditions:
    """Which price lists are wanted. Raises InvalidInput."""
    since = read_instant(updated_since, "updated_since")
    return [*_named(PriceList, q, since), *all_of(equal(PriceList.archived, archived))]


def provide_table_filter(*, q: Words = "", updated_since: FilterInstant = None) -> Conditions:
    """Which factor tables are wanted. Raises InvalidInput."""
    return _named(FactorTable, q, read_instant(updated_since, "updated_since"))


def provide_tax_filter(*, q: Words = "", updated_since: FilterInstant = None) -> Conditions:
    """Which rates of tax are wanted. Raises InvalidInput."""
    return _named(TaxRate, q, read_instant(updated_since, "updated_since"))


def _named(model: Any, words: str, since: datetime | None) -> Conditions:
    return [*has_words(clean(words), model.name), *all_of(not_before(model.updated_at, since))]
