"""Gear leaves and comes back in a browser without scripts; with them it is in test_bench_story.py."""

from playwright.sync_api import expect

from tests.e2e.tablets import an_event_with


def test_it_works_without_scripts(open_page, api):
    event_id, sku = an_event_with(api("manager"), 2)
    page = open_page("technician", f"/prep/{event_id}/dispatch?what=all", java_script_enabled=False)
    page.get_by_role("button", name="It leaves now").click()
    page.goto(f"/prep/{event_id}/check-in")
    page.locator("#scan").fill(sku)
    page.locator("#scan").press("Enter")
    expect(page.locator("#standing .av-figure")).to_contain_text("1")
    page.get_by_role("button", name="All the rest is back, fine").click()
    expect(page.locator("#standing")).to_contain_text("none out")
