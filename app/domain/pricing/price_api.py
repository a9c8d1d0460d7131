"""The API's answer to what something costs."""

from decimal import Decimal
from typing import Annotated
from zoneinfo import ZoneInfo

from litestar import Response, get
from litestar.params import QueryParameter

from app.domain.availability.api_parameters import Wanted, read_period
from app.domain.pricing import queries
from app.domain.pricing.api_schemas import PriceRecord
from app.domain.pricing.asking import Price, Question, prices_of
from app.domain.pricing.rating import Priced
from app.domain.pricing.rounding import ZERO
from app.domain.pricing.sums import Discount
from app.domain.pricing.words import number_words
from app.lib.errors import InvalidInput, NotFound
from app.lib.wire import wire
from app.web.api import Answer, answer
from app.web.parameters import Connection, FilterId
from app.web.permissions import MONEY_READ

Quantity = Annotated[int, QueryParameter(ge=0, le=100_000, description="How many pieces.")]


@get("/prices", capability=MONEY_READ)
async def get_price(
    *,
    reading: Connection,
    start: Wanted,
    end: Wanted,
    equipment_id: FilterId = None,
    kit_id: FilterId = None,
    quantity: Quantity = 1,
    client_id: FilterId = None,
    price_list_id: FilterId = None,
) -> Response[Answer[PriceRecord]]:
    """What one equipment, or one kit as a whole, costs for a period, and why.

    By the price list given, else the client's, else the default one; with a client, less its discount.
    """
    period = read_period(start, end)
    if (equipment_id is None) == (kit_id is None):
        raise InvalidInput({"equipment_id": "Send either equipment_id or kit_id."})
    terms = await queries.terms_for(reading, client_id, price_list_id)
    thing = await _thing(reading, equipment_id, kit_id)
    book = await queries.price_book(reading, terms.price_list_id)
    discount = Discount(terms.discount_percent)
    asked = Question(period, ZoneInfo(terms.time_zone), terms.currency, Decimal(quantity), discount)
    (found,) = prices_of(book, [thing], asked)
    return answer(_record(found, asked, book.id))


async def _thing(reading: Connection, equipment_id: int | None, kit_id: int | None) -> Priced:
    """What the price is asked of. Raises NotFound."""
    things = await queries.priced(reading, [equipment_id or 0], [kit_id or 0])
    if not things:
        raise NotFound("This equipment or kit does not exist.")
    return next(iter(things.values()))


def _record(found: Price, asked: Question, price_list_id: int | None) -> PriceRecord:
    what, rating = found.what, found.rating
    return PriceRecord(
        equipment_id=what.id if what.kind == "equipment" else None,
        kit_id=what.id if what.kind == "kit" else None,
        name=what.name,
        start=str(wire(asked.period.start)),
        end=str(wire(asked.period.end)),
        quantity=str(asked.quantity),
        price_list_id=price_list_id,
        rule_id=rating.rule.id if rating.rule else None,
        currency=asked.currency,
        basis=rating.charge.basis,
        units=rating.charge.units,
        rate=_text(rating.rate),
        multiple=number_words(rating.charge.multiple),
        minimum_charge=_text(rating.minimum_charge),
        full=_text(found.full),
        discount_percent=str(asked.discount.percent or ZERO),
        price=_text(found.price),
        tax_rate_id=what.tax_rate_id,
        explanation=list(found.explanation),
    )


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else format(amount, "f")
