"""The calendar in the browser: dragged with the checks of the service, live, and one equipment beside its form."""

import json
import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

# a week of its own, in a month in which the sample company plans nothing
MONDAY = datetime(2036, 6, 2, 6, 0, tzinfo=UTC)


def made(client, path, **values):
    answer = client.post(path, json=values)
    assert answer.status_code == 201, answer.text
    return answer.json()["data"]


def moment(days, hours=0):
    return (MONDAY + timedelta(days=days, hours=hours)).isoformat()


def drag(page, bar, days):
    """Drag a bar of the month so many days to the right."""
    # in one go: what others do may draw the bar anew between two steps
    box = bar.evaluate(
        "bar => { bar.scrollIntoView({block: 'nearest'}); return bar.getBoundingClientRect() }"
    )
    cell = page.locator("[role=gridcell]").first.bounding_box()
    x, y = box["x"] + 30, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 8, y + 2, steps=3)
    page.mouse.move(x + cell["width"] * days, y, steps=8)
    page.mouse.up()


def test_an_event_is_dragged_refused_taken_back_and_seen_by_others(open_page, api, fine):
    manager = api("manager")
    gear = manager.get("/equipment", params={"q": "MIC-SM58"}).json()["data"][0]
    taken, free = (
        made(manager, "/events", name=name, out_start=moment(day), out_end=moment(day + 1, 4))
        for name, day in (("Takes all", 3), ("Is dragged", 0))
    )
    for event in (taken, free):
        made(manager, "/rentals", event_id=event["id"], equipment_id=gear["id"], quantity=gear["quantity"])
        assert manager.post(f"/events/{event['id']}/confirmation", json={}).status_code == 200
    jonas, mia = (
        open_page(role, "/calendar?date=2036-06-02&state=confirmed") for role in ("manager", "viewer")
    )
    for page in (jonas, mia):
        expect(page.locator(".av-ev")).to_have_count(2)
        expect(page.locator("#live-state")).to_contain_text("Live")
    bar = jonas.locator(".av-ev").filter(has_text="Is dragged")
    before = bar.bounding_box()
    drag(jonas, bar, 3)
    expect(jonas.locator("#refusal")).to_contain_text("Takes all")
    fine(jonas, "a move that was refused")
    assert jonas.locator(".av-ev").filter(has_text="Is dragged").bounding_box()["x"] == before["x"]
    drag(jonas, jonas.locator(".av-ev").filter(has_text="Is dragged"), 1)
    expect(jonas.locator(".av-toast").last).to_contain_text("Moved")
    expect(jonas.locator("#refusal")).to_be_empty()
    # the other screen follows by itself; who may only look has nothing to drag
    expect(mia.locator(".av-ev").filter(has_text="Is dragged")).to_have_attribute(
        "title", re.compile("Tue 3 Jun")
    )
    drag(mia, mia.locator(".av-ev").filter(has_text="Is dragged"), 5)
    jonas.locator("[data-undo]").last.click()
    expect(mia.locator(".av-ev").filter(has_text="Is dragged")).to_have_attribute(
        "title", re.compile("Mon 2 Jun")
    )
    stored = manager.get(f"/events/{free['id']}").json()["data"]
    assert stored["out_start"] == MONDAY.strftime("%Y-%m-%dT%H:%M:%SZ"), json.dumps(stored)
    # the keyboard's way: a day is a link to what stands on it, and its event another
    jonas.get_by_role("link", name="Go to 2 June 2036").focus()
    jonas.keyboard.press("Enter")
    jonas.get_by_role("link", name="Is dragged").click()
    expect(jonas.get_by_role("heading", name="Is dragged")).to_be_visible()


def test_gear_is_booked_from_its_calendar_while_it_is_free(open_page, api, fine):
    manager = api("manager")
    gear = manager.get("/equipment", params={"q": "MIC-KM184"}).json()["data"][0]
    page = open_page("manager", f"/inventory/{gear['id']}/calendar?date=2031-07-07")
    stock = gear["quantity"]
    expect(page.locator(".av-dayfree").first).to_have_text(f"{stock} free")
    start, end = (page.locator(f"[role=gridcell][data-date='2031-07-{day}']") for day in ("08", "10"))
    start.hover()
    page.mouse.down()
    end.hover()
    page.mouse.up()
    expect(page.get_by_label("Out from")).to_have_value("2031-07-08T08:00")
    expect(page.get_by_label("Back by")).to_have_value("2031-07-10T18:00")
    box, add = page.locator("#offer"), page.get_by_role("button", name="Add to a new event")
    expect(box).to_contain_text(f"{stock} of {stock} are free")
    page.get_by_label("Quantity").fill(str(stock + 1))
    expect(box).to_contain_text("1 short")
    expect(add).to_be_disabled()
    fine(page, "more than there is")
    page.get_by_label("Quantity").fill(str(stock))
    expect(add).to_be_enabled()
    # somebody else is faster: the box turns red by itself
    event = made(
        manager,
        "/events",
        name="Was faster",
        out_start="2031-07-09T08:00:00Z",
        out_end="2031-07-09T20:00:00Z",
    )
    made(manager, "/rentals", event_id=event["id"], equipment_id=gear["id"], quantity=1)
    assert manager.post(f"/events/{event['id']}/hold", json={}).status_code == 200
    page.get_by_label("Name of the new event").fill("Chosen days")
    expect(box).to_contain_text("Was faster")
    expect(add).to_be_disabled()
    page.get_by_label("Quantity").fill(str(stock - 1))
    expect(add).to_be_enabled()
    add.click()
    expect(page.get_by_role("heading", name="Chosen days")).to_be_visible()
