"""Accepting a version: fixed as it was shown, and what it promises becomes firm, or nothing happens."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from app.db.models import Event, QuoteVersion
from app.domain.availability.shortage import Shortage
from app.domain.documents.content import Document, Occasion, from_json
from app.domain.documents.summing import with_options
from app.domain.documents.wording import noted
from app.domain.events import policy
from app.domain.events.booking import rebook
from app.domain.events.service import confirm
from app.domain.quotes.booked import bring_rentals
from app.domain.quotes.happenings import NotOpen, happen, open_version
from app.domain.quotes.holding import hold_event_of
from app.domain.quotes.letters import Post, confirm_by_mail
from app.lib import editing
from app.lib.changes import note
from app.lib.clock import now
from app.lib.database_errors import translate_database_error
from app.lib.errors import Conflict, DomainError, InvalidInput, OutOfStock
from app.lib.unit_of_work import UnitOfWork

Transactions = Callable[[], AbstractAsyncContextManager[UnitOfWork]]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a client said yes to: the version as it was shown (its fingerprint), the options by their keys.

    `gross` is the sum that was shown, where one was. `signature` is a file with what was drawn; `words` how
    the office heard of it. With `post` the confirmation is mailed.
    """

    version_id: int
    name: str
    chosen: tuple[str, ...] = ()
    content_hash: str = ""
    gross: Decimal | None = None
    signature: str | None = None
    words: str = ""
    post: Post | None = None


class CannotBeKept(Conflict):
    """What was accepted cannot be done as things are; `message` is for the office."""


async def accept(work: UnitOfWork, wish: Wish) -> QuoteVersion:
    """Accept a version and confirm its event, or raise and change nothing.

    Raises NotFound, NotOpen (answered, replaced or over), InvalidInput for what was not shown like this, and
    what the booking refuses with: Shortage, Conflict.
    """
    event = await hold_event_of(work, wish.version_id)
    version = await open_version(work, wish.version_id)
    document = _as_shown(version, wish)
    await _replace_accepted(work, version)
    version.decided_at = now()
    await editing.edit(work, version, {"state": "accepted"}, version=None, action="quote_version.accepted")
    accepted = await happen(
        work,
        version,
        "accepted",
        name=wish.name,
        words=wish.words,
        signature=wish.signature,
        chosen=list(wish.chosen),
        content_hash=version.content_hash,
        gross=document.gross,
    )
    await _book(work, event, document)
    await confirm_by_mail(work, accepted, wish.post)
    return version


async def accept_or_refuse(transactions: Transactions, wish: Wish) -> bool:
    """Accept what a client signed; where it cannot be kept, tell the office instead. Says which it was.

    `transactions` opens a unit of work of its own. Raises as `accept` does, but for what the booking refuses.
    """
    try:
        async with transactions() as work:
            await accept(work, wish)
    except (NotOpen, InvalidInput):
        raise
    except (Shortage, CannotBeKept) as error:
        reason = error.message
    except DBAPIError as error:
        known = translate_database_error(error)
        if not isinstance(known, OutOfStock):
            raise
        reason = known.message
    else:
        return True
    async with transactions() as work:
        await refuse(work, wish, reason)
    return False


async def refuse(work: UnitOfWork, wish: Wish, reason: str) -> None:
    """Note that a client said yes to what cannot be kept. Raises NotFound, NotOpen."""
    version = await open_version(work, wish.version_id)
    await happen(work, version, "refused", name=wish.name, words=reason, chosen=list(wish.chosen))
    await note(work, version, "quote_version.refused", {"missing": (None, reason)})


def _as_shown(version: QuoteVersion, wish: Wish) -> Document:
    """The document with the options chosen. Raises InvalidInput where something else was shown."""
    if version.content is None:
        raise NotOpen(f"Version {version.number} was not sent yet.")
    if wish.content_hash and wish.content_hash != version.content_hash:
        raise InvalidInput({"version": noted("This is not the version that was shown. Load the page again.")})
    if not wish.name:
        raise InvalidInput({"name": noted("Write your name.")})
    document = from_json(version.content)
    if not {line.key for line in document.options}.issuperset(wish.chosen):
        raise InvalidInput({"option": noted("One of these options is not offered.")})
    document = with_options(document, wish.chosen)
    if wish.gross is not None and wish.gross != document.gross:
        raise InvalidInput(
            {"option": noted("The total has changed with your options. Look again, then accept.")}
        )
    return document


async def _replace_accepted(work: UnitOfWork, version: QuoteVersion) -> None:
    """What was accepted for the locked event before is replaced by this."""
    statement = (
        select(QuoteVersion)
        .where(QuoteVersion.event_id == version.event_id, QuoteVersion.state == "accepted")
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    for one in (await work.session.scalars(statement)).all():
        await editing.edit(
            work, one, {"state": "superseded"}, version=None, action="quote_version.superseded"
        )


async def _book(work: UnitOfWork, event: Event, document: Document) -> None:
    """Bring the event to what was accepted, and confirm it. Raises Shortage, CannotBeKept."""
    try:
        _refuse_other_days(event, document)
        await bring_rentals(work, event, document)
        if event.status == policy.CONFIRMED:
            await rebook(work, event, check_all=True)
        else:
            await confirm(work, event.id)
    except Shortage:
        raise
    except DomainError as error:
        raise CannotBeKept(error.message) from error


def _refuse_other_days(event: Event, document: Document) -> None:
    """Raise Conflict when the event has been moved to other days since."""
    then = document.occasion
    if then is None:
        return
    zone = ZoneInfo(document.sender.time_zone)
    if _days(then, zone) != _days(event, zone):
        raise Conflict(f"“{event.name}” was moved to other days after this version was sent.")


def _days(occasion: Event | Occasion, zone: ZoneInfo) -> list[object]:
    moments: tuple[datetime | None, ...] = (
        occasion.out_start,
        occasion.out_end,
        occasion.use_start,
        occasion.use_end,
    )
    return [moment.astimezone(zone).date() if moment else None for moment in moments]
