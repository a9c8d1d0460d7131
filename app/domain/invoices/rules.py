"""What has to hold for invoices and their lines: a draft may change, what was issued stays."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from app.db.models import Change
from app.db.models.invoice import Invoice, InvoiceLine
from app.domain.invoices.policy import CREDIT_NOTE, DRAFT, ISSUED, ON_ACCOUNT
from app.lib.batches import Draft, write_all
from app.lib.errors import Conflict, InvalidInput
from app.lib.rules import Rules, Write
from app.lib.unit_of_work import UnitOfWork

_AFTERWARDS = frozenset({"reminders", "reminded_on"})


class InvoiceRules(Rules[Invoice]):
    """Issued, an invoice counts reminders and nothing else; a draft goes and comes back with its lines."""

    async def check(self, work: UnitOfWork, writes: Sequence[Write[Invoice]]) -> None:
        """Raises Conflict for what was issued, InvalidInput at the field."""
        del work
        for write in writes:
            _refuse_issued(write)
            if errors := _errors(write):
                raise InvalidInput(errors)

    async def may_delete(self, work: UnitOfWork, subject: Invoice) -> None:
        """Raises Conflict for what was issued."""
        del work
        if subject.state == ISSUED:
            raise Conflict(f"{subject.label} was issued. Take it back with a credit note.")

    async def written(self, work: UnitOfWork, write: Write[Invoice]) -> None:
        """Take the lines along."""
        if write.deletes:
            lines = await work.session.scalars(
                select(InvoiceLine)
                .where(InvoiceLine.invoice_id == write.subject.id, InvoiceLine.deleted_at.is_(None))
                .order_by(InvoiceLine.id)
                .with_for_update(key_share=True)
            )
            gone = {"deleted_at": write.after["deleted_at"]}
            await write_all(work, [Draft(line, gone) for line in lines])
        if write.restores:
            back = await _lines_deleted_at(work, write.subject.id, write.before["deleted_at"])
            await write_all(work, [Draft(line, {"deleted_at": None}, undoes_id=key) for line, key in back])


async def _lines_deleted_at(
    work: UnitOfWork, invoice_id: int, moment: datetime
) -> Sequence[Row[InvoiceLine, int]]:
    """The lines that went along with their invoice, each with the change that did it."""
    is_last = (Change.entity_id == InvoiceLine.id) & (Change.version == InvoiceLine.version)
    rows = await work.session.execute(
        select(InvoiceLine, Change.id)
        .join(Change, (Change.entity == InvoiceLine.entity) & is_last)
        .where(InvoiceLine.invoice_id == invoice_id, InvoiceLine.deleted_at == moment)
        .order_by(InvoiceLine.id)
        .with_for_update(key_share=True, of=InvoiceLine)
    )
    return rows.all()


class InvoiceLineRules(Rules[InvoiceLine]):
    """A line has a name, and its invoice is a draft that is there."""

    async def check(self, work: UnitOfWork, writes: Sequence[Write[InvoiceLine]]) -> None:
        """Raises InvalidInput, or Conflict where the invoice was issued or deleted."""
        if not all(write.after["name"] for write in writes):
            raise InvalidInput({"name": "Say what it is."})
        await _hold_drafts(work, {write.subject.invoice_id for write in writes})

    async def may_delete(self, work: UnitOfWork, subject: InvoiceLine) -> None:
        """Raises Conflict where the invoice was issued."""
        await _hold_drafts(work, {subject.invoice_id}, deleted=True)


async def _hold_drafts(work: UnitOfWork, invoice_ids: set[int], *, deleted: bool = False) -> None:
    """See that these invoices are drafts, and keep them from being issued until the transaction ends."""
    statement = (
        select(Invoice.id, Invoice.state, Invoice.number, Invoice.deleted_at)
        .where(Invoice.id.in_(sorted(invoice_ids)))
        .order_by(Invoice.id)
        .with_for_update(read=True)
    )
    for row in await work.session.execute(statement):
        if row.state != DRAFT:
            raise Conflict(f"{row.number} was issued. Its lines stay as they are.")
        if row.deleted_at is not None and not deleted:
            raise Conflict("Its invoice was deleted. Restore that first.")


def _refuse_issued(write: Write[Invoice]) -> None:
    if not write.before or write.before["state"] != ISSUED:
        return
    changed = {name for name, value in write.after.items() if value != write.before[name]}
    if changed - _AFTERWARDS:
        raise Conflict(f"{write.subject.label} was issued and stays as it is. Take it back by a credit note.")


def _errors(write: Write[Invoice]) -> dict[str, str]:
    after: dict[str, Any] = dict(write.after)
    errors: dict[str, str] = {}
    if not after["title"]:
        errors["title"] = "Give it a title."
    start, end = after["service_start"], after["service_end"]
    if start is not None and end is not None and end < start:
        errors["service_end"] = "It ends after it began."
    if write.subject.kind in ON_ACCOUNT:
        if after["discount_percent"] or after["discount_amount"]:
            errors["discount_percent"] = "What is granted belongs into the quote or the final invoice."
        if not after["prices_include_tax"] and not write.is_new:
            errors["prices_include_tax"] = "What is asked for on account includes tax."
    if write.subject.kind == CREDIT_NOTE and (after["discount_percent"] or after["discount_amount"]):
        errors["discount_percent"] = "Nothing is granted on what is given back."
    return errors
