"""The address under which a client sees a quote: a secret, kept nowhere, until it is revoked."""

import secrets
from dataclasses import dataclass

from sqlalchemy import select, update

from app.db.models import Quote, QuoteLink
from app.domain.quotes.draft_queries import Reading
from app.lib import editing
from app.lib.changes import note
from app.lib.clock import now
from app.lib.errors import NotFound
from app.lib.secret_links import link_token, opens, record_of
from app.lib.unit_of_work import UnitOfWork

_PURPOSE = "quote"


class LinkRevoked(NotFound):
    """The link was right once, and was withdrawn."""


@dataclass(frozen=True, slots=True)
class OpenLink:
    """A link that opens something. `token` is what stands in its address."""

    quote_id: int
    token: str

    @property
    def path(self) -> str:
        """Its address, without what it begins with."""
        return f"/q/{self.token}"

    @property
    def answer_path(self) -> str:
        """Where its page says what became of it: on a phone that is far below the lines."""
        return f"{self.path}#answer"


async def opened_by(reading: Reading, secret_key: str, token: str) -> OpenLink:
    """What a token opens. Raises NotFound for one that was made up, LinkRevoked for one of the past."""
    row = (
        await reading.execute(
            select(QuoteLink.id, QuoteLink.quote_id, QuoteLink.salt, QuoteLink.revoked_at, Quote.deleted_at)
            .join(Quote, Quote.id == QuoteLink.quote_id)
            .where(QuoteLink.id == (record_of(token) or 0))
        )
    ).one_or_none()
    if row is None or not opens(token, secret_key, _PURPOSE, row.id, row.salt):
        raise NotFound("There is nothing at this address.")
    if row.revoked_at is not None or row.deleted_at is not None:
        raise LinkRevoked("This link was withdrawn.")
    return OpenLink(row.quote_id, token)


async def link_of(reading: Reading, secret_key: str, quote_id: int) -> OpenLink | None:
    """The link of a quote that is in force; None where there is none."""
    row = (
        await reading.execute(
            select(QuoteLink.id, QuoteLink.salt)
            .where(QuoteLink.quote_id == quote_id, QuoteLink.revoked_at.is_(None))
            .order_by(QuoteLink.id.desc())
            .limit(1)
        )
    ).one_or_none()
    return OpenLink(quote_id, link_token(secret_key, _PURPOSE, row.id, row.salt)) if row else None


async def link_for(work: UnitOfWork, secret_key: str, quote_id: int) -> OpenLink:
    """The link of a quote; made where there is none. Raises NotFound."""
    await editing.lock(work, Quote, quote_id)
    return await link_of(work.session, secret_key, quote_id) or await renew_link(work, secret_key, quote_id)


async def renew_link(work: UnitOfWork, secret_key: str, quote_id: int) -> OpenLink:
    """Make a new link; earlier ones open nothing any more. Raises NotFound."""
    quote = await editing.lock(work, Quote, quote_id)
    await _revoke(work, quote_id)
    link = QuoteLink(quote_id=quote_id, salt=secrets.token_urlsafe(24), created_by_id=work.actor.id)
    work.session.add(link)
    await note(work, quote, "quote.link_made")
    return OpenLink(quote_id, link_token(secret_key, _PURPOSE, link.id, link.salt))


async def revoke_links(work: UnitOfWork, quote_id: int) -> bool:
    """Have every link of a quote open nothing any more. Says whether there was any. Raises NotFound."""
    quote = await editing.lock(work, Quote, quote_id)
    revoked = await _revoke(work, quote_id)
    if revoked:
        await note(work, quote, "quote.link_revoked")
    return revoked


async def _revoke(work: UnitOfWork, quote_id: int) -> bool:
    revoked = await work.session.scalars(
        update(QuoteLink)
        .where(QuoteLink.quote_id == quote_id, QuoteLink.revoked_at.is_(None))
        .values(revoked_at=now())
        .returning(QuoteLink.id)
        .execution_options(synchronize_session=False)
    )
    return bool(revoked.all())
