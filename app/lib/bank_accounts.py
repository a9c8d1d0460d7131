"""Numbers of bank accounts and codes of banks, as people type and as papers show them."""

import re
from typing import Final

# two letters for the country, two check digits, and up to thirty characters of the country's own
_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_BIC: Final = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")


def bare(text: str) -> str:
    """A number or code without the gaps it is written with, in capitals."""
    return "".join(text.split()).upper()


def is_iban(text: str) -> bool:
    """Whether a bare text is an IBAN, by its form and its check digits (ISO 13616)."""
    if not _IBAN.fullmatch(text):
        return False
    return int("".join(str(int(sign, 36)) for sign in text[4:] + text[:4])) % 97 == 1


def is_bic(text: str) -> bool:
    """Whether a bare text has the form of a BIC (ISO 9362)."""
    return _BIC.fullmatch(text) is not None


def grouped(iban: str) -> str:
    """An IBAN as it is written on paper, in fours."""
    account = bare(iban)
    return " ".join(account[at : at + 4] for at in range(0, len(account), 4))
