"""The selects behind the pages of quotes: a quote with its versions, the quotes of an event."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import Client, Event, PriceList, Quote, QuoteHappening, QuoteVersion, User
from app.domain.events.policy import OPEN
from app.domain.quotes.draft_queries import Reading
from app.domain.quotes.fields import VERSION_STATES, WITHDRAWN, is_withdrawn
from app.lib.clock import now
from app.lib.errors import NotFound
from app.lib.history import name_of

_VERSION = (
    "id", "version", "number", "state", "title", "currency", "net", "valid_until", "sent_at", "decided_at",
    "based_on_id", "created_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version as the strip of a quote shows it; a draft has no sums of its own.

    What was accepted has the options in `gross` that were `chosen`, None where nobody accepted it; `net` is
    as it was sent.
    """

    id: int
    version: int
    number: int
    state: str
    title: str
    currency: str
    net: Decimal | None
    gross: Decimal | None
    chosen: list[str] | None
    valid_until: datetime
    sent_at: datetime | None
    decided_at: datetime | None
    based_on_id: int | None
    created_at: datetime

    @property
    def badge(self) -> tuple[str, str, str]:
        """Word, tone and shape of the state; what nobody answered in time is over."""
        if self.state == "sent" and self.valid_until < now():
            return VERSION_STATES["expired"]
        return WITHDRAWN if self.is_withdrawn else VERSION_STATES[self.state]

    @property
    def is_withdrawn(self) -> bool:
        """Whether the office took it back before its time."""
        return is_withdrawn(self.state, self.decided_at, self.valid_until)


@dataclass(frozen=True, slots=True)
class QuoteFacts:
    """A quote with its event and its versions, the newest last."""

    id: int
    version: int
    number: str
    notes: str
    event_id: int
    event_name: str
    event_status: str
    client_id: int | None
    client_name: str | None
    contact_id: int | None
    responsible_name: str | None
    versions: tuple[VersionRow, ...]

    @property
    def draft(self) -> VersionRow | None:
        """The version that is being worked on."""
        return next((one for one in self.versions if one.state == "draft"), None)

    @property
    def shown(self) -> VersionRow:
        """What its page shows unless another one is asked for: the draft, else the newest."""
        return self.draft or self.versions[-1]

    @property
    def event_is_open(self) -> bool:
        """Whether anything can be offered for its event."""
        return self.event_status in OPEN

    @property
    def may_go(self) -> bool:
        """Whether it can be deleted: nobody got it."""
        return all(one.state == "draft" for one in self.versions)


async def quote_by_id(reading: Reading, quote_id: int) -> QuoteFacts:
    """One quote. Raises NotFound."""
    found = await _quotes(reading, Quote.id == quote_id)
    if not found:
        raise NotFound("This quote does not exist, or was deleted.")
    return found[0]


async def quotes_of_event(reading: Reading, event_id: int) -> list[QuoteFacts]:
    """The quotes of an event, oldest first."""
    return await _quotes(reading, Quote.event_id == event_id)


async def quote_of_version(reading: Reading, version_id: int) -> QuoteFacts:
    """The quote that a version belongs to. Raises NotFound."""
    of_version = select(QuoteVersion.quote_id).where(
        QuoteVersion.id == version_id, QuoteVersion.deleted_at.is_(None)
    )
    found = await _quotes(reading, Quote.id == of_version.scalar_subquery())
    if not found:
        raise NotFound("This version does not exist, or was deleted.")
    return found[0]


async def price_lists_to_choose(
    reading: AsyncConnection | Reading, currency: str, present: int | None
) -> list[tuple[int, str]]:
    """Id and name of the price lists in a currency; the `present` one in any case."""
    live = PriceList.deleted_at.is_(None) & ~PriceList.archived & (PriceList.currency == currency)
    statement = (
        select(PriceList.id, PriceList.name)
        .where(live | (PriceList.id == present))
        .order_by(PriceList.is_default.desc(), PriceList.name, PriceList.id)
    )
    return [(key, name) for key, name in await reading.execute(statement)]


async def _quotes(reading: Reading, condition: Any) -> list[QuoteFacts]:
    statement = (
        select(
            Quote.id,
            Quote.version,
            Quote.number,
            Quote.notes,
            Quote.event_id,
            Event.name.label("event_name"),
            Event.status.label("event_status"),
            Event.client_id,
            Client.name.label("client_name"),
            Event.contact_id,
            name_of(User).label("responsible_name"),
        )
        .join(Event, Event.id == Quote.event_id)
        .outerjoin(Client, Client.id == Event.client_id)
        .outerjoin(User, User.id == Event.responsible_id)
        .where(condition, Quote.deleted_at.is_(None), Event.deleted_at.is_(None))
        .order_by(Quote.id)
    )
    rows = (await reading.execute(statement)).mappings().all()
    versions = await _versions(reading, [row["id"] for row in rows])
    return [QuoteFacts(**row, versions=tuple(versions[row["id"]])) for row in rows if versions[row["id"]]]


async def _versions(reading: Reading, quote_ids: Sequence[int]) -> dict[int, list[VersionRow]]:
    statement = (
        select(
            QuoteVersion.quote_id,
            *(getattr(QuoteVersion, name) for name in _VERSION),
            func.coalesce(QuoteHappening.gross, QuoteVersion.gross).label("gross"),
            QuoteHappening.chosen,
        )
        .outerjoin(
            QuoteHappening,
            and_(QuoteHappening.version_id == QuoteVersion.id, QuoteHappening.kind == "accepted"),
        )
        .where(QuoteVersion.quote_id.in_(quote_ids), QuoteVersion.deleted_at.is_(None))
        .order_by(QuoteVersion.number)
    )
    found: dict[int, list[VersionRow]] = {key: [] for key in quote_ids}
    for row in (await reading.execute(statement)).mappings():
        found[row["quote_id"]].append(VersionRow(**{name: row[name] for name in VersionRow.__slots__}))
    return found


async def version_by_id(reading: Reading, version_id: int, names: Sequence[str]) -> Mapping[str, Any]:
    """These columns of a version. Raises NotFound."""
    statement = select(*(getattr(QuoteVersion, name) for name in names)).where(
        QuoteVersion.id == version_id, QuoteVersion.deleted_at.is_(None)
    )
    row = (await reading.execute(statement)).mappings().one_or_none()
    if row is None:
        raise NotFound("This version does not exist, or was deleted.")
    return cast("Mapping[str, Any]", row)
