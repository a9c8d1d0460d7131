"""The selects behind quotes in the API."""

from datetime import datetime

from sqlalchemy import select, true

from app.db.models import Event, Quote, QuoteVersion
from app.domain.quotes.api_schemas import QuoteRecord
from app.lib.conditions import Conditions, all_of, equal, has_words, not_before
from app.web.api_paging import Key, Order
from app.web.api_records import Records, columns_of, converter

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
    order=Order(
        keys={
            "id": Key(Quote.id, int),
            "number": Key(Quote.number),
            "created_at": Key(Quote.created_at, datetime),
            "updated_at": Key(Quote.updated_at, datetime),
        },
        default="id",
        id=Quote.id,
    ),
    convert=converter(QuoteRecord),
    path="/api/quotes",
    missing="This quote does not exist, or was deleted.",
)


def quote_conditions(
    *,
    q: str = "",
    event_id: int | None = None,
    client_id: int | None = None,
    state: str | None = None,
    updated_since: datetime | None = None,
) -> Conditions:
    """Which quotes a list shows; None and empty text are no filter."""
    return [
        *has_words(q, Quote.number, Event.name, Quote.notes),
        *all_of(
            equal(Quote.event_id, event_id),
            equal(Event.client_id, client_id),
            equal(_CURRENT.c.state, state),
            not_before(Quote.updated_at, updated_since),
        ),
    ]
