"""Finding things: the search field, the palette, a scanner, the keyboard."""

import re

from playwright.sync_api import expect

# a hand scanner is a keyboard that types faster than the driver of this browser can
SCAN = """code => {
  for (const key of [...code, "Enter"])
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
}"""


def test_search_as_you_type_keeps_the_address(open_page):
    page = open_page("admin", "/inventory")
    page.get_by_role("searchbox").first.fill("megapo")
    expect(page.locator("tbody")).to_contain_text("Robe MegaPointe")
    expect(page).to_have_url(re.compile(r"q=megapo"))
    page.reload()
    expect(page.locator("tbody")).to_contain_text("Robe MegaPointe")


def test_the_palette_finds_a_unit_by_its_tag(open_page):
    page = open_page("admin", "/")
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("MP-0104")
    expect(page.get_by_role("option").filter(has_text="MP-0104").first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("MP-0104")


def test_a_scan_opens_the_item_wherever_the_focus_is(open_page):
    page = open_page("admin", "/maintenance")
    page.evaluate(SCAN, "MIC-SM58")
    expect(page).to_have_url(re.compile(r"/inventory/\d+"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Shure SM58")


def test_the_shortcuts_are_listed(open_page):
    page = open_page("admin", "/inventory")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
