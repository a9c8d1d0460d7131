"""Every page of the bench: accessible, within the policy, without sideways scrolling, with targets for a thumb."""

from uuid import uuid4

import pytest

from tests.e2e.tablets import TABLET, an_event_with
from tests.e2e.visiting import WRONG, Visits, Walk, wrong_with

LEAST = 48
# what may be pressed, with the words around it, and is smaller or lower than a thumb needs
TOO_SMALL = """least => [...document.querySelectorAll(".av-bench :is(a, button, input, select, summary), .av-board .btn")]
    .filter((one) => one.checkVisibility() && !one.closest("li p, small"))
    .map((one) => [one.outerHTML.slice(0, 90), (one.closest("label") ?? one).getBoundingClientRect()])
    .filter(([, box]) => box.width > 0 && (box.height < least || box.width < least))
    .map(([html, box]) => `${Math.round(box.width)} x ${Math.round(box.height)} ${html}`)"""


@pytest.fixture(scope="module")
def in_prep(walk: Walk) -> tuple[int, int]:
    """An event in prep with a change of the office to see and something in the inbox: its id, and its line's."""
    event_id, _ = an_event_with(walk.client, 12)
    line = walk.client.get(f"/prep/{event_id}").json()["data"]["lines"][0]["rental_id"]
    tap = {"rental_id": line, "step": "picked", "quantity": 11}
    assert walk.client.post(f"/prep/{event_id}/counts", json=tap | {"nonce": str(uuid4())}).is_success
    version = walk.client.get(f"/rentals/{line}").json()["data"]["version"]
    changed = walk.client.patch(f"/rentals/{line}", json={"quantity": 10, "version": version})
    assert changed.is_success, changed.text
    late = tap | {"nonce": str(uuid4()), "queued": True}
    walk.client.post(f"/prep/{event_id}/counts", json=late)
    return event_id, line


@pytest.fixture(scope="module")
def visits(walk: Walk, in_prep: tuple[int, int]) -> Visits:
    event_id, line = in_prep
    case = {"code": f"C-{event_id}", "name": "Trunk of the walk"}
    case_id = walk.client.post("/cases", json=case).json()["data"]["id"]
    thing = walk.client.get(f"/prep/{event_id}").json()["data"]["lines"][0]["equipment_id"]
    return walk.over(
        "bench",
        f"/prep/{event_id}?by=category&step=packed",
        "/prep?when=week&view=out",
        "/prep?when=tomorrow",
        f"/prep/{event_id}?case_id={case_id}&step=packed",
        f"/prep/{event_id}/substitutions?equipment_id={thing}",
        event_id=str(event_id),
        rental_id=str(line),
        case_id=str(case_id),
    )


@pytest.mark.parametrize("what", WRONG)
def test_nothing_is_wrong_with_pages_of_the_bench(visits, what):
    assert len(visits) >= 8
    assert wrong_with(visits, what) == {}


@pytest.mark.parametrize("size", [(820, 1180), (1180, 820), (390, 844)])
def test_everything_is_large_enough_for_a_thumb(open_page, in_prep, size):
    event_id, line = in_prep
    width, height = size
    options = TABLET | {"viewport": {"width": width, "height": height}}
    page = open_page("technician", f"/prep/{event_id}", **options)
    for path in (
        f"/prep/{event_id}",
        f"/prep/{event_id}/lines/{line}",
        f"/prep/{event_id}/inbox",
        "/prep?when=week",
    ):
        page.goto(path)
        assert page.evaluate(TOO_SMALL, LEAST) == [], path
