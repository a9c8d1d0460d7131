"""How the price of a line of a quote came about, in words."""

from collections.abc import Callable
from decimal import Decimal

from app.db.models import QuoteLine
from app.domain.pricing.rating import Rating
from app.domain.pricing.sums import Discount
from app.domain.pricing.words import BASIS_WORDS, amount_words, explained, number_words, places_of
from app.web.formatting import THIN


def explanation_of(
    listed: Rating | None, rating: Rating, row: QuoteLine | None, *, currency: str, list_name: str = ""
) -> list[str]:
    """Rule, rate, time and discount, a sentence for each; `listed` is None for a free line."""
    discount = Discount(row.discount_percent, row.discount_amount) if row else Discount()
    if listed is rating:
        return explained(rating, currency=currency, list_name=list_name, discount=discount)
    said = [_whence(listed, row, currency)]
    if rating.rate is None:
        return [*said, "Nobody has said yet what it costs."]
    if row is not None and row.multiple is not None:
        basis = BASIS_WORDS[rating.charge.basis]
        said.append(f"{amount_words(rating.rate, currency)} {basis} × {number_words(row.multiple)}, by hand.")
        rest = explained(Rating(None, rating.rate, rating.charge), currency=currency, discount=discount)[2:]
    else:
        rest = explained(Rating(None, rating.rate, rating.charge), currency=currency, discount=discount)[1:]
    return said + rest


def _whence(listed: Rating | None, row: QuoteLine | None, currency: str) -> str:
    if listed is None:
        return "Written by hand."
    if row is None or row.rate is None:
        return "Time given by hand, at the price of the list."
    if listed.rate is None:
        return "Price given by hand; the price list has none."
    basis = BASIS_WORDS[listed.charge.basis]
    return f"Price given by hand; the price list says {amount_words(listed.rate, currency)} {basis}."


def amounts_in(currency: str) -> Callable[[Decimal | None], str]:
    """Writes amounts of a currency as pages show them; nothing for none."""

    def write(amount: Decimal | None) -> str:
        return "" if amount is None else amount_words(amount, currency)

    return write


def rates_in(currency: str) -> Callable[[Decimal | None], str]:
    """Writes rates of a currency without its sign, with the decimals they have beyond its own."""
    places = places_of(currency)

    def write(rate: Decimal | None) -> str:
        if rate is None:
            return ""
        exact = -int(rate.normalize().as_tuple().exponent)
        return f"{rate:,.{max(places, exact)}f}".replace(",", THIN)

    return write
