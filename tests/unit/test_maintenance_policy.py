"""The state machine of maintenance and what jobs mean for their unit."""

from hypothesis import given
from hypothesis import strategies as st

from app.db.models.maintenance import STATES
from app.db.models.unit import STATES as UNIT_STATES
from app.domain.maintenance import policy

states, unit_states = st.sampled_from(STATES), st.sampled_from(UNIT_STATES)
open_states = st.lists(st.sampled_from(policy.OPEN), max_size=4)


@given(st.lists(st.sampled_from(policy.STEPS), max_size=12))
def test_any_walk_stays_in_the_machine_and_never_leaves_a_closed_job(steps: list[str]) -> None:
    state = policy.REPORTED
    for step in steps:
        after = policy.state_after(state, step)
        assert (after is not None) == (step in policy.steps_from(state))
        if state in policy.CLOSED:
            assert after is None
        state = after or state
        assert state in STATES


def test_work_goes_back_and_forth_only_between_in_progress_and_waiting() -> None:
    assert policy.state_after(policy.IN_PROGRESS, policy.WAIT) == policy.WAITING
    assert policy.state_after(policy.WAITING, policy.RESUME) == policy.IN_PROGRESS
    assert policy.state_after(policy.REPORTED, policy.WAIT) is None
    assert policy.state_after(policy.IN_PROGRESS, policy.START) is None


@given(states)
def test_every_open_state_can_be_ended_both_ways(state: str) -> None:
    ends = {policy.RESOLVE, policy.WRITE_OFF} & set(policy.steps_from(state))
    assert ends == ({policy.RESOLVE, policy.WRITE_OFF} if state in policy.OPEN else set())


@given(unit_states, open_states)
def test_placing_a_unit_twice_changes_nothing_more(unit_state: str, blocking: list[str]) -> None:
    placed = policy.unit_state_after(unit_state, blocking)
    assert policy.unit_state_after(placed, blocking) == placed


@given(unit_states, open_states)
def test_a_unit_that_is_not_here_is_never_moved(unit_state: str, blocking: list[str]) -> None:
    if unit_state not in {"in_stock", "returned", "quarantine", "in_repair"}:
        assert policy.unit_state_after(unit_state, blocking) == unit_state


@given(unit_states, open_states.filter(bool))
def test_a_blocked_unit_is_not_rentable(unit_state: str, blocking: list[str]) -> None:
    assert policy.unit_state_after(unit_state, blocking) != "in_stock"


@given(open_states)
def test_released_only_when_nothing_blocks(blocking: list[str]) -> None:
    assert (policy.unit_state_after("in_repair", blocking) == "in_stock") == (not blocking)
