"""The timeline in a browser: arrow keys, and bars that come by themselves while somebody works there."""

import re

from playwright.sync_api import expect

from tests.e2e.conftest import WIDE

TIMEOUT = 8000


def book(api, name, equipment, start, end):
    event = api.post("/events", json={"name": name, "out_start": start, "out_end": end}).json()["data"]
    line = {"event_id": event["id"], "equipment_id": equipment["id"], "quantity": 1}
    assert api.post("/rentals", json=line).status_code == 201
    assert api.post(f"/events/{event['id']}/confirmation", json={}).status_code == 200
    return event


def gear(api, name):
    category = api.get("/categories").json()["data"][0]["id"]
    item = {"name": name, "sku": name.upper(), "category_id": category, "quantity": 9}
    answer = api.post("/equipment", json=item)
    assert answer.status_code == 201, answer.text
    return answer.json()["data"]


def test_arrows_walk_and_others_bookings_appear(open_page, api):
    manager = api("manager")
    desk, lamp, other = (gear(manager, f"Walkable {number}") for number in range(3))
    first = book(manager, "Walk one", desk, "2033-03-02T08:00:00Z", "2033-03-04T08:00:00Z")
    book(manager, "Walk two", desk, "2033-03-20T08:00:00Z", "2033-03-22T08:00:00Z")
    below = book(manager, "Walk below", lamp, "2033-03-21T08:00:00Z", "2033-03-23T08:00:00Z")
    page = open_page("employee", "/timeline?on=2033-03-01&q=walkable", **WIDE)
    expect(page.locator("#live-state")).to_have_text("Live")
    focused = page.locator(":focus")

    # the days above are one stop of the tab key
    page.locator(".av-tl__head a").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".av-tl__head a").nth(1)).to_be_focused()
    page.keyboard.press("Tab")
    expect(focused).to_have_attribute("id", f"row-name-{desk['id']}")
    page.keyboard.press("ArrowRight")
    expect(focused).to_have_attribute("href", f"/events/{first['id']}")
    page.keyboard.press("ArrowRight")
    expect(focused).to_contain_text("Walk two")
    page.keyboard.press("ArrowDown")
    expect(focused).to_have_attribute("href", f"/events/{below['id']}")
    page.keyboard.press("ArrowUp")
    expect(focused).to_contain_text("Walk two")
    bar = focused.get_attribute("id")

    pane = page.locator(".av-tl")
    page.evaluate("() => document.querySelector('.av-tl').scrollBy({ left: 120, behavior: 'instant' })")
    left = pane.evaluate("pane => pane.scrollLeft")
    assert left > 0
    event = book(manager, "Walk three", desk, "2033-03-21T08:00:00Z", "2033-03-23T08:00:00Z")
    expect(page.locator(f"#row-{desk['id']} .av-bar")).to_have_count(3, timeout=TIMEOUT)
    expect(page.locator(f"#row-{desk['id']}")).to_contain_text("Walk three")
    assert pane.evaluate("pane => pane.scrollLeft") == left
    expect(focused).to_have_attribute("id", bar)

    # a name is no figure: no availability moves, and it is told all the same
    renamed = {
        "name": "Walk renamed",
        "version": manager.get(f"/events/{event['id']}").json()["data"]["version"],
    }
    assert manager.patch(f"/events/{event['id']}", json=renamed).status_code == 200
    expect(page.locator(f"#row-{desk['id']}")).to_contain_text("Walk renamed", timeout=TIMEOUT)

    # what has something only now waits behind a line
    book(manager, "Walk new", other, "2033-03-10T08:00:00Z", "2033-03-11T08:00:00Z")
    arrivals = page.get_by_role("link", name=re.compile("1 more row"))
    arrivals.click(timeout=TIMEOUT)
    expect(page.locator(f"#row-{other['id']}")).to_contain_text("Walk new")

    page.keyboard.press("]")
    expect(page).to_have_url(re.compile("on=2033-03-31"))
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_contain_text("Earlier, later")
