"""How a price came about, in words."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial

from babel.numbers import get_currency_precision

from app.domain.pricing.charging import Basis, Charge
from app.domain.pricing.rating import Rating, Rule
from app.domain.pricing.sums import Discount
from app.web import formatting

BASIS_WORDS: dict[Basis, str] = {
    "day": "a day",
    "week": "a week",
    "hour": "an hour",
    "flat": "once",
    "piece": "a piece",
}
UNIT_WORDS: dict[Basis, tuple[str, str]] = {
    "day": ("day", "days"),
    "week": ("week begun", "weeks begun"),
    "hour": ("hour begun", "hours begun"),
}


def places_of(currency: str) -> int:
    """How many decimals amounts of a currency have: 2 for EUR, 0 for JPY, 3 for KWD."""
    return get_currency_precision(currency)


def amount_words(amount: Decimal, currency: str) -> str:
    """An amount as pages show it: its sign, thin groups, its decimals; a rate keeps those beyond them."""
    return formatting.amount(amount, currency)


def number_words(value: Decimal) -> str:
    """A factor or a percentage without zeros that say nothing."""
    return f"{value.normalize():f}"


def explained(
    rating: Rating,
    *,
    currency: str,
    list_name: str = "",
    discount: Discount | None = None,
    money: Callable[[Decimal], str] | None = None,
) -> list[str]:
    """How a price of one piece came about, a sentence for each step: rule, rate and time, what was granted.

    `currency` is that of the price list or document, `list_name` the price list's; `discount` that of the
    line. `money` writes amounts in another way.
    """
    write = money or partial(amount_words, currency=currency)
    if rating.rate is None:
        return [_where_from(rating, list_name), "Nobody has said yet what it costs."]
    found = [_where_from(rating, list_name), _multiplied(rating.rate, rating, write)]
    found.extend(_about_days(rating.charge, rating.rule))
    if rating.minimum_charge:
        found.append(f"At least {write(rating.minimum_charge)} for the line.")
    found.extend(_granted(discount or Discount(), write))
    return found


def _where_from(rating: Rating, list_name: str) -> str:
    rule = rating.rule
    if rule is None:
        return "Its own price, by the piece." if rating.charge.basis == "piece" else "Its own daily rate."
    of_list = f"Price list “{list_name}”" if list_name else "Price list"
    own = " at its own daily rate" if rule.amount is None else ""
    return f"{of_list}, rule for {rule.name or rule.scope}{own}."


def _multiplied(rate: Decimal, rating: Rating, write: Callable[[Decimal], str]) -> str:
    charge, rule = rating.charge, rating.rule
    said = f"{write(rate)} {BASIS_WORDS[charge.basis]}"
    if charge.basis not in UNIT_WORDS:
        return f"{said}."
    one, many = UNIT_WORDS[charge.basis]
    units = f"{charge.units:,} {one if charge.units == 1 else many}"
    if rule is not None and rule.factors is not None:
        return f"{said} × {number_words(charge.multiple)} for {units} (factors “{rule.factors.name}”)."
    return f"{said} × {units}."


def _about_days(charge: Charge, rule: Rule | None) -> list[str]:
    found: list[str] = []
    if rule is None or not charge.days:
        return found
    if charge.counted < charge.days:
        weekend = "count as one day" if rule.weekend == "one" else "are not charged"
        found.append(f"{charge.days:,} days on the calendar; Saturday and Sunday {weekend}.")
    if rule.minimum_days > charge.counted:
        found.append(f"At least {rule.minimum_days:,} days are charged.")
    return found


def _granted(discount: Discount, write: Callable[[Decimal], str]) -> list[str]:
    found: list[str] = []
    if discount.percent:
        found.append(f"Less {number_words(discount.percent)} %.")
    if discount.amount:
        found.append(f"Less {write(discount.amount)}.")
    return found
