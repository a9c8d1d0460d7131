"""The PDF that goes along with a letter, made when it is sent from what was kept."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import Invoice, QuoteHappening, QuoteVersion
from app.domain.documents.confirmations import confirmation_of
from app.domain.documents.content import Document, from_json
from app.domain.documents.printing import Press, Print, name_of, pdf_of
from app.domain.documents.queries import paper_size, version_facts_by_id
from app.domain.mail.policy import Attachment, Matter
from app.domain.mail.sending import Attach


def attaching(press: Press) -> Attach:
    """What makes PDFs of what a letter is about: a quote, the confirmation of its acceptance, an invoice.

    With an answer to a question goes none.
    """

    async def attach(connection: AsyncConnection, about: Matter) -> Sequence[Attachment]:
        paper = await _paper(connection, about)
        if paper is None:
            return []
        size = await paper_size(connection)
        return [Attachment(name_of(paper), await pdf_of(press, paper, size=size))]

    return attach


async def _paper(connection: AsyncConnection, about: Matter) -> Document | Print | None:
    kind = None
    if about.happening_id is not None:
        kind = await connection.scalar(
            select(QuoteHappening.kind).where(QuoteHappening.id == about.happening_id)
        )
    if kind == "answered":
        return None
    model, key = (
        (QuoteVersion, about.quote_version_id) if about.quote_version_id else (Invoice, about.invoice_id)
    )
    kept = await connection.scalar(select(model.content).where(model.id == key))
    if kept is None:
        return None
    document = from_json(kept)
    if kind == "accepted" and about.quote_version_id:
        return confirmation_of(document, await version_facts_by_id(connection, about.quote_version_id))
    return document
