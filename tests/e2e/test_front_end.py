"""What the scripts keep up while pages change under them: receipts, empty lists, focus, who edits what."""

import re
import time
from collections.abc import Callable

import httpx
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import WIDE

TYPED = "td.is-edit input:not([type=hidden])"
HERE = "tbody .av-cellname [data-presence-face]"


def live(page: Page) -> Page:
    expect(page.locator("#live-state")).to_have_text("Live")
    return page


def add(api: Callable[[str], httpx.Client], name: str) -> dict:
    category = api("admin").get("/categories").json()["data"][0]["id"]
    given = {"name": name, "sku": f"{name}-{time.time_ns()}", "category_id": category, "quantity": 1}
    answer = api("admin").post("/equipment", json=given)
    assert answer.status_code == 201, answer.text
    return answer.json()["data"]


def test_a_dialog_takes_the_focus_in_its_form_and_leaves_the_receipt(open_page):
    page = open_page("admin", "/categories", **WIDE)
    page.get_by_role("link", name="Add category").click()
    expect(page.locator("dialog:modal [name=name]")).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.locator("dialog:modal .av-error")).to_be_visible()
    page.locator("dialog:modal [name=name]").fill(f"Receipts {time.time_ns()}")
    page.keyboard.press("Control+Enter")
    expect(page.locator("dialog:modal")).to_have_count(0)
    expect(page.locator("body > #toasts")).to_contain_text("Receipts")


def test_a_swap_copies_no_style_of_a_resized_field(open_page):
    page = open_page("admin", "/inventory/new", **WIDE)
    page.locator("#description").evaluate("(field) => field.style.setProperty('height', '200px')")
    page.get_by_role("button", name="Add equipment").click()
    expect(page.locator(".av-errors")).to_be_focused()


def test_an_empty_list_comes_alive(open_page, api):
    name = f"alive{time.time_ns()}"
    page = live(open_page("manager", f"/inventory?q={name}", **WIDE))
    expect(page.locator(".av-empty")).to_be_visible()
    add(api, name)
    expect(page.locator("tbody th a")).to_have_text(name)
    page.locator("[data-select-all]").check()
    page.locator("#bulk").get_by_role("button", name="Archive").click()
    expect(page.locator(".av-empty")).to_be_visible()
    live(page).get_by_role("button", name="Undo").click()
    expect(page.locator("tbody th a")).to_have_text(name)


def test_rows_that_could_not_be_fetched_are_fetched_later(open_page, api):
    item = add(api, f"later{time.time_ns()}")
    page = live(open_page("manager", f"/inventory?q={item['name']}", **WIDE))
    refused: list[str] = []

    def refuse(route: Route) -> None:
        refused.append(route.request.url)
        if len(refused) == 1:
            route.fulfill(status=503, body="")
        elif len(refused) == 2:
            route.abort()
        else:
            route.continue_()

    page.route("**/inventory/rows?**", refuse)
    change = {"location": "R-3", "version": item["version"]}
    assert api("admin").patch(f"/equipment/{item['id']}", json=change).status_code == 200
    expect(page.locator("tbody [data-field=location]")).to_contain_text("R-3", timeout=15000)
    assert len(refused) == 3


def test_more_news_than_an_address_holds_are_only_said(open_page):
    page = live(open_page("manager", "/inventory", **WIDE))
    asked: list[str] = []
    page.on(
        "request", lambda request: asked.append(request.url) if "/inventory/rows" in request.url else None
    )
    page.evaluate("""() => av.changes([...Array(600).keys()].map((number) => (
        {entity: "equipment", id: 9000000 + number, version: 1, action: "equipment.created", fields: []})))""")
    expect(page.locator("#arrivals")).to_have_text(re.compile("^Many more may match"))
    assert not asked


def test_the_shortcuts_that_work_are_listed(open_page):
    viewer = open_page("viewer", "/categories", **WIDE)
    viewer.keyboard.press("?")
    listed = viewer.locator("#shortcuts [data-keys]:visible")
    expect(listed.first).to_be_visible()
    keys = listed.evaluate_all("(lines) => lines.map((line) => line.dataset.keys)")
    assert not {"c", "e", "x", "z", "Esc", "Ctrl Enter", "g f"} & set(keys)
    assert {"?", "g k", "g i"} <= set(keys)
    expect(viewer.get_by_role("heading", name="On this page")).to_have_count(0)
    admin = open_page("admin", "/inventory", **WIDE)
    admin.keyboard.press("?")
    on_this_page = admin.locator("#shortcuts section", has=admin.get_by_role("heading", name="On this page"))
    expect(on_this_page.locator("[data-keys=c]")).to_be_visible()
    expect(admin.locator("#shortcuts [data-keys=x]")).to_be_visible()
    expect(admin.locator("#shortcuts [data-keys='g f']")).to_be_visible()


def test_who_edits_a_cell_and_which_field_of_a_form_was_changed(open_page, api):
    item = add(api, f"who{time.time_ns()}")
    jonas, mine = (
        live(open_page(role, f"/inventory?q={item['name']}", **WIDE)) for role in ("manager", "admin")
    )
    jonas.locator("tbody [data-field=location] button").click()
    expect(mine.locator(HERE)).to_have_attribute("aria-label", re.compile("^Jonas .* is editing this"))
    jonas.keyboard.press("Escape")
    expect(mine.locator(HERE)).to_have_count(0)
    mine.goto(f"/inventory/{item['id']}/edit")
    live(mine)
    jonas.locator("tbody [data-field=location] button").click()
    jonas.locator(TYPED).fill("W-1")
    jonas.keyboard.press("Enter")
    expect(mine.locator("form .av-field.is-theirs")).to_have_attribute("data-field", "location")
    expect(mine.locator("form .av-field.is-theirs .av-since")).to_contain_text("Jonas changed this")


def test_the_whole_table_is_no_view_to_save(open_page):
    page = open_page("admin", "/inventory", **WIDE)
    save = page.get_by_role("button", name="Save this view")
    expect(save).to_have_attribute("aria-disabled", "true")
    save.dispatch_event("click")
    expect(page.locator("dialog:modal")).to_have_count(0)
    page.get_by_role("searchbox").fill("shure")
    expect(save).not_to_have_attribute("aria-disabled", "true")


def test_a_message_covers_no_button_of_a_form(open_page):
    page = open_page("admin", "/inventory/new", **WIDE)
    page.locator(".av-formfoot").scroll_into_view_if_needed()
    page.mouse.wheel(0, 10000)
    page.context.set_offline(True)
    page.get_by_role("button", name="Add equipment").click()
    expect(page.locator(".av-toast")).to_contain_text("No connection")
    page.locator(".av-formfoot .btn-primary").click(trial=True)
    page.context.set_offline(False)


def test_a_page_that_a_form_leads_to_has_the_files_it_alone_needs(open_page, api):
    item = add(api, f"files{time.time_ns()}")
    page = open_page("admin", f"/inventory/{item['id']}/edit", **WIDE)
    page.evaluate("window.isSamePage = true")
    page.locator("[name=description]").fill("With a strip of its next days")
    page.locator("main").get_by_role("button", name="Save").click()
    expect(page.locator(".av-strip")).to_have_css("display", "grid")
    assert page.evaluate("window.isSamePage")
