"""How many complete kits are free, against counting up one kit after the other."""

from hypothesis import given
from hypothesis import strategies as st

from app.domain.events.policy import pieces_along
from app.domain.kits.policy import Along, Part, complete_kits, merged, missing_for, moved, needs

IDS = st.integers(1, 6)
PARTS = st.lists(st.builds(Part, IDS, st.integers(1, 5)), max_size=6)
ALONG = st.lists(st.builds(Along, IDS, IDS, st.integers(1, 4), st.integers(1, 4)), max_size=5)
FREE = st.dictionaries(IDS, st.integers(-5, 60), max_size=6)


def counted_up(parts: list[Part], along: list[Along], free: dict[int, int]) -> int:
    """Put kits together one after the other until something is missing."""
    if not parts:
        return 0
    kits = 0
    while all(
        quantity <= max(0, free.get(key, 0)) for key, quantity in needs(parts, along, kits + 1).items()
    ):
        kits += 1
    return kits


@given(PARTS, ALONG, FREE)
def test_as_many_as_counting_up_finds(parts: list[Part], along: list[Along], free: dict[int, int]) -> None:
    assert complete_kits(parts, along, free) == counted_up(parts, along, free)


@given(PARTS.filter(bool), FREE)
def test_without_accessories_the_scarcest_part_decides(parts: list[Part], free: dict[int, int]) -> None:
    least = min(max(0, free.get(key, 0)) // quantity for key, quantity in merged(parts).items())
    assert complete_kits(parts, [], free) == least


@given(PARTS.filter(bool), ALONG, FREE)
def test_one_more_than_complete_is_missing_something(
    parts: list[Part], along: list[Along], free: dict[int, int]
) -> None:
    complete = complete_kits(parts, along, free)
    assert missing_for(parts, along, free, complete) == {}
    short = missing_for(parts, along, free, complete + 1)
    assert short
    assert list(short.values()) == sorted(short.values(), reverse=True)


def test_the_same_equipment_twice_is_added_up() -> None:
    assert merged([Part(1, 2), Part(2, 1), Part(1, 3)]) == {1: 5, 2: 1}
    assert complete_kits([Part(1, 2), Part(1, 3)], [], {1: 9}) == 1


def test_what_comes_along_counts_in_its_ratio() -> None:
    parts, along = [Part(1, 3)], [Along(1, 2, 1, 2)]
    assert needs(parts, along, 1) == {1: 3, 2: 2}
    assert needs(parts, along, 2) == {1: 6, 2: 3}
    assert complete_kits(parts, along, {1: 100, 2: 2}) == 1
    assert needs(parts, [Along(9, 2, 1, 1)], 1) == {1: 3}


def test_a_kit_without_parts_is_never_complete() -> None:
    assert complete_kits([], [], {1: 5}) == 0


@given(st.integers(1, 50), st.integers(1, 50), st.integers(1, 500))
def test_begun_ones_count_whole(quantity: int, per: int, wanted: int) -> None:
    pieces = pieces_along(quantity, per, wanted)
    assert pieces * per >= quantity * wanted > (pieces - 1) * per


def test_moving_stays_within_the_order() -> None:
    assert moved([1, 2, 3], 3, -1) == [1, 3, 2]
    assert moved([1, 2, 3], 1, 1) == [2, 1, 3]
    assert moved([1, 2, 3], 1, -1) == [1, 2, 3]
    assert moved([1, 2, 3], 2, 40) == [1, 3, 2]
