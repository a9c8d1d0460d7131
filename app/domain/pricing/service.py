"""Commands on price lists, their rules, factor tables and tax rates."""

from collections.abc import Mapping
from typing import Any, TypeVar

from sqlalchemy import select

from app.db.models import Category, FactorTable, PriceList, PriceRule, TaxRate
from app.domain.pricing.queries import price_book, priced
from app.domain.pricing.rating import Priced
from app.domain.pricing.rules import TARGETS, FactorTableRules, PriceListRules, PriceRuleRules, TaxRateRules
from app.lib import editing
from app.lib.batches import create_all
from app.lib.commands import Commands
from app.lib.editing import Edit, Strategy
from app.lib.errors import InvalidInput
from app.lib.rules import register
from app.lib.unit_of_work import UnitOfWork

register(PriceList.entity, PriceListRules())
register(PriceRule.entity, PriceRuleRules())
register(FactorTable.entity, FactorTableRules())
register(TaxRate.entity, TaxRateRules())

EVERYTHING = "everything else"

_LISTS = Commands(PriceList, ("name", "notes", "currency", "is_default", "archived"))
_TABLES = Commands(FactorTable, ("name", "steps", "further"))
_TAXES = Commands(TaxRate, ("name", "percent", "account", "is_default"))
_RULES = Commands(
    PriceRule,
    (
        "scope", "equipment_id", "kit_id", "category_id", "basis", "amount", "factor_table_id", "weekend",
        "minimum_days", "minimum_charge",
    ),
)  # fmt: skip
_OF_DAYS = ("weekend", "minimum_days")
_CHARGED = ("basis", "amount", "factor_table_id", "minimum_charge", *_OF_DAYS)
_ABOUT = ("scope", *(field for field, _ in TARGETS.values()))

WithDefault = TypeVar("WithDefault", PriceList, TaxRate)

delete_list = _LISTS.delete
"""Delete a price list with its rules so that it can be restored; drafts keep using it.

Raises NotFound, EditConflict, and Conflict for the default list or one that clients have.
"""
restore_list = _LISTS.restore
"""Take a delete back. Raises NotFound, InvalidInput."""
delete_rule = _RULES.delete
"""Delete a rule so that it can be restored. Raises NotFound, EditConflict."""
restore_rule = _RULES.restore
"""Take a delete back. Raises NotFound, InvalidInput, Conflict."""
create_table = _TABLES.create
"""Add a factor table: `name` and `steps`, pairs of days and factor. Raises InvalidInput."""
edit_table = _TABLES.edit
"""Change a factor table, merging with others. Raises NotFound, EditConflict, InvalidInput."""
delete_table = _TABLES.delete
"""Delete a factor table that no rule uses. Raises NotFound, EditConflict, Conflict."""
restore_table = _TABLES.restore
"""Take a delete back. Raises NotFound, InvalidInput."""
delete_tax = _TAXES.delete
"""Delete a rate of tax: what had it has the default one. Raises NotFound, EditConflict, Conflict."""
restore_tax = _TAXES.restore
"""Take a delete back. Raises NotFound, InvalidInput."""


async def create_list(work: UnitOfWork, values: Mapping[str, Any]) -> PriceList:
    """Add a price list without rules; `name` is required. Raises InvalidInput."""
    await _yield_default(work, PriceList, values)
    return await _LISTS.create(work, values)


async def edit_list(
    work: UnitOfWork,
    list_id: int,
    values: Mapping[str, Any],
    *,
    version: int | None,
    strategy: Strategy = Strategy.MERGE,
) -> Edit:
    """Change a price list, merging with others; what becomes the default takes the place of what was.

    Raises NotFound, EditConflict, InvalidInput.
    """
    await _yield_default(work, PriceList, values, list_id)
    return await _LISTS.edit(work, list_id, values, version=version, strategy=strategy)


async def copy_list(work: UnitOfWork, list_id: int, name: str) -> PriceList:
    """Add a price list with the same rules under another name. Raises NotFound, InvalidInput."""
    original = await editing.lock(work, PriceList, list_id)
    values = {"name": name, "notes": original.notes, "currency": original.currency}
    copy = await _LISTS.create(work, values)
    rules = await work.session.scalars(
        select(PriceRule)
        .where(PriceRule.price_list_id == list_id, PriceRule.deleted_at.is_(None))
        .order_by(PriceRule.id)
    )
    copies = [
        PriceRule(
            price_list_id=copy.id,
            name=rule.name,
            **{field: getattr(rule, field) for field in PriceRule.editable if field != "deleted_at"},
        )
        for rule in rules
    ]
    if copies:
        await create_all(work, copies)
    return copy


