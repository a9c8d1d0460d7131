"""How often a letter is tried, and how it is put together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

MOST_ATTEMPTS = 8
_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A PDF that goes along with a letter."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Matter:
    """What a letter is about: the version of a quote, an acceptance or answer of it, or an invoice, by id."""

    quote_version_id: int | None = None
    happening_id: int | None = None
    invoice_id: int | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter about to be sent. `written_at` is aware."""

    id: int
    recipient: str
    subject: str
    words: str
    written_at: datetime


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many tries that failed: 30 seconds, 2, 8, 32 minutes… at most six hours."""
    return min(_FIRST_WAIT * 4 ** (attempts - 1), _LONGEST_WAIT)


def message_id(letter: Letter, sender: str) -> str:
    """What tells a letter apart; the same in every try, so that a second one is recognised."""
    domain = parseaddr(sender)[1].rpartition("@")[2]
    return f"<{letter.id}.{int(letter.written_at.timestamp() * 1_000_000)}@{domain}>"


def message_of(letter: Letter, sender: str, attachments: Sequence[Attachment] = ()) -> EmailMessage:
    """The message as it goes through the wire."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = letter.recipient
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(letter.written_at)
    message["Message-ID"] = message_id(letter, sender)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.words)
    for one in attachments:
        message.add_attachment(one.content, maintype="application", subtype="pdf", filename=one.name)
    return message
