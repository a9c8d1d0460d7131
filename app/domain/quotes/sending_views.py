"""What the office sees of a version on its way: how to send it, its letters, what the client did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.db.models import Mail, QuoteHappening
from app.domain.documents.content import Document, Line
from app.domain.documents.wording import Wording
from app.domain.quotes.draft_queries import Reading
from app.domain.quotes.links import link_of
from app.domain.quotes.public_queries import Happening, happenings_of
from app.domain.quotes.queries import QuoteFacts, VersionRow
from app.domain.quotes.words import amounts_in
from app.web.state import public_address, runtime

MAIL_STATES = {
    "queued": ("On its way", "amber", "half"),
    "sent": ("Sent", "green", ""),
    "failed": ("Not sent", "red", "bars"),
}

LETTERS = {"": "Quote", "accepted": "Order confirmation", "answered": "Answer"}


@dataclass(frozen=True, slots=True)
class MailRow:
    """A letter about a version. `tells_of` is the kind of happening that it tells of: empty for the quote."""

    id: int
    recipient: str
    state: str
    attempts: int
    problem: str
    written_at: datetime
    sent_at: datetime | None
    tells_of: str | None

    @property
    def what(self) -> str:
        """What the letter brings."""
        return LETTERS.get(self.tells_of or "", LETTERS[""])

    @property
    def badge(self) -> tuple[str, str, str]:
        """Word, tone and shape of its state."""
        return MAIL_STATES[self.state]


@dataclass(frozen=True, slots=True)
class Panel:
    """A version with its letters and what happened to it. `address` is the link in force, whole."""

    document: Document
    address: str
    has_mail: bool
    mails: Sequence[MailRow]
    happenings: Sequence[Happening]

    @property
    def opened(self) -> list[Happening]:
        """The visits of the client."""
        return self.of_kind("opened")

    @property
    def thread(self) -> list[Happening]:
        """Questions and answers in their order."""
        return [one for one in self.happenings if one.kind in {"asked", "answered"}]

    @property
    def refused(self) -> Happening | None:
        """The last time the client said yes to what could not be kept."""
        return next(iter(reversed(self.of_kind("refused"))), None)

    @property
    def decision(self) -> Happening | None:
        """Who accepted or declined it."""
        decided = [one for one in self.happenings if one.kind in {"accepted", "declined"}]
        return decided[-1] if decided else None

    @property
    def options(self) -> list[Line]:
        """What the client may add."""
        return [line for line in self.document.options if not line.hidden]

    @property
    def letter(self) -> Mapping[str, str]:
        """A letter to begin with, in the language of the client; the link is put below it."""
        document = self.document
        words = Wording(document.language, document.currency, document.places, document.sender.time_zone)
        _ = words.gettext
        who = document.recipient.contact or document.recipient.name
        lines = (
            _("Dear {name},").format(name=who),
            "",
            _("please find our quote {number} attached.").format(number=document.number),
            _("Under the following link you can choose options, ask questions and accept it:"),
        )
        closing = (_("Kind regards"), document.sender.name)
        return {
            "recipient": document.recipient.email,
            "subject": _("Quote {number}: {title}").format(number=document.number, title=document.title),
            "words": "\n".join(lines),
            "closing": "\n".join(closing),
        }

    def of_kind(self, kind: str) -> list[Happening]:
        """What happened of one kind."""
        return [one for one in self.happenings if one.kind == kind]


async def sending_context(
    request: Any, reading: Reading, quote: QuoteFacts, shown: VersionRow, document: Document
) -> dict[str, Any]:
    """What templates/quotes/_sending.html needs besides quote and shown: three statements."""
    here = runtime(request)
    link = await link_of(reading, here.settings.secret_key, quote.id)
    panel = Panel(
        document=document,
        address=f"{public_address(request)}{link.path}" if link else "",
        has_mail=here.settings.mail is not None,
        mails=await mails_of(reading, shown.id),
        happenings=await happenings_of(reading, [shown.id]),
    )
    amount = amounts_in(document.currency)
    return {"sending": panel, "sent_typed": {}, "sent_errors": {}, "amount": amount}


async def mails_of(reading: Reading, version_id: int) -> list[MailRow]:
    """The letters about a version, the newest first."""
    rows = await reading.execute(
        select(
            Mail.id,
            Mail.recipient,
            Mail.state,
            Mail.attempts,
            Mail.problem,
            Mail.created_at,
            Mail.sent_at,
            QuoteHappening.kind,
        )
        .outerjoin(QuoteHappening, QuoteHappening.id == Mail.happening_id)
        .where(Mail.quote_version_id == version_id)
        .order_by(Mail.id.desc())
    )
    return [MailRow(*row) for row in rows]