async def create_rule(work: UnitOfWork, list_id: int, values: Mapping[str, Any]) -> PriceRule:
    """Add a rule to a price list: `scope` and what it is for. Raises NotFound, InvalidInput.

    What is left out is as it was for it until now: as the rule says that counted before.
    """
    await editing.lock(work, PriceList, list_id)
    given = await _as_until_now(work, list_id, values) | _RULES.given(values)
    return await _RULES.create(work, given, price_list_id=list_id, name=await _target_name(work, given))


async def edit_rule(
    work: UnitOfWork,
    rule_id: int,
    values: Mapping[str, Any],
    *,
    version: int | None,
    strategy: Strategy = Strategy.MERGE,
) -> Edit:
    """Change a rule, merging with others; a price that is not of a day loses its factors.

    Raises NotFound, EditConflict, InvalidInput.
    """
    rule = await editing.lock(work, PriceRule, rule_id)
    given = _RULES.given(values)
    if given.get("basis", rule.basis) != "day" and "factor_table_id" not in given and rule.factor_table_id:
        given["factor_table_id"] = None
    if given.get("scope", rule.scope) != rule.scope:
        given = {field: None for field, _ in TARGETS.values()} | given
    wanted = {name: given.get(name, getattr(rule, name)) for name in _RULES.writable}
    if any(wanted[name] != getattr(rule, name) for name in _ABOUT):
        rule.name = await _target_name(work, wanted)
    return await editing.edit(work, rule, given, version=version, strategy=strategy)


async def create_tax(work: UnitOfWork, values: Mapping[str, Any]) -> TaxRate:
    """Add a rate of tax: `name` and `percent`. Raises InvalidInput."""
    await _yield_default(work, TaxRate, values)
    return await _TAXES.create(work, values)


async def edit_tax(
    work: UnitOfWork,
    tax_id: int,
    values: Mapping[str, Any],
    *,
    version: int | None,
    strategy: Strategy = Strategy.MERGE,
) -> Edit:
    """Change a rate of tax, merging with others; what becomes the default takes the place of what was.

    What was sent and issued keeps the rate that it had. Raises NotFound, EditConflict, InvalidInput.
    """
    await _yield_default(work, TaxRate, values, tax_id)
    return await _TAXES.edit(work, tax_id, values, version=version, strategy=strategy)


async def _yield_default(
    work: UnitOfWork, model: type[WithDefault], values: Mapping[str, Any], but: int = 0
) -> None:
    """Make room for a new default: whatever is it now is so no longer."""
    if not values.get("is_default"):
        return
    others = select(model).where(model.is_default, model.deleted_at.is_(None), model.id != but)
    for other in (await work.session.scalars(others.with_for_update(key_share=True))).all():
        await editing.edit(work, other, {"is_default": False}, version=None)


async def _as_until_now(work: UnitOfWork, list_id: int, values: Mapping[str, Any]) -> dict[str, Any]:
    """How what a new rule is for was charged before, so that adding it changes no price by itself."""
    what = await _charged_thing(work, values)
    if what is None:
        return {}
    nearest = (await price_book(work.session, list_id)).rule_for(what)
    rule = await work.session.get(PriceRule, nearest.id) if nearest is not None else None
    if rule is None:
        return {"basis": "piece"} if what.is_consumable else {}
    basis = values.get("basis", "day" if values.get("factor_table_id") else rule.basis)
    names = _CHARGED if basis == rule.basis else _OF_DAYS
    return {name: getattr(rule, name) for name in names}


async def _charged_thing(work: UnitOfWork, values: Mapping[str, Any]) -> Priced | None:
    scope = values.get("scope", "")
    target_id = values.get(f"{scope}_id") or 0
    if scope == "equipment":
        return (await priced(work.session, [target_id])).get(("equipment", target_id))
    if scope == "kit":
        return Priced("kit", target_id, None)
    if scope == "category":
        category = await work.session.get(Category, target_id)
        return Priced("equipment", 0, None, category_id=category.parent_id if category else None)
    return None


async def _target_name(work: UnitOfWork, values: Mapping[str, Any]) -> str:
    """What a rule is a price of. Raises InvalidInput for what is not there."""
    scope = values.get("scope", "")
    if scope == "everything":
        return EVERYTHING
    if scope not in TARGETS:
        raise InvalidInput({"scope": "Say what it is for."})
    field, model = TARGETS[scope]
    found = await work.session.get(model, values[field]) if values.get(field) else None
    if found is None or found.deleted_at is not None:
        raise InvalidInput({field: f"Choose the {scope} it is for."})
    return found.label
