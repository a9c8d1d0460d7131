"""Every page of events: accessible, within the policy, without sideways scrolling."""

import pytest
from playwright.sync_api import Page

from tests.e2e.visiting import RECORDS, WRONG, Visits, Walk, wrong_with


@pytest.fixture(scope="module")
def visits(walk: Walk) -> Visits:
    _file_and_template(walk.window(), walk.newest(RECORDS["event_id"]))
    return walk.over(
        "events",
        "/rentals/1/ways-out/shift",
        "/rentals/1/ways-out/swap",
        "/events/2/papers/packing-list?size=Letter",
        "/events/2/papers/delivery-note",
        "/events/2/papers/return-note",
        "/handovers/1/receipt",
        "/prep/2/changes?since=1",
    )


def _file_and_template(page: Page, event_id: int) -> None:
    """What the company of the sample has none of."""
    page.goto(f"/events/{event_id}/attachments")
    page.set_input_files("#files", {"name": "rider.txt", "mimeType": "text/plain", "buffer": b"4x SM58"})  # type: ignore[arg-type]
    page.get_by_role("link", name="rider.txt", exact=True).wait_for()
    page.goto(f"/events/{event_id}/template")
    page.get_by_role("button", name="Save template").click()
    page.wait_for_url(f"**/events/{event_id}")


@pytest.mark.parametrize("what", WRONG)
def test_nothing_is_wrong_with_pages_of_events(visits, what):
    assert wrong_with(visits, what) == {}
