"""What would become of every row of a client list, before anything is written. Pure.

A row updates the client with its name, however it is spelt, and adds a new one otherwise; columns that are
left out and cells that are empty change nothing; a row with a problem is left out whole.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from app.domain.clients.import_fields import OF_ADDRESS, OF_CONTACT, TARGETS
from app.lib.fields import FieldError, clean
from app.lib.folding import fold

NEW, CHANGED, SAME, PROBLEM = "new", "changed", "same", "problem"
OUTCOMES: Final = (NEW, CHANGED, SAME, PROBLEM)


@dataclass(frozen=True, slots=True)
class Known:
    """A client that is there: its fields by name, its contacts and addresses as they are compared."""

    id: int
    fields: Mapping[str, Any]
    contacts: frozenset[str]
    addresses: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Row:
    """A row and what becomes of it: the fields that change, and the contact and address that are added."""

    number: str
    name: str
    outcome: str
    client_id: int | None = None
    fields: Mapping[str, Any] = field(default_factory=dict[str, Any])
    contact: Mapping[str, Any] = field(default_factory=dict[str, Any])
    address: Mapping[str, Any] = field(default_factory=dict[str, Any])
    problems: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """What happens, in words."""
        if self.outcome in (PROBLEM, SAME):
            return " ".join(self.problems) or "is the same already"
        parts = [TARGETS[name].label for name in self.fields] if self.outcome == CHANGED else []
        parts += ["a contact"] if self.contact else []
        parts += ["an address"] if self.address else []
        what = ", ".join(parts)
        return f"changes {what}" if self.outcome == CHANGED else f"is added{' with ' if what else ''}{what}"


def key_of(name: str) -> str:
    """A name as it is compared."""
    return " ".join(fold(name).split())


def contact_key(contact: Mapping[str, Any]) -> str:
    """A contact as it is compared with those that are there."""
    return key_of(contact["name"])


def address_key(address: Mapping[str, Any]) -> tuple[str, str]:
    """An address as it is compared with those that are there."""
    return key_of(address.get("street", "")), key_of(address.get("city", ""))


def names_in(rows: Sequence[Sequence[str]], mapping: Sequence[str]) -> list[str]:
    """The names of all clients of a file, as they are compared."""
    if "name" not in mapping:
        return []
    column = mapping.index("name")
    return [key_of(clean(row[column])) for row in rows]


def check_rows(
    numbers: Sequence[str],
    rows: Sequence[Sequence[str]],
    mapping: Sequence[str],
    known: Mapping[str, Sequence[Known]],
) -> list[Row]:
    """Check all rows under a mapping, the target of each column or "". `known` is by compared name."""
    often = Counter(names_in(rows, mapping))
    return [_check(number, row, mapping, known, often) for number, row in zip(numbers, rows, strict=True)]


def _check(
    number: str,
    row: Sequence[str],
    mapping: Sequence[str],
    known: Mapping[str, Sequence[Known]],
    often: Mapping[str, int],
) -> Row:
    values, problems = _read(row, mapping)
    name = str(values.get("name", ""))
    present = known.get(key_of(name), ())
    if not name and not problems:
        problems.append("Name is missing.")
    elif often[key_of(name)] > 1:
        problems.append("The name is there more than once in this file.")
    elif len(present) > 1:
        problems.append("Several clients have this name. Merge them first.")
    there = present[0] if len(present) == 1 else None
    if values.get("blocked") and not (values.get("block_reason") or (there and there.fields["block_reason"])):
        problems.append("It is blocked without a reason.")
    contact, address = _parts(values, there, problems)
    if problems:
        return Row(number, name, PROBLEM, problems=tuple(problems))
    if there is None:
        return Row(number, name, NEW, fields=values, contact=contact, address=address)
    changed = {key: value for key, value in values.items() if key != "name" and there.fields[key] != value}
    outcome = CHANGED if changed or contact or address else SAME
    return Row(number, name, outcome, there.id, changed, contact, address)


def _read(row: Sequence[str], mapping: Sequence[str]) -> tuple[dict[str, Any], list[str]]:
    values: dict[str, Any] = {}
    problems: list[str] = []
    for cell, target in zip(row, mapping, strict=True):
        text = clean(cell)
        if not target or not text:
            continue
        try:
            values[target] = TARGETS[target].read(text)
        except FieldError as error:
            problems.append(f"{TARGETS[target].label} “{text[:40]}”: {error.message}")
    return values, problems


def _parts(
    values: dict[str, Any], there: Known | None, problems: list[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Take the contact and the address out of the values of a row; none where they are there already."""
    prefixed = {name: values.pop(f"contact_{name}", "") for name in OF_CONTACT}
    contact = {name: value for name, value in prefixed.items() if value}
    address = {name: values.pop(name) for name in OF_ADDRESS if name in values}
    if contact and "name" not in contact:
        problems.append("The contact has no name.")
    elif contact and there and contact_key(contact) in there.contacts:
        contact = {}
    if address and not (address.get("street") or address.get("city")):
        problems.append("The address has neither street nor city.")
    elif address and there and address_key(address) in there.addresses:
        address = {}
    return contact, address
