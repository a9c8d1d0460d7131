"""Which rule of a price list counts, and the price of one line that explains itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from app.domain.pricing.charging import Basis, Charge, Factors, Weekend, charge_of

Scope = Literal["equipment", "kit", "category", "everything"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of a price list; without an `amount` it takes the daily rate of what it is asked for."""

    id: int
    scope: Scope
    target_id: int | None = None
    name: str = ""
    basis: Basis = "day"
    amount: Decimal | None = None
    factors: Factors | None = None
    weekend: Weekend = "days"
    minimum_days: int = 1
    minimum_charge: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Priced:
    """What has a price: an equipment or a kit, with its daily rate and where it stands in the catalogue.

    `tax_rate_id` is its own rate of tax; None is the default one.
    """

    kind: Literal["equipment", "kit"]
    id: int
    daily_rate: Decimal | None
    category_id: int | None = None
    subcategory_id: int | None = None
    is_consumable: bool = False
    name: str = ""
    tax_rate_id: int | None = None


@dataclass(frozen=True, slots=True)
class Rating:
    """A price and why: the rule (None for the gear's own daily rate), its rate, and what it multiplies by.

    `rate` is for one piece and one unit of the basis; None where nobody has said what it costs.
    """

    rule: Rule | None
    rate: Decimal | None
    charge: Charge
    minimum_charge: Decimal | None = None


class PriceBook:
    """The rules of one price list, found by what they are for.

    With `own_rates` gear costs its own daily rate where no rule says an amount; a list in another currency
    than the company's has to say all amounts itself. `id` is None where there is no list.
    """

    def __init__(
        self, rules: Iterable[Rule], *, list_id: int | None = None, name: str = "", own_rates: bool = True
    ) -> None:
        self.id = list_id
        self.name = name
        self._own_rates = own_rates
        self._rules = {(rule.scope, rule.target_id): rule for rule in rules}

    def rule_for(self, what: Priced) -> Rule | None:
        """The nearest rule: of the thing itself, its subcategory, its category, everything; or none.

        A consumable is sold: only a rule of its own counts for it.
        """
        shelves = () if what.is_consumable else (what.subcategory_id, what.category_id)
        places: list[tuple[Scope, int | None]] = [(what.kind, what.id)]
        places.extend(("category", shelf) for shelf in shelves if shelf is not None)
        if not what.is_consumable:
            places.append(("everything", None))
        for place in places:
            if found := self._rules.get(place):
                return found
        return None

    def has_own_price(self, what: Priced) -> bool:
        """Whether a price was said for the thing itself: a rule of its own, or its daily rate.

        A kit that has one is priced as a whole, others as their components.
        """
        rule = self._rules.get((what.kind, what.id))
        if rule is not None and rule.amount is not None:
            return True
        return self._own_rates and what.daily_rate is not None

    def rating_of(self, what: Priced, period: tuple[datetime, datetime], zone: ZoneInfo) -> Rating:
        """What one piece costs for `[start, end)` on the shop's calendar.

        A consumable is sold by the piece, unless a rule of its own says otherwise.
        """
        own_rate = what.daily_rate if self._own_rates else None
        rule = self.rule_for(what)
        if rule is None:
            basis: Basis = "piece" if what.is_consumable else "day"
            return Rating(None, own_rate, charge_of(basis, period, zone))
        charge = charge_of(
            rule.basis,
            period,
            zone,
            factors=rule.factors,
            weekend=rule.weekend,
            minimum_days=rule.minimum_days,
        )
        rate = own_rate if rule.amount is None else rule.amount
        return Rating(rule, rate, charge, rule.minimum_charge)
