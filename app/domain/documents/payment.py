"""How an invoice is paid: in words, as an account, and as a code that banks' apps read."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.domain.documents.content import Document
from app.domain.documents.epc import drawn, transfer
from app.domain.documents.wording import Wording
from app.lib.bank_accounts import grouped

INVOICES: Final = frozenset({"deposit", "part", "final"})


@dataclass(frozen=True, slots=True)
class Payment:
    """What to pay: facts are (label, text); `code` is (path, modules of a side), if there is one."""

    words: str
    facts: list[tuple[str, str]]
    code: tuple[str, int] | None


def payment_of(document: Document, words: Wording, owed: Decimal | None = None) -> Payment | None:
    """How a document is paid; None unless it is an invoice with a number that asks for something.

    `owed` is what is left to pay, where that is known: all of it unless said.
    """
    left = document.gross if owed is None else owed
    if document.kind not in INVOICES or left <= 0 or not document.number:
        return None
    return Payment(_asked_for(document, words, left), _account(document, words), _code(document, left))


def _asked_for(document: Document, words: Wording, owed: Decimal) -> str:
    _, amount = words.gettext, words.money(owed)
    if document.due_on is None:
        return _("Please transfer {amount}.", amount=amount)
    return _("Please transfer {amount} by {day}.", amount=amount, day=words.day(document.due_on))


def _account(document: Document, words: Wording) -> list[tuple[str, str]]:
    _, sender = words.gettext, document.sender
    facts = [
        (_("Payable to"), sender.name),
        (_("IBAN"), grouped(sender.iban)),
        (_("BIC"), sender.bic),
        (_("Bank"), sender.bank_name),
        (_("Reference"), document.number),
    ]
    return [fact for fact in facts if fact[1]] if sender.iban else []


def _code(document: Document, owed: Decimal) -> tuple[str, int] | None:
    sender = document.sender
    said = transfer(
        name=sender.name,
        iban=sender.iban,
        bic=sender.bic,
        amount=owed,
        currency=document.currency,
        reference=document.number,
    )
    return drawn(said) if said else None
