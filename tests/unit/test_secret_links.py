"""Links that open one record: made again the same, and good for nothing else."""

import pytest

from app.lib.secret_links import link_token, opens, record_of

KEY = "k" * 40


def test_a_token_opens_its_record_for_its_purpose_and_nothing_else() -> None:
    token = link_token(KEY, "pay", 12, "salt")
    assert record_of(token) == 12
    assert opens(token, KEY, "pay", 12, "salt")
    assert not opens(token, KEY, "quote", 12, "salt")
    assert not opens(token, KEY, "pay", 13, "salt")
    assert not opens(token, KEY, "pay", 12, "another salt")
    assert not opens(token, "j" * 40, "pay", 12, "salt")
    assert not opens(token.replace("12-", "13-"), KEY, "pay", 13, "salt")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12",
        "12-",
        "0-" + "a" * 43,
        "-1-" + "a" * 43,
        "1-" + "ä" * 43,
        "9" * 30 + "-" + "a" * 43,
        "1-" + "a" * 44,
    ],
)
def test_what_cannot_be_a_token_speaks_of_no_record(text: str) -> None:
    assert record_of(text) is None


def test_parts_cannot_be_shifted_into_each_other() -> None:
    assert link_token(KEY, "pay", 1, "2") != link_token(KEY, "pay", 12, "")
