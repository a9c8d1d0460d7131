"""Lists of gear as riders and e-mails have them."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.events.pasting import MOST_LINES, MOST_PIECES, Reading, read_list, wanted


@pytest.mark.parametrize(
    ("line", "quantity", "words"),
    [
        ("4x SM58", 4, "SM58"),
        ("4xSM58", 4, "SM58"),
        ("4 X SM58", 4, "SM58"),
        ("6 × DI box", 6, "DI box"),
        ("6× DI box", 6, "DI box"),
        ("3 * Par can", 3, "Par can"),
        ("2 K12", 2, "K12"),
        ("- 2 K12", 2, "K12"),
        ("• 12 pcs XLR 10 m", 12, "XLR 10 m"),
        ("10 Stk. Bodenplatte", 10, "Bodenplatte"),
        ("10 Stück Bodenplatte", 10, "Bodenplatte"),
        ("SM58 x4", 4, "SM58"),
        ("SM58 x 4", 4, "SM58"),
        ("SM58 (4)", 4, "SM58"),
        ("SM58 (4x)", 4, "SM58"),
        ("SM58: 4", 4, "SM58"),
        ("SM58 4x", 4, "SM58"),
        ("SM58\t4", 4, "SM58"),
        ("4\tSM58", 4, "SM58"),
        ("1) CL5", 1, "CL5"),
        ("4 XLR 10 m", 4, "XLR 10 m"),
        ("4 xylophones", 4, "xylophones"),
        ("2 East box", 2, "East box"),
        ("2 Stairs", 2, "Stairs"),
        ("K12", 1, "K12"),
        ("  Shure   SM58  ", 1, "Shure SM58"),
    ],
)
def test_what_a_line_most_likely_means(line: str, quantity: int, words: str) -> None:
    first = wanted(line)[0]
    assert (first.quantity, " ".join(first.words.split())) == (quantity, words)


def test_a_number_may_belong_to_the_name() -> None:
    assert wanted("SM58 4") == [Reading(1, "SM58 4"), Reading(4, "SM58")]
    assert wanted("Shure SM 58")[0] == Reading(1, "Shure SM 58")
    assert wanted("19 inch rack") == [Reading(19, "inch rack"), Reading(1, "19 inch rack")]
    assert wanted("2 SM 58") == [Reading(2, "SM 58"), Reading(58, "2 SM"), Reading(1, "2 SM 58")]
    assert wanted("4x4 matrix")[0] == Reading(4, "4 matrix")


def test_headings_and_empty_lines() -> None:
    lines = read_list("Hello,\r\n\r\nAudio:\r\n4x SM58\n---\nLight:\n2 K12\n")
    assert [(line.heading, line.text) for line in lines] == [
        ("", "Hello,"),
        ("Audio", "4x SM58"),
        ("Light", "2 K12"),
    ]


def test_nothing_without_words() -> None:
    assert wanted("") == wanted("--- * ---") == []
    assert len(read_list("1 SM58\n" * 900)) == MOST_LINES


@pytest.mark.parametrize(
    ("line", "quantity"),
    [
        ("0x SM58", 0),
        ("0 SM58", 0),
        ("SM58 (0)", 0),
        ("-3x SM58", 3),
        ("\N{MINUS SIGN}3 SM58", 3),
        ("999999x SM58", 999_999),
        ("9" * 40 + " x SM58", int("9" * 40)),
    ],
)
def test_a_quantity_that_cannot_be_is_doubted_and_never_one(line: str, quantity: int) -> None:
    first = wanted(line)[0]
    assert (first.quantity, first.words) == (quantity, "SM58")
    assert first.doubt


def test_a_line_that_is_cut_is_doubted() -> None:
    (line,) = read_list("4x " + "SM58 " * 60)
    assert all("first 200" in reading.doubt for reading in line.readings)
    assert not read_list("4x SM58")[0].readings[0].doubt


@given(st.text(max_size=300))
@example(":S")
def test_any_text_is_read(text: str) -> None:
    for line in read_list(text):
        assert line.readings
        for reading in line.readings:
            assert reading.doubt or 1 <= reading.quantity <= MOST_PIECES
            assert any(letter.isalnum() for letter in reading.words)


@given(
    st.integers(1, MOST_PIECES),
    st.from_regex(r"[A-Z][a-z]{2,8}( [A-Z][a-z]{2,8})?", fullmatch=True),
    st.sampled_from(["{0}x {1}", "{0} x {1}", "{0} × {1}", "{1} x{0}", "{1} ({0})", "{1}: {0}", "{0} {1}"]),
)
def test_the_usual_spellings_give_back_what_was_meant(quantity: int, words: str, spelling: str) -> None:
    assert wanted(spelling.format(quantity, words))[0] == Reading(quantity, words)
