"""The page of a price list put together: its rules, and what was looked for with its price."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Request

from app.domain.pricing import page_queries as queries
from app.domain.pricing.asking import Price, Question, prices_of
from app.domain.pricing.fields import BASIS_CHOICES, SCOPE_WORDS, WEEKEND_CHOICES
from app.domain.pricing.queries import Reading, price_book, priced
from app.domain.pricing.rating import Scope
from app.domain.pricing.words import amount_words, number_words
from app.lib.addresses import address_of
from app.lib.clock import now
from app.lib.fields import clean
from app.lib.periods import Period

MOST_PIECES = 100_000
LONGEST = timedelta(days=3652)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for on the page of a price list, as its address says: words, days and pieces."""

    q: str = ""
    start: str = ""
    end: str = ""
    quantity: str = "1"

    def address(self, list_id: int) -> str:
        """The page with all of this in its address."""
        return address_of(f"/price-lists/{list_id}", self)

    def period(self, zone: ZoneInfo) -> Period | None:
        """From the first day up to the end of the last, by the clock of the shop; None for no such period."""
        try:
            first, last = date.fromisoformat(self.start), date.fromisoformat(self.end)
            begin = datetime.combine(first, datetime.min.time(), zone)
            finish = datetime.combine(last + timedelta(days=1), datetime.min.time(), zone)
        except (ValueError, OverflowError):
            return None
        return Period(begin, finish) if begin < finish and finish - begin < LONGEST else None

    @property
    def pieces(self) -> Decimal | None:
        """How many; None for what is no such number."""
        bare = self.quantity.strip()
        return Decimal(bare) if bare.isdecimal() and int(bare[:9]) <= MOST_PIECES else None


def read_asked(given: Mapping[str, str], zone: ZoneInfo) -> Asked:
    """Read the address; without days it is about three, from today on."""
    today = now().astimezone(zone).date()
    return Asked(
        q=clean(given.get("q", ""))[:200],
        start=clean(given.get("start", ""))[:10] or today.isoformat(),
        end=clean(given.get("end", ""))[:10] or (today + timedelta(days=2)).isoformat(),
        quantity=clean(given.get("quantity", ""))[:9] or "1",
    )


async def list_context(request: Request[Any, Any, Any], reading: Reading, list_id: int) -> dict[str, Any]:
    """Everything the rules of a price list show. Raises NotFound."""
    price_list = await queries.list_by_id(reading, list_id)
    zone = ZoneInfo((await queries.company_terms(reading))[1])
    asked = read_asked(request.query_params if request.method == "GET" else {}, zone)
    return {
        "price_list": price_list,
        "tab": "rules",
        "rules": await queries.rules_of(reading, list_id),
        "asked": asked,
        "found": await _found(reading, price_list, asked, zone) if asked.q else [],
        "wrong": _wrong(asked, zone),
        **shown_words(price_list.currency),
    }


def shown_words(currency: str) -> dict[str, Any]:
    """The words that rows of rules and prices are shown with."""
    return {
        "amount": partial(amount_words, currency=currency),
        "plain": number_words,
        "bases": BASIS_CHOICES,
        "weekends": WEEKEND_CHOICES,
        "scopes": SCOPE_WORDS,
    }


def _wrong(asked: Asked, zone: ZoneInfo) -> str:
    if asked.period(zone) is None:
        return "Choose a first and a last day, in this order."
    return "" if asked.pieces is not None else f"Write how many, up to {MOST_PIECES:,}."


async def _found(
    reading: Reading, price_list: queries.ListRow, asked: Asked, zone: ZoneInfo
) -> list[tuple[queries.Target, Price | None]]:
    """What the words mean, each with its price by this list where it can have one."""
    targets = await queries.find_targets(reading, asked.q, price_list.id)
    period, pieces = asked.period(zone), asked.pieces
    if period is None or pieces is None:
        return [(target, None) for target in targets]
    things = await priced(reading, _ids(targets, "equipment"), _ids(targets, "kit"))
    book = await price_book(reading, price_list.id)
    question = Question(period, zone, price_list.currency, pieces)
    prices = prices_of(book, list(things.values()), question)
    by_key: dict[tuple[Scope, int], Price] = {(price.what.kind, price.what.id): price for price in prices}
    return [(target, by_key.get((target.kind, target.id))) for target in targets]


def _ids(targets: list[queries.Target], kind: str) -> list[int]:
    return [target.id for target in targets if target.kind == kind]
