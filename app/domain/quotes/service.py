"""Commands on quotes and their versions: making them, editing a draft, and making the next one of any."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from app.db.models import Client, Company, Event, PriceList, Quote, QuoteGroup, QuoteLine, QuoteVersion
from app.domain.documents.numbers import next_number
from app.domain.events.policy import OPEN, STATUS_WORDS
from app.domain.quotes.rules import GroupRules, LineRules, QuoteRules, VersionRules
from app.lib import editing
from app.lib.batches import create_all
from app.lib.clock import now
from app.lib.commands import Commands
from app.lib.errors import Conflict, NotFound
from app.lib.rules import register
from app.lib.unit_of_work import UnitOfWork

register(Quote.entity, QuoteRules())
register(QuoteVersion.entity, VersionRules())
register(QuoteLine.entity, LineRules())
register(QuoteGroup.entity, GroupRules())

VERSION_FIELDS = (
    "title", "intro", "terms", "valid_until", "charge_start", "charge_end", "price_list_id",
    "prices_include_tax", "tax_rounding", "reverse_charge", "discount_percent", "discount_amount",
    "deposit_percent", "language", "show_images",
)  # fmt: skip
_QUOTES = Commands(Quote, ("notes",))
_VERSIONS = Commands(QuoteVersion, VERSION_FIELDS)

edit_quote = _QUOTES.edit
"""Change what the office notes about a quote, merging with others. Raises NotFound, EditConflict."""
delete_quote = _QUOTES.delete
"""Delete a quote that nobody got, so that it can be restored. Raises NotFound, Conflict, EditConflict."""
restore_quote = _QUOTES.restore
"""Take a delete back. Raises NotFound."""
edit_version = _VERSIONS.edit
"""Change a draft, merging with others. Raises NotFound, Conflict for what was sent, EditConflict,
InvalidInput."""
discard_version = _VERSIONS.delete
"""Give a draft up where there is another version. Raises NotFound, Conflict, EditConflict."""
restore_version = _VERSIONS.restore
"""Take that back. Raises NotFound, Conflict where there is another draft."""

_COPIED_LINE = (
    "kind", "rental_id", "kit_id", "name", "note", "quantity", "basis", "rate", "multiple",
    "discount_percent", "discount_amount", "tax_rate_id", "optional", "hidden", "heading", "position",
)  # fmt: skip
_COPIED_GROUP = ("heading", "discount_percent", "discount_amount")


class AlreadyDrafted(Conflict):
    """There is a draft of the quote already; `version_id` is its id."""

    def __init__(self, version_id: int, number: int) -> None:
        super().__init__(
            f"Version {number} is a draft already. Work on that, or discard it first.",
            details={"version_id": version_id},
        )
        self.version_id = version_id


@dataclass(frozen=True, slots=True)
class _Beginnings:
    """What the first version begins with."""

    currency: str
    zone: ZoneInfo
    values: Mapping[str, Any]


async def create_quote(work: UnitOfWork, event_id: int) -> QuoteVersion:
    """Begin a quote for an event that is open; returns its first version, a draft that follows the event.

    Price list, discount, language and treatment of tax are those of the client, the rest is the company's.
    Raises NotFound, Conflict.
    """
    event = await editing.lock(work, Event, event_id)
    if event.status not in OPEN:
        raise Conflict(f"This event is {STATUS_WORDS[event.status]}: there is nothing to offer any more.")
    begin = await _beginnings(work, event)
    moment = work.moment or now()
    number = await next_number(work, "quote", moment.astimezone(begin.zone).date())
    quote = await editing.create(work, Quote(event_id=event.id, number=number))
    version = QuoteVersion(
        quote_id=quote.id, event_id=event.id, number=1, currency=begin.currency, **begin.values
    )
    return await editing.create(work, version)


async def new_version(work: UnitOfWork, version_id: int) -> QuoteVersion:
    """Begin the next version of a quote with all that was said for this one; it follows the event anew.

    Raises NotFound, AlreadyDrafted where there is a draft.
    """
    source = await work.session.get(QuoteVersion, version_id)
    if source is None or source.deleted_at is not None:
        raise NotFound("This version does not exist, or was deleted.")
    # two who want the next one at once come one after the other
    await editing.lock(work, Quote, source.quote_id)
    of_quote = QuoteVersion.quote_id == source.quote_id
    draft = await work.session.execute(
        select(QuoteVersion.id, QuoteVersion.number).where(
            of_quote, QuoteVersion.state == "draft", QuoteVersion.deleted_at.is_(None)
        )
    )
    if there := draft.one_or_none():
        raise AlreadyDrafted(there.id, there.number)
    last = await work.session.scalar(select(func.max(QuoteVersion.number)).where(of_quote))
    values = {name: getattr(source, name) for name in VERSION_FIELDS}
    company = await work.session.get_one(Company, 1)
    values["valid_until"] = max(source.valid_until, _end_of_validity(work, company))
    version = QuoteVersion(
        quote_id=source.quote_id,
        event_id=source.event_id,
        number=(last or 0) + 1,
        based_on_id=source.id,
        currency=source.currency,
        **values,
    )
    await editing.create(work, version)
    await _copy_what_was_said(work, source, version)
    return version


async def _copy_what_was_said(work: UnitOfWork, source: QuoteVersion, version: QuoteVersion) -> None:
    for model, names in ((QuoteLine, _COPIED_LINE), (QuoteGroup, _COPIED_GROUP)):
        rows = await work.session.scalars(
            select(model).where(model.version_id == source.id, model.deleted_at.is_(None)).order_by(model.id)
        )
        copies = [
            model(
                version_id=version.id,
                quote_id=version.quote_id,
                **{name: getattr(row, name) for name in names},
            )
            for row in rows
        ]
        if copies:
            await create_all(work, copies)


async def _beginnings(work: UnitOfWork, event: Event) -> _Beginnings:
    company = await work.session.get_one(Company, 1)
    client = None if event.client_id is None else await work.session.get(Client, event.client_id)
    wanted = (
        PriceList.is_default & PriceList.deleted_at.is_(None)
        if client is None or client.price_list_id is None
        else PriceList.id == client.price_list_id
    )
    currency = await work.session.scalar(select(PriceList.currency).where(wanted))
    own_language = "de" if company.locale.startswith("de") else "en"
    values: dict[str, Any] = {
        "title": event.name,
        "terms": company.terms,
        "valid_until": _end_of_validity(work, company),
        "price_list_id": client.price_list_id if client else None,
        "prices_include_tax": company.prices_include_tax,
        "tax_rounding": company.tax_rounding,
        "reverse_charge": client is not None and client.tax_treatment == "reverse_charge",
        "discount_percent": client.discount_percent if client else 0,
        "deposit_percent": company.deposit_percent,
        "language": (client.language if client else "") or own_language,
    }
    return _Beginnings(currency or company.currency, ZoneInfo(company.time_zone), values)


def _end_of_validity(work: UnitOfWork, company: Company) -> datetime:
    """The end of the day, on the shop's calendar, until which what is written now is valid."""
    zone = ZoneInfo(company.time_zone)
    day = (work.moment or now()).astimezone(zone).date() + timedelta(days=company.quote_days + 1)
    return datetime.combine(day, time(), zone).astimezone(UTC) - timedelta(minutes=1)
