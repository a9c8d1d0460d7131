"""The PDF that goes along with a letter, made when it is sent from what was kept."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import Company, Invoice, QuoteVersion
from app.domain.documents.content import from_json
from app.domain.documents.printing import Press, name_of, pdf_of
from app.domain.mail.policy import Attachment
from app.domain.mail.sending import Attach


def attaching(press: Press) -> Attach:
    """What makes PDFs of the version of a quote, or of the invoice, that a letter is about."""

    async def attach(
        connection: AsyncConnection, quote_version_id: int | None, invoice_id: int | None
    ) -> Sequence[Attachment]:
        model, key = (QuoteVersion, quote_version_id) if quote_version_id else (Invoice, invoice_id)
        kept = await connection.scalar(select(model.content).where(model.id == key))
        if kept is None:
            return []
        size = await connection.scalar(select(Company.paper_size)) or "A4"
        document = from_json(kept)
        return [Attachment(name_of(document), await pdf_of(press, document, size=size))]

    return attach
