"""Sending a version, and what the office does once it is with the client."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Request, Response, get, post
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.accounts.fields import email
from app.domain.mail.service import send_again, write_mail
from app.domain.quotes import happenings, links
from app.domain.quotes.accepting import Wish, accept
from app.domain.quotes.draft_queries import Reading
from app.domain.quotes.drafts import document_of
from app.domain.quotes.letters import Post
from app.domain.quotes.offers import MOST_OPTIONS
from app.domain.quotes.pages import version_shown
from app.domain.quotes.queries import QuoteFacts, VersionRow, quote_by_id
from app.domain.quotes.sending import send_version, withdraw_version
from app.domain.quotes.sending_views import mails_of, sending_context
from app.lib.clock import now
from app.lib.errors import Conflict, InvalidInput, NotFound
from app.lib.fields import Reader, clean, read_fields, words
from app.lib.unit_of_work import UnitOfWork
from app.web.errors import Rejected
from app.web.forms import form_list, form_text
from app.web.htmx import Toast
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import MONEY_READ, QUOTE_WRITE
from app.web.render import page, redirect
from app.web.state import CompanyFacts, public_address, runtime

Asked = Request[Any, Any, Any]
About = tuple[QuoteFacts, VersionRow]
OF_VERSION = "/quotes/{quote_id:int}/versions/{number:int}"
LETTER: dict[str, Reader] = {
    "recipient": email,
    "subject": words(200, required="Write what it is about."),
    "words": words(5000, required="Write a line or two."),
}


@get(f"{OF_VERSION}/sending", capability=MONEY_READ, include_in_schema=False)
async def sending_page(
    request: Asked, reading: Connection, quote_id: PathId, number: PathId
) -> Response[str]:
    """How a version is sent, and what the client did with it."""
    return await _show(request, reading, await _version(reading, quote_id, number))


@post(f"{OF_VERSION}/sending", capability=QUOTE_WRITE, include_in_schema=False)
async def send(request: Asked, work: Work, quote_id: PathId, number: PathId) -> Response[str]:
    """Send a version: by mail, or by a link that somebody copies."""
    about, form = await _asked(request, work, quote_id, number)
    said = "Copy the link for the client."
    async with _refusing(request, work, about, form):
        letter = read_letter(request, form) if form.get("how") == "mail" else None
        if about[1].state == "draft":
            await send_version(work, about[1].id, today=today_of(request))
        address = await address_for(request, work, quote_id)
        if letter:
            await mail_version(work, about[1].id, letter, address)
            said = f"A letter to {letter['recipient']} is on its way."
    return _done(request, about, Toast(f"Version {number} sent", said))


@post(f"{OF_VERSION}/withdrawal", capability=QUOTE_WRITE, include_in_schema=False)
async def withdraw(request: Asked, work: Work, quote_id: PathId, number: PathId) -> Response[str]:
    """Take an offer back that nobody has answered."""
    about, form = await _asked(request, work, quote_id, number)
    async with _refusing(request, work, about, form):
        await withdraw_version(work, about[1].id)
    return _done(request, about, Toast("Withdrawn", f"Version {number} can no longer be accepted."))


@post(f"{OF_VERSION}/acceptance", capability=QUOTE_WRITE, include_in_schema=False)
async def accept_for_client(request: Asked, work: Work, quote_id: PathId, number: PathId) -> Response[str]:
    """Accept for a client who said so on the phone, or signed on paper."""
    about, form = await _asked(request, work, quote_id, number)
    chosen = tuple(dict.fromkeys(await form_list(request, "options")))[:MOST_OPTIONS]
    async with _refusing(request, work, about, form):
        said = read_fields(form, {"name": words(120), "heard": words(500)}).checked("name")
        post = await post_for(request, work.session, quote_id)
        await accept(work, Wish(about[1].id, said["name"], chosen, words=said.get("heard", ""), post=post))
    return _done(request, about, Toast("Accepted", f"“{about[0].event_name}” is confirmed."))


@post(f"{OF_VERSION}/decline", capability=QUOTE_WRITE, include_in_schema=False)
async def decline_for_client(request: Asked, work: Work, quote_id: PathId, number: PathId) -> Response[str]:
    """Note that the client does not want it."""
    about, form = await _asked(request, work, quote_id, number)
    async with _refusing(request, work, about, form):
        reason = read_fields(form, {"reason": words(2000)}).checked("reason")["reason"]
        await happenings.decline(work, about[1].id, name=about[0].client_name or "", reason=reason)
    return _done(request, about, Toast("Declined", f"Version {number}"))


@post(f"{OF_VERSION}/answers", capability=QUOTE_WRITE, include_in_schema=False)
async def answer(request: Asked, work: Work, quote_id: PathId, number: PathId) -> Response[str]:
    """Answer a question; it stands on the client's page."""
    about, form = await _asked(request, work, quote_id, number)
    async with _refusing(request, work, about, form):
        said = read_fields(form, {"answer": words(2000)}).checked("answer")["answer"]
        post = await post_for(request, work.session, quote_id)
        letter = await happenings.answer(work, about[1].id, said, post=post)
    told = f" A letter to {letter.recipient} is on its way." if letter else ""
    return _done(request, about, Toast("Answered", f"It stands on the page of the client.{told}"))


