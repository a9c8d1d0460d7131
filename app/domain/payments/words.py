"""What the page says on which clients pay, in their language."""

from typing import Final

_SAID: Final[dict[str, dict[str, str]]] = {
    "en": {
        "title": "Pay invoice {number}",
        "due": "Due on",
        "asked": "Invoice total",
        "credited": "Taken off by credit notes",
        "paid": "Paid so far",
        "owed": "To be paid",
        "pay": "Pay {amount} online",
        "how": "How to pay",
        "where": "You pay on the page of our payment provider and come back here.",
        "transfer": "Or by bank transfer",
        "by_transfer": "By bank transfer",
        "settled": "This invoice is paid. Thank you!",
        "nothing": "There is nothing to pay here.",
        "under_way": "Your payment is under way. This page says so once it has arrived.",
        "going": "You are being sent to the payment page.",
        "go": "Go on to the payment page",
        "back": "Back to the invoice",
        "problem": "The payment could not be begun.",
        "failed": "The last try did not work out.",
        "questions": "Questions? Write to {email}.",
        "reload": "Look again",
    },
    "de": {
        "title": "Rechnung {number} bezahlen",
        "due": "Fällig am",
        "asked": "Rechnungsbetrag",
        "credited": "Abzüglich Gutschriften",
        "paid": "Bereits bezahlt",
        "owed": "Zu zahlen",
        "pay": "{amount} online bezahlen",
        "how": "So bezahlen Sie",
        "where": "Sie zahlen auf der Seite unseres Zahlungsdienstleisters und kommen hierher zurück.",
        "transfer": "Oder per Überweisung",
        "by_transfer": "Per Überweisung",
        "settled": "Diese Rechnung ist bezahlt. Vielen Dank!",
        "nothing": "Hier ist nichts zu zahlen.",
        "under_way": "Ihre Zahlung ist unterwegs. Sobald sie eingegangen ist, steht es hier.",
        "going": "Sie werden zur Zahlungsseite weitergeleitet.",
        "go": "Weiter zur Zahlungsseite",
        "back": "Zurück zur Rechnung",
        "problem": "Die Zahlung konnte nicht begonnen werden.",
        "failed": "Der letzte Versuch hat nicht geklappt.",
        "questions": "Fragen? Schreiben Sie an {email}.",
        "reload": "Noch einmal nachsehen",
    },
}


def said(language: str, name: str, **what: object) -> str:
    """A sentence in a language; English where we do not speak it."""
    return _SAID.get(language, _SAID["en"])[name].format(**what)
