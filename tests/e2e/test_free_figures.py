"""What is free follows bookings on open pages, without taking anything out of anybody's hands."""

import re

from playwright.sync_api import expect

TIMEOUT = 5000
DATES = "from=2033-05-02T08:00&to=2033-05-04T20:00"


def test_a_figure_and_its_reason_follow_a_booking(open_page, api, fine):
    page = open_page("technician", f"/inventory?q=MIC-E906&{DATES}")
    expect(page.locator("#live-state")).to_contain_text("Live")
    row = page.locator("tbody tr").first
    figure = row.locator(".av-free")
    owned = int(figure.locator("b").inner_text())
    equipment_id = int(row.get_attribute("id").removeprefix("equipment-"))
    row.locator("[data-field=daily_rate] button").click()
    typing = page.locator("td.is-edit input:not([type=hidden])").first
    typing.fill("7.77")
    manager = api("manager")
    event = {"name": "Spring ball", "out_start": "2033-05-03T08:00:00Z", "out_end": "2033-05-03T20:00:00Z"}
    event_id = manager.post("/events", json=event).json()["data"]["id"]
    line = {"event_id": event_id, "equipment_id": equipment_id, "quantity": 2}
    assert manager.post("/rentals", json=line).status_code == 201
    assert manager.post(f"/events/{event_id}/confirmation", json={}).is_success
    expect(figure.locator("b")).to_have_text(str(owned - 2), timeout=TIMEOUT)
    expect(typing).to_have_value("7.77")
    expect(typing).to_be_focused()
    page.keyboard.press("Escape")
    figure.click()
    why = page.locator("#why")
    expect(why).to_contain_text("Spring ball")
    expect(why.get_by_role("heading")).to_be_focused()
    fine(page, "why so many are free", "#why")
    assert manager.delete(f"/events/{event_id}/confirmation").is_success
    expect(why).to_contain_text(f"{owned} of {owned} free", timeout=TIMEOUT)
    expect(figure.locator("b")).to_have_text(str(owned), timeout=TIMEOUT)
    expect(why).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(why).to_have_count(0)
    expect(figure).to_be_focused()
    page.goto(f"/inventory/{equipment_id}")
    page.locator(".av-strip a").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("#why")).to_contain_text(re.compile(r"\d+ of \d+ free"))
    fine(page, "the days ahead", "#item-strip")
