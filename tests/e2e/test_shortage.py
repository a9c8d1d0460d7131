"""Two people and the last four microphones: whoever comes second is told, and finds a way out."""

import re

from playwright.sync_api import expect

from tests.e2e.conftest import WIDE, axe_violations

TIMEOUT = 8000


def add_event(page, name):
    page.goto("/events/new")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Out from").fill("2031-07-07T10:00")
    page.get_by_label("Back by").fill("2031-07-09T10:00")
    page.get_by_role("button", name="Add event").click()
    expect(page).to_have_url(re.compile(r"/events/\d+$"))


def pick(page, quantity):
    page.get_by_role("searchbox", name="Add gear").fill("MIC-SM7B")
    page.get_by_label("How many Shure SM7B").fill(quantity)
    page.get_by_role("button", name="Add Shure SM7B").click()


def hold(page):
    page.get_by_role("link", name="Hold").click()
    page.get_by_role("dialog").get_by_role("button", name="Hold").click()
    expect(page.locator("#event-head")).to_contain_text("until", timeout=TIMEOUT)


def test_the_last_four_are_gone_and_the_workbench_finds_two_of_them(open_page):
    first = open_page("manager", "/events/new", **WIDE)
    second = open_page("employee", "/events/new", **WIDE)
    add_event(first, "Lake festival")
    add_event(second, "Club night")
    hold(second)
    second.get_by_role("searchbox", name="Add gear").fill("MIC-SM7B")
    expect(second.locator("#gear-hits")).to_contain_text("4 of 4 free")

    pick(first, "4")
    expect(first.locator("#event-lines")).to_contain_text("Shure SM7B", timeout=TIMEOUT)
    hold(first)
    # nothing was clicked here
    expect(second.locator("#gear-hits")).to_contain_text("0 of 4 free", timeout=TIMEOUT)

    pick(second, "2")
    refusal = second.locator("#refusal")
    expect(refusal).to_contain_text("2 × Shure SM7B short")
    expect(refusal.get_by_role("link", name="Lake festival")).to_be_visible()
    refusal.get_by_role("link", name="Find ways out").click()
    case = second.locator("#cases")
    expect(case).to_contain_text("2 of 4 short if Club night is booked with 2 more")
    assert axe_violations(second) == []

    case.get_by_role("link", name="Reduce: Lake festival").click()
    dialog = second.get_by_role("dialog")
    expect(dialog.get_by_label("Pieces fewer")).to_have_value("2")
    assert axe_violations(second, "dialog") == []
    dialog.get_by_role("button", name="Reduce").click()
    expect(case).to_contain_text("It fits now", timeout=TIMEOUT)
    expect(first.locator("#gear").get_by_label("Quantity of Shure SM7B")).to_have_value("2", timeout=TIMEOUT)

    case.get_by_role("link", name="Back to the event").click()
    pick(second, "2")
    expect(second.locator("#gear")).to_contain_text("Shure SM7B", timeout=TIMEOUT)
