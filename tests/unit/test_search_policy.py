"""How typed words become a query, and what of a hit is marked."""

from hypothesis import given
from hypothesis import strategies as st

from app.domain.search.policy import marked, prefix_query


def test_every_word_is_the_beginning_of_one() -> None:
    assert prefix_query("Müller  SM58-001") == "muller:* & sm58:* & 001:*"


def test_signs_that_mean_something_to_the_database_are_no_words() -> None:
    assert prefix_query("a:*|b & !(c) \\ '") == "a:* & b:* & c:*"
    assert prefix_query(" %_'\\ ") == ""


def test_marks_words_whatever_their_case_and_accents() -> None:
    assert marked("Robe MegaPointe", "mega") == [(False, "Robe "), (True, "Mega"), (False, "Pointe")]
    assert marked("Große Bühne", "buhne") == [(False, "Große Bühne")]
    assert marked("Bühne", "buhne") == [(True, "Bühne")]


@given(st.text(max_size=40), st.text(max_size=10))
def test_the_parts_are_the_text(text: str, typed: str) -> None:
    assert "".join(part for _, part in marked(text, typed)) == text
