"""Two browsers on one item: both are told, nothing is lost, nothing is taken from under the hands."""

import re

from playwright.sync_api import expect

TIMEOUT = 5000


def item_url(page, name):
    page.goto(f"/inventory?q={name}")
    page.locator("tbody th a").first.click()
    expect(page).to_have_url(re.compile(r"/inventory/\d+$"))
    return page.url


def test_different_fields_are_both_kept_and_both_told(open_page):
    jonas, tom = open_page("manager", "/inventory"), open_page("technician", "/inventory")
    url = item_url(jonas, "MIC-B91A")
    jonas.goto(f"{url}/edit")
    tom.goto(f"{url}/edit")
    jonas.get_by_label("Location").fill("Z-91")
    jonas.get_by_role("button", name="Save").first.click()
    expect(jonas.locator(".av-toast").first).to_be_visible()
    tom.get_by_label("Notes").fill("Checked by Tom")
    tom.get_by_role("button", name="Save").first.click()
    expect(tom.locator(".av-toast").filter(has_text="Jonas").first).to_be_visible()
    expect(tom.locator("main")).to_contain_text("Z-91")
    expect(jonas.locator("main")).to_contain_text("Checked by Tom", timeout=TIMEOUT)


def test_the_same_field_asks_and_keeps_what_was_typed(open_page):
    jonas, tom = open_page("manager", "/inventory"), open_page("technician", "/inventory")
    url = item_url(jonas, "MIC-E906")
    jonas.goto(f"{url}/edit")
    tom.goto(f"{url}/edit")
    jonas.get_by_label("Location").fill("J-1")
    jonas.get_by_role("button", name="Save").first.click()
    expect(jonas).to_have_url(url)
    tom.get_by_label("Location").fill("T-2")
    tom.get_by_role("button", name="Save").first.click()
    dialog = tom.get_by_role("dialog")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("J-1")
    expect(dialog).to_contain_text("T-2")
    dialog.get_by_role("radio", name=re.compile("mine", re.IGNORECASE)).first.check()
    dialog.get_by_role("button", name=re.compile("^Save")).click()
    expect(tom.locator("main")).to_contain_text("T-2")
    expect(jonas.locator("main")).to_contain_text("T-2", timeout=TIMEOUT)


def test_a_row_changes_on_the_other_screen_and_an_open_cell_is_left_alone(open_page):
    jonas, tom = (
        open_page("manager", "/inventory?q=MIC-SM58"),
        open_page("technician", "/inventory?q=MIC-SM58"),
    )
    mine = jonas.locator("tbody tr").first
    theirs = tom.locator("tbody tr").first
    expect(tom.locator("#live-state")).to_contain_text("Live")
    theirs.locator("[data-field=daily_rate] button").click()
    typing = tom.locator("td.is-edit input:not([type=hidden])").first
    typing.fill("7.77")
    mine.locator("[data-field=location] button").click()
    jonas.locator("td.is-edit input:not([type=hidden])").first.fill("LIVE-1")
    jonas.keyboard.press("Enter")
    expect(mine.locator("[data-field=location]")).to_contain_text("LIVE-1")
    expect(typing).to_have_value("7.77")
    tom.keyboard.press("Enter")
    expect(theirs.locator("[data-field=daily_rate]")).to_contain_text("7.77")
    expect(theirs.locator("[data-field=location]")).to_contain_text("LIVE-1", timeout=TIMEOUT)
    expect(mine.locator("[data-field=daily_rate]")).to_contain_text("7.77", timeout=TIMEOUT)
