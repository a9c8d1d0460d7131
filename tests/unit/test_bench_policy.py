"""The rules of counting: what follows a step, what goes back with it, and that it always adds up."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.prep.policy import (
    PICKED,
    PREP_STEPS,
    STEP_WORDS,
    Counts,
    counts_from,
    fulfilment,
    moves_back,
    moves_to,
    moves_undone,
    progress,
    steps_of,
)

shops = st.sets(st.sampled_from(PREP_STEPS)).map(steps_of)


@st.composite
def prepped(draw: st.DrawFn, enabled: tuple[str, ...] = PREP_STEPS) -> Counts:
    """Counts that prep can have led to: what is packed has been picked, what has left was prepped."""
    wanted = draw(st.integers(0, 20))
    reached = sorted((draw(st.integers(0, 20)) for _ in range(len(enabled) + 1)), reverse=True)
    steps = dict(zip(enabled, reached, strict=False))
    return replace(Counts(wanted), **steps, dispatched=reached[-1])


def after(counts: Counts, moves: list) -> Counts:
    for move in moves:
        counts = replace(counts, **{move.step: counts.at(move.step) + move.quantity})
    return counts


def in_order(counts: Counts, enabled: tuple[str, ...]) -> bool:
    reached = [counts.at(step) for step in enabled] + [counts.dispatched]
    return all(early >= late for early, late in pairwise(reached)) and min(reached) >= 0


@given(data=st.data(), enabled=shops, quantity=st.integers(1, 30))
def test_a_step_moves_exactly_so_many_and_what_lags_behind_follows(data, enabled, quantity):
    counts = data.draw(prepped(enabled))
    for step in (*enabled, "dispatched"):
        moved = after(counts, moves_to(step, quantity, counts, enabled))
        assert moved.at(step) == counts.at(step) + quantity
        assert all(moved.at(one) >= counts.at(one) for one in PREP_STEPS)
        assert all(moved.at(one) <= max(counts.at(one), moved.at(step)) for one in enabled)
        assert in_order(moved, enabled)


@given(data=st.data(), enabled=shops, quantity=st.integers(1, 30))
def test_what_goes_back_takes_later_steps_along_and_never_what_has_left(data, enabled, quantity):
    counts = data.draw(prepped(enabled))
    for step in enabled:
        left = counts.at(step) - quantity
        if left < counts.dispatched:
            with pytest.raises(ValueError, match=r"left|fewer"):
                moves_back(step, quantity, counts)
            continue
        moved = after(counts, moves_back(step, quantity, counts))
        assert moved.at(step) == left
        assert in_order(moved, enabled)
        assert all(moved.at(one) == counts.at(one) for one in PREP_STEPS[: PREP_STEPS.index(step)])


@given(data=st.data(), enabled=shops, quantity=st.integers(1, 5))
def test_to_undo_what_was_just_counted_leaves_everything_as_it_was(data, enabled, quantity):
    counts = data.draw(prepped(enabled))
    for step in enabled:
        moves = moves_to(step, quantity, counts, enabled)
        moved = after(counts, moves)
        undone = {move.step: move.quantity for move in moves}
        assert moves_undone(undone, moved) == []


@given(data=st.data(), enabled=shops, undone=st.dictionaries(st.sampled_from(PREP_STEPS), st.integers(1, 9)))
def test_whatever_is_undone_the_order_of_the_steps_holds(data, enabled, undone):
    counts = data.draw(prepped(enabled))
    undone = {step: by for step, by in undone.items() if step in enabled}
    try:
        follow = moves_undone(undone, counts)
    except ValueError:
        assert any(counts.at(step) - by < counts.dispatched for step, by in undone.items())
        return
    taken = after(counts, follow)
    taken = replace(taken, **{step: taken.at(step) - by for step, by in undone.items()})
    last = max((PREP_STEPS.index(step) for step in undone), default=0)
    assert in_order(taken, enabled) or any(step not in undone for step in enabled[: last + 1])
    assert all(move.quantity < 0 for move in follow)


def test_what_was_put_back_comes_again_only_where_there_is_room():
    assert moves_undone({PICKED: -2}, Counts(4, picked=2)) == []
    with pytest.raises(ValueError, match="no room"):
        moves_undone({PICKED: -3}, Counts(4, picked=2))
    with pytest.raises(ValueError, match="no room"):
        moves_undone({"packed": -2}, Counts(4, picked=1))


@pytest.mark.parametrize("quantity", [0, -1])
def test_less_than_one_piece_is_no_step(quantity):
    with pytest.raises(ValueError, match=r"one piece|fewer"):
        moves_to(PICKED, quantity, Counts(4), PREP_STEPS)
    with pytest.raises(ValueError, match="fewer"):
        moves_back(PICKED, quantity, Counts(4, picked=2))


@given(
    sums=st.dictionaries(st.sampled_from(sorted(STEP_WORDS)), st.integers(0, 50)), wanted=st.integers(0, 9)
)
def test_counts_are_the_sums_of_their_movements(sums, wanted):
    counts = counts_from(wanted, sums)
    assert {step: counts.at(step) for step in sums} == sums
    assert counts.outstanding == sums.get("dispatched", 0) - sums.get("returned", 0) - sums.get("settled", 0)
    assert counts.unchecked == sums.get("returned", 0) - sums.get("checked", 0)


@given(lines=st.lists(prepped(), max_size=4), step=st.sampled_from(PREP_STEPS))
def test_progress_never_is_more_than_everything(lines, step):
    done, wanted = progress(lines, step)
    assert 0 <= done <= wanted == sum(line.wanted for line in lines)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], "not_started"),
        ([Counts(4)], "not_started"),
        ([Counts(4, picked=1), Counts(2)], "in_prep"),
        ([Counts(4, picked=4), Counts(2, picked=2, packed=2)], "in_prep"),
        ([Counts(4, picked=4, packed=4), Counts(2, picked=2, packed=2)], "ready"),
        ([Counts(4, picked=5, packed=5)], "ready"),
        ([Counts(0, picked=1)], "in_prep"),
        ([Counts(4, picked=4, packed=4, dispatched=1)], "partly_out"),
        ([Counts(4, picked=4, packed=4, dispatched=4), Counts(2)], "partly_out"),
        ([Counts(4, dispatched=4), Counts(2, dispatched=2)], "out"),
        ([Counts(4, dispatched=4), Counts(0)], "out"),
        ([Counts(4, dispatched=4, returned=1)], "partly_returned"),
        ([Counts(4, dispatched=4, returned=3, missing=1)], "partly_returned"),
        ([Counts(4, dispatched=4, returned=3, settled=1)], "returned"),
        ([Counts(4, dispatched=4, returned=4, checked=3)], "returned"),
        ([Counts(4, dispatched=4, returned=3, checked=3, settled=1)], "checked"),
        ([Counts(9, dispatched=9, comes_back=False)], "checked"),
        ([Counts(9, dispatched=4, comes_back=False)], "partly_out"),
        ([Counts(9, dispatched=9, returned=2, comes_back=False), Counts(1, dispatched=1)], "out"),
        ([Counts(9, dispatched=9, comes_back=False), Counts(1, dispatched=1, returned=1)], "returned"),
    ],
)
def test_where_an_event_stands(lines, expected):
    assert fulfilment(lines, ("picked", "packed")) == expected


def test_picking_is_always_a_step():
    assert steps_of([]) == ("picked",)
    assert steps_of(["loaded", "tested"]) == ("picked", "tested", "loaded")
