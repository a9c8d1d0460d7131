"""What the API says and takes about price lists, their rules, factor tables, tax rates and prices."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from msgspec import UNSET, Meta, Struct

from app.domain.pricing.fields import (
    LIST_READERS,
    MOST_AMOUNT,
    MOST_DAYS,
    MOST_FURTHER,
    MOST_STEPS,
    checked_steps,
)
from app.lib.errors import InvalidInput
from app.lib.fields import FieldError, read_fields
from app.web.api_bodies import Amount, Body, Decimals, Given, RecordId, Version

Basis = Literal["day", "week", "hour", "flat", "piece"]
Weekend = Literal["days", "one", "free"]
Scope = Literal["equipment", "kit", "category", "everything"]

Name = Annotated[str, Meta(min_length=1, max_length=100, examples=["Standard"])]
Notes = Annotated[str, Meta(max_length=4000)]
Currency = Annotated[str, Meta(pattern="^[A-Z]{3}$", examples=["EUR"])]
Days = Annotated[int, Meta(ge=1, le=MOST_DAYS, examples=[1])]
Account = Annotated[str, Meta(max_length=40, examples=["8400"])]


class ListRecord(Struct):
    """A price list. Whoever has no other has the default one."""

    id: Annotated[int, Meta(examples=[1])]
    name: Annotated[str, Meta(examples=["Standard"])]
    currency: Annotated[str, Meta(examples=["EUR"])]
    notes: str
    is_default: bool
    archived: bool
    version: int
    created_at: str
    updated_at: str


class ListFields(Body):
    """The fields of a price list that may be left out."""

    lines: ClassVar[frozenset[str]] = frozenset({"notes"})

    currency: Given[Currency] = UNSET
    notes: Given[Notes] = UNSET
    is_default: Given[bool] = UNSET
    archived: Given[bool] = UNSET
    version: Given[Version] = UNSET

    def given(self) -> dict[str, Any]:
        """The fields that were sent. Raises InvalidInput for a currency that is none."""
        found = Body.given(self)
        currencies = {name: found[name] for name in ("currency",) if name in found}
        return found | read_fields(currencies, LIST_READERS).checked()


class NewList(ListFields, kw_only=True):
    """A price list to add."""

    name: Name


class ChangedList(ListFields):
    """The fields of a price list to change; the others stay as they are."""

    name: Given[Name] = UNSET


class CopiedList(Body, kw_only=True):
    """The name of a price list with the same rules."""

    name: Name


class RuleRecord(Struct):
    """A rule of a price list: what something, or everything, costs.

    Without an `amount` it is the daily rate of the equipment or kit itself. `name` is what it is for.
    """

    id: Annotated[int, Meta(examples=[4])]
    price_list_id: int
    scope: Scope
    equipment_id: int | None
    kit_id: int | None
    category_id: int | None
    name: str
    basis: Basis
    amount: Annotated[str | None, Meta(examples=["45.0000"])]
    factor_table_id: int | None
    weekend: Weekend
    minimum_days: int
    minimum_charge: str | None
    version: int
    created_at: str
    updated_at: str


class RuleFields(Body):
    """The fields of a rule that may be left out."""

    amounts: ClassVar[Mapping[str, Amount]] = {
        "amount": Amount(4, MOST_AMOUNT),
        "minimum_charge": Amount(3, MOST_AMOUNT),
    }

    equipment_id: Given[RecordId | None] = UNSET
    kit_id: Given[RecordId | None] = UNSET
    category_id: Given[RecordId | None] = UNSET
    basis: Given[Basis] = UNSET
    amount: Given[Decimals | None] = UNSET
    factor_table_id: Given[RecordId | None] = UNSET
    weekend: Given[Weekend] = UNSET
    minimum_days: Given[Days] = UNSET
    minimum_charge: Given[Decimals | None] = UNSET
    version: Given[Version] = UNSET


class NewRule(RuleFields, kw_only=True):
    """A rule to add, for one thing or for everything."""

    scope: Scope


class ChangedRule(RuleFields):
    """The fields of a rule to change; the others stay as they are."""

    scope: Given[Scope] = UNSET


class Step(Struct):
    """So many days cost so many times the price of a day."""

    days: Annotated[int, Meta(ge=1, le=MOST_DAYS, examples=[3])]
    factor: Annotated[str | float, Meta(examples=["2.4"])]


Steps = Annotated[list[Step], Meta(min_length=1, max_length=MOST_STEPS)]


class StepRecord(Struct):
    """So many days cost so many times the price of a day."""

    days: Annotated[int, Meta(examples=[3])]
    factor: Annotated[str, Meta(examples=["2.4"])]


class FactorsRecord(Struct):
    """Factors of many days: the step at or below counts, and `further` for each day beyond it.

    Between two steps it is never more than the one above.
    """

    id: Annotated[int, Meta(examples=[1])]
    name: Annotated[str, Meta(examples=["Several days"])]
    steps: list[StepRecord]
    further: Annotated[str, Meta(examples=["0.5000"])]
    version: int
    created_at: str
    updated_at: str


class FactorsFields(Body):
    """The fields of a factor table that may be left out."""

    amounts: ClassVar[Mapping[str, Amount]] = {"further": Amount(4, MOST_FURTHER)}

    further: Given[Decimals] = UNSET
    version: Given[Version] = UNSET

    def given(self) -> dict[str, Any]:
        """The fields that were sent. Raises InvalidInput for steps that do not rise."""
        found = Body.given(self)
        if "steps" not in found:
            return found
        factor = Amount(4, Decimal(10_000))
        try:
            pairs = [(step.days, factor.read(step.factor)) for step in found["steps"]]
            return found | {"steps": checked_steps(pairs)}
        except FieldError as error:
            raise InvalidInput({"steps": error.message}) from error


class NewFactors(FactorsFields, kw_only=True):
    """A factor table to add; the first step is for one day."""

    name: Name
    steps: Steps


class ChangedFactors(FactorsFields):
    """The fields of a factor table to change; the others stay as they are."""

    name: Given[Name] = UNSET
    steps: Given[Steps] = UNSET


class TaxRecord(Struct):
    """A rate of tax in percent; `account` is where the books keep revenue at it."""

    id: Annotated[int, Meta(examples=[1])]
    name: Annotated[str, Meta(examples=["Standard rate"])]
    percent: Annotated[str, Meta(examples=["19.000"])]
    account: str
    is_default: bool
    version: int
    created_at: str
    updated_at: str


class TaxFields(Body):
    """The fields of a rate of tax that may be left out."""

    amounts: ClassVar[Mapping[str, Amount]] = {"percent": Amount(3, Decimal(100))}

    account: Given[Account] = UNSET
    is_default: Given[bool] = UNSET
    version: Given[Version] = UNSET


class NewTax(TaxFields, kw_only=True):
    """A rate of tax to add."""

    name: Name
    percent: Decimals


class ChangedTax(TaxFields):
    """The fields of a rate of tax to change; the others stay as they are."""

    name: Given[Name] = UNSET
    percent: Given[Decimals] = UNSET


class PriceRecord(Struct):
    """What something costs for a period, and why.

    `rate` is for one piece and one unit of `basis`, `units` is how many of those are charged, `multiple` what
    they multiply the rate by. `full` is before, `price` after the discount. All of them are null where nobody
    has said a price.
    """

    equipment_id: int | None
    kit_id: int | None
    name: str
    start: str
    end: str
    quantity: str
    price_list_id: int | None
    rule_id: int | None
    currency: Annotated[str, Meta(examples=["EUR"])]
    basis: Basis
    units: Annotated[int, Meta(examples=[3])]
    rate: Annotated[str | None, Meta(examples=["45.0000"])]
    multiple: Annotated[str, Meta(examples=["2.4"])]
    minimum_charge: str | None
    full: Annotated[str | None, Meta(examples=["108.00"])]
    discount_percent: str
    price: Annotated[str | None, Meta(examples=["108.00"])]
    tax_rate_id: int | None
    explanation: list[str]
