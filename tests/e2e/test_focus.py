"""Where the keyboard is: dialogs keep it and give it back, and no answer of the server takes it away."""

import re

import pytest
from playwright.sync_api import Page, expect

FOCUS = "() => document.activeElement.matches('body') ? 'nowhere' : document.activeElement.outerHTML.slice(0, 200)"
WITHIN = "() => document.querySelector('dialog:modal').contains(document.activeElement)"


def nowhere(page: Page) -> bool:
    return page.evaluate(FOCUS) == "nowhere"


def tab_around(page: Page, steps: int) -> None:
    """Tab forth and back; beyond a dialog there is only the browser itself, which counts as the body."""
    for key in ("Tab", "Shift+Tab"):
        for _ in range(steps):
            page.keyboard.press(key)
            assert page.evaluate(WITHIN) or nowhere(page), page.evaluate(FOCUS)


@pytest.mark.parametrize(
    ("path", "trigger"),
    [
        ("/inventory?q=shure", ".av-find"),
        ("/inventory?q=shure", "[data-dialog=save-view]"),
        ("/categories", "main a[href^='/categories/'][href$='/edit']"),
    ],
)
def test_a_dialog_keeps_the_focus_and_gives_it_back(open_page, path, trigger):
    page = open_page("admin", path)
    opener = page.locator(trigger).first
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.locator("dialog:modal")).to_be_visible()
    tab_around(page, 6)
    page.keyboard.press("Escape")
    expect(page.locator("dialog:modal")).to_have_count(0)
    expect(opener).to_be_focused()


def test_shortcuts_and_questions_give_the_focus_back(open_page):
    page = open_page("admin", "/inventory?q=shure")
    box = page.locator("input[name=ids]").first
    box.focus()
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(box).to_be_focused()
    box.check()
    delete = page.locator("#bulk").get_by_role("button", name="Delete")
    delete.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#confirm")).to_be_visible()
    tab_around(page, 3)
    page.keyboard.press("Escape")
    expect(page.locator("#confirm")).to_be_hidden()
    expect(delete).to_be_focused()


@pytest.mark.parametrize("menu", ["account", "columns", "filters-more", "export", "bell-news"])
def test_a_popover_gives_the_focus_back(open_page, menu):
    page = open_page("admin", "/inventory?q=shure")
    opener = page.locator(f"[popovertarget={menu}]")
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"#{menu}")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(f"#{menu}")).to_be_hidden()
    expect(opener).to_be_focused()


def test_a_cell_keeps_the_focus_when_it_is_saved_or_left(open_page):
    page = open_page("admin", "/inventory?q=MIC-SM58")
    cell = page.locator("[data-field=location]").first
    for key in ("Enter", "Escape"):
        cell.get_by_role("button").focus()
        page.keyboard.press("Enter")
        field = page.locator("td.is-edit input:not([type=hidden])")
        expect(field).to_be_focused()
        field.fill("FOCUS-1")
        page.keyboard.press(key)
        expect(cell.get_by_role("button")).to_be_focused()
        expect(cell.get_by_role("button")).to_have_text("FOCUS-1")


def test_filters_stay_focused_while_the_table_is_replaced(open_page):
    page = open_page("admin", "/inventory")
    search = page.get_by_role("searchbox").first
    search.press_sequentially("shure")
    expect(page).to_have_url(re.compile("q=shure"))
    expect(search).to_be_focused()
    page.locator("[popovertarget=filters-more]").click()
    status = page.locator("#filter-status")
    status.select_option("good")
    status.focus()
    expect(page).to_have_url(re.compile("status=good"))
    expect(status).to_be_focused()
    expect(page.locator("#filters-more")).to_be_visible()


def test_more_rows_by_keyboard_do_not_lose_the_place(open_page):
    page = open_page("admin", "/inventory")
    rows = page.locator("#equipment tbody tr[id]")
    expect(rows).to_have_count(50)
    last = rows.nth(49).get_by_role("link").first
    last.focus()
    expect(page.locator("#equipment tbody tr[id]").nth(60)).to_be_attached()
    expect(last).to_be_focused()


def test_undo_leaves_the_focus_on_the_page(open_page):
    page = open_page("admin", "/inventory?q=MIC-SM58")
    page.locator("input[name=ids]").first.check()
    page.locator("#bulk").get_by_role("button", name="Archive").click()
    undo = page.get_by_role("button", name="Undo")
    undo.focus()
    page.keyboard.press("Enter")
    expect(undo).to_have_count(0)
    assert not nowhere(page)
