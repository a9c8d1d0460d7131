# ruff: noqa: RUF001 - typographic dashes, spaces and apostrophes are what people's files hold
"""Cells as people write them become values, and what cannot is said."""

import contextlib
import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.importing import values
from app.domain.importing.fields import Reading
from app.domain.importing.numbers import NumberError, detect_decimal_style, parse_number
from app.domain.importing.values import UnusableValueError
from app.domain.inventory.importing.fields import FIELDS, KINDS, STATUSES, TRACKINGS
from app.lib.folding import fold


def reason(parse, *arguments):
    with pytest.raises(UnusableValueError) as caught:
        parse(*arguments)
    return caught.value.message


@pytest.mark.parametrize(
    ("text", "decimal", "number"),
    [
        ("12", ".", "12"),
        ("-5", ".", "-5"),
        ("−5,5", ".", "-5.5"),
        ("+7", ",", "7"),
        ("1,150.50", ",", "1150.50"),
        ("1.150,50", ".", "1150.50"),
        ("1.234.567", ".", "1234567"),
        ("1,234,567.8", ",", "1234567.8"),
        ("1 150,5", ".", "1150.5"),
        ("1\u00a0150", ".", "1150"),
        ("1’150.50", ".", "1150.50"),
        ("12,5", ".", "12.5"),
        ("12.5", ",", "12.5"),
        ("0,765", ".", "0.765"),
        ("1234.567", ",", "1234.567"),
        (".5", ",", "0.5"),
        ("5.", ",", "5"),
        ("1.150", ".", "1.150"),
        ("1.150", ",", "1150"),
        ("1,150", ".", "1150"),
        ("1,150", ",", "1.150"),
    ],
)
def test_numbers_in_either_style(text, decimal, number):
    assert parse_number(text, decimal) == Decimal(number)


@pytest.mark.parametrize(
    "text",
    ["", "-", "x", "8 pcs", "1.15.0", "1,15,0", "12,34,567", "1.150.5", "1,2.3,4", "12 5", "1e5", "0x10",
     "--5", ".", "1" * 41, "٣", "½", "NaN", "1.234,567.8"],
)  # fmt: skip
def test_what_is_no_number(text):
    with pytest.raises(NumberError):
        parse_number(text)


@given(st.decimals(-(10**9), 10**9, places=2))
def test_numbers_of_both_styles_are_read_back(number):
    english = f"{number:,}"
    german = english.translate(str.maketrans(",.", ".,"))
    assert parse_number(english, ".") == number
    assert parse_number(german, ",") == number


@pytest.mark.parametrize(
    ("column", "likely", "decimal", "note"),
    [
        (["670", "1.150", "270"], False, ",", "“1.150” read as 1 150"),
        (["670", "1,150", "270"], False, ".", "“1,150” read as 1 150"),
        (["1.975", "22"], True, ".", "“1.975” read as 1.975"),
        (["2.6", "1.975"], False, ".", ""),
        (["95,00", "78,00"], False, ",", "comma as decimal"),
        (["95,00", "1.150"], False, ",", "comma as decimal; “1.150” read as 1 150"),
        (["95,00 €", "1.012,50 €"], False, ",", "comma as decimal"),
        (["1,012.50", "3"], False, ".", ""),
        (["1.234.567", "1.150"], False, ",", "comma as decimal; “1.150” read as 1 150"),
        (["0.765", "1.975"], False, ".", ""),
        (["12", "", "x"], False, ".", ""),
        ([], False, ".", ""),
    ],
)
def test_the_column_decides_what_a_cell_leaves_open(column, likely, decimal, note):
    style = detect_decimal_style(column, decimals_likely=likely)
    assert (style.decimal, style.note) == (decimal, note)


@pytest.mark.parametrize(
    ("text", "amount"),
    [("95", "95.00"), ("95,-", "95.00"), ("€ 95.50", "95.50"), ("1.012,50 €", "1012.50"), ("12 EUR", "12.00"),
     ("CHF 7.5", "7.50"), ("0", "0.00"), ("33.335", "33.34"), ("$1,150.25", "1150.25")],
)  # fmt: skip
def test_money(text, amount):
    assert str(values.parse_money(text, ".")) == amount


@pytest.mark.parametrize(
    ("parse", "text", "message"),
    [
        (values.parse_money, "on request", "is not a number"),
        (values.parse_money, "-1", "is below zero"),
        (values.parse_money, "12345678901", "is more than 9 999 999 999"),
        (values.parse_money, "95 bananas", "is not a number"),
        (values.parse_quantity, "8 pcs", "is not a number"),
        (values.parse_quantity, "2.5", "is not a whole number"),
        (values.parse_quantity, "-1", "is below zero"),
        (values.parse_quantity, "1000001", "is more than 1 000 000"),
        (values.parse_weight, "heavy", "is not a number"),
        (values.parse_weight, "22 stone", "has a unit we do not know, “stone”"),
        (values.parse_weight, "-2", "is below zero"),
        (values.parse_power, "Schuko", "is not a number"),
        (values.parse_power, "9999999999", "is more than 2 147 483 647"),
        (values.parse_minutes, "soon", "is not a number"),
        (values.parse_minutes, "50000", "is more than 43 200"),
        (values.parse_minutes, "1:75", "is not a number"),
    ],
)
def test_what_cannot_be_used_is_said(parse, text, message):
    assert reason(parse, text, ".") == message


