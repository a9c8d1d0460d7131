"""The selects behind quotes in the API, and their filters."""

from typing import Annotated

from litestar.params import QueryParameter
from sqlalchemy import select, true

from app.db.models import Event, Quote, QuoteVersion
from app.domain.quotes.api_schemas import QuoteRecord, State
from app.lib.conditions import Conditions, all_of, equal, has_words, not_before
from app.lib.fields import clean
from app.web.api import FilterInstant, read_instant
from app.web.api_paging import Key, Order
from app.web.api_records import Records, columns_of, converter
from app.web.parameters import FilterId

_CURRENT = (
    select(QuoteVersion.number, QuoteVersion.state, QuoteVersion.currency, QuoteVersion.gross)
    .where(QuoteVersion.quote_id == Quote.id, QuoteVersion.deleted_at.is_(None))
    .order_by((QuoteVersion.state == "draft").desc(), QuoteVersion.number.desc())
    .limit(1)
    .correlate(Quote)
    .lateral("current")
)
_OF_VERSION = frozenset({"state", "current_version", "currency", "gross"})

QUOTES = Records(
    statement=select(
        *columns_of(Quote, QuoteRecord, but=_OF_VERSION),
        _CURRENT.c.state,
        _CURRENT.c.number.label("current_version"),
        _CURRENT.c.currency,
        _CURRENT.c.gross,
    )
    .join(Event, Event.id == Quote.event_id)
    .join(_CURRENT, true())
    .where(Quote.deleted_at.is_(None), Event.deleted_at.is_(None)),
    order=Order.of(Quote, "id", number=Key(Quote.number)),
    convert=converter(QuoteRecord),
    path="/api/quotes",
    missing="This quote does not exist, or was deleted.",
)


def provide_quote_filter(
    *,
    q: Annotated[str, QueryParameter(description="Words in number, event, notes.", max_length=200)] = "",
    event_id: FilterId = None,
    client_id: FilterId = None,
    wanted_state: Annotated[State | None, QueryParameter(name="state")] = None,
    updated_since: FilterInstant = None,
) -> Conditions:
    """Which quotes are wanted. Raises InvalidInput."""
    return [
        *has_words(clean(q), Quote.number, Event.name, Quote.notes),
        *all_of(
            equal(Quote.event_id, event_id),
            equal(Event.client_id, client_id),
            equal(_CURRENT.c.state, wanted_state),
            not_before(Quote.updated_at, read_instant(updated_since, "updated_since")),
        ),
    ]
