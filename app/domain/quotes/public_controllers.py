"""The client's page of a quote: seen, asked about, accepted or declined by whoever has its link.

Nobody is signed in here. The link is the permission; forms carry the guest's CSRF token like any other.
"""

from collections.abc import Awaitable, Mapping, Sequence
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath, FromQuery
from sqlalchemy.ext.asyncio import AsyncConnection

from app.config import RateLimit
from app.domain.documents.confirmations import confirmation_of
from app.domain.documents.printing import HEADERS, Print, name_of, pdf_of, press_of, print_of
from app.domain.documents.queries import paper_size, version_facts_by_id
from app.domain.quotes.accepting import accept_or_refuse
from app.domain.quotes.happenings import NotOpen, ask, decline, note_opened
from app.domain.quotes.letters import Post
from app.domain.quotes.links import LinkRevoked
from app.domain.quotes.offers import MOST_OPTIONS, Offer, offer_of, said, wish_of
from app.lib.content_disposition import inline
from app.lib.errors import NotFound
from app.lib.file_store import FileMissingError
from app.lib.unit_of_work import unit_of_work
from app.web.errors import Rejected
from app.web.forms import form_list, form_text, rejecting
from app.web.parameters import Connection, PathId, Work
from app.web.render import page, partial, redirect
from app.web.signatures import keep_signature
from app.web.state import actor_of, client_ip, public_address, runtime

Asked = Request[Any, Any, Any]
LOOKS, PICTURES, ANSWERS = RateLimit(240, 60), RateLimit(3000, 60), RateLimit(20, 600)
"""How often an address may look at pages of clients and at their pictures, and send something there."""
MOST_DIGITS = 6


@get("/q/{token:str}", public=True, include_in_schema=False)
async def quote_page(
    request: Asked,
    work: Work,
    token: FromPath[str],
    version: FromQuery[int | None] = None,
    options: FromQuery[list[str] | None] = None,
) -> Response[str]:
    """The newest version that was sent, or the one of this number."""
    reading = await work.session.connection()
    offer = await _offer(request, reading, token, version, options)
    if request.scope.get("user") is None:
        await note_opened(work, offer.version.id)
    return _page(request, offer)


@get("/q/{token:str}/sums", public=True, include_in_schema=False)
async def sums(
    request: Asked,
    reading: Connection,
    token: FromPath[str],
    version: FromQuery[int],
    options: FromQuery[list[str] | None] = None,
) -> Response[str]:
    """What it comes to with other options."""
    offer = await _offer(request, reading, token, version, options or [])
    return partial(request, "quotes/public/_sums.html", offer=offer, sheet=offer.sheet)


@post("/q/{token:str}/options", public=True, include_in_schema=False, status_code=200)
async def choose(request: Asked, reading: Connection, token: FromPath[str]) -> Response[str]:
    """The same page with other options, for browsers without scripts."""
    form, chosen = await form_text(request), await form_list(request, "options")
    return _page(request, await _posted(request, reading, token, form, chosen), typed=form)


@post("/q/{token:str}/acceptance", public=True, include_in_schema=False)
async def accept_quote(request: Asked, reading: Connection, token: FromPath[str]) -> Response[str]:
    """Accept a version as it is shown, or be told that we come back to it."""
    form, chosen = await form_text(request), await form_list(request, "options")
    offer = await _posted(request, reading, token, form, chosen, limit=ANSWERS)
    here = runtime(request)
    with rejecting(lambda errors: _page(request, offer, typed=form, errors=errors)):
        drawn = form.get("signature", "") if form.get("signing") == "draw" else ""
        post = Post(f"{public_address(request)}{offer.link.path}") if here.settings.mail else None
        wish = wish_of(offer, form, chosen[:MOST_OPTIONS], await keep_signature(request, drawn), post)
        await _unless_closed(
            request, offer, accept_or_refuse(lambda: unit_of_work(here.sessions, actor_of(request)), wish)
        )
    return redirect(request, offer.link.answer_path)


@post("/q/{token:str}/decline", public=True, include_in_schema=False)
async def decline_quote(request: Asked, work: Work, token: FromPath[str]) -> Response[str]:
    """Decline a version, with a reason."""
    form = await form_text(request)
    reading = await work.session.connection()
    offer = await _posted(request, reading, token, form, None, limit=ANSWERS)
    with rejecting(lambda errors: _page(request, offer, typed=form, errors=errors)):
        name, reason = said(form, "reason")
        await _unless_closed(request, offer, decline(work, offer.version.id, name=name, reason=reason))
    return redirect(request, offer.link.answer_path)


