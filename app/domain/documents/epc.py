"""The code that banks' apps pay from: a SEPA credit transfer after the guideline EPC069-12, version 002.

It knows euros and accounts with an IBAN. Reference is the number of the invoice, as words: the structured one
is for references after ISO 11649, which our numbers are not.
"""

from decimal import Decimal
from typing import Final

import segno

from app.domain.inventory.labels import outline
from app.lib.bank_accounts import bare, is_bic, is_iban

LONGEST_NAME: Final = 70
LONGEST_WORDS: Final = 140
MOST_BYTES: Final = 331
MOST: Final = Decimal("999999999.99")
LEAST: Final = Decimal("0.01")


def transfer(*, name: str, iban: str, bic: str, amount: Decimal, currency: str, reference: str) -> str | None:
    """What the code says, or None where there is no such code.

    There is none for another currency than the euro, for an amount that no transfer has, without a name, for
    what is no IBAN, and for more than a code may hold. A BIC that is none is left out; names and references
    are cut at what fits.
    """
    account, bank = bare(iban), bare(bic)
    payee = " ".join(name.split())[:LONGEST_NAME].strip()
    if currency != "EUR" or not LEAST <= amount <= MOST or not payee or not is_iban(account):
        return None
    said = "\n".join(
        (
            "BCD",
            "002",
            "1",  # UTF-8
            "SCT",
            bank if is_bic(bank) else "",
            payee,
            account,
            f"EUR{amount:.2f}",
            "",  # no purpose
            "",  # no reference after ISO 11649
            " ".join(reference.split())[:LONGEST_WORDS].strip(),
        )
    ).rstrip("\n")
    return said if len(said.encode()) <= MOST_BYTES else None


def drawn(words: str) -> tuple[str, int]:
    """The code as the `d` of an SVG path, in modules, and the modules of a side; correction is M."""
    mark = segno.make_qr(words, error="m", boost_error=False, mode="byte", encoding="utf-8")
    return outline(mark.matrix), len(mark.matrix)
