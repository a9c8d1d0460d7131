"""How an invoice is paid: in words, as an account, and as a code that banks' apps read."""

from dataclasses import dataclass
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


def payment_of(document: Document, words: Wording) -> Payment | None:
    """How a document is paid; None unless it is an invoice with a number that asks for something."""
    if document.kind not in INVOICES or document.gross <= 0 or not document.number:
        return None
    return Payment(_asked_for(document, words), _account(document, words), _code(document))


def _asked_for(document: Document, words: Wording) -> str:
    _, amount = words.gettext, words.money(document.gross)
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


def _code(document: Document) -> tuple[str, int] | None:
    sender = document.sender
    said = transfer(
        name=sender.name,
        iban=sender.iban,
        bic=sender.bic,
        amount=document.gross,
        currency=document.currency,
        reference=document.number,
    )
    return drawn(said) if said else None
