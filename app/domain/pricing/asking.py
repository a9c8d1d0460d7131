"""What something costs for how long: the question behind the page of a price list and the API."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from zoneinfo import ZoneInfo

from app.domain.pricing.rating import PriceBook, Priced, Rating
from app.domain.pricing.rounding import ZERO
from app.domain.pricing.sums import Discount, Item, Terms, sums_of
from app.domain.pricing.words import explained, places_of
from app.lib.periods import Period


@dataclass(frozen=True, slots=True)
class Price:
    """A price with its reasons: `full` before, `price` after the discount; None where nobody has said one."""

    what: Priced
    rating: Rating
    quantity: Decimal
    full: Decimal | None
    price: Decimal | None
    explanation: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """For how long, how many, and with which discount; days are those of `zone`."""

    period: Period
    zone: ZoneInfo
    currency: str
    quantity: Decimal = Decimal(1)
    discount: Discount = field(default_factory=Discount)


def prices_of(book: PriceBook, things: Sequence[Priced], asked: Question) -> list[Price]:
    """What each of these things costs by a price list, in their order."""
    return [_price_of(book, what, asked) for what in things]


def _price_of(book: PriceBook, what: Priced, asked: Question) -> Price:
    rating = book.rating_of(what, (asked.period.start, asked.period.end), asked.zone)
    why = tuple(explained(rating, currency=asked.currency, list_name=book.name, discount=asked.discount))
    if rating.rate is None:
        return Price(what, rating, asked.quantity, None, None, why)
    item = Item(
        key="",
        quantity=asked.quantity,
        rate=rating.rate,
        multiple=rating.charge.multiple,
        minimum=rating.minimum_charge,
        discount=asked.discount,
        tax_percent=ZERO,
    )
    line = sums_of([item], Terms(places=places_of(asked.currency))).lines[""]
    return Price(what, rating, asked.quantity, line.full, line.price, why)
