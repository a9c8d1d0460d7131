"""Quotes and their versions in the API. Each version has the whole document."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any

from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody, QueryParameter
from msgspec import UNSET

from app.db.models import Quote
from app.domain.quotes import service
from app.domain.quotes.api_queries import QUOTES, provide_quote_filter
from app.domain.quotes.api_schemas import (
    ChangedQuote,
    ChangedVersion,
    DifferenceRecord,
    NewQuote,
    NewVersion,
    PairRecord,
    QuoteRecord,
    TermRecord,
    VersionRecord,
    VersionSummary,
)
from app.domain.quotes.differences import pairs, terms
from app.domain.quotes.draft_queries import Reading
from app.domain.quotes.drafts import document_of
from app.domain.quotes.list_queries import sums_with_options
from app.domain.quotes.pages import version_shown
from app.domain.quotes.queries import VersionRow, quote_by_id, version_by_id
from app.lib.unit_of_work import UnitOfWork
from app.lib.wire import wire
from app.web.api import (
    Answer,
    EditTerms,
    ListAnswer,
    answer,
    api_router,
    whole_answer,
    wired,
)
from app.web.api_routes import Routes
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import MONEY_READ, QUOTE_WRITE

QUOTE = Routes("quote", QuoteRecord, QUOTES, read=MONEY_READ, write=QUOTE_WRITE)
VERSION = "/quotes/{quote_id:int}/versions/{number:int}"
Number = Annotated[int | None, QueryParameter(ge=1, le=100_000, description="The number of a version.")]


async def _create(work: UnitOfWork, values: dict[str, Any]) -> Quote:
    version = await service.create_quote(work, values["event_id"])
    return await work.session.get_one(Quote, version.quote_id)


@get("/quotes/{quote_id:int}/versions", capability=MONEY_READ)
async def list_quote_versions(reading: Connection, quote_id: PathId) -> Response[ListAnswer[VersionSummary]]:
    """List the versions of a quote, oldest first."""
    quote = await quote_by_id(reading, quote_id)
    accepted = await sums_with_options(reading, {one.id: one.chosen for one in quote.versions})
    return whole_answer([_summary(one, accepted.get(one.id, {})) for one in quote.versions])


@post("/quotes/{quote_id:int}/versions", capability=QUOTE_WRITE)
async def begin_quote_version(
    work: Work, quote_id: PathId, data: JSONBody[NewVersion]
) -> Response[Answer[VersionRecord]]:
    """Begin the next version with what was said for one; 409 where there is a draft."""
    quote = await quote_by_id(work.session, quote_id)
    source = version_shown(quote, str(quote.versions[-1].number if data.number is UNSET else data.number))
    made = await service.new_version(work, source.id)
    location = f"/api/quotes/{quote_id}/versions/{made.number}"
    return answer(await _record(work.session, made.id), version=made.version, location=location)


@get(VERSION, capability=MONEY_READ)
async def get_quote_version(
    reading: Connection, quote_id: PathId, number: PathId
) -> Response[Answer[VersionRecord]]:
    """Get one version with its document; its version is the ETag."""
    return await _answer(reading, (await version_at(reading, quote_id, number)).id)


@patch(VERSION, capability=QUOTE_WRITE)
async def change_quote_version(
    work: Work,
    quote_id: PathId,
    number: PathId,
    data: JSONBody[ChangedVersion],
    terms: NamedDependency[EditTerms],
) -> Response[Answer[VersionRecord]]:
    """Change the terms of a draft; what was sent stays (409)."""
    version_id = (await version_at(work.session, quote_id, number)).id
    started, strategy = terms.version(data.version), terms.strategy
    await service.edit_version(work, version_id, data.given(), version=started, strategy=strategy)
    return await _answer(work.session, version_id)


@delete(VERSION, capability=QUOTE_WRITE)
async def discard_quote_version(
    work: Work,
    quote_id: PathId,
    number: PathId,
    terms: NamedDependency[EditTerms],
    version: FromQuery[int | None] = None,
) -> None:
    """Give a draft up where there is another version."""
    version_id = (await version_at(work.session, quote_id, number)).id
    await service.discard_version(work, version_id, version=terms.version(version))


@get("/quotes/{quote_id:int}/difference", capability=MONEY_READ)
async def get_quote_difference(
    reading: Connection, quote_id: PathId, before: Number = None, after: Number = None
) -> Response[Answer[DifferenceRecord]]:
    """What is other between two versions: unless said, the first and the newest."""
    quote = await quote_by_id(reading, quote_id)
    first = version_shown(quote, str(before or quote.versions[0].number))
    last = version_shown(quote, str(after or quote.versions[-1].number))
    old, new = await document_of(reading, first.id), await document_of(reading, last.id)
    found = DifferenceRecord(
        before=first.number,
        after=last.number,
        net=str(new.net - old.net),
        gross=str(new.gross - old.gross),
        lines=[
            PairRecord(key=one.line.key, kind=one.kind, before=one.before, after=one.after)
            for one in pairs(old, new)
        ],
        terms=[
            TermRecord(label=one.label, before=_words(one.before), after=_words(one.after))
            for one in terms(old, new)
        ],
    )
    return answer(found)


async def version_at(reading: Reading, quote_id: int, number: int) -> VersionRow:
    """The version of a quote with this number. Raises NotFound."""
    return version_shown(await quote_by_id(reading, quote_id), str(number))


async def _answer(reading: Reading, version_id: int) -> Response[Answer[VersionRecord]]:
    record = await _record(reading, version_id)
    return answer(record, version=record.version)


async def _record(reading: Reading, version_id: int) -> VersionRecord:
    own = [name for name in VersionRecord.__struct_fields__ if name != "document"]
    row = await version_by_id(reading, version_id, own)
    return VersionRecord(**wired(row), document=await document_of(reading, version_id))


def _summary(one: VersionRow, accepted: Mapping[str, Decimal]) -> VersionSummary:
    kept = {name: getattr(one, name) for name in VersionSummary.__struct_fields__}
    return VersionSummary(**wired({**kept, "net": accepted.get("net", one.net)}))


def _words(value: object) -> str:
    return "" if value is None else str(wire(value)) if not isinstance(value, bool) else str(value).lower()


API = api_router(
    "Quotes",
    [
        QUOTE.listing("List quotes: filtered, sorted, page by page.", provide_quote_filter),
        QUOTE.creation(NewQuote, _create, "Begin a quote: its first version is a draft of the event's gear."),
        QUOTE.single(),
        QUOTE.change(ChangedQuote, service.edit_quote),
        QUOTE.deletion(service.delete_quote, "Delete a quote that nobody got."),
        QUOTE.restoration(service.restore_quote),
        list_quote_versions,
        begin_quote_version,
        get_quote_version,
        change_quote_version,
        discard_quote_version,
        get_quote_difference,
    ],
)
