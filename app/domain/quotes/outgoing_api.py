"""Sending versions in the API, and what is done for a client. What cannot be booked answers 409."""

from typing import Annotated, Any, ClassVar

import msgspec
from litestar import Request, Response, post
from litestar.params import JSONBody
from msgspec import Meta
from sqlalchemy import select

from app.db.models import QuoteVersion
from app.domain.quotes import happenings, links
from app.domain.quotes.accepting import Wish, accept
from app.domain.quotes.draft_queries import Reading
from app.domain.quotes.offers import MOST_OPTIONS
from app.domain.quotes.pages import version_shown
from app.domain.quotes.queries import quote_by_id
from app.domain.quotes.sending import send_version
from app.domain.quotes.sending_controllers import address_for, mail_version, post_for, read_letter, today_of
from app.lib.unit_of_work import UnitOfWork
from app.lib.wire import wire
from app.web.api import Answer, Moment, answer, api_router
from app.web.api_bodies import Body
from app.web.parameters import PathId, Work
from app.web.permissions import QUOTE_WRITE
from app.web.state import public_address, runtime

ApiRequest = Request[Any, Any, Any]
OF_VERSION = "/quotes/{quote_id:int}/versions/{number:int}"
Amount = Annotated[str | None, Meta(description="A decimal; null for a draft.", examples=["21647.91"])]


class OfferRecord(msgspec.Struct, kw_only=True):
    """A version on its way to the client."""

    id: int
    quote_id: int
    number: int
    version: int
    state: str
    content_hash: str
    currency: str
    net: Amount
    tax: Amount
    gross: Amount
    sent_at: Moment | None
    decided_at: Moment | None
    url: Annotated[str | None, Meta(description="What the client opens; null while there is no link.")]


class LinkRecord(msgspec.Struct, kw_only=True):
    """The link of a quote."""

    quote_id: int
    url: str


class Sending(Body):
    """How a version is sent: with a `recipient` by mail, else by the link that is answered."""

    lines: ClassVar[frozenset[str]] = frozenset({"words", "closing"})

    recipient: Annotated[str, Meta(max_length=254)] = ""
    subject: Annotated[str, Meta(max_length=200)] = ""
    words: Annotated[str, Meta(max_length=5000)] = ""
    closing: Annotated[str, Meta(max_length=500)] = ""


class AcceptanceForClient(Body):
    """Who said yes, how the office heard of it, and the keys of the options that were chosen."""

    lines: ClassVar[frozenset[str]] = frozenset({"words"})

    name: Annotated[str, Meta(min_length=1, max_length=120)]
    words: Annotated[str, Meta(max_length=500)] = ""
    options: Annotated[list[str], Meta(max_length=MOST_OPTIONS)] = msgspec.field(default_factory=list[str])


class DeclineForClient(Body):
    """Who declined, and why."""

    lines: ClassVar[frozenset[str]] = frozenset({"reason"})

    reason: Annotated[str, Meta(min_length=1, max_length=2000)]
    name: Annotated[str, Meta(max_length=120)] = ""


class AnswerToClient(Body):
    """What is answered to a question."""

    lines: ClassVar[frozenset[str]] = frozenset({"words"})

    words: Annotated[str, Meta(min_length=1, max_length=2000)]


@post(f"{OF_VERSION}/sending", capability=QUOTE_WRITE, status_code=200)
async def send_quote_version(
    request: ApiRequest, work: Work, quote_id: PathId, number: PathId, data: JSONBody[Sending]
) -> Response[Answer[OfferRecord]]:
    """Send a draft: it never changes again, and replaces what was open. Later it is one more letter."""
    version_id, state = await _version(work, quote_id, number)
    letter = read_letter(request, msgspec.structs.asdict(data)) if data.recipient else None
    if state == "draft" or letter is None:
        await send_version(work, version_id, today=today_of(request))
    address = await address_for(request, work, quote_id)
    if letter:
        await mail_version(work, version_id, letter, address)
    return await _answer(request, work.session, version_id)


@post(f"{OF_VERSION}/acceptance", capability=QUOTE_WRITE, status_code=200)
async def accept_quote_version(
    request: ApiRequest, work: Work, quote_id: PathId, number: PathId, data: JSONBody[AcceptanceForClient]
) -> Response[Answer[OfferRecord]]:
    """Accept for a client: the event is confirmed with what the version says, or nothing happens."""
    version_id, _ = await _version(work, quote_id, number)
    post = await post_for(request, work.session, quote_id)
    await accept(work, Wish(version_id, data.name, tuple(data.options), words=data.words, post=post))
    return await _answer(request, work.session, version_id)


@post(f"{OF_VERSION}/decline", capability=QUOTE_WRITE, status_code=200)
async def decline_quote_version(
    request: ApiRequest, work: Work, quote_id: PathId, number: PathId, data: JSONBody[DeclineForClient]
) -> Response[Answer[OfferRecord]]:
    """Note that the client does not want it."""
    version_id, _ = await _version(work, quote_id, number)
    await happenings.decline(work, version_id, name=data.name, reason=data.reason)
    return await _answer(request, work.session, version_id)


@post(f"{OF_VERSION}/questions/answers", capability=QUOTE_WRITE, status_code=200)
async def answer_client(
    request: ApiRequest, work: Work, quote_id: PathId, number: PathId, data: JSONBody[AnswerToClient]
) -> Response[Answer[OfferRecord]]:
    """Answer a question of the client; it stands on the page that the link opens."""
    version_id, _ = await _version(work, quote_id, number)
    await happenings.answer(
        work, version_id, data.words, post=await post_for(request, work.session, quote_id)
    )
    return await _answer(request, work.session, version_id)


@post("/quotes/{quote_id:int}/links", capability=QUOTE_WRITE, status_code=201)
async def renew_quote_link(request: ApiRequest, work: Work, quote_id: PathId) -> Response[Answer[LinkRecord]]:
    """Make a new link; the one before opens nothing any more."""
    await quote_by_id(work.session, quote_id)
    link = await links.renew_link(work, runtime(request).settings.secret_key, quote_id)
    return answer(LinkRecord(quote_id=quote_id, url=f"{public_address(request)}{link.path}"))


async def _version(work: UnitOfWork, quote_id: int, number: int) -> tuple[int, str]:
    shown = version_shown(await quote_by_id(work.session, quote_id), str(number))
    return shown.id, shown.state


async def _answer(request: ApiRequest, reading: Reading, version_id: int) -> Response[Answer[OfferRecord]]:
    own = [name for name in OfferRecord.__struct_fields__ if name != "url"]
    statement = select(*(getattr(QuoteVersion, name) for name in own)).where(QuoteVersion.id == version_id)
    row = (await reading.execute(statement)).mappings().one()
    link = await links.link_of(reading, runtime(request).settings.secret_key, row["quote_id"])
    values: dict[str, Any] = {name: wire(value) for name, value in row.items()}
    url = f"{public_address(request)}{link.path}" if link else None
    return answer(OfferRecord(**values, url=url), version=row["version"])


API = api_router(
    "Quotes",
    [send_quote_version, accept_quote_version, decline_quote_version, answer_client, renew_quote_link],
)
