"""Lines and groups are moved without losing any, and with as few written places as do."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.domain.events.line_order import (
    DOWN,
    SPACING,
    UP,
    Place,
    group_moved,
    in_groups,
    moved_beside,
    moved_by_step,
    positions,
)


def places(*lines: str) -> list[Place]:
    """ "Light/3" is line 3 under Light; "Light/4<3" goes along with 3. They stand in the order given."""
    found: list[Place] = []
    for number, line in enumerate(lines, 1):
        heading, _, name = line.partition("/")
        own, _, parent = name.partition("<")
        found.append(Place(int(own), heading, int(parent) if parent else None, number * SPACING))
    return found


def shown(order: list[Place]) -> list[str]:
    return [f"{place.heading}/{place.id}" for place in order]


@st.composite
def lists(draw: st.DrawFn) -> list[Place]:
    count = draw(st.integers(1, 12))
    found: list[Place] = []
    for key in range(1, count + 1):
        parent = draw(st.none() | st.integers(1, key - 1)) if key > 1 else None
        top = [place.id for place in found if place.accessory_of_id is None]
        found.append(
            Place(
                key,
                draw(st.sampled_from(["", "Light", "Audio"])),
                parent if parent in top else None,
                draw(st.integers(0, 5)),
            )
        )
    return sorted(found, key=lambda place: (place.position, place.id))


def test_groups_stand_where_their_first_line_does_and_accessories_behind_theirs() -> None:
    lines = places("/1", "Light/2", "/3", "Light/4", "Light/5<2")
    assert [(name, [line.id for line in group]) for name, group in in_groups(lines)] == [
        ("", [1, 3]),
        ("Light", [2, 5, 4]),
    ]


def test_a_step_takes_a_line_over_its_neighbour_and_into_the_next_group() -> None:
    lines = places("Audio/1", "Audio/2", "Light/3", "Light/4<3", "Light/5")
    assert shown(moved_by_step(lines, 2, UP))[:2] == ["Audio/2", "Audio/1"]
    assert shown(moved_by_step(lines, 2, DOWN))[1:3] == ["Light/2", "Light/3"]
    assert shown(moved_by_step(lines, 3, UP))[1:4] == ["Audio/2", "Audio/3", "Audio/4"]
    assert shown(moved_by_step(lines, 5, UP))[2:] == ["Light/5", "Light/3", "Light/4"]
    assert moved_by_step(lines, 1, UP) == lines
    assert moved_by_step(lines, 99, UP) == lines


def test_in_front_of_another_line_takes_its_heading_and_what_goes_along() -> None:
    lines = places("Audio/1", "Light/3", "Light/4<3", "Light/5")
    assert shown(moved_beside(lines, 3, 1)) == ["Audio/3", "Audio/4", "Audio/1", "Light/5"]
    assert shown(moved_beside(lines, 1, 5, behind=True)) == ["Light/3", "Light/4", "Light/5", "Light/1"]
    assert moved_beside(lines, 1, 99) == lines


def test_groups_change_places() -> None:
    lines = places("Audio/1", "Light/2", "Video/3")
    assert shown(group_moved(lines, "Video", UP)) == ["Audio/1", "Video/3", "Light/2"]
    assert group_moved(lines, "Video", DOWN) == lines
    assert group_moved(lines, "Rigging", UP) == lines


def test_one_move_writes_one_place() -> None:
    lines = places("/1", "/2", "/3", "/4")
    assert list(positions(moved_beside(lines, 4, 1))) == [4]
    assert list(positions(moved_beside(lines, 1, 4, behind=True))) == [1]
    assert positions(lines) == {}


@given(lists(), st.integers(1, 12), st.integers(1, 12), st.sampled_from([UP, DOWN]))
def test_whatever_is_moved_nothing_is_lost_and_the_places_give_the_order(
    lines: list[Place], line_id: int, other_id: int, step: str
) -> None:
    for order in (
        moved_by_step(lines, line_id, step),
        moved_beside(lines, line_id, other_id),
        group_moved(lines, "Light", step),
    ):
        assert sorted(place.id for place in order) == sorted(place.id for place in lines)
        written = positions(order)
        assert all(position > 0 for position in written.values())
        stood = [written.get(place.id, place.position) for place in order]
        assert all(one < other for one, other in pairwise(stood))
