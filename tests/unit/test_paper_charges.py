"""How a price came about, as a client reads it on a paper: in the client's language."""

from decimal import Decimal
from typing import Any

import pytest

from app.domain.documents.charges import Charges
from app.domain.documents.content import Line
from app.domain.documents.wording import Wording

D = Decimal


def a_line(key: str, rate: str, full: str, **values: Any) -> Line:
    given: dict[str, Any] = {"basis": "day", "units": 3, "multiple": D("2.4"), "tax_percent": D(19), **values}
    return Line(key, "free", "Gear", rate=D(rate), full=D(full), price=given.pop("price", D(full)), **given)


LINES = {
    "as most": a_line("a", "120", "288.00"),
    "as many": a_line("b", "10", "24.00"),
    "five days": a_line("c", "10", "50.00", units=5, multiple=D(5)),
    "weeks": a_line("d", "80", "160.00", basis="week", units=2, multiple=D(2)),
    "an hour": a_line("e", "45", "45.00", basis="hour", units=1, multiple=D(1)),
    "twice": a_line("f", "45", "90.00", basis="flat", multiple=D(2)),
    "little": a_line("g", "2", "25.00"),
    "rounded": a_line("h", "0.333", "0.80"),
    "granted": a_line("i", "120", "288.00", discount_percent=D(10), price=D("259.20")),
    "granted more": a_line(
        "j", "120", "288.00", discount_percent=D(10), discount_amount=D(5), price=D("254.20")
    ),
    "taxed less": a_line("k", "10", "24.00", tax_percent=D(7)),
}
ENGLISH = {
    "as most": "",
    "as many": "",
    "five days": "5 days",
    "weeks": "per week, 2 weeks",
    "an hour": "per hour, 1 hour",
    "twice": "times 2",
    "little": "at least 25.00",
    "rounded": "",
    "granted": "10% off 288.00",
    "granted more": "33.80 off 288.00",
    "taxed less": "VAT 7%",
}
GERMAN = {
    "as most": "",
    "as many": "",
    "five days": "5 Tage",
    "weeks": "pro Woche, 2 Wochen",
    "an hour": "pro Stunde, 1 Stunde",
    "twice": "mal 2",
    "little": "mindestens 25,00",
    "rounded": "",
    "granted": "10\N{NO-BREAK SPACE}% Nachlass auf 288,00",
    "granted more": "33,80 Nachlass auf 288,00",
    "taxed less": "USt. 7\N{NO-BREAK SPACE}%",
}


@pytest.mark.parametrize(("language", "said"), [("en", ENGLISH), ("de", GERMAN)])
def test_what_is_said_of_a_price_is_in_the_language_of_the_paper(language: str, said: dict[str, str]) -> None:
    charges = Charges(Wording(language, "EUR", 2), list(LINES.values()))
    assert {name: charges.remarks(line) for name, line in LINES.items()} == said


@pytest.mark.parametrize(("language", "said"), [("en", "3 days, factor 2.4"), ("de", "3 Tage, Faktor 2,4")])
def test_what_most_lines_have_in_common_is_said_once(language: str, said: str) -> None:
    assert Charges(Wording(language, "EUR", 2), list(LINES.values())).common == said
