"""Two browsers and one piece of gear: who is second is refused where they are, and told because of whom."""

import re

from playwright.sync_api import expect

from tests.e2e.conftest import WIDE, axe_violations


def add_event(page, name):
    page.goto("/events/new")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Out from").fill("2031-06-02T10:00")
    page.get_by_label("Back by").fill("2031-06-04T10:00")
    page.get_by_role("button", name="Add event").click()
    expect(page).to_have_url(re.compile(r"/events/\d+$"))


def pick(page, quantity):
    page.get_by_role("searchbox", name="Add gear").fill("MIC-SM7B")
    page.get_by_label("How many Shure SM7B").fill(quantity)
    page.get_by_role("button", name="Add Shure SM7B").click()


def test_pick_hold_confirm_and_the_second_is_refused(open_page):
    first = open_page("manager", "/events/new", **WIDE)
    second = open_page("employee", "/events/new", **WIDE)
    add_event(first, "First come")
    add_event(second, "Second come")
    second.get_by_role("searchbox", name="Add gear").fill("MIC-SM7B")
    expect(second.locator("#gear-hits")).to_contain_text("4 of 4 free")

    pick(first, "4")
    expect(first.locator("#event-lines")).to_contain_text("Shure SM7B")
    first.get_by_role("link", name="Hold").click()
    first.get_by_role("dialog").get_by_role("button", name="Hold").click()
    expect(first.locator("#event-head")).to_contain_text("until")
    expect(first.get_by_role("dialog")).to_have_count(0)
    first.get_by_role("button", name="Confirm", exact=True).click()
    expect(first.get_by_role("button", name="Undo confirmation")).to_be_visible()

    # nothing was clicked here
    expect(second.locator("#gear-hits")).to_contain_text("0 of 4 free")
    pick(second, "1")
    expect(second.locator("#event-lines")).to_contain_text("Shure SM7B")
    second.get_by_role("button", name="Confirm", exact=True).click()
    refusal = second.locator("#refusal")
    expect(refusal).to_contain_text("1 × Shure SM7B short")
    expect(refusal.get_by_role("link", name="First come")).to_be_visible()
    assert axe_violations(second) == []
    second.get_by_role("link", name="left of Shure SM7B").click()
    expect(second.get_by_role("dialog")).to_contain_text("First come")
    assert axe_violations(second, "dialog") == []


def test_gear_is_scanned_moved_and_taken_off_by_keyboard(open_page):
    page = open_page("manager", "/events/new", **WIDE)
    add_event(page, "By keyboard")
    field, lines = page.get_by_role("searchbox", name="Add gear"), page.locator("#event-lines")
    for words in ("MIC-SM7B", "2x shure sm58"):
        field.fill(words)
        field.press("Enter")
        expect(field).to_have_value("")
    grips = lines.locator(".av-grip")
    expect(grips).to_have_count(2)
    first = grips.first.get_attribute("id")
    grips.first.press("ArrowDown")
    expect(grips.nth(1)).to_have_id(first)
    expect(grips.nth(1)).to_be_focused()
    lines.get_by_role("checkbox", name="Select all lines").check()
    page.get_by_role("form", name="Chosen lines").get_by_role("button", name="Remove").click()
    expect(lines).to_contain_text("No gear yet")
    page.keyboard.press("z")
    expect(grips).to_have_count(2)
    assert axe_violations(page) == []
