"""What a client owes and paid: the statement of an account, entry by entry."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import accumulate, groupby
from typing import Any, Final

from babel.numbers import get_currency_precision

from app.domain.documents.content import Recipient, Sender
from app.domain.documents.letter import Letter
from app.domain.documents.wording import Wording

ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of an account: what was asked for is positive, what came in negative.

    `kind` is `invoice`, `credit_note`, `payment` or `refund`; `name` the number of an invoice or the method
    of a payment; `invoice` the number of what was paid, `event` what it was about, both empty if nothing.
    """

    kind: str
    day: date
    name: str
    amount: Decimal
    currency: str
    invoice: str = ""
    event: str = ""


@dataclass(frozen=True)
class Account:
    """The entries of one currency, with the balance after each."""

    words: Wording
    entries: Sequence[Entry]

    @cached_property
    def balances(self) -> list[Decimal]:
        """What is owed after each entry."""
        return list(accumulate(entry.amount for entry in self.entries))

    @property
    def balance(self) -> Decimal:
        """What is owed."""
        return self.balances[-1]

    @property
    def balance_label(self) -> str:
        """What the balance means."""
        _ = self.words.gettext
        if self.balance < 0:
            return _("Balance in your favour")
        return _("Balance due") if self.balance else _("Balance")

    @property
    def rows(self) -> list[tuple[Entry, str, Decimal]]:
        """Each entry, in words, and the balance after it."""
        named = [(entry, self._named(entry)) for entry in self.entries]
        return [(entry, name, balance) for (entry, name), balance in zip(named, self.balances, strict=True)]

    def _named(self, entry: Entry) -> str:
        _ = self.words.gettext
        paid = {"cash": _("cash"), "card": _("card"), "transfer": _("bank transfer"), "online": _("online")}
        method = paid.get(entry.name, entry.name)
        return {
            "invoice": _("Invoice {number}", number=entry.name),
            "credit_note": _("Credit note {number}", number=entry.name),
            "payment": _("Payment, {method}", method=method),
            "refund": _("Refund, {method}", method=method),
        }[entry.kind]


@dataclass(frozen=True, kw_only=True)
class Statement(Letter):
    """The sheet of a statement: the account of a client in each of its currencies on one day."""

    dated: date
    entries: Sequence[Entry]
    reference: str = ""

    @property
    def caption(self) -> str:
        """What it is called."""
        _ = self.words.gettext
        return _("Statement of account")

    @property
    def name(self) -> str:
        """How its file is called."""
        return f"{self.caption} {self.recipient.name}"

    @property
    def title(self) -> str:
        """Its heading."""
        return self.recipient.name

    @property
    def intro(self) -> str:
        """What is said before the entries."""
        _ = self.words.gettext
        return "" if self.entries else _("There are no entries.")

    @property
    def day(self) -> str:
        """When it was written."""
        return self.words.day(self.dated)

    @property
    def foot(self) -> str:
        """What stands at the foot of every page."""
        return f"{self.short_name} · {self.caption}"

    @property
    def files(self) -> list[str]:
        """The files it shows."""
        return [self.sender.logo] if self.sender.logo else []

    @cached_property
    def accounts(self) -> list[Account]:
        """Its entries by currency, each in the order of their days."""
        return [
            Account(self._in(currency), list(entries))
            for currency, entries in groupby(self.entries, key=lambda entry: entry.currency)
        ]

    def _in(self, currency: str) -> Wording:
        return replace(self.words, currency=currency, places=get_currency_precision(currency))


def statement_of(
    sender: Sender, recipient: Recipient, language: str, entries: Sequence[Entry], dated: date, **values: Any
) -> Statement:
    """The statement of an account; `entries` in the order of currency and day."""
    words = Wording(language, "EUR", 2, sender.time_zone)
    return Statement(
        words=words, sender=sender, recipient=recipient, dated=dated, entries=entries, on_paper=True, **values
    )
