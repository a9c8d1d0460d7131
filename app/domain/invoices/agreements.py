"""What was agreed for an event, and how much of it was asked for."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.db.models import Quote, QuoteHappening, QuoteVersion
from app.domain.documents.content import Document, Tax
from app.domain.documents.summing import with_options
from app.domain.invoices.documents import issued_papers
from app.domain.invoices.sums import added, already_invoiced, is_closed
from app.domain.pricing.rounding import ZERO
from app.domain.quotes.drafts import document_of

Connection = AsyncConnection | AsyncSession

STANDING = ("accepted", "sent", "draft")


@dataclass(frozen=True, slots=True)
class Agreement:
    """The version of a quote that counts for an event: the accepted one, else the newest that stands.

    `invoiced` is what was asked for of it, by rate of tax; `is_closed` whether a final invoice of it stands.
    """

    version_id: int
    quote_id: int
    number: str
    state: str
    document: Document
    invoiced: dict[Decimal, Tax]
    is_closed: bool

    @property
    def asked(self) -> Decimal:
        """What was asked for already, with tax."""
        return sum((tax.gross for tax in self.invoiced.values()), ZERO)

    @property
    def remaining(self) -> Decimal:
        """What is still to be asked for, with tax; negative where it was too much."""
        return self.document.gross - self.asked


async def agreement_of(connection: Connection, event_id: int, client_id: int | None) -> Agreement | None:
    """What was agreed for an event with its client; None where nothing was offered yet."""
    accepted = QuoteVersion.state == "accepted"
    chosen = (
        select(QuoteHappening.chosen)
        .where(QuoteHappening.version_id == QuoteVersion.id, QuoteHappening.kind == "accepted")
        .scalar_subquery()
    )
    statement = (
        select(QuoteVersion.id, QuoteVersion.quote_id, Quote.number, QuoteVersion.state, chosen)
        .join(Quote, Quote.id == QuoteVersion.quote_id)
        .where(
            QuoteVersion.event_id == event_id,
            QuoteVersion.deleted_at.is_(None),
            Quote.deleted_at.is_(None),
            QuoteVersion.state.in_(STANDING),
        )
        .order_by(accepted.desc(), QuoteVersion.id.desc())
        .limit(1)
    )
    row = (await connection.execute(statement)).one_or_none()
    if row is None:
        return None
    document = await document_of(connection, row[0])
    if row.state == "accepted":
        document = with_options(document, row[4] or [])
    papers = await issued_papers(connection, event_id, client_id or 0, document.currency)
    invoiced = added(one.tax for one in already_invoiced(papers))
    closed = is_closed(papers, row[0])
    return Agreement(row[0], row.quote_id, row.number, row.state, document, invoiced, closed)
