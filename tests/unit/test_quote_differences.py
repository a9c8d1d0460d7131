"""Which lines of two versions belong together, and what became of them."""

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from app.domain.documents.content import Document, Group, Line, Recipient, Sender
from app.domain.quotes.differences import pairs, terms

ZERO = Decimal(0)


def a_document(*lines: Line, **said: Any) -> Document:
    facts: dict[str, Any] = {
        "kind": "quote", "number": "Q-2026-0001", "title": "Gala", "language": "en", "currency": "EUR",
        "places": 2, "dated": date(2026, 11, 21), "sender": Sender("Shop"), "recipient": Recipient(),
        "options": [], "taxes": [], "subtotal": ZERO, "discount": ZERO, "net": ZERO, "tax": ZERO, "gross": ZERO,
    }  # fmt: skip
    groups = [Group("", list(lines), ZERO, ZERO, ZERO)]
    return Document(**{**facts, **said}, groups=groups)


def a_line(key: str, price: str = "10", **said: Any) -> Line:
    kind: Any = "free" if key.startswith("line") else "rental"
    return Line(**{"key": key, "kind": kind, "name": key, "price": Decimal(price), **said})


def kinds(before: Document, after: Document) -> list[tuple[str, str]]:
    return [(pair.line.key, pair.kind) for pair in pairs(before, after)]


def test_lines_belong_together_by_their_key_and_what_went_stands_where_it_stood() -> None:
    before = a_document(a_line("rental:1"), a_line("rental:2"), a_line("rental:3"))
    after = a_document(a_line("rental:3"), a_line("rental:1", "12"), a_line("rental:4"))
    found = kinds(before, after)
    assert found == [
        ("rental:3", "same"),
        ("rental:1", "changed"),
        ("rental:2", "removed"),
        ("rental:4", "added"),
    ]
    assert [pair.more for pair in pairs(before, after)] == [0, 2, -10, 10]


def test_lines_by_hand_have_another_key_in_each_version_and_belong_together_by_name() -> None:
    before = a_document(a_line("line:1", name="Van"), a_line("line:2", name="Crew", heading="Night"))
    after = a_document(
        a_line("line:7", name="Crew", heading="Day"),
        a_line("line:8", name="Crew", heading="Night"),
        a_line("line:9", "20", name="Van"),
    )
    found = {pair.line.key: (pair.kind, pair.before and pair.before.key) for pair in pairs(before, after)}
    assert found["line:9"] == ("changed", "line:1")
    assert found["line:8"] == ("same", "line:2")
    assert found["line:7"] == ("added", None)


def test_what_is_said_for_the_whole() -> None:
    before, after = a_document(title="Gala"), a_document(title="Ball", show_images=True)
    assert [(one.label, one.before, one.after) for one in terms(before, after)] == [
        ("Title", "Gala", "Ball"),
        ("Images", False, True),
    ]


def test_what_is_granted_on_a_group() -> None:
    line = a_line("rental:1")
    before = a_document(line)
    after = msgspec.structs.replace(before, groups=[Group("", [line], Decimal(10), Decimal(2), Decimal(8))])
    (found,) = terms(before, after)
    assert (found.label, found.before, found.after) == ("Discount on lines without a heading", 0, 2)
