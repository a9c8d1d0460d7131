"""The address at which a client pays an invoice: it opens that invoice and nothing else."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models.invoice import Invoice
from app.lib.errors import NotFound
from app.lib.secret_links import link_token, opens, record_of

PURPOSE = "pay"


@dataclass(frozen=True, slots=True)
class Payable:
    """An issued invoice as whoever has its link sees it; `content` is the kept document."""

    id: int
    kind: str
    number: str
    language: str
    currency: str
    due_on: date
    content: dict[str, Any]
    token: str

    @property
    def path(self) -> str:
        """Where it is paid, without what the address begins with."""
        return f"/pay/{self.token}"


def pay_path(secret_key: str, invoice_id: int, content_hash: str) -> str:
    """Where an issued invoice is paid, for letters and papers: without what the address begins with."""
    return f"/pay/{link_token(secret_key, PURPOSE, invoice_id, content_hash)}"


async def opened_by(reading: AsyncConnection, secret_key: str, token: str) -> Payable:
    """The invoice that a token opens. Raises NotFound, the same for all that opens nothing."""
    names = ("id", "kind", "number", "language", "currency", "due_on", "content")
    statement = select(*(getattr(Invoice, name) for name in names), Invoice.content_hash).where(
        Invoice.id == (record_of(token) or 0), Invoice.state == "issued"
    )
    row = (await reading.execute(statement)).mappings().one_or_none()
    if row is None or not opens(token, secret_key, PURPOSE, row["id"], row["content_hash"]):
        raise NotFound("There is nothing at this address.")
    return Payable(**{name: row[name] for name in names}, token=token)


async def pay_path_of(reading: AsyncConnection, secret_key: str, invoice_id: int) -> str | None:
    """The same, of an invoice that was issued and can be paid; None of others."""
    statement = select(Invoice.content_hash).where(
        Invoice.id == invoice_id, Invoice.state == "issued", Invoice.kind != "credit_note"
    )
    content_hash = (await reading.execute(statement)).scalar()
    return None if content_hash is None else pay_path(secret_key, invoice_id, content_hash)
