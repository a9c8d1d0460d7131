"""Sending a version: all of it is written down as it is at this moment, and never changes again."""

from datetime import date

import msgspec
from sqlalchemy import select

from app.db.models import QuoteVersion
from app.domain.documents.content import Document, fingerprint, to_json
from app.domain.events import policy
from app.domain.events.service import take_step
from app.domain.quotes.drafts import all_lines, document_of
from app.domain.quotes.happenings import open_version
from app.domain.quotes.holding import hold_quote_of
from app.lib import editing
from app.lib.clock import now
from app.lib.errors import Conflict, InvalidInput, NotFound
from app.lib.unit_of_work import UnitOfWork

BATCH = 50
_FEW = 3


async def send_version(work: UnitOfWork, version_id: int, *, today: date) -> QuoteVersion:
    """Freeze a draft and open it to the client; versions that were open before are replaced by it.

    `today` is the day on the shop's calendar that stands on the paper. An event that was a draft is quoted.
    Raises NotFound, Conflict for what was sent already, InvalidInput for what is not finished.
    """
    event = await hold_quote_of(work, version_id)
    version, earlier = await _hold(work, version_id)
    if version.valid_until <= now():
        raise InvalidInput({"valid_until": "This day is over: say until when the quote is valid."})
    document = await document_of(work.session, version.id)
    refuse_unfinished(document)
    _freeze(version, msgspec.structs.replace(document, dated=today))
    version.sent_at, version.sent_by_id = now(), work.actor.id
    await editing.edit(work, version, {"state": "sent"}, version=None, action="quote_version.sent")
    for one in earlier:
        one.decided_at = now()
        await _close(work, one, "superseded", "superseded")
    if event.status == policy.DRAFT:
        await take_step(work, event.id, policy.QUOTE)
    return version


async def withdraw_version(work: UnitOfWork, version_id: int) -> QuoteVersion:
    """Take an offer back before it was answered. Raises NotFound, NotOpen."""
    version = await open_version(work, version_id)
    version.decided_at = now()
    await _close(work, version, "expired", "withdrawn")
    return version


async def expire_versions(work: UnitOfWork) -> list[int]:
    """Close every version whose day is over and that nobody answered. Returns them."""
    statement = (
        select(QuoteVersion)
        .where(
            QuoteVersion.state == "sent",
            QuoteVersion.valid_until <= now(),
            QuoteVersion.deleted_at.is_(None),
        )
        .order_by(QuoteVersion.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    )
    over = (await work.session.scalars(statement)).all()
    for version in over:
        version.decided_at = now()
        await _close(work, version, "expired", "expired")
    return [version.id for version in over]


def refuse_unfinished(document: Document) -> None:
    """Raise InvalidInput for a paper that nobody could accept."""
    lines = [line for line in all_lines(document).values() if line.kind != "note"]
    if not document.recipient.name:
        raise InvalidInput({"client": "Choose the client of the event first: a quote is for somebody."})
    if not lines:
        raise InvalidInput({"lines": "There is nothing on it yet."})
    unpriced = [line.name for line in lines if line.price is None]
    if unpriced:
        more = f" and {len(unpriced) - _FEW} more" if len(unpriced) > _FEW else ""
        raise InvalidInput({"lines": f"Say what {', '.join(unpriced[:_FEW])}{more} costs first."})


async def _hold(work: UnitOfWork, version_id: int) -> tuple[QuoteVersion, list[QuoteVersion]]:
    """Lock a draft, and the versions of its quote that are open, in the order of their ids."""
    quote_id = select(QuoteVersion.quote_id).where(QuoteVersion.id == version_id).scalar_subquery()
    statement = (
        select(QuoteVersion)
        .where(QuoteVersion.quote_id == quote_id, QuoteVersion.deleted_at.is_(None))
        .where((QuoteVersion.id == version_id) | (QuoteVersion.state == "sent"))
        .order_by(QuoteVersion.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    held = {one.id: one for one in await work.session.scalars(statement)}
    version = held.pop(version_id, None)
    if version is None:
        raise NotFound("This version does not exist, or was deleted.")
    if version.state != "draft":
        raise Conflict(f"Version {version.number} was sent already.")
    return version, list(held.values())


def _freeze(version: QuoteVersion, document: Document) -> None:
    kept = to_json(document)
    version.content, version.content_hash = kept, fingerprint(kept)
    version.net, version.tax, version.gross = document.net, document.tax, document.gross


async def _close(work: UnitOfWork, version: QuoteVersion, state: str, what: str) -> None:
    await editing.edit(work, version, {"state": state}, version=None, action=f"quote_version.{what}")
