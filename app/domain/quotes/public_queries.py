"""What a client's page shows: the versions that were sent, one of them whole, and what was said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from app.db.models import Mail, QuoteHappening, QuoteVersion
from app.domain.documents.content import Document, from_json
from app.domain.quotes.draft_queries import Reading
from app.domain.quotes.fields import is_withdrawn
from app.lib.clock import now
from app.lib.errors import NotFound


@dataclass(frozen=True, slots=True)
class SentVersion:
    """A version that was sent. `state` is what it is now, also before the job has noted that it is over."""

    id: int
    number: int
    kept_state: str
    valid_until: datetime
    sent_at: datetime
    decided_at: datetime | None
    content_hash: str

    @property
    def state(self) -> str:
        """Sent, accepted, declined, expired or superseded."""
        over = self.kept_state == "sent" and self.valid_until <= now()
        return "expired" if over else self.kept_state

    @property
    def is_withdrawn(self) -> bool:
        """Whether the office took it back before its time."""
        return is_withdrawn(self.kept_state, self.decided_at, self.valid_until)


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened to a version."""

    id: int
    version_id: int
    kind: str
    at: datetime
    name: str
    words: str
    actor_id: int | None
    signature: str | None
    chosen: list[str]
    gross: Decimal | None


async def versions_sent(reading: Reading, quote_id: int) -> list[SentVersion]:
    """The versions of a quote that were sent, the newest first."""
    columns = (
        QuoteVersion.id,
        QuoteVersion.number,
        QuoteVersion.state,
        QuoteVersion.valid_until,
        QuoteVersion.sent_at,
        QuoteVersion.decided_at,
        QuoteVersion.content_hash,
    )
    rows = await reading.execute(
        select(*columns)
        .where(
            QuoteVersion.quote_id == quote_id,
            QuoteVersion.state != "draft",
            QuoteVersion.deleted_at.is_(None),
        )
        .order_by(QuoteVersion.number.desc())
    )
    return [SentVersion(*row) for row in rows]


async def content_of(reading: Reading, version_id: int) -> Document:
    """A version as it was sent. Raises NotFound."""
    kept = (
        await reading.execute(select(QuoteVersion.content).where(QuoteVersion.id == version_id))
    ).scalar_one_or_none()
    if kept is None:
        raise NotFound("This version was not sent.")
    return from_json(kept)


async def happenings_of(
    reading: Reading, version_ids: Sequence[int], *, opened: bool = True
) -> list[Happening]:
    """What happened to these versions, oldest first; whether they were opened is left out unless wanted."""
    names = ("id", "version_id", "kind", "at", "name", "words", "actor_id", "signature", "chosen", "gross")
    statement = (
        select(*(getattr(QuoteHappening, name) for name in names))
        .where(QuoteHappening.version_id.in_(version_ids))
        .order_by(QuoteHappening.id)
    )
    if not opened:
        statement = statement.where(QuoteHappening.kind != "opened")
    return [Happening(*row) for row in await reading.execute(statement)]


async def confirmed_to(reading: Reading, happening_id: int) -> str:
    """To whom the confirmation of an acceptance is mailed; empty where it is not, or could not be."""
    statement = select(Mail.recipient).where(Mail.happening_id == happening_id, Mail.state != "failed")
    return (await reading.execute(statement)).scalar_one_or_none() or ""
