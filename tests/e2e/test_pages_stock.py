"""Every page of inspections and stock takes: accessible, within the policy, without sideways scrolling."""

from uuid import uuid4

import pytest

from tests.e2e.visiting import WRONG, Visits, Walk, wrong_with


@pytest.fixture(scope="module")
def visits(walk: Walk) -> Visits:
    counted, over = (walk.client.post("/stock-takes", json={}).json()["data"]["id"] for _ in range(2))
    cable = walk.client.get("/equipment?tracking=bulk").json()["data"][0]["id"]
    some = {"nonce": str(uuid4()), "equipment_id": cable, "pieces": 2}
    assert walk.client.post(f"/stock-takes/{counted}/counts", json=some).is_success
    assert walk.client.post(f"/stock-takes/{over}/cancellation").is_success
    unit = walk.newest("/units")
    return walk.over(
        "stock",
        f"/stock-takes/{counted}?show=other",
        f"/stock-takes/{counted}?q=nothing-has-this-name",
        f"/stock-takes/{over}",
        "/inspections?status=valid",
        "/inspections?q=nothing-has-this-name",
        f"/inspections/new?unit={unit}",
        stock_take_id=str(counted),
        equipment_id=str(cable),
    )


@pytest.mark.parametrize("what", WRONG)
def test_nothing_is_wrong_with_pages_of_stock(visits: Visits, what: str) -> None:
    assert len(visits) >= 12
    assert wrong_with(visits, what) == {}
