# ruff: noqa: RUF001 - letters that look like others are the point
"""Words that people would call the same are the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lib.folding import fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        (" SM58 ", "sm58"),
        ("Übergröße", "ubergrosse"),
        ("STRAẞE", "strasse"),
        ("Łódź Øre Þ", "lodz ore þ"),
        ("İstanbul ıI", "istanbul ii"),
        ("Æon Œuvre", "aeon oeuvre"),
        ("ﬁx ½", "fix 1⁄2"),
        ("Cafe\u0301", "cafe"),
        ("한글", "한글"),
    ],
)
def test_fold(text, folded):
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)
