"""Payments as a file."""

from collections.abc import Sequence
from typing import Final

from app.domain.payments.page_queries import PaymentFacts
from app.domain.pricing.rounding import rounded
from app.domain.pricing.words import places_of
from app.lib.sheets import Cell, csv_bytes

HEADER: Final = (
    "id", "day", "kind", "client", "invoice", "event", "method", "amount", "currency", "note", "refund_of",
    "provider", "provider_reference", "recorded_by",
)  # fmt: skip


def payments_file(rows: Sequence[PaymentFacts]) -> bytes:
    """Payments as CSV in the order of HEADER, refunds with negative amounts."""
    return csv_bytes(HEADER, [_cells(row) for row in rows])


def _cells(row: PaymentFacts) -> list[Cell]:
    return [
        row.id,
        row.received_on,
        "refund" if row.is_refund else "payment",
        row.client_name,
        row.invoice_number or "",
        row.event_name or "",
        row.method,
        rounded(row.amount, places_of(row.currency)),
        row.currency,
        row.note,
        row.refund_of_id,
        row.provider,
        row.provider_reference or "",
        row.recorded_by or "",
    ]
