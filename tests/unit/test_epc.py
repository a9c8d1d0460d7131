"""The code to pay by, against the guideline EPC069-12 (version 002 of the code)."""

from decimal import Decimal

import pytest
from segno import helpers

from app.domain.documents.epc import drawn, transfer
from app.lib.bank_accounts import grouped, is_iban

IBAN = "DE89370400440532013000"


def said(**changes: object) -> str | None:
    given = {
        "name": "Northlight AV",
        "iban": IBAN,
        "bic": "COBADEFFXXX",
        "amount": Decimal("11823.84"),
        "currency": "EUR",
        "reference": "INV-2026-0042",
    }
    return transfer(**(given | changes))


def test_fields_stand_in_the_order_of_the_standard() -> None:
    assert said() == (
        "BCD\n002\n1\nSCT\nCOBADEFFXXX\nNorthlight AV\nDE89370400440532013000\nEUR11823.84\n\n\nINV-2026-0042"
    )


def test_it_is_what_another_encoder_makes_of_it() -> None:
    theirs = helpers._make_epc_qr_data(
        "Zürcher Bühnentechnik Łódź",
        IBAN,
        Decimal("100.50"),
        text="INV-2026-0042",
        bic="COBADEFFXXX",
        encoding="utf-8",
    )
    ours = said(name="Zürcher Bühnentechnik Łódź", amount=Decimal("100.50"))
    # it leaves zeros out of amounts, which the standard allows and does not ask for
    assert ours is not None
    assert ours.encode() == theirs.replace(b"EUR100.5\n", b"EUR100.50\n")


@pytest.mark.parametrize(
    "changes",
    [
        {"currency": "CHF"},
        {"amount": Decimal(0)},
        {"amount": Decimal(-5)},
        {"amount": Decimal("0.004")},
        {"amount": Decimal(1000000000)},
        {"iban": ""},
        {"iban": "DE89370400440532013001"},
        {"iban": "not an account"},
        {"name": "  "},
        {"name": "Ä" * 70, "reference": "Ä" * 140},
    ],
)
def test_where_the_standard_has_no_code_there_is_none(changes: dict[str, object]) -> None:
    assert said(**changes) is None


def test_limits_of_the_standard() -> None:
    assert said(amount=Decimal("0.01")).split("\n")[7] == "EUR0.01"
    assert said(amount=Decimal("999999999.99")).split("\n")[7] == "EUR999999999.99"
    long = said(name="N" * 90, reference="I" * 200, bic="").split("\n")
    assert (len(long[5]), len(long[10])) == (70, 140)
    most = said(name="Ä" * 70, amount=Decimal("999999999.99"))
    assert len(most.encode()) <= 331
    assert "\n" not in said(name="Two\nlines", reference="a\nb").replace("\n", "|").split("|")[5]
    assert said(name="Two\nlines").split("\n")[5] == "Two lines"


def test_accounts_are_read_as_people_write_them() -> None:
    assert said(iban="de89 3704 0044 0532 0130 00").split("\n")[6] == IBAN
    assert said(bic="coba de ff").split("\n")[4] == "COBADEFF"
    assert said(bic="unknown").split("\n")[4] == ""
    assert grouped(IBAN) == "DE89 3704 0044 0532 0130 00"
    assert is_iban("GB33BUKB20201555555555")
    assert not is_iban("GB33BUKB20201555555556")


def test_the_drawing_is_of_correction_m_and_at_most_version_13() -> None:
    path, modules = drawn(said(name="Ä" * 70, amount=Decimal("999999999.99")) or "")
    assert modules <= 17 + 4 * 13
    assert path.startswith("M0 0h7")
