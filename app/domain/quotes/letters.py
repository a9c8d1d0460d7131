"""Letters that follow by themselves: the confirmation of an order, and the answer to a question.

They are written in the transaction of what they tell of, so there is one of each, or none where that failed.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from app.db.models import Mail, QuoteHappening, QuoteVersion
from app.domain.documents.content import Document, from_json
from app.domain.documents.wording import Wording
from app.domain.mail.service import write_mail
from app.domain.quotes.draft_queries import Reading
from app.lib.unit_of_work import UnitOfWork

_LONGEST = 254


@dataclass(frozen=True, slots=True)
class Post:
    """That there is a mail server. `address` is the link of the quote, whole; empty where there is none."""

    address: str = ""


@dataclass(frozen=True, slots=True)
class _Words:
    subject: str
    paragraphs: tuple[str, ...]


async def confirm_by_mail(work: UnitOfWork, accepted: QuoteHappening, post: Post | None) -> Mail | None:
    """Write that an order is confirmed, with the confirmation. None where nobody can be written to."""
    return await _write(work, accepted, post, _confirmation)


async def answer_by_mail(work: UnitOfWork, answered: QuoteHappening, post: Post | None) -> Mail | None:
    """Write our answer to a question. None where nobody can be written to."""
    return await _write(work, answered, post, _answer)


async def recipient_for(reading: Reading, version: QuoteVersion, document: Document) -> str:
    """To whom the quote was mailed at last, else the address on the paper; empty where there is none."""
    statement = (
        select(Mail.recipient)
        .join(QuoteVersion, QuoteVersion.id == Mail.quote_version_id)
        .where(QuoteVersion.quote_id == version.quote_id, Mail.state != "failed")
        .order_by(Mail.id.desc())
        .limit(1)
    )
    written_to = (await reading.execute(statement)).scalar_one_or_none()
    return (written_to or document.recipient.email)[:_LONGEST]


async def _write(
    work: UnitOfWork,
    happening: QuoteHappening,
    post: Post | None,
    say: Callable[[Document, Wording, QuoteHappening], _Words],
) -> Mail | None:
    version = await work.session.get_one(QuoteVersion, happening.version_id)
    if post is None or version.content is None:
        return None
    document = from_json(version.content)
    recipient = await recipient_for(work.session, version, document)
    if not recipient:
        return None
    words = Wording(document.language, document.currency, document.places, document.sender.time_zone)
    said = say(document, words, happening)
    return await write_mail(
        work,
        recipient,
        said.subject,
        "\n\n".join(filter(None, (*said.paragraphs, *_link(words, post), _closing(document, words)))),
        quote_version_id=version.id,
        happening_id=happening.id,
    )


def _confirmation(document: Document, words: Wording, accepted: QuoteHappening) -> _Words:
    _ = words.gettext
    return _Words(
        _("Order confirmation {number}: {title}", number=document.number, title=document.title),
        (
            _("Dear {name},", name=accepted.name),
            _("thank you for your order. You find the confirmation attached."),
        ),
    )


def _answer(document: Document, words: Wording, answered: QuoteHappening) -> _Words:
    _ = words.gettext
    return _Words(
        _("Our answer about quote {number}: {title}", number=document.number, title=document.title),
        (
            _("Dear {name},", name=document.recipient.contact or document.recipient.name),
            _("here is our answer to your question:"),
            answered.words,
        ),
    )


def _link(words: Wording, post: Post) -> tuple[str, ...]:
    if not post.address:
        return ()
    return (words.gettext("You find all of it under this link:"), post.address)


def _closing(document: Document, words: Wording) -> str:
    return "\n".join((words.gettext("Kind regards"), document.sender.name))
