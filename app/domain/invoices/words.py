"""What invoices say in the language of their client, and what they are called in the office."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from babel.dates import format_date
from babel.numbers import format_decimal

KIND_WORDS: Final = {
    "deposit": "Deposit invoice",
    "part": "Part invoice",
    "final": "Final invoice",
    "credit_note": "Credit note",
}

_SAID: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "deposit": "Deposit invoice {number} of {day}",
        "part": "Part invoice {number} of {day}",
        "final": "Invoice {number} of {day}",
        "already": "Already invoiced",
        "credited": "Already credited",
        "deposit_line": "Deposit of {percent} %{reference}",
        "account_line": "Payment on account{reference}",
        "reference": " on quote {number}",
        "missing": "Missing: {what}",
        "damage": "Damage: {what}",
        "late": "Late return, {days} days: {what}",
        "late_one": "Late return, one day: {what}",
        "letter_subject": "{kind}",
        "letter": (
            "Hello{name},\n\nplease find our invoice {number} of {amount} attached. It is payable by {due}."
            "{link}\n\nKind regards\n{company}"
        ),
        "credit": (
            "Hello{name},\n\nplease find our credit note {number} of {amount} attached."
            "\n\nKind regards\n{company}"
        ),
        "link": "\n\nYou can see and pay it here:\n{link}",
        "reminder_subject": "Reminder: invoice {number}",
        "reminder": (
            "Hello{name},\n\nour invoice {number} of {day} was due on {due}. We have not received"
            " {amount} of it yet. Please pay it within the next days. If you have just done so, thank you,"
            " and no more is needed.{link}\n\nKind regards\n{company}"
        ),
    },
    "de": {
        "deposit": "Anzahlungsrechnung {number} vom {day}",
        "part": "Abschlagsrechnung {number} vom {day}",
        "final": "Rechnung {number} vom {day}",
        "already": "Bereits berechnet",
        "credited": "Bereits gutgeschrieben",
        "deposit_line": "Anzahlung {percent} %{reference}",
        "account_line": "Abschlagszahlung{reference}",
        "reference": " auf Angebot {number}",
        "missing": "Fehlt: {what}",
        "damage": "Schaden: {what}",
        "late": "Verspätete Rückgabe, {days} Tage: {what}",
        "late_one": "Verspätete Rückgabe, ein Tag: {what}",
        "letter_subject": "{kind}",
        "letter": (
            "Guten Tag{name},\n\nanbei erhalten Sie unsere Rechnung {number} über {amount}, zahlbar bis"
            " {due}.{link}\n\nMit freundlichen Grüßen\n{company}"
        ),
        "credit": (
            "Guten Tag{name},\n\nanbei erhalten Sie unsere Rechnungskorrektur {number} über {amount}."
            "\n\nMit freundlichen Grüßen\n{company}"
        ),
        "link": "\n\nHier können Sie sie ansehen und bezahlen:\n{link}",
        "reminder_subject": "Zahlungserinnerung: Rechnung {number}",
        "reminder": (
            "Guten Tag{name},\n\nunsere Rechnung {number} vom {day} war am {due} fällig. Davon sind"
            " {amount} noch nicht bei uns eingegangen. Bitte begleichen Sie den Betrag in den nächsten Tagen."
            " Sollten Sie das gerade getan haben, betrachten Sie dieses Schreiben als gegenstandslos."
            "{link}\n\nMit freundlichen Grüßen\n{company}"
        ),
    },
}


def said(language: str, name: str, /, **what: object) -> str:
    """A sentence in a language; English where we do not speak it."""
    return _SAID.get(language, _SAID["en"])[name].format(**what)


def day_words(day: date, language: str) -> str:
    """A day in a language."""
    return format_date(day, "medium", locale="en_GB" if language == "en" else language)


def percent_words(percent: Decimal, language: str) -> str:
    """A percentage without zeros that say nothing."""
    return format_decimal(percent.normalize(), locale=language)
