"""Every page of quotes: accessible, within the policy, without sideways scrolling."""

import pytest

from tests.e2e.visiting import WRONG, Visits, Walk, wrong_with


@pytest.fixture(scope="module")
def visits(walk: Walk) -> Visits:
    quote = walk.client.post("/quotes", json={"event_id": walk.newest("/events?status=held")}).json()["data"]
    version = walk.client.get(f"/quotes/{quote['id']}/versions/1").json()["data"]
    lines = walk.client.get(f"/quotes/{quote['id']}/versions/1/lines").json()["data"]
    ids = {
        "quote_id": str(quote["id"]),
        "version_id": str(version["id"]),
        "number": "1",
        "key": lines[0]["key"],
    }
    accepted = walk.newest("/quotes?state=accepted")
    return walk.over(
        "quotes",
        f"/quotes/{accepted}",
        f"/quotes/{accepted}/versions/1/confirmation",
        "/quotes?q=nobody",
        f"/quotes/{quote['id']}/difference?every=1",
        f"/quote-versions/{version['id']}/lines/new?kind=note",
        **ids,
    )


@pytest.mark.parametrize("what", WRONG)
def test_nothing_is_wrong_with_pages_of_quotes(visits, what):
    assert wrong_with(visits, what) == {}
