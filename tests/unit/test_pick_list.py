"""The list that is picked: under which heading a line stands, and what goes along with it."""

from app.domain.prep.pick_list import groups_of, to_put_back
from app.domain.prep.policy import Counts
from app.domain.prep.queries import BenchLine
from app.domain.prep.views import View, read_view


def a_line(key, *, location="", category="Audio", along=None, wanted=2, picked=0, dispatched=0):
    return BenchLine(
        id=key, event_id=1, equipment_id=key, name=f"Thing {key}", notes="", heading="", accessory_of_id=along,
        added_at_bench=False, tracking="bulk", kind="rental", photo=None, sku="", location=location,
        category=category, known=None, known_at=None,
        counts=Counts(wanted, picked=picked, dispatched=dispatched),
    )  # fmt: skip


def keys(groups):
    return [(group.label, [line.id for line in group.lines]) for group in groups]


def test_lines_stand_by_place_and_accessories_beneath_theirs_wherever_they_are():
    lines = [
        a_line(1, location="A-1"),
        a_line(2, location="A-2", along=3),
        a_line(3, location="B-1"),
        a_line(4, location="C-1", along=2),
        a_line(5),
    ]
    assert keys(groups_of(lines, "location")) == [("A-1", [1]), ("B-1", [3, 2, 4]), ("No location", [5])]


def test_an_accessory_whose_line_is_gone_stands_by_itself():
    lines = [a_line(1, location="A-1", wanted=0), a_line(2, location="A-2", along=1)]
    assert keys(groups_of(lines, "location")) == [("A-2", [2])]


def test_categories_stand_by_name_and_count_together():
    lines = [a_line(1, category="Video", picked=1), a_line(2, category="Audio"), a_line(3, category="Video")]
    groups = groups_of(lines, "category")
    assert keys(groups) == [("Audio", [2]), ("Video", [1, 3])]
    assert groups[1].progress("picked") == (1, 4)


def test_what_is_not_wanted_any_more_is_to_be_put_back_unless_it_has_left():
    assert to_put_back(a_line(1, wanted=2, picked=3)) == 1
    assert to_put_back(a_line(1, wanted=0, picked=3, dispatched=2)) == 1
    assert to_put_back(a_line(1, wanted=5, picked=3)) == 0
    assert keys(groups_of([a_line(1, wanted=0, picked=1), a_line(2, wanted=0)], "location")) == [
        ("No location", [1])
    ]


def test_a_view_stands_in_its_address_and_what_is_no_choice_is_the_usual():
    steps = ("picked", "packed")
    view = read_view({"step": "packed", "by": "category", "case": "3", "at": "x", "units": "location"}, steps)
    assert view == View("packed", "category", 3, None, "location")
    assert read_view(dict(pair.split("=") for pair in view.query().split("&")), steps) == view
    assert read_view({"step": "flown", "by": "name", "units": "?"}, steps) == View("picked")
