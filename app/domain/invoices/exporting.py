"""Invoices as files: the list, and a journal for the books."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from app.domain.documents.content import Tax
from app.domain.invoices.queries import InvoiceFacts
from app.domain.pricing.rounding import rounded
from app.domain.pricing.words import places_of
from app.lib.sheets import Cell, csv_bytes, xlsx_bytes
from app.lib.tabular.text import clean, protect

FORMATS: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
HEADER: Final = (
    "number", "kind", "state", "title", "client", "event", "issued_on", "due_on", "currency", "net", "tax",
    "gross", "credited", "paid", "open", "days_overdue", "reminders", "credits",
)  # fmt: skip
JOURNAL_HEADER: Final = (
    "amount", "debit_credit", "currency", "account", "contra_account", "tax_key", "date", "document_number",
    "text", "tax_percent", "net", "tax",
)  # fmt: skip
FIRST_DEBTOR: Final = 10_000
"""The account of a client is this number and its id."""
TAX_KEYS: Final[Mapping[Decimal, str]] = {Decimal(19): "3", Decimal(7): "2"}
"""What stands for a rate of tax where the account does not say it by itself."""

_BOM: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Posting:
    """An issued paper at one rate of tax, as the books take it. `gross` of a credit note is negative."""

    number: str
    client_id: int
    text: str
    issued_on: date
    currency: str
    tax: Tax
    account: str

    @property
    def cells(self) -> tuple[str | Decimal, ...]:
        """In the order of JOURNAL_HEADER; the client owes what is posted in debit."""
        amount = self.tax.gross
        return (
            abs(amount),
            "S" if amount >= 0 else "H",
            self.currency,
            str(FIRST_DEBTOR + self.client_id),
            self.account,
            TAX_KEYS.get(self.tax.percent.normalize(), ""),
            f"{self.issued_on:%d.%m.%Y}",
            self.number,
            self.text,
            self.tax.percent.normalize(),
            self.tax.net,
            self.tax.tax,
        )


def invoice_file(ending: str, found: Sequence[InvoiceFacts]) -> bytes:
    """Invoices in the order of HEADER as a file of one of FORMATS; no text in it can act as a formula."""
    table = [_cells(one) for one in found]
    return csv_bytes(HEADER, table) if ending == "csv" else xlsx_bytes("Invoices", HEADER, table)


def journal_file(postings: Iterable[Posting]) -> bytes:
    """Postings as CSV with semicolons and decimal commas: UTF-8 with byte order mark, CRLF."""
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";", lineterminator="\r\n")
    writer.writerow(JOURNAL_HEADER)
    for posting in postings:
        writer.writerow(_journal_text(cell) for cell in posting.cells)
    return _BOM + target.getvalue().encode()


def _cells(one: InvoiceFacts) -> list[Cell]:
    standing, places = one.standing, places_of(one.currency)
    net, tax = (None if part is None else rounded(part, places) for part in (one.net, one.tax))
    gross, credited, paid, left = (
        rounded(part, places) for part in (one.gross, standing.credited, standing.paid, standing.open)
    )
    return [
        one.number or "", one.kind_word, one.state_words[0], one.title, one.client_name, one.event_name or "",
        one.issued_on, one.due_on, one.currency, net, tax, gross, credited,
        paid, left, standing.days_late, one.reminders, one.credits_number or "",
    ]  # fmt: skip


def _journal_text(cell: str | Decimal) -> str:
    """A number as it is, below zero too: only text could act as a formula."""
    return f"{cell:f}".replace(".", ",") if isinstance(cell, Decimal) else protect(clean(cell))
