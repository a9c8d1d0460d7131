"""What the lines of invoices stand for, and how an invoice stands by its due date. Pure."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from app.domain.pricing.rounding import ZERO

DEPOSIT, PART, FINAL, CREDIT_NOTE = "deposit", "part", "final", "credit_note"
ON_ACCOUNT: Final = (DEPOSIT, PART)
FURTHER = "further"
"""How a final invoice of extra charges alone is asked for, once there is one of what was agreed."""
DRAFT, ISSUED = "draft", "issued"
MOST_REMINDERS = 3

ACCOUNT, QUOTE, DEDUCTION, CREDIT = "account", "quote", "deduction", "credit"
"""How keys of lines begin that are about what was agreed: asked for on account, of a quote, taken off."""
MOVEMENT, MAINTENANCE, LATE, FREE = "movement", "maintenance", "late", "line"
CHARGES: Final = (MOVEMENT, MAINTENANCE, LATE)
_EXTRA: Final = frozenset({*CHARGES, FREE})


def key_of(line_id: int, source: str | None) -> str:
    """The key by which the document of an invoice tells a line apart.

    It is its source: `quote:3:rental:17`, `movement:12`. What a credit note takes back has the key of the
    line it is about; a free line its own.
    """
    if source is None:
        return f"{FREE}:{line_id}"
    kind, _, rest = source.partition(":")
    return rest.partition(":")[2] if kind == CREDIT else source


def quote_version_of(key: str) -> int | None:
    """The version of a quote that a line comes from, by its key; None for others."""
    kind, _, rest = key.partition(":")
    return int(rest.partition(":")[0]) if kind == QUOTE else None


def is_extra(key: str) -> bool:
    """Whether a line charges for something besides what was agreed: a damage, a free line."""
    return key.partition(":")[0] in _EXTRA


def is_charge(key: str) -> bool:
    """Whether a line charges for what check-in found."""
    return key.partition(":")[0] in CHARGES


@dataclass(frozen=True, slots=True)
class Standing:
    """How an invoice stands on a day. `open` is what is left to pay, negative where too much was paid."""

    kind: str
    state: str
    due_on: date | None
    gross: Decimal
    credited: Decimal
    paid: Decimal
    today: date

    @property
    def open(self) -> Decimal:
        """What is still to be paid; what a credit note takes back counts with its invoice."""
        if self.state == DRAFT or self.kind == CREDIT_NOTE:
            return ZERO
        return self.gross + self.credited - self.paid

    @property
    def is_cancelled(self) -> bool:
        """Whether credit notes took all of it back."""
        return self.state == ISSUED and bool(self.credited) and self.gross + self.credited == 0

    @property
    def days_late(self) -> int:
        """How many days it is overdue; 0 when it is not."""
        if self.due_on is None or self.open <= 0:
            return 0
        return max(0, (self.today - self.due_on).days)

    @property
    def status(self) -> str:
        """One of fields.STATUS_STATES."""
        if self.state == DRAFT:
            return "draft"
        if self.kind == CREDIT_NOTE:
            return "credit"
        if self.is_cancelled:
            return "cancelled"
        if self.open <= 0:
            return "paid"
        if self.days_late:
            return "overdue"
        return "due" if self.due_on == self.today else "open"
