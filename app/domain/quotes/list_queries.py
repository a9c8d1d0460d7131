"""The selects behind the list of quotes: each with the version that counts, and what they come to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, case, func, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import Client, Event, Quote, QuoteHappening, QuoteVersion, User
from app.domain.documents.content import from_json
from app.domain.documents.summing import with_options
from app.domain.quotes.fields import VERSION_STATES, WITHDRAWN, is_withdrawn
from app.domain.quotes.filters import SHOWN, QuoteFilter
from app.lib.clock import now
from app.lib.conditions import Conditions, all_of, equal, has_words
from app.lib.fields import identifier
from app.lib.history import name_of
from app.web.viewer import Person

PAGE = 50
MOST_EXPORTED = 20_000
_SHOWN = ("title", "currency", "net", "tax", "valid_until", "sent_at", "decided_at")

# the version that counts: the draft, else the newest; the sum of what was accepted has the options chosen
_LAST = (
    select(
        *(getattr(QuoteVersion, name) for name in ("id", "number", "state", *_SHOWN)),
        func.coalesce(QuoteHappening.gross, QuoteVersion.gross).label("gross"),
        QuoteHappening.chosen,
    )
    .outerjoin(
        QuoteHappening, and_(QuoteHappening.version_id == QuoteVersion.id, QuoteHappening.kind == "accepted")
    )
    .where(QuoteVersion.quote_id == Quote.id, QuoteVersion.deleted_at.is_(None))
    .order_by((QuoteVersion.state == "draft").desc(), QuoteVersion.number.desc())
    .limit(1)
    .correlate(Quote)
    .lateral("last")
)


@dataclass(frozen=True, slots=True)
class QuoteRow:
    """A quote as the list shows it, with the version that counts; a draft has no sums of its own."""

    id: int
    version: int
    number: str
    created_at: datetime
    event_id: int
    event_name: str
    client_id: int | None
    client_name: str | None
    responsible_id: int | None
    responsible_name: str | None
    version_number: int
    state: str
    title: str
    currency: str
    net: Decimal | None
    tax: Decimal | None
    gross: Decimal | None
    valid_until: datetime
    sent_at: datetime | None
    decided_at: datetime | None

    @property
    def badge(self) -> tuple[str, str, str]:
        """Word, tone and shape of the state."""
        withdrawn = is_withdrawn(self.state, self.decided_at, self.valid_until)
        return WITHDRAWN if withdrawn else VERSION_STATES[self.state]

    @property
    def responsible(self) -> Person | None:
        """Who answers for the event."""
        if self.responsible_id is None:
            return None
        return Person(self.responsible_id, self.responsible_name or "")


async def find_quotes(
    reading: AsyncConnection, wanted: QuoteFilter, zone: ZoneInfo, *, exported: bool = False
) -> tuple[list[QuoteRow], bool]:
    """The pages of the list that are asked for, and whether it goes on; all of it for a file."""
    size = MOST_EXPORTED if exported else PAGE * wanted.page
    statement = _quotes().where(*_conditions(wanted, zone), *_shown(wanted.show))
    if exported:
        statement = statement.add_columns(_LAST.c.id.label("version_id"), _LAST.c.chosen)
    rows = (await reading.execute(statement.order_by(*_order(wanted)).limit(size + 1))).mappings().all()
    found = [QuoteRow(**{name: row[name] for name in QuoteRow.__slots__}) for row in rows[:size]]
    if exported:
        sums = await sums_with_options(reading, {row["version_id"]: row["chosen"] for row in rows})
        found = [
            replace(one, **sums.get(row["version_id"], {})) for one, row in zip(found, rows, strict=False)
        ]
    return found, len(rows) > size


async def count_quotes(reading: AsyncConnection, wanted: QuoteFilter, zone: ZoneInfo) -> dict[str, int]:
    """How many quotes stand behind each tab under the filters in force."""
    state = _state()
    counts = [func.count().filter(true() if key == "all" else state == key).label(key) for key in SHOWN]
    statement = _joined(select(*counts)).where(*_conditions(wanted, zone))
    return dict((await reading.execute(statement)).mappings().one())


async def totals_of(
    reading: AsyncConnection, wanted: QuoteFilter, zone: ZoneInfo
) -> Sequence[tuple[str, Decimal]]:
    """What the quotes that match come to, by currency; drafts have no sum yet."""
    statement = (
        _joined(select(_LAST.c.currency, func.sum(_LAST.c.gross)))
        .where(*_conditions(wanted, zone), *_shown(wanted.show), _LAST.c.gross.is_not(None))
        .group_by(_LAST.c.currency)
        .order_by(_LAST.c.currency)
    )
    return [(currency, total) for currency, total in await reading.execute(statement)]


async def sums_with_options(
    reading: AsyncConnection, chosen: Mapping[int, Sequence[str] | None]
) -> dict[int, dict[str, Decimal]]:
    """Net and tax of versions that were accepted with options, which were sent without."""
    wanted = [key for key, options in chosen.items() if options]
    statement = select(QuoteVersion.id, QuoteVersion.content).where(QuoteVersion.id.in_(wanted))
    kept = (await reading.execute(statement)).all() if wanted else ()
    found = {key: with_options(from_json(content), chosen[key] or ()) for key, content in kept if content}
    return {key: {"net": one.net, "tax": one.tax} for key, one in found.items()}


def _state() -> Any:
    """The state of a version; what nobody answered in time is over."""
    over = and_(_LAST.c.state == "sent", _LAST.c.valid_until < now())
    return case((over, "expired"), else_=_LAST.c.state)


def _shown(show: str) -> Conditions:
    return [] if show == "all" else [_state() == show]


def _joined(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return (
        statement.select_from(Quote)
        .join(Event, Event.id == Quote.event_id)
        .join(_LAST, true())
        .outerjoin(Client, Client.id == Event.client_id)
        .outerjoin(User, User.id == Event.responsible_id)
    )


def _quotes() -> Select[*tuple[Any, ...]]:
    last = _LAST.c
    return _joined(
        select(
            Quote.id,
            Quote.version,
            Quote.number,
            Quote.created_at,
            Quote.event_id,
            Event.name.label("event_name"),
            Event.client_id,
            Client.name.label("client_name"),
            Event.responsible_id,
            name_of(User).label("responsible_name"),
            last.number.label("version_number"),
            _state().label("state"),
            last.gross,
            *(last[name] for name in _SHOWN),
        )
    )


def _conditions(wanted: QuoteFilter, zone: ZoneInfo) -> list[ColumnElement[bool]]:
    since, until = wanted.period(zone)
    words = has_words(
        wanted.q, Quote.number, Event.name, func.coalesce(Client.name, ""), func.coalesce(_LAST.c.title, "")
    )
    return [
        Quote.deleted_at.is_(None),
        Event.deleted_at.is_(None),
        *words,
        *all_of(
            equal(Event.client_id, identifier(wanted.client)),
            equal(Event.responsible_id, identifier(wanted.person)),
            None if since is None else Quote.created_at >= since,
            None if until is None else Quote.created_at < until,
        ),
    ]


def _order(wanted: QuoteFilter) -> tuple[Any, ...]:
    columns = {"number": Quote.id, "valid_until": _LAST.c.valid_until, "gross": _LAST.c.gross}
    column = columns[wanted.column]
    descending = wanted.sort.startswith("-")
    return (
        (column.desc().nulls_last(), Quote.id.desc()) if descending else (column.asc().nulls_last(), Quote.id)
    )
