"""Every page of cases, imports, kits and maintenance: accessible, within the policy, without sideways scrolling."""

import pytest

from tests.e2e.visiting import WRONG, Visits, Walk, wrong_with


@pytest.fixture(scope="module")
def visits(walk: Walk) -> Visits:
    return walk.over(
        "gear",
        "/maintenance/new?equipment=1",
        "/cases/1/gear?q=cable",
        "/inventory/register?code=X-1&q=robe",
        import_id=walk.upload("/imports"),
    )


@pytest.mark.parametrize("what", WRONG)
def test_nothing_is_wrong_with_pages_of_gear(visits, what):
    assert wrong_with(visits, what) == {}