@post("/quotes/{quote_id:int}/links", capability=QUOTE_WRITE, include_in_schema=False)
async def renew_link(request: Asked, work: Work, quote_id: PathId) -> Response[str]:
    """Make a new link; the one before opens nothing any more."""
    await links.renew_link(work, runtime(request).settings.secret_key, quote_id)
    toast = Toast("New link", "Copy it for the client. Earlier ones open nothing any more.")
    return redirect(request, f"/quotes/{quote_id}", toast=toast)


@post("/quotes/{quote_id:int}/links/deletion", capability=QUOTE_WRITE, include_in_schema=False)
async def revoke_link(request: Asked, work: Work, quote_id: PathId) -> Response[str]:
    """Have the link open nothing any more."""
    await links.revoke_links(work, quote_id)
    return redirect(
        request, f"/quotes/{quote_id}", toast=Toast("Revoked", "The link opens nothing any more.")
    )


@post(f"{OF_VERSION}/mails/{{mail_id:int}}/sending", capability=QUOTE_WRITE, include_in_schema=False)
async def send_letter_again(
    request: Asked, work: Work, quote_id: PathId, number: PathId, mail_id: PathId
) -> Response[str]:
    """Try a letter once more that failed."""
    reading = await work.session.connection()
    about = await _version(reading, quote_id, number)
    if mail_id not in {one.id for one in await mails_of(reading, about[1].id)}:
        raise NotFound("There is no such letter.")
    await send_again(work, mail_id)
    return _done(request, about, Toast("On its way", "It is tried again now."))


def read_letter(request: Asked, form: Mapping[str, str]) -> dict[str, str]:
    """What a letter says. Raises Conflict without a mail server, InvalidInput."""
    if runtime(request).settings.mail is None:
        raise Conflict("There is no mail server. Copy the link instead.")
    letter = read_fields(form, LETTER).checked(*LETTER)
    if not letter["recipient"]:
        raise InvalidInput({"recipient": "Write an e-mail address, like ana@example.com."})
    return {**letter, "closing": clean(form.get("closing", ""))[:500]}


async def mail_version(work: UnitOfWork, version_id: int, letter: Mapping[str, str], address: str) -> None:
    """Write the letter that takes a version to the client, with the link below the words."""
    text = "\n\n".join(filter(None, (letter["words"], address, letter.get("closing", ""))))
    await write_mail(work, letter["recipient"], letter["subject"], text, quote_version_id=version_id)


async def address_for(request: Asked, work: UnitOfWork, quote_id: int) -> str:
    """The link of a quote, whole; made where there is none."""
    link = await links.link_for(work, runtime(request).settings.secret_key, quote_id)
    return f"{public_address(request)}{link.path}"


async def post_for(request: Asked, reading: Reading, quote_id: int) -> Post | None:
    """That letters can be sent, with the link of a quote if there is one; None without a mail server."""
    settings = runtime(request).settings
    if settings.mail is None:
        return None
    link = await links.link_of(reading, settings.secret_key, quote_id)
    return Post(f"{public_address(request)}{link.path}" if link else "")


def today_of(request: Asked) -> date:
    """The day on the shop's calendar."""
    return now().astimezone(ZoneInfo((runtime(request).company or CompanyFacts()).time_zone)).date()


async def _asked(
    request: Asked, work: UnitOfWork, quote_id: int, number: int
) -> tuple[About, dict[str, str]]:
    about = await _version(await work.session.connection(), quote_id, number)
    return about, await form_text(request)


async def _version(reading: AsyncConnection, quote_id: int, number: int) -> About:
    quote = await quote_by_id(reading, quote_id)
    return quote, version_shown(quote, str(number))


@asynccontextmanager
async def _refusing(
    request: Asked, work: UnitOfWork, about: About, form: Mapping[str, str]
) -> AsyncGenerator[None]:
    """Turn what is refused inside the block into the panel again, with everything typed kept."""
    try:
        async with work.session.begin_nested():
            yield
    except (InvalidInput, Conflict) as error:
        fields = error.fields if isinstance(error, InvalidInput) else {"": error.message}
        reading = await work.session.connection()
        shown = await _show(request, reading, about, typed=form, errors=fields, status=error.status)
        raise Rejected(shown) from error


async def _show(
    request: Asked,
    reading: AsyncConnection,
    about: About,
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response[str]:
    quote, shown = about
    context = await sending_context(request, reading, quote, shown, await document_of(reading, shown.id))
    context |= {"quote": quote, "shown": shown, "sent_typed": typed or {}, "sent_errors": errors or {}}
    return page(request, "quotes/sending.html", partial="quotes/_sending.html", status=status, **context)


def _done(request: Asked, about: About, toast: Toast) -> Response[str]:
    return redirect(request, f"/quotes/{about[0].id}?version={about[1].number}", toast=toast)


HANDLERS = [
    sending_page, send, withdraw, accept_for_client, decline_for_client, answer, renew_link, revoke_link,
    send_letter_again,
]  # fmt: skip
