"""Two tablets and the office on one event: counts add up, changes are seen, nothing waits for a reload."""

import re

from playwright.sync_api import expect

from tests.e2e.conftest import WIDE, axe_violations
from tests.e2e.tablets import TABLET, an_event_with


def row_of(page):
    return page.locator(".av-pick > li").first


def more(page):
    row_of(page).get_by_role("button", name=re.compile("^One more")).click()


def test_two_tablets_prep_and_the_office_changes_a_quantity(open_page, api):
    event_id, sku = an_event_with(api("admin"), 6)
    tom = open_page("technician", f"/prep/{event_id}", **TABLET)
    jonas = open_page("manager", f"/prep/{event_id}", **TABLET)
    office = open_page("admin", f"/events/{event_id}", **WIDE)
    for page in (tom, jonas):
        expect(page.locator("#live-state")).to_contain_text("Live")
    expect(tom.locator("#presence .av-face")).not_to_have_count(0)

    more(tom)
    expect(tom.locator("#verdict")).to_contain_text("Right")
    expect(jonas.locator("#bench-progress")).to_contain_text("1 of 6")
    more(jonas)
    more(jonas)
    expect(tom.locator("#bench-progress")).to_contain_text("3 of 6")
    expect(row_of(tom).locator(".av-figure")).to_contain_text("3")
    expect(office.locator("#event-prep")).to_contain_text("3 of 6")
    # the verdict is of one's own taps alone
    expect(tom.locator("#verdict")).to_contain_text("1of 6")

    tom.locator("#scan").fill("half typed")
    office.locator("#event-lines input[name=quantity]").fill("4")
    office.keyboard.press("Enter")
    for page in (tom, jonas):
        expect(page.locator(".av-delta")).to_contain_text("6 to 4")
    expect(tom.locator("#scan")).to_have_value("half typed")
    expect(office.locator("#event-prep")).to_contain_text("Not seen yet")
    assert axe_violations(tom) == []

    tom.get_by_role("button", name=f"Got it: Stand {sku}").click()
    for page in (tom, jonas):
        expect(page.locator(".av-delta")).to_have_count(0)
        expect(page.locator("#bench-progress")).to_contain_text("3 of 4")
    expect(office.locator("#event-prep")).to_contain_text("seen by Tom")

    more(tom)
    expect(tom.locator("#verdict")).to_contain_text("Complete")
    tom.get_by_role("link", name="Pack", exact=True).click()
    expect(tom.locator("#bench-progress")).to_contain_text("0 of 4")
    row_of(tom).locator("a.av-figure").click()
    tom.get_by_role("button", name="All of this line, 4").click()
    expect(tom.locator("#bench-progress")).to_contain_text("Ready")
    expect(tom.get_by_role("dialog")).to_have_count(0)
    expect(office.locator("#event-prep")).to_contain_text("Ready")

    jonas.get_by_role("link", name="Undo").click()
    expect(jonas.get_by_role("dialog")).to_contain_text("Take back")
    assert axe_violations(jonas, "dialog") == []
    jonas.get_by_role("button", name="Counted twice").click()
    expect(jonas.locator("#verdict")).to_contain_text("Taken back")
    expect(tom.locator("#bench-progress")).to_contain_text("3 of 4")
