"""What checking a row of a client list gives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.domain.clients.importing.fields import FIELDS, OF_CLIENT
from app.domain.clients.importing.known import KnownClient
from app.domain.importing.result import CheckedRow, Outcome
from app.domain.importing.values import as_words


@dataclass(frozen=True, slots=True)
class ClientRow(CheckedRow):
    """One row of a client list and what becomes of it.

    `known` is the client it is about, `contact` and `address` what is added to it. `by_tax_number` says that
    it was found under another name.
    """

    known: KnownClient | None = None
    contact: Mapping[str, Any] = field(default_factory=dict[str, Any])
    address: Mapping[str, Any] = field(default_factory=dict[str, Any])
    by_tax_number: bool = False

    @property
    def weight(self) -> int:
        """One for itself, and one for each of its parts."""
        return 1 + bool(self.contact) + bool(self.address)

    @property
    def own(self) -> dict[str, Any]:
        """The fields of the client itself."""
        values = {name: self.values[name] for name in OF_CLIENT if name in self.values}
        return values | ({"tags": list(as_words(values["tags"]))} if "tags" in values else {})

    @property
    def summary(self) -> str:
        """What happens with the row, in one line."""
        parts = ["a contact"] if self.contact else []
        parts += ["an address"] if self.address else []
        if self.outcome is Outcome.NEW:
            return f"New, with {' and '.join(parts)}" if parts else "New"
        if self.outcome is Outcome.CHANGED:
            labels = [FIELDS[diff.field].label for diff in self.diffs if diff.field in OF_CLIENT]
            found = "Has the same tax number; changes " if self.by_tax_number else "Changes "
            return found + ", ".join([*labels, *parts])
        # without arguments it looks for a class that slots replaced
        return super(ClientRow, self).summary
