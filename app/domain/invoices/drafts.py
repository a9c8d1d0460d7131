"""Commands on drafts of invoices: what is said on them, and their lines."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from app.db.models.invoice import Invoice, InvoiceLine
from app.domain.invoices.policy import DRAFT
from app.domain.invoices.rules import InvoiceLineRules, InvoiceRules
from app.lib.batches import create_all
from app.lib.commands import Commands
from app.lib.errors import Conflict, InvalidInput, NotFound
from app.lib.rules import register
from app.lib.unit_of_work import UnitOfWork

register(Invoice.entity, InvoiceRules())
register(InvoiceLine.entity, InvoiceLineRules())

INVOICES = Commands(
    Invoice,
    (
        "title", "intro", "closing", "due_days", "service_start", "service_end", "prices_include_tax",
        "reverse_charge", "discount_percent", "discount_amount", "language",
    ),
)  # fmt: skip
LINES = Commands(
    InvoiceLine,
    (
        "name", "note", "quantity", "basis", "units", "rate", "multiple", "discount_percent",
        "discount_amount", "tax_percent", "heading", "position",
    ),
)  # fmt: skip


async def add_line(work: UnitOfWork, invoice_id: int, values: Mapping[str, Any]) -> InvoiceLine:
    """Add a free line at the end of a draft. Raises NotFound, InvalidInput, Conflict once it was issued."""
    if values.get("rate") is None:
        raise InvalidInput({"rate": "Write an amount."})
    await draft_by_id(work, invoice_id)
    last = await work.session.scalar(
        select(func.max(InvoiceLine.position)).where(InvoiceLine.invoice_id == invoice_id)
    )
    given = {"position": 0 if last is None else last + 1} | LINES.given(values)
    return await LINES.create(work, given, invoice_id=invoice_id)


async def add_lines(
    work: UnitOfWork, invoice_id: int, many: Sequence[Mapping[str, Any]]
) -> Sequence[InvoiceLine]:
    """Add lines with their sources. Raises InvalidInput where one of them is charged elsewhere already."""
    lines = [InvoiceLine(invoice_id=invoice_id, **values) for values in many]
    if lines:
        await create_all(work, lines)
    return lines


async def draft_by_id(work: UnitOfWork, invoice_id: int) -> Invoice:
    """A draft. Raises NotFound, Conflict once it was issued."""
    found = await work.session.scalar(
        select(Invoice)
        .where(Invoice.id == invoice_id, Invoice.deleted_at.is_(None))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("This invoice does not exist, or was deleted.")
    if found.state != DRAFT:
        raise Conflict(f"{found.label} was issued. Its lines stay as they are.")
    return found
