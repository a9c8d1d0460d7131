"""What lines come to: discounts of lines, groups and the whole, tax by rate, and every cent accounted for.

Pure: amounts are Decimal in one currency with `places` decimals. docs/prices.md has worked examples.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from app.domain.pricing.rounding import HUNDRED, ZERO, percent_of, rounded, shares_of

TaxRounding = Literal["rate", "line"]


@dataclass(frozen=True, slots=True)
class Discount:
    """So many percent, and then an amount on top. Never more than there is."""

    percent: Decimal = ZERO
    amount: Decimal = ZERO

    def of(self, price: Decimal, places: int) -> Decimal:
        """What it takes off a price, rounded; nothing off what is below zero but its percentage."""
        taken = rounded(percent_of(price, self.percent), places)
        return taken + min(rounded(self.amount, places), max(price - taken, ZERO))


@dataclass(frozen=True, slots=True)
class Item:
    """A line to add up: `quantity × rate × multiple`, at least `minimum`, less its discount.

    `key` tells lines apart. One that is not `counted` (an option nobody chose) has a price and no part in the
    sums.
    """

    key: str
    quantity: Decimal
    rate: Decimal
    multiple: Decimal = Decimal(1)
    minimum: Decimal | None = None
    discount: Discount = Discount()
    tax_percent: Decimal = ZERO
    heading: str = ""
    counted: bool = True


@dataclass(frozen=True, slots=True)
class Terms:
    """How lines are added up. Prices include tax or not; under reverse charge none is asked for."""

    places: int = 2
    include_tax: bool = False
    tax_rounding: TaxRounding = "rate"
    reverse_charge: bool = False
    discount: Discount = Discount()
    group_discounts: Mapping[str, Discount] = field(default_factory=dict[str, Discount])


@dataclass(frozen=True, slots=True)
class LineSum:
    """A line: `full` before its own discount, `price` after; `due` after those of its group and the whole."""

    full: Decimal
    price: Decimal
    due: Decimal


@dataclass(frozen=True, slots=True)
class GroupSum:
    """The prices under one heading, what is granted on them, and what is left."""

    heading: str
    price: Decimal
    discount: Decimal
    total: Decimal


@dataclass(frozen=True, slots=True)
class TaxSum:
    """What is taxed at one rate."""

    percent: Decimal
    net: Decimal
    tax: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True)
class Sums:
    """All a paper says about money. `subtotal` is what groups come to, before the `discount` on all."""

    lines: Mapping[str, LineSum]
    groups: tuple[GroupSum, ...]
    taxes: tuple[TaxSum, ...]
    subtotal: Decimal
    discount: Decimal
    net: Decimal
    tax: Decimal
    gross: Decimal


def sums_of(items: Sequence[Item], terms: Terms) -> Sums:
    """Add lines up. Neither their order nor how they are grouped changes a cent of the whole."""
    places = terms.places
    full = {item.key: _full_price(item, places) for item in items}
    price = {item.key: full[item.key] - item.discount.of(full[item.key], places) for item in items}
    counted = [item for item in items if item.counted]
    due = {item.key: price[item.key] for item in counted}
    groups: list[GroupSum] = []
    for heading in dict.fromkeys(item.heading for item in counted):
        keys = [item.key for item in counted if item.heading == heading]
        before = sum((due[key] for key in keys), ZERO)
        taken = _take_off(due, keys, terms.group_discounts.get(heading, Discount()), places)
        groups.append(GroupSum(heading, before, taken, before - taken))
    subtotal = sum(due.values(), ZERO)
    discount = _take_off(due, list(due), terms.discount, places)
    taxes = _taxes(counted, due, terms)
    return Sums(
        lines={key: LineSum(full[key], price[key], due.get(key, ZERO)) for key in full},
        groups=tuple(groups),
        taxes=taxes,
        subtotal=subtotal,
        discount=discount,
        net=sum((one.net for one in taxes), ZERO),
        tax=sum((one.tax for one in taxes), ZERO),
        gross=sum((one.gross for one in taxes), ZERO),
    )


def _full_price(item: Item, places: int) -> Decimal:
    price = rounded(item.quantity * item.rate * item.multiple, places)
    return price if item.minimum is None or item.quantity == 0 else max(price, rounded(item.minimum, places))


def _take_off(due: dict[str, Decimal], keys: Sequence[str], discount: Discount, places: int) -> Decimal:
    """Take a discount off these lines, each its share, and say what it came to."""
    taken = discount.of(sum((due[key] for key in keys), ZERO), places)
    for key, share in shares_of(taken, {key: due[key] for key in keys}, places).items():
        due[key] -= share
    return taken


def _taxes(items: Sequence[Item], due: Mapping[str, Decimal], terms: Terms) -> tuple[TaxSum, ...]:
    found: list[TaxSum] = []
    for percent in sorted({item.tax_percent for item in items}, reverse=True):
        amounts = [due[item.key] for item in items if item.tax_percent == percent]
        parts = amounts if terms.tax_rounding == "line" else [sum(amounts, ZERO)]
        taxed = [_taxed(part, percent, terms) for part in parts]
        net, tax = sum((one[0] for one in taxed), ZERO), sum((one[1] for one in taxed), ZERO)
        found.append(TaxSum(ZERO if terms.reverse_charge else percent, net, tax, net + tax))
    return tuple(found) if not terms.reverse_charge else _as_one(found)


def _taxed(amount: Decimal, percent: Decimal, terms: Terms) -> tuple[Decimal, Decimal]:
    """Net and tax of an amount as it is priced."""
    if terms.include_tax:
        tax = rounded(amount * percent / (HUNDRED + percent), terms.places)
        return amount - tax, ZERO if terms.reverse_charge else tax
    return amount, ZERO if terms.reverse_charge else rounded(percent_of(amount, percent), terms.places)


def _as_one(taxes: Sequence[TaxSum]) -> tuple[TaxSum, ...]:
    net = sum((one.net for one in taxes), ZERO)
    return (TaxSum(ZERO, net, ZERO, net),) if taxes else ()


def deposit_of(gross: Decimal, percent: Decimal, places: int) -> Decimal:
    """So many percent of a sum, rounded."""
    return rounded(percent_of(gross, percent), places)
