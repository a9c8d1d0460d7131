"""How lines are arranged on papers, and what an old paper says that is not so any more."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from app.domain.papers.arranging import NOWHERE, came_back, grouped, packed, total_of
from app.domain.papers.comparing import LineDifference, LineState, differences, shown, verb
from app.domain.papers.facts import HandedLine, PackedCase, PaperLine, PaperUnit
from app.domain.prep.policy import Counts
from app.domain.prep.revisions import GearChange

AT = datetime(2031, 6, 2, 8, tzinfo=UTC)


def a_line(key: int, **values: Any) -> PaperLine:
    counts = values.pop("counts", Counts(4))
    line = PaperLine(
        key, f"Line {key}", f"SKU-{key}", "A-1", "Audio", "", None, "", None, False, None, None, None, counts
    )
    return replace(line, **values)


def a_unit(key: int, **values: Any) -> PaperUnit:
    unit = PaperUnit(1, key, f"U-{key}", "", True, 0, 0, 0, 0, 0)
    return replace(unit, **values)


def a_change(action: str, key: int = 1, entity: str = "rental", **fields: Any) -> GearChange:
    return GearChange(AT, "4 × Line", f"{entity}.{action}", entity, key, fields, "Ana")


def names(groups: Any) -> list[tuple[str, list[tuple[int, bool, str]]]]:
    return [
        (group.heading, [(row.line.id, row.is_part, row.where) for row in group.rows]) for group in groups
    ]


def test_lines_stand_at_their_places_and_accessories_below_what_they_belong_to() -> None:
    lines = [
        a_line(1),
        a_line(2, location="B-2", accessory_of_id=1),
        a_line(3, location="B-2"),
        a_line(4, location="", accessory_of_id=9),
    ]
    assert names(grouped(lines, "location")) == [
        ("A-1", [(1, False, ""), (2, True, "B-2")]),
        ("B-2", [(3, False, "")]),
        (NOWHERE, [(4, False, "")]),
    ]
    assert names(grouped(lines, "category")) == [
        ("Audio", [(1, False, ""), (2, True, ""), (3, False, ""), (4, False, "")])
    ]


def test_units_that_are_chosen_and_any_others() -> None:
    units = (a_unit(1), a_unit(2, is_bound=False, picked=1), a_unit(3, is_bound=False))
    found = [
        (line.to_take, line.any_units)
        for line in (
            a_line(1, serialized=True, units=units),
            a_line(1, serialized=True),
            a_line(1, serialized=True, units=units, counts=Counts(1)),
            a_line(1),
        )
    ]
    assert found == [(["U-1", "U-2"], 2), ([], 4), (["U-1"], 0), ([], 0)]


def test_what_is_due_is_out_and_not_missing() -> None:
    assert a_line(1, counts=Counts(4, dispatched=4, returned=1, missing=2)).due == 1
    assert a_line(1, counts=Counts(4, dispatched=4, comes_back=False)).due == 0


def test_weights_add_up_as_far_as_they_are_known() -> None:
    total = total_of([(Decimal("0.5"), 4), (None, 3), (Decimal(2), 1)])
    assert (total.pieces, total.weight_kg, total.unknown) == (8, Decimal(4), 3)


def test_every_piece_is_in_one_case_or_loose() -> None:
    units = (a_unit(7, packed=1), a_unit(8, packed=1))
    lines = [
        a_line(1, units=units, counts=Counts(2, picked=2, packed=2), weight_kg=Decimal(3)),
        a_line(2, counts=Counts(9, picked=9, packed=6)),
    ]
    case = PackedCase(5, "C-1", "Trunk", "temporary", Decimal(10), ((1, 7, 1), (2, None, 4)))
    boxed, loose = packed(lines, [case], ("picked", "packed"))
    assert [(one.line.id, one.quantity, [u.id for u in one.units]) for one in boxed.inside] == [
        (1, 1, [7]),
        (2, 4, []),
    ]
    assert (boxed.total.pieces, boxed.total.weight_kg, boxed.total.unknown) == (5, Decimal(13), 4)
    assert [(one.line.id, one.quantity, [u.id for u in one.units]) for one in loose.inside] == [
        (1, 1, [8]),
        (2, 2, []),
    ]


def test_what_came_back_by_condition_unchecked_and_missing() -> None:
    def handed(step: str, quantity: int, condition: str | None, *units: str) -> HandedLine:
        return HandedLine(1, "Lamp", "LX", step, condition, quantity, units, "")

    found = came_back(
        [
            handed("checked", 1, "damaged", "L-1"),
            handed("missing", 2, None),
            handed("returned", 3, None, "L-1", "L-2"),
        ]
    )
    assert [(one.condition, one.quantity, tuple(one.units)) for one in found] == [
        ("damaged", 1, ("L-1",)),
        ("missing", 2, ()),
        ("unchecked", 2, ("L-2",)),
    ]
    assert (
        came_back([handed("missing", -2, None), handed("checked", 2, "fine"), handed("returned", 2, None)])[
            0
        ].condition
        == "fine"
    )


def test_an_old_paper_is_compared_by_taking_changes_back() -> None:
    present = {
        1: LineState("Shure SM58", 12, optional=False, deleted=False),
        2: LineState("DI box", 6, optional=False, deleted=True),
        3: LineState("K2", 4, optional=False, deleted=False),
        4: LineState("Stand", 2, optional=False, deleted=False),
        5: LineState("Cable", 3, optional=False, deleted=False),
    }
    changes = [
        a_change("updated", 1, quantity=[10, 11]),
        a_change("updated", 2, deleted_at=[None, "2031-06-02T08:00:00Z"]),
        a_change("created", 3, quantity=[None, 2]),
        a_change("updated", 3, quantity=[2, 4]),
        a_change("updated", 1, quantity=[11, 12]),
        a_change("updated", 4, quantity=[2, 5]),
        a_change("updated", 4, quantity=[5, 2]),
        a_change("updated", 5, notes=["", "new ones"]),
        a_change("updated", 1, entity="event", out_end=["2031-06-02T08:00:00Z", "2031-06-03T08:00:00Z"]),
    ]
    assert differences(changes, present) == [
        LineDifference("DI box", "DI box", 6, 0),
        LineDifference("K2", "K2", 0, 4),
        LineDifference("Shure SM58", "Shure SM58", 10, 12),
    ]


def test_a_line_with_other_equipment_says_which_it_was() -> None:
    present = {1: LineState("KS21", 4, optional=False, deleted=False)}
    swapped = a_change("updated", name=["KS28", "KS21"], equipment_id=[3, 4])
    assert differences([swapped], present) == [LineDifference("KS21", "KS28", 4, 4)]
    assert shown(swapped) == {"name": ("KS28", "KS21")}


def test_changes_are_said_in_words() -> None:
    off = a_change("updated", deleted_at=[None, "2031-06-02T08:00:00Z"])
    on = a_change("restored", deleted_at=["2031-06-02T08:00:00Z", None])
    assert [verb(one) for one in (a_change("created"), off, on, a_change("updated", quantity=[1, 2]))] == [
        "added",
        "took off",
        "brought back",
        "changed",
    ]
    assert shown(a_change("created", quantity=[None, 2])) == {}
