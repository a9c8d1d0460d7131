"""The merge engine: laws that any three-way merge must obey, for any records."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lib.merge import merge, merge_words

FIELDS = ["name", "location", "daily_rate", "notes"]
values = st.one_of(st.none(), st.integers(0, 3), st.sampled_from(["a", "b"]))
records = st.fixed_dictionaries(dict.fromkeys(FIELDS, values))
words = st.lists(st.sampled_from("abcdef"), unique=True)


@given(records, records)
def test_untouched_by_me_is_theirs(base, theirs):
    outcome = merge(base, theirs, base)
    assert outcome.values == theirs
    assert outcome.conflicts == ()


@given(records, records)
def test_untouched_by_them_is_mine(base, mine):
    outcome = merge(base, base, mine)
    assert outcome.values == mine
    assert outcome.conflicts == ()


@given(records, records, records)
def test_both_sides_agree_on_what_conflicts(base, theirs, mine):
    assert set(merge(base, theirs, mine).conflicts) == set(merge(base, mine, theirs).conflicts)


@given(records, records, records)
def test_every_field_has_a_reason(base, theirs, mine):
    outcome = merge(base, theirs, mine)
    for name in FIELDS:
        if name in outcome.conflicts:
            assert base[name] != theirs[name] != mine[name] != base[name]
            assert outcome.values[name] == theirs[name]
        elif mine[name] != base[name]:
            assert outcome.values[name] == mine[name]
        else:
            assert outcome.values[name] == theirs[name]


@given(records, records, st.sets(st.sampled_from(FIELDS)))
def test_a_partial_edit_leaves_the_rest(base, theirs, named):
    mine = dict.fromkeys(named, "mine")
    outcome = merge(base, theirs, mine)
    for name in set(FIELDS) - named:
        assert outcome.values[name] == theirs[name]


@given(words, words, words)
def test_words_merge_as_sets(base, theirs, mine):
    outcome = merge_words(base, theirs, mine)
    assert len(outcome) == len(set(outcome))
    added = (set(theirs) | set(mine)) - set(base)
    removed = (set(base) - set(theirs)) | (set(base) - set(mine))
    assert set(outcome) == (set(base) | added) - removed


def test_words_never_conflict():
    outcome = merge({"tags": ["a"]}, {"tags": ["a", "b"]}, {"tags": ["a", "c"]})
    assert outcome.values["tags"] == ["a", "b", "c"]
    assert outcome.conflicts == ()


def test_an_unknown_field_is_refused():
    with pytest.raises(KeyError):
        merge({"name": 1}, {"name": 1}, {"colour": 2})