@pytest.mark.parametrize(
    ("text", "unit", "kilograms"),
    [("22 kg", "kg", "22.000"), ("1.2t", "kg", "1200.000"), ("750 g", "kg", "0.750"), ("750", "g", "0.750"),
     ("10 lbs", "kg", "4.536"), ("10", "lb", "4.536"), ("2,6", "kg", "2.600"), ("22 kg", "lb", "22.000")],
)  # fmt: skip
def test_weights(text, unit, kilograms):
    assert str(values.parse_weight(text, ".", unit)) == kilograms


@pytest.mark.parametrize(
    ("text", "unit", "watts"),
    [
        ("1.2 kW", "w", 1200),
        ("670 W", "w", 670),
        ("104.5", "w", 105),
        ("2", "kw", 2000),
        ("1,2 kVA", "w", 1200),
    ],
)
def test_power(text, unit, watts):
    assert values.parse_power(text, ".", unit) == watts


@pytest.mark.parametrize(
    ("text", "unit", "minutes"),
    [("90", "min", 90), ("2 h", "min", 120), ("1,5 Std.", "min", 90), ("1:30", "min", 90),
     ("1h30", "min", 90), ("02:00:00", "min", 120), ("2", "h", 120), ("1 d", "min", 1440),
     ("45 min", "h", 45)],
)  # fmt: skip
def test_minutes(text, unit, minutes):
    assert values.parse_minutes(text, ".", unit) == minutes


@pytest.mark.parametrize(
    ("words", "text", "value"),
    [(STATUSES, "Gut", "good"), (STATUSES, "DEFEKT", "damaged"), (STATUSES, "in_repair", "maintenance"),
     (KINDS, "Verbrauchsmaterial", "consumable"), (KINDS, "Gerät", "equipment"),
     (TRACKINGS, "Serialised", "serialized"), (TRACKINGS, "Menge", "bulk"),
     (TRACKINGS, "non-serialized", "bulk")],
)  # fmt: skip
def test_words_for_choices(words, text, value):
    assert values.parse_choice(text, words) == value


def test_an_unknown_choice_names_the_known_ones():
    assert reason(values.parse_choice, "lost", STATUSES) == "“lost” is not one of good, damaged, maintenance"


@pytest.mark.parametrize("words", [KINDS, TRACKINGS, STATUSES])
def test_every_spelling_means_one_thing_and_is_folded(words):
    spellings = [spelling for value in words for spelling in (value, *words[value])]
    assert len(set(spellings)) == len(spellings)
    assert [fold(spelling) for spelling in spellings] == spellings


def test_synonyms_are_folded_words():
    for target in FIELDS.values():
        for synonym in target.synonyms:
            assert " ".join(fold(synonym).replace("_", " ").split()) == synonym


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("Pixel Bar;Color Changer", ("Pixel Bar", "Color Changer")),
        ("a, b,c", ("a", "b", "c")),
        ("Harman, Inc.; Audio", ("Harman, Inc.", "Audio")),
        ("a|b\nc", ("a", "b", "c")),
        ("Größe;GROSSE; größe ;", ("Größe",)),
        (" ; ", ()),
    ],
)
def test_tags(text, tags):
    assert values.parse_tags(text) == tags


def test_tags_have_limits():
    assert "longer than 40" in reason(values.parse_tags, "x" * 41)
    assert reason(values.parse_tags, ";".join(map(str, range(31)))) == "are more than 30"


def test_text_has_limits():
    assert values.parse_line(" a \n b ", 200) == "a b"
    assert values.parse_text(" a \n b ", 200) == "a \n b"
    assert reason(values.parse_line, "x" * 201, 200) == "is longer than 200 characters"


def test_asset_tags_say_what_is_wrong():
    read = FIELDS["asset_tags"].parse
    assert read("A1…3", Reading()) == ("A1", "A2", "A3")
    assert reason(read, "A3…1", Reading()) == "cannot be read: “A3…1” counts down."


@given(st.text(max_size=30), st.sampled_from(".,"), st.sampled_from(list(FIELDS)))
def test_any_text_is_a_value_or_a_problem(text, decimal, name):
    with contextlib.suppress(UnusableValueError):
        assert FIELDS[name].parse(text, Reading(decimal)) is not None


@pytest.mark.parametrize("name", list(FIELDS))
def test_no_cell_takes_long(name):
    start = time.process_time()
    for cell in ("€" + " " * 19_000 + "x", "1 " * 9000 + "x", "." * 19_000, "1" * 19_000 + "x", ";" * 19_000):
        with contextlib.suppress(UnusableValueError):
            FIELDS[name].parse(cell, Reading())
    assert time.process_time() - start < 0.5