@post("/q/{token:str}/questions", public=True, include_in_schema=False)
async def ask_question(request: Asked, work: Work, token: FromPath[str]) -> Response[str]:
    """Ask something about a version."""
    form = await form_text(request)
    reading = await work.session.connection()
    offer = await _posted(request, reading, token, form, None, limit=ANSWERS)
    with rejecting(lambda errors: _page(request, offer, typed=form, errors=errors)):
        name, words = said(form, "question")
        await ask(work, offer.version.id, name=name, words=words)
    return redirect(request, f"{offer.link.path}?version={offer.version.number}#questions")


@get(
    [f"/q/{{token:str}}/{form}" for form in ("options", "acceptance", "decline", "questions")],
    public=True,
    include_in_schema=False,
)
async def loaded_again(request: Asked, token: FromPath[str]) -> Response[str]:
    """Back to the page: where something is wrong in a form, its address is the one that is loaded again."""
    return redirect(request, f"/q/{token}")


@get("/q/{token:str}/quote.pdf", public=True, include_in_schema=False)
async def quote_pdf(
    request: Asked,
    reading: Connection,
    token: FromPath[str],
    version: FromQuery[int | None] = None,
    options: FromQuery[list[str] | None] = None,
) -> Response[bytes]:
    """A version as a PDF."""
    offer = await _offer(request, reading, token, version, options)
    return await _pdf(request, reading, print_of(offer.document))


@get("/q/{token:str}/confirmation.pdf", public=True, include_in_schema=False)
async def confirmation_pdf(
    request: Asked,
    reading: Connection,
    token: FromPath[str],
    version: FromQuery[int | None] = None,
) -> Response[bytes]:
    """The confirmation of the order, once a version was accepted."""
    offer = await _offer(request, reading, token, version, None)
    if offer.state != "accepted":
        raise NotFound("There is nothing at this address.")
    facts = await version_facts_by_id(reading, offer.version.id)
    return await _pdf(request, reading, confirmation_of(offer.document, facts))


@get("/q/{token:str}/files/{number:int}/{name:str}", public=True, include_in_schema=False)
async def quote_file(
    request: Asked, reading: Connection, token: FromPath[str], number: PathId, name: FromPath[str]
) -> Response[bytes]:
    """A picture that a version shows, and no other file."""
    offer = await _offer(request, reading, token, number, None, limit=PICTURES)
    missing = NotFound("There is nothing at this address.")
    if name not in offer.sheet.files:
        raise missing
    try:
        content = await runtime(request).files.read_async(name)
    except FileMissingError as error:
        raise missing from error
    return Response(content, media_type="image/webp", headers={"Cache-Control": "private, max-age=3600"})


async def _offer(
    request: Asked,
    reading: AsyncConnection,
    token: str,
    number: int | None,
    chosen: Sequence[str] | None,
    *,
    limit: RateLimit = LOOKS,
) -> Offer:
    """What a link shows, counted by address; a link that shows nothing has a page of its own."""
    here = runtime(request)
    key = f"client-page:{limit.count}:{client_ip(request)}"
    await here.rate_limits.count(key, limit, "That was a lot.")
    try:
        return await offer_of(reading, here.settings.secret_key, token, number=number, chosen=chosen)
    except NotFound as error:
        revoked = isinstance(error, LinkRevoked)
        gone = page(request, "quotes/public/gone.html", status=410 if revoked else 404, revoked=revoked)
        raise Rejected(gone) from error


async def _posted(
    request: Asked,
    reading: AsyncConnection,
    token: str,
    form: Mapping[str, str],
    chosen: Sequence[str] | None,
    *,
    limit: RateLimit = LOOKS,
) -> Offer:
    """The version that a form is about."""
    number = form.get("version", "")
    known = number.isascii() and number.isdecimal() and len(number) <= MOST_DIGITS
    return await _offer(request, reading, token, int(number) if known else 0, chosen, limit=limit)


async def _unless_closed(request: Asked, offer: Offer, answering: Awaitable[object]) -> None:
    """Answer; where somebody else was faster, or the day is over, show how it stands now."""
    try:
        await answering
    except NotOpen as error:
        raise Rejected(redirect(request, offer.link.answer_path)) from error


async def _pdf(request: Asked, reading: AsyncConnection, paper: Print) -> Response[bytes]:
    content = await pdf_of(press_of(runtime(request)), paper, size=await paper_size(reading))
    headers = {**HEADERS, "Content-Disposition": inline(name_of(paper))}
    return Response(content, media_type="application/pdf", headers=headers)


def _page(
    request: Asked,
    offer: Offer,
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Response[str]:
    sheet = offer.sheet
    return page(
        request,
        "quotes/public/show.html",
        status=422 if errors else 200,
        offer=offer,
        sheet=sheet,
        words=sheet.words,
        typed=typed or {},
        errors={name: sheet.words.gettext(message) for name, message in (errors or {}).items()},
    )


HANDLERS = [
    quote_page, sums, choose, accept_quote, decline_quote, ask_question, loaded_again, quote_pdf,
    confirmation_pdf, quote_file,
]  # fmt: skip
