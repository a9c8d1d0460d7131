# ruff: noqa: RUF001 - the dashes are what people type
"""Asset tags typed as ranges and lists."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.inventory.asset_tags import AssetTagError, expand_asset_tags


def tags(prefix, first, last, width):
    return [f"{prefix}{number:0{width}}" for number in range(first, last + 1)]


@pytest.mark.parametrize(
    "text",
    [
        "SM58-001…040", "SM58-001 … 040", "SM58-001..040", "SM58-001...040", "SM58-001–040", "SM58-001 - 040",
        "SM58-001 to 040", "SM58-001 bis 040", "SM58-001-040", "SM58-001…SM58-040", "SM58-001 - sm58-040",
        "SM58-001…40", "SM58-001-SM58-040",
    ],
)  # fmt: skip
def test_ranges_are_written_in_many_ways(text):
    assert expand_asset_tags(text) == tags("SM58-", 1, 40, 3)


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("A1", ["A1"]),
        (" A1 ; B 2,\n\nC3|D4;", ["A1", "B 2", "C3", "D4"]),
        ("8…12", ["8", "9", "10", "11", "12"]),
        ("08…12", ["08", "09", "10", "11", "12"]),
        ("X98..102; Y", ["X98", "X99", "X100", "X101", "X102", "Y"]),
        ("A-1…A-1", ["A-1"]),
        ("A1-a3", ["A1", "A2", "A3"]),
        ("HH-B04-05", ["HH-B04-05"]),
        ("SM58-001-02", ["SM58-001-02"]),
        ("11-12", ["11-12"]),
        ("2026-11-21", ["2026-11-21"]),
        ("", []),
        (" ;, \n", []),
    ],
)
def test_lists_and_ranges(text, expanded):
    assert expand_asset_tags(text) == expanded


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SM58-040…001", "“SM58-040…001” counts down."),
        ("SM58…ABC", "“ABC” does not go with “SM58”"),
        ("ABC…DEF", "“ABC” does not end in a number"),
        ("A1…B5", "“B5” does not go with “A1”"),
        ("A1…1001", "“A1…1001” is 1 001 asset tags; at most 1 000 fit at once."),
        ("A1…999999999999999999", "at most 1 000"),
        ("A1…600;B1…600", "More than 1 000 asset tags"),
        ("A1;b;a1", "“a1” is there twice."),
        ("A1…5;A3", "“A3” is there twice."),
        ("x" * 65, "longer than 64 characters"),
        ("9" * 5000 + "x", "longer than 64 characters"),
        ("x" * 63 + "1…20", "longer than 64 characters"),
    ],
)
def test_what_cannot_be_used_is_said(text, message):
    with pytest.raises(AssetTagError) as caught:
        expand_asset_tags(text)
    assert message in caught.value.message


def test_the_limit_can_be_chosen():
    assert len(expand_asset_tags("A1…5", limit=5)) == 5
    with pytest.raises(AssetTagError):
        expand_asset_tags("A1…6", limit=5)


@given(
    st.text(st.sampled_from("ABCxyz -/ü"), max_size=10).map(lambda prefix: " ".join(prefix.split())),
    st.integers(0, 5000),
    st.integers(0, 99),
    st.integers(1, 6),
)
def test_any_range_is_expanded_to_each_of_its_tags(prefix, first, more, width):
    text = f"{prefix}{first:0{width}}…{first + more:0{width}}"
    assert expand_asset_tags(text) == tags(prefix, first, first + more, width)


def test_no_text_takes_long():
    start = time.process_time()
    for text in ("1" * 20_000, "." * 20_000, "1-" * 10_000, "a to " * 4000):
        with pytest.raises(AssetTagError):
            expand_asset_tags(text)
    assert time.process_time() - start < 1


def test_control_characters_are_dropped_as_in_every_field() -> None:
    assert expand_asset_tags("T\x07X-1\x00, \x1bT-2, \x08, Ka\u0308fig-1") == ["TX-1", "T-2", "K\u00e4fig-1"]


def test_a_hyphen_before_an_ellipsis_belongs_to_the_tag() -> None:
    assert expand_asset_tags("A - A1…A - A3") == ["A - A1", "A - A2", "A - A3"]
