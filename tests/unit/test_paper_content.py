"""A document is kept as it is: what was written is read again, and its fingerprint is that of its words alone."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from app.domain.documents.content import (
    Document,
    Group,
    Line,
    Occasion,
    Recipient,
    Sender,
    Tax,
    fingerprint,
    from_json,
    to_json,
)

# what PostgreSQL keeps as text and JSON: no NUL, no halves of characters
WORDS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
AMOUNTS = st.decimals("-9999999.9999", "9999999.9999", places=4)
INSTANTS = st.integers(0, 2**32).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))
BOOKED = st.fixed_dictionaries(
    {"equipment_id": st.integers(1, 10**9), "quantity": st.integers(0, 999), "from": WORDS}
)

LINES = st.builds(
    Line,
    key=WORDS,
    kind=st.sampled_from(["rental", "kit", "free", "note"]),
    name=WORDS,
    heading=WORDS,
    note=WORDS,
    quantity=AMOUNTS,
    units=st.integers(0, 999),
    rate=st.none() | AMOUNTS,
    multiple=AMOUNTS,
    full=st.none() | AMOUNTS,
    discount_percent=AMOUNTS,
    price=st.none() | AMOUNTS,
    tax_percent=AMOUNTS,
    optional=st.booleans(),
    chosen=st.booleans(),
    hidden=st.booleans(),
    photo=st.none() | WORDS,
    parts=st.lists(WORDS, max_size=2),
    explanation=st.lists(WORDS, max_size=2),
    booked=st.lists(BOOKED, max_size=2),
)
GROUPS = st.builds(Group, WORDS, st.lists(LINES, max_size=2), AMOUNTS, AMOUNTS, AMOUNTS)
OCCASIONS = st.builds(
    Occasion,
    st.integers(1, 10**9),
    WORDS,
    WORDS,
    WORDS,
    st.none() | INSTANTS,
    st.none() | INSTANTS,
    st.none() | INSTANTS,
    st.none() | INSTANTS,
)
DOCUMENTS = st.builds(
    Document,
    kind=st.sampled_from(["quote", "order_confirmation", "deposit", "part", "final", "credit_note"]),
    number=WORDS,
    title=WORDS,
    language=st.sampled_from(["en", "de"]),
    currency=st.sampled_from(["EUR", "JPY", "KWD"]),
    places=st.integers(0, 3),
    dated=DAYS,
    sender=st.builds(Sender, WORDS, address=WORDS, logo=st.none() | WORDS, iban=WORDS),
    recipient=st.builds(Recipient, st.none() | st.integers(1, 10**9), WORDS, WORDS, WORDS),
    groups=st.lists(GROUPS, max_size=2),
    options=st.lists(LINES, max_size=1),
    taxes=st.lists(st.builds(Tax, AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS), max_size=2),
    subtotal=AMOUNTS,
    discount=AMOUNTS,
    net=AMOUNTS,
    tax=AMOUNTS,
    gross=AMOUNTS,
    version=st.none() | st.integers(1, 99),
    occasion=st.none() | OCCASIONS,
    intro=WORDS,
    reverse_charge=st.booleans(),
    deposit=AMOUNTS,
    charge_start=st.none() | INSTANTS,
    valid_until=st.none() | INSTANTS,
    due_on=st.none() | DAYS,
    reference=WORDS,
    show_images=st.booleans(),
)


def shuffled(value: Any) -> Any:
    """The same value with every object's keys the other way round, as a database may give them."""
    if isinstance(value, dict):
        return {key: shuffled(value[key]) for key in reversed(value)}
    return [shuffled(one) for one in value] if isinstance(value, list) else value


def spelt(value: Any) -> Any:
    """A document to the last digit: decimals compare by value, and 1.50 is not written like 1.5."""
    return msgspec.to_builtins(value)


@given(DOCUMENTS)
def test_a_document_that_was_kept_is_the_same_document(document: Document) -> None:
    kept = json.loads(json.dumps(to_json(document)))
    again = from_json(kept)
    assert again == document
    assert spelt(again) == spelt(document)
    assert to_json(again) == kept


@given(DOCUMENTS)
def test_a_fingerprint_is_that_of_what_was_kept(document: Document) -> None:
    kept = to_json(document)
    print_of_it = fingerprint(kept)
    assert len(print_of_it) == 64
    assert fingerprint(shuffled(json.loads(json.dumps(kept)))) == print_of_it
    assert fingerprint(to_json(from_json(kept))) == print_of_it


@given(DOCUMENTS, AMOUNTS)
def test_another_amount_has_another_fingerprint(document: Document, amount: Decimal) -> None:
    other = msgspec.structs.replace(document, gross=amount)
    same = spelt(other) == spelt(document)
    assert (fingerprint(to_json(other)) == fingerprint(to_json(document))) == same
