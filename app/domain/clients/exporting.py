"""Clients as a file."""

from collections.abc import Sequence
from typing import Any, Final

from app.lib.sheets import Cell, csv_bytes, xlsx_bytes

HEADER: Final = (
    "name", "kind", "email", "phone", "website", "tax_number", "payment_terms_days", "tags", "notes",
    "supplier", "blocked", "block_reason", "archived",
)  # fmt: skip
FORMATS: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def client_file(ending: str, rows: Sequence[Any]) -> bytes:
    """Clients in the order of HEADER as a file of one of FORMATS; no text in it can act as a formula."""
    table = [_cells(row) for row in rows]
    return csv_bytes(HEADER, table) if ending == "csv" else xlsx_bytes("Clients", HEADER, table)


def _cells(row: Any) -> list[Cell]:
    return ["; ".join(row.tags) if name == "tags" else getattr(row, name) for name in HEADER]
