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
    second.get_by_role("link", name="free for Shure SM7B").click()
    expect(second.get_by_role("dialog")).to_contain_text("First come")
    assert axe_violations(second, "dialog") == []


def test_what_makes_no_sense_stays_where_it_was_typed(open_page):
    page = open_page("manager", "/events/new", **WIDE)
    add_event(page, "Slips of the hand")
    page.get_by_role("link", name="Hold").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Held until").fill("2031-06-03T10:00")
    dialog.get_by_role("button", name="Hold").click()
    expect(dialog).to_contain_text("The hold ends only after the gear goes out.")
    assert axe_violations(page, "dialog") == []
    dialog.get_by_role("button", name="Hold anyway").click()
    expect(page.locator("#event-head")).to_contain_text("until")
    field = page.get_by_role("searchbox", name="Add gear")
    field.fill("shure sm58")
    page.get_by_label("How many Shure SM58", exact=True).fill("2")
    page.get_by_role("button", name="Add Shure SM58", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("2 × Shure SM58")
    field.fill("shure sm58")
    field.press("Enter")
    quantity = page.get_by_label("Quantity of Shure SM58", exact=True)
    expect(page.locator("#toasts")).to_contain_text("Shure SM58: now 3")
    expect(quantity).to_have_value("3")
    quantity.fill("0")
    quantity.press("Tab")
    expect(quantity).to_have_attribute("aria-invalid", "true")
    expect(quantity).to_have_value("0")
    assert axe_violations(page) == []
    # a refusal that has no field is a toast, and goes with the next thing that works
    page.evaluate("av.toast({ tone: 'red', title: 'Refused' })")
    expect(page.locator("#toasts .tone-red")).to_have_count(1)
    quantity.fill("2")
    quantity.press("Tab")
    expect(quantity).not_to_have_attribute("aria-invalid", "true")
    expect(page.locator("#toasts .tone-red")).to_have_count(0)


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


def test_ten_scans_in_quick_succession_are_all_counted(open_page):
    page = open_page("manager", "/events/new", **WIDE)
    add_event(page, "Scanned quickly")
    field, lines = page.get_by_role("searchbox", name="Add gear"), page.locator("#event-lines")
    field.press_sequentially("left over", delay=60)
    expect(page.locator("#gear-hits")).to_contain_text("No equipment has these words")
    scans = ["NOPE-99", *["MIC-SM58"] * 5, "NOPE-98", *["MIC-SM7B"] * 3]
    # as a scanner types: the next code begins while the answer to the one before is under way
    field.evaluate(
        """(field, codes) => {
            for (const code of codes) {
                for (const key of code) {
                    field.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
                    field.setRangeText(key, field.selectionStart, field.selectionEnd, "end");
                    field.dispatchEvent(new InputEvent("input", { data: key, bubbles: true }));
                }
                field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
            }
        }""",
        scans,
    )
    expect(page.get_by_label("Quantity of Shure SM58", exact=True)).to_have_value("5")
    expect(page.get_by_label("Quantity of Shure SM7B", exact=True)).to_have_value("3")
    expect(field).to_have_value("")
    expect(page.locator("#unread")).to_contain_text("NOPE-99")
    expect(page.locator("#unread")).to_contain_text("NOPE-98")
    # by hand, or by a slow scanner: what was typed is whole, too
    page.keyboard.type("NOPE-97\n")
    said = page.locator("#unread p, #gear-hits [data-problem]")
    expect(said.filter(has_text="“NOPE-97” is not the name, SKU or tag of anything.")).to_have_count(1)
    page.keyboard.type("MIC-SM7B\n")
    expect(page.get_by_label("Quantity of Shure SM7B", exact=True)).to_have_value("4")
    assert axe_violations(page) == []
    field.press_sequentially("sm", delay=60)
    expect(page.locator("#unread")).to_be_hidden()
    expect(lines.locator(".av-grip")).to_have_count(2)


def test_what_may_be_added_follows_the_status(open_page):
    page = open_page("manager", "/events/new", **WIDE)
    add_event(page, "Comes and goes")
    field = page.get_by_role("searchbox", name="Add gear")
    paste = page.get_by_role("link", name="Paste list")
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Mark as lost").click()
    page.get_by_role("dialog").get_by_role("button", name="Mark as lost").click()
    expect(field).to_be_hidden()
    expect(paste).to_be_hidden()
    address = page.url
    page.goto(f"{address}/list")
    expect(page.get_by_role("main")).to_contain_text("Nothing can be added to it: reopen it first.")
    expect(page.get_by_role("textbox", name="Gear")).to_have_count(0)
    page.goto(address)
    page.get_by_role("button", name="Reopen").click()
    expect(field).to_be_visible()
    expect(paste).to_be_visible()
