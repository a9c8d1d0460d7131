"""Clients as a file."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from app.lib.sheets import Cell, csv_bytes, xlsx_bytes

_OWN: Final = (
    "name", "kind", "email", "phone", "website", "tax_number", "payment_terms_days", "tags", "notes",
    "supplier", "blocked", "block_reason", "archived",
)  # fmt: skip
_OF_ADDRESS: Final = ("street", "postal_code", "city", "country")
_OF_CONTACT: Final = ("name", "role", "email", "phone")
HEADER: Final = (*_OWN, *_OF_ADDRESS, *(f"contact_{name}" for name in _OF_CONTACT), "further_contacts")
FORMATS: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def client_file(
    ending: str,
    rows: Sequence[Any],
    contacts: Mapping[int, Sequence[Any]],
    addresses: Mapping[int, Sequence[Any]],
) -> bytes:
    """Clients in the order of HEADER as a file of one of FORMATS; no text in it can act as a formula.

    `contacts` and `addresses` are by client, the first one in columns of its own.
    """
    table = [_cells(row, contacts.get(row.id, ()), addresses.get(row.id, ())) for row in rows]
    return csv_bytes(HEADER, table) if ending == "csv" else xlsx_bytes("Clients", HEADER, table)


def _cells(row: Any, contacts: Sequence[Any], addresses: Sequence[Any]) -> list[Cell]:
    own: list[Cell] = ["; ".join(row.tags) if name == "tags" else getattr(row, name) for name in _OWN]
    address = [getattr(one, name) for one in addresses[:1] for name in _OF_ADDRESS] or [""] * len(_OF_ADDRESS)
    contact = [getattr(one, name) for one in contacts[:1] for name in _OF_CONTACT] or [""] * len(_OF_CONTACT)
    return [*own, *address, *contact, "; ".join(_in_words(one) for one in contacts[1:])]


def _in_words(contact: Any) -> str:
    return ", ".join(filter(None, (getattr(contact, name) for name in _OF_CONTACT)))
