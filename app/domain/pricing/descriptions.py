"""How the fields of price lists, their rules, factor tables and tax rates are called and shown."""

from collections.abc import Mapping
from decimal import Decimal

from app.domain.company.policy import currency_options
from app.domain.inventory.descriptions import DELETED
from app.domain.pricing.fields import BASIS_CHOICES, SCOPE_WORDS, WEEKEND_CHOICES, steps_text
from app.web.change_words import Kinds, Words
from app.web.descriptions import NOTHING, Field, Fields, choice_field, measure_field, yes_no_field


def _bare(value: object) -> str:
    return "" if value is None else f"{Decimal(str(value)).normalize():f}"


def _steps(value: object) -> str:
    return steps_text(value).replace("\n", ", ") or NOTHING


def _number(label: str, *, nothing: str = NOTHING) -> Field:
    return Field(label, "number", shown=lambda value: _bare(value) or nothing, typed=_bare)


LIST_FIELDS: Fields = {
    "name": Field("Name"),
    "currency": choice_field("Currency", dict(currency_options())),
    "notes": Field("Notes", "long"),
    "is_default": yes_no_field("Default list"),
    "archived": yes_no_field("Archived"),
    "deleted_at": DELETED,
}
FACTOR_FIELDS: Fields = {
    "name": Field("Name"),
    "steps": Field("Factors", "long", shown=_steps, typed=steps_text),
    "further": _number("Each day more"),
    "deleted_at": DELETED,
}
TAX_FIELDS: Fields = {
    "name": Field("Name"),
    "percent": measure_field("Rate", "%"),
    "account": Field("Account"),
    "is_default": yes_no_field("Default rate"),
    "deleted_at": DELETED,
}


def rule_fields(tables: Mapping[int, str] | None = None) -> Fields:
    """The fields of a rule; `tables` are the names of factor tables, by id."""
    names = {str(key): name for key, name in (tables or {}).items()}
    return {
        "scope": choice_field("For", SCOPE_WORDS),
        "equipment_id": Field("Equipment no.", fixed=True),
        "kit_id": Field("Kit no.", fixed=True),
        "category_id": Field("Category no.", fixed=True),
        "basis": choice_field("Charged for", BASIS_CHOICES),
        "amount": _number("Price", nothing="its own daily rate"),
        "factor_table_id": choice_field("Factors", names, blank="none"),
        "weekend": choice_field("Weekend", WEEKEND_CHOICES),
        "minimum_days": measure_field("Minimum days", "days"),
        "minimum_charge": _number("Minimum charge"),
        "deleted_at": DELETED,
    }


CHANGE_WORDS: Kinds = {
    "price_list": Words("price lists", "/price-lists/{}"),
    "price_rule": Words("rules of prices"),
    "factor_table": Words("factor tables", "/price-lists"),
    "tax_rate": Words("tax rates", "/price-lists"),
}
