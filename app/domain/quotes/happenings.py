"""What happens to a version that was sent: kept for ever, and told to whoever has the quote open."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.db.models import Mail, QuoteHappening, QuoteVersion
from app.domain.documents.wording import noted
from app.domain.quotes.letters import Post, answer_by_mail
from app.lib import editing
from app.lib.changes import note
from app.lib.clock import now
from app.lib.errors import Conflict, InvalidInput
from app.lib.unit_of_work import UnitOfWork

VISIT = timedelta(minutes=30)
MOST_QUESTIONS = 50
STATE_WORDS = {
    "draft": "was not sent yet",
    "accepted": "was accepted",
    "declined": "was declined",
    "expired": "is no longer valid",
    "superseded": "was replaced by a newer one",
}


class NotOpen(Conflict):
    """The version is no longer one that can be answered."""


async def happen(work: UnitOfWork, version: QuoteVersion, kind: str, **values: Any) -> QuoteHappening:
    """Add what happened to a locked version."""
    happening = QuoteHappening(
        version_id=version.id, kind=kind, address=work.actor.ip, actor_id=work.actor.id, **values
    )
    work.session.add(happening)
    await work.session.flush()
    return happening


async def open_version(work: UnitOfWork, version_id: int) -> QuoteVersion:
    """Lock a version that a client may still answer. Raises NotFound, NotOpen."""
    version = await editing.lock(work, QuoteVersion, version_id)
    if version.state == "sent" and version.valid_until <= now():
        raise NotOpen(f"Version {version.number} {STATE_WORDS['expired']}.")
    if version.state != "sent":
        raise NotOpen(f"Version {version.number} {STATE_WORDS[version.state]}.")
    return version


async def note_opened(work: UnitOfWork, version_id: int) -> bool:
    """Note that a client looks at a version, once a visit from an address. Says whether it was a new one."""
    if await _seen(work, version_id):
        return False
    version = await editing.lock(work, QuoteVersion, version_id)
    if await _seen(work, version_id):
        return False
    await happen(work, version, "opened")
    await note(work, version, "quote_version.opened")
    return True


async def ask(work: UnitOfWork, version_id: int, *, name: str, words: str) -> QuoteVersion:
    """Keep a question of a client. Raises NotFound, Conflict, InvalidInput."""
    _require(words, "question", noted("Write your question."))
    version = await editing.lock(work, QuoteVersion, version_id)
    if version.state == "draft":
        raise NotOpen("This version was not sent yet.")
    asked = await work.session.scalars(
        select(QuoteHappening.id).where(
            QuoteHappening.version_id == version_id, QuoteHappening.kind == "asked"
        )
    )
    if len(asked.all()) >= MOST_QUESTIONS:
        raise Conflict("There are many questions already. Please call us.")
    await happen(work, version, "asked", name=name, words=words)
    await note(work, version, "quote_version.asked")
    return version


async def answer(work: UnitOfWork, version_id: int, words: str, *, post: Post | None = None) -> Mail | None:
    """Answer what a client asked, on the page of the quote and, with `post`, by the mail that is returned.

    Raises NotFound, InvalidInput, NotOpen.
    """
    _require(words, "answer", "Write an answer.")
    version = await editing.lock(work, QuoteVersion, version_id)
    if version.state == "draft":
        raise NotOpen("This version was not sent yet.")
    answered = await happen(work, version, "answered", name=work.actor.name, words=words)
    await note(work, version, "quote_version.answered")
    return await answer_by_mail(work, answered, post)


async def decline(work: UnitOfWork, version_id: int, *, name: str, reason: str) -> QuoteVersion:
    """A client does not want it, because. Raises NotFound, NotOpen, InvalidInput."""
    _require(reason, "reason", noted("Say why in a word or two, so that we can do better."))
    version = await open_version(work, version_id)
    version.decided_at = now()
    await editing.edit(work, version, {"state": "declined"}, version=None, action="quote_version.declined")
    await happen(work, version, "declined", name=name, words=reason)
    return version


def _require(text: str, field: str, sentence: str) -> None:
    if not text:
        raise InvalidInput({field: sentence})


async def _seen(work: UnitOfWork, version_id: int) -> bool:
    """Whether somebody at this address looked at it within the length of a visit."""
    found = await work.session.scalar(
        select(QuoteHappening.id)
        .where(
            QuoteHappening.version_id == version_id,
            QuoteHappening.kind == "opened",
            QuoteHappening.address == work.actor.ip,
            QuoteHappening.at > now() - VISIT,
        )
        .limit(1)
    )
    return found is not None
