"""What would become of every row of a client list, before anything is written.

A row updates the client with its name, however it is spelt, or else the one with its tax number, and adds a
new one otherwise. Columns that are left out and cells that are empty change nothing; a row with a problem is
left out whole.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.clients.importing.fields import FIELDS, OF_ADDRESS, OF_CLIENT, OF_CONTACT
from app.domain.clients.importing.known import (
    KnownClient,
    KnownClients,
    address_key,
    email_key,
    name_key,
    tax_key,
)
from app.domain.clients.importing.result import ClientRow
from app.domain.importing.mapping import ColumnMapping
from app.domain.importing.result import CheckResult, FieldDiff, Outcome, diffs_between
from app.domain.importing.rows import ParsedRow, RowParser
from app.lib.tabular import Table

Part = dict[str, Any]


def check_rows(table: Table, mapping: ColumnMapping, known: KnownClients) -> CheckResult[ClientRow]:
    """Check all rows of a table against what is known."""
    parser = RowParser(table, mapping, FIELDS)
    rows = [parser.parse(position) for position in range(len(table.rows))]
    checker = _Checker(known, rows)
    return CheckResult(tuple(map(checker.check, rows)))


class _Checker:
    """Checks rows, knowing what the whole file says."""

    def __init__(self, known: KnownClients, rows: Sequence[ParsedRow]) -> None:
        self._known = known
        self._names = Counter(name_key(_text(row, "name")) for row in rows)
        self._taxes = Counter(tax_key(_text(row, "tax_number")) for row in rows)
        # whom the file speaks of by name is nobody else
        self._named = {one.id for name in self._names for one in known.names.get(name, ())}

    def check(self, row: ParsedRow) -> ClientRow:
        """Check one row that was parsed."""
        there = self._find(row)
        by_tax_number = there is not None and name_key(there.name) != name_key(_text(row, "name"))
        values = row.values
        if there is not None and not by_tax_number:
            values["name"] = there.name
        if values.get("blocked") and not (
            values.get("block_reason") or (there and there.fields["block_reason"])
        ):
            row.add_problem("blocked", "It is blocked without a reason.")
        contact, address = _contact(row), _address(row)
        if there is not None:
            contact, address = missing_parts(contact, address, there)
        diffs = _diffs(values, there, contact, address) if there is not None else ()
        return ClientRow(
            position=row.position,
            number=row.number,
            outcome=_outcome(row, there, diffs),
            values=values,
            problems=tuple(row.problems),
            diffs=diffs,
            known=there,
            contact=contact,
            address=address,
            by_tax_number=by_tax_number,
        )

    def _find(self, row: ParsedRow) -> KnownClient | None:
        """The client a row is about, with a problem where that is not clear."""
        name = name_key(_text(row, "name"))
        present = self._known.names.get(name, ())
        if not name:
            row.add_problem("name", "Name is missing.")
        elif self._names[name] > 1:
            row.add_problem("name", "The name is there more than once in this file.")
        elif len(present) > 1:
            row.add_problem("name", "Several clients have this name. Merge them first.")
        elif present:
            return present[0]
        else:
            return self._by_tax_number(row) or self._warned(row)
        return None

    def _by_tax_number(self, row: ParsedRow) -> KnownClient | None:
        number = tax_key(_text(row, "tax_number"))
        one = self._single(self._known.tax_numbers.get(number, ()))
        if one is not None and self._taxes[number] > 1:
            message = f"“{one.name}” has this tax number, and so have other rows of this file."
            row.add_problem("tax_number", message)
        return one

    def _warned(self, row: ParsedRow) -> None:
        """An address many people read is no proof, but two clients with it are rarely meant."""
        one = self._single(self._known.emails.get(email_key(_text(row, "email")), ()))
        if one is not None:
            row.add_problem(
                "email", f"“{one.name}” has this e-mail. Use that name, or add the client by hand."
            )

    def _single(self, found: Sequence[KnownClient]) -> KnownClient | None:
        return found[0] if len(found) == 1 and found[0].id not in self._named else None


def missing_parts(contact: Part, address: Part, there: KnownClient) -> tuple[Part, Part]:
    """The contact and the address of a row, each empty where the client has it already."""
    return (
        {} if contact and name_key(contact.get("name", "")) in there.contacts else contact,
        {} if address and address_key(address) in there.addresses else address,
    )


def _contact(row: ParsedRow) -> Part:
    prefixed = {name: row.values.get(f"contact_{name}") for name in OF_CONTACT}
    contact = {name: value for name, value in prefixed.items() if value}
    if contact and "name" not in contact:
        row.add_problem("contact_name", "The contact has no name.")
    return contact


def _address(row: ParsedRow) -> Part:
    address = {name: row.values[name] for name in OF_ADDRESS if name in row.values}
    if address and not (address.get("street") or address.get("city")):
        row.add_problem("street", "The address has neither street nor city.")
    return address


def _diffs(
    values: Mapping[str, object], there: KnownClient, contact: Part, address: Part
) -> tuple[FieldDiff, ...]:
    added = {f"contact_{name}": value for name, value in contact.items()} | address
    own = diffs_between(OF_CLIENT, values, there.fields)
    return own + tuple(FieldDiff(name, "", value) for name, value in added.items())


def _outcome(row: ParsedRow, there: KnownClient | None, diffs: tuple[FieldDiff, ...]) -> Outcome:
    if row.problems:
        return Outcome.PROBLEM
    if there is None:
        return Outcome.NEW
    return Outcome.CHANGED if diffs else Outcome.SAME


def _text(row: ParsedRow, field: str) -> str:
    return str(row.values.get(field) or "")
