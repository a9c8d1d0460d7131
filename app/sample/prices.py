"""What the gear of the sample company costs, read from `prices.toml` beside this file."""

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.db.models import Category, Client, Equipment, FactorTable, Kit, PriceList, PriceRule, TaxRate
from app.lib import editing
from app.lib.unit_of_work import UnitOfWork

EVERYTHING = "everything else"


def read_prices() -> dict[str, list[dict[str, Any]]]:
    """Rates of tax, factor tables, price lists with their rules, and discounts of clients."""
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


async def load_prices(work: UnitOfWork, equipment: Mapping[str, Equipment]) -> None:
    """Add all prices; `equipment` is by sku. Clients, kits and categories are there already."""
    prices = read_prices()
    for tax in prices["tax"]:
        await editing.create(work, TaxRate(**tax | {"percent": Decimal(tax["percent"])}))
    tables: dict[str, FactorTable] = {}
    for table in prices["factors"]:
        values = table | {"further": Decimal(table["further"])}
        tables[table["name"]] = await editing.create(work, FactorTable(**values))
    targets = await _targets(work, equipment)
    clients = {client.name: client for client in await work.session.scalars(select(Client))}
    for sample in prices["list"]:
        names = ("name", "notes", "is_default")
        values = {name: sample[name] for name in names if name in sample}
        price_list = await editing.create(work, PriceList(**values, currency="EUR"))
        for rule in sample["rule"]:
            await editing.create(work, _rule(rule, price_list.id, tables, targets))
        for name in sample.get("clients", ()):
            await editing.edit(work, clients[name], {"price_list_id": price_list.id}, version=None)
    for discount in prices["discount"]:
        terms = {"discount_percent": Decimal(discount["percent"]), "language": discount.get("language", "")}
        await editing.edit(work, clients[discount["client"]], terms, version=None)


async def _targets(work: UnitOfWork, equipment: Mapping[str, Equipment]) -> dict[str, dict[str, Any]]:
    kits = {kit.sku: kit for kit in await work.session.scalars(select(Kit))}
    above = select(Category).where(Category.parent_id.is_(None))
    categories = {category.name: category for category in await work.session.scalars(above)}
    return {"equipment": dict(equipment), "kit": kits, "category": categories}


def _rule(
    sample: Mapping[str, Any],
    list_id: int,
    tables: Mapping[str, FactorTable],
    targets: Mapping[str, Mapping[str, Any]],
) -> PriceRule:
    scope = sample["scope"]
    rule = PriceRule(price_list_id=list_id, scope=scope, name=EVERYTHING)
    if scope != "everything":
        target = targets[scope][sample.get("sku") or sample["category"]]
        rule.name = target.name
        setattr(rule, f"{scope}_id", target.id)
    if "factors" in sample:
        rule.factor_table_id = tables[sample["factors"]].id
    for name in ("basis", "weekend", "minimum_days"):
        if name in sample:
            setattr(rule, name, sample[name])
    for name in ("amount", "minimum_charge"):
        if name in sample:
            setattr(rule, name, Decimal(sample[name]))
    return rule
