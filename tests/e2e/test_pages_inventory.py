"""Every page of the inventory: accessible, within the policy, without sideways scrolling."""

import pytest

from tests.e2e.visiting import WRONG, Visits, Walk, wrong_with


@pytest.fixture(scope="module")
def visits(walk: Walk) -> Visits:
    return walk.over(
        "inventory",
        "/inventory?q=nothing-is-called-this",
        "/inventory?from=2026-11-23T08:00&to=2026-12-20T20:00&sort=free",
    )


@pytest.mark.parametrize("what", WRONG)
def test_nothing_is_wrong_with_pages_of_the_inventory(visits, what):
    assert wrong_with(visits, what) == {}
