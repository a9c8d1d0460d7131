"""The selects behind prices in the API."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.db.models import FactorTable, PriceList, PriceRule, TaxRate
from app.domain.pricing.api_schemas import FactorsRecord, ListRecord, RuleRecord, StepRecord, TaxRecord
from app.lib.conditions import Conditions, all_of, equal, has_words, not_before
from app.web.api import wired
from app.web.api_paging import Key, Order
from app.web.api_records import Records, columns_of, converter


def _order(model: Any) -> Order:
    return Order(
        keys={
            "id": Key(model.id, int),
            "name": Key(model.name),
            "created_at": Key(model.created_at, datetime),
            "updated_at": Key(model.updated_at, datetime),
        },
        default="name",
        id=model.id,
    )


def _factors(row: Any) -> FactorsRecord:
    values: dict[str, Any] = wired({name: getattr(row, name) for name in FactorsRecord.__struct_fields__})
    values["steps"] = [StepRecord(*step) for step in row.steps]
    return FactorsRecord(**values)


LISTS = Records(
    statement=select(*columns_of(PriceList, ListRecord)).where(PriceList.deleted_at.is_(None)),
    order=_order(PriceList),
    convert=converter(ListRecord),
    path="/api/price-lists",
    missing="This price list does not exist, or was deleted.",
)
RULES = Records(
    statement=select(*columns_of(PriceRule, RuleRecord))
    .join(PriceList, PriceList.id == PriceRule.price_list_id)
    .where(PriceRule.deleted_at.is_(None), PriceList.deleted_at.is_(None)),
    order=_order(PriceRule),
    convert=converter(RuleRecord),
    path="/api/price-rules",
    missing="This rule does not exist, or was deleted.",
)
FACTORS = Records(
    statement=select(*columns_of(FactorTable, FactorsRecord)).where(FactorTable.deleted_at.is_(None)),
    order=_order(FactorTable),
    convert=_factors,
    path="/api/factor-tables",
    missing="This factor table does not exist, or was deleted.",
)
TAXES = Records(
    statement=select(*columns_of(TaxRate, TaxRecord)).where(TaxRate.deleted_at.is_(None)),
    order=_order(TaxRate),
    convert=converter(TaxRecord),
    path="/api/tax-rates",
    missing="This rate of tax does not exist, or was deleted.",
)


def named_conditions(
    model: Any, *, q: str = "", archived: bool | None = None, updated_since: datetime | None = None
) -> Conditions:
    """Which records of a kind a list shows; None and empty text are no filter."""
    kept = equal(model.archived, archived) if archived is not None else None
    return [*has_words(q, model.name), *all_of(kept, not_before(model.updated_at, updated_since))]
