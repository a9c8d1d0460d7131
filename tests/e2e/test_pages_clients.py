"""Every page of clients and suppliers: accessible, within the policy, without sideways scrolling."""

import pytest

from tests.e2e.visiting import WRONG, Visits, Walk, wrong_with


@pytest.fixture(scope="module")
def visits(walk: Walk) -> Visits:
    return walk.over(
        "clients",
        "/clients/1/merge?other=2",
        "/sub-hire/new?equipment=1",
        "/shortages?from=2031-01-01",
        import_id=walk.upload("/clients/imports"),
    )


@pytest.mark.parametrize("what", WRONG)
def test_nothing_is_wrong_with_pages_of_clients(visits, what):
    assert wrong_with(visits, what) == {}
