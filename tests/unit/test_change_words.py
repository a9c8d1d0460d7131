"""Every kind of record that can be changed has words of its own, and only one area says them."""

from collections import Counter

import pytest

from app.domain.activity.words import CHANGE_WORDS
from app.lib.undoing import MODELS


@pytest.mark.parametrize("entity", sorted(MODELS))
def test_what_can_be_taken_back_has_a_name_for_several(entity: str) -> None:
    words = [kinds[entity] for kinds in CHANGE_WORDS if entity in kinds]
    assert [said.plural != "" or said.page != "" for said in words] == [True], entity


def test_no_two_areas_speak_of_the_same_kind() -> None:
    said = Counter(kind for kinds in CHANGE_WORDS for kind in kinds)
    assert [kind for kind, times in said.items() if times > 1] == []


def test_a_page_takes_the_id_of_one_record_and_no_more() -> None:
    for kinds in CHANGE_WORDS:
        for kind, words in kinds.items():
            assert words.page.count("{}") <= 1, kind
            assert words.lessening <= set(words.verbs), kind
