"""What pages look like while they are used, light and dark: everything that opens, refuses, waits or is empty."""

import re
from collections.abc import Callable

import httpx
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PASSWORD, WIDE

PHONE = {**WIDE, "viewport": {"width": 390, "height": 844}}
MEGAPOINTE = "LGT-MEGAPT"


def item(api: Callable[[str], httpx.Client], sku: str) -> dict:
    found = api("admin").get("/equipment", params={"q": sku}).json()["data"]
    return next(one for one in found if one["sku"] == sku)


def open_dialog(page: Page) -> str:
    expect(page.locator("dialog:modal")).to_be_visible()
    return "dialog:modal"


def test_chosen_rows_and_their_dialogs(open_page, fine):
    page = open_page("admin", "/inventory?q=shure", **WIDE)
    for row in (0, 1):
        page.locator("input[name=ids]").nth(row).check()
    fine(page, "rows are chosen")
    for name in ("Category", "Location", "Status"):
        page.locator("#bulk").get_by_role("button", name=name).click()
        fine(page, f"the dialog for their {name}", open_dialog(page))
        page.keyboard.press("Escape")
    page.locator("#bulk").get_by_role("button", name="Delete").click()
    fine(page, "asking before they are deleted", open_dialog(page))
    page.keyboard.press("Escape")
    page.locator("#bulk").get_by_role("button", name="Archive").click()
    expect(page.locator(".av-toast")).to_be_visible()
    fine(page, "they are archived, a receipt offers undo")
    page.get_by_role("button", name="Undo").click()


def test_editing_a_cell(open_page, fine, api):
    page = open_page("admin", "/inventory?q=MIC-SM58", **WIDE)
    number = item(api, "MIC-SM58")
    page.locator("[data-field=status] button").first.click()
    expect(page.locator("td.is-edit select")).to_be_focused()
    fine(page, "a list to choose from")
    page.keyboard.press("Escape")
    page.locator("[data-field=daily_rate] button").first.click()
    field = page.locator("td.is-edit input:not([type=hidden])")
    fine(page, "a field to type into")
    field.fill("much")
    page.keyboard.press("Enter")
    expect(page.locator("td.is-edit .av-error")).to_be_visible()
    fine(page, "what was typed is refused")
    change = {"daily_rate": "3.10", "version": number["version"]}
    assert api("manager").patch(f"/equipment/{number['id']}", json=change).status_code == 200
    field.fill("3.20")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Keep mine")).to_be_visible()
    fine(page, "somebody else was faster")
    page.keyboard.press("Escape")


def test_popovers_and_menus(open_page, fine):
    page = open_page("admin", "/inventory?q=shure", **WIDE)
    page.locator("#bell [popovertarget]").wait_for()
    for popover in ("columns", "filters-more", "export", "account", "bell-news"):
        page.locator(f"[popovertarget={popover}]").click()
        expect(page.locator(f"#{popover}")).to_be_visible()
        fine(page, popover)
        page.keyboard.press("Escape")
    page.get_by_role("button", name="Save this view").click()
    fine(page, "naming a view", open_dialog(page))
    page.get_by_role("textbox", name="Name").fill("Shure")
    page.get_by_role("button", name="Save view").click()
    page.get_by_role("button", name="Delete the view Shure").wait_for()
    fine(page, "a saved view")
    page.goto(page.url.split("?")[0] + "?q=megapointe")
    page.get_by_role("link", name="Robe MegaPointe").first.click()
    page.get_by_role("button", name="More actions").click()
    fine(page, "the menu of an item")
    page.get_by_role("menuitem", name="Delete").click()
    fine(page, "asking before an item is deleted", open_dialog(page))


def test_palette_and_shortcuts(open_page, fine):
    page = open_page("admin", "/", **WIDE)
    page.keyboard.press("Control+k")
    expect(page.get_by_role("option").first).to_be_visible()
    fine(page, "the palette with commands", open_dialog(page))
    page.get_by_role("combobox").fill("megapointe")
    expect(page.get_by_role("option").filter(has_text="MegaPointe").first).to_be_visible()
    fine(page, "the palette with results", open_dialog(page))
    page.get_by_role("combobox").fill("nothing is called this")
    expect(page.get_by_role("option")).to_have_count(0)
    fine(page, "the palette without results", open_dialog(page))
    page.keyboard.press("Escape")
    expect(page.locator("dialog:modal")).to_have_count(0)
    page.keyboard.press("?")
    fine(page, "the shortcuts", open_dialog(page))


def test_dialogs_with_forms(open_page, fine, api):
    number = item(api, MEGAPOINTE)["id"]
    page = open_page("admin", f"/inventory/{number}/units", **WIDE)
    page.get_by_role("link", name="Add units").first.click()
    fine(page, "adding units", open_dialog(page))
    page.get_by_label("Asset tags").fill("MP-0104\nNEW-001…003")
    expect(page.locator("#units-preview")).to_contain_text("MP-0104")
    fine(page, "some tags are taken", open_dialog(page))
    page.locator("dialog:modal").get_by_role("button", name="Add units").click()
    expect(page.locator("dialog:modal .av-error").first).to_be_visible()
    fine(page, "units are refused", open_dialog(page))
    page.goto(f"/inventory/{number}/units")
    page.get_by_role("link", name=re.compile("^Edit MP-")).first.click()
    fine(page, "editing a unit", open_dialog(page))
    page.goto("/categories")
    for name in ("Add category", re.compile("^Edit "), re.compile("^Merge ")):
        page.get_by_role("link", name=name).first.click()
        fine(page, f"category: {name}", open_dialog(page))
        page.keyboard.press("Escape")
        expect(page.locator("dialog:modal")).to_have_count(0)
    job = api("admin").get("/maintenance", params={"state": "in_progress"}).json()["data"][0]["id"]
    page.goto(f"/maintenance/{job}")
    page.get_by_role("link", name="Resolve").click()
    fine(page, "resolving a job", open_dialog(page))


def test_a_true_conflict(open_page, fine, api):
    number = item(api, "MIC-E906")
    page = open_page("admin", f"/inventory/{number['id']}/edit", **WIDE)
    expect(page.locator("#live-state")).to_have_text("Live")
    page.get_by_label("Location").fill("A-1")
    change = {"location": "B-2", "notes": "Counted", "version": number["version"]}
    assert api("manager").patch(f"/equipment/{number['id']}", json=change).status_code == 200
    expect(page.locator(".av-since").first).to_be_visible()
    fine(page, "somebody changed what is being edited")
    page.get_by_role("button", name="Save").first.click()
    fine(page, "choosing between two texts", open_dialog(page))
    page.locator("dialog:modal").get_by_role("radio").first.check()
    fine(page, "having chosen", open_dialog(page))
    page.locator("dialog:modal").get_by_role("button", name=re.compile("^Save")).click()
    expect(page.locator("dialog:modal")).to_have_count(0)
    page.goto(f"/inventory/{number['id']}/history")
    expect(page.get_by_role("button", name=re.compile("^Undo")).first).to_be_visible()
    fine(page, "history with undo")


def test_refused_forms(open_page, fine):
    page = open_page(None, "/login", **WIDE)
    page.get_by_label("Username").fill("technician")
    page.get_by_role("textbox", name="Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".av-error")).to_be_visible()
    fine(page, "a wrong password")
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
    page = open_page("admin", "/inventory/new", **WIDE)
    page.on("dialog", lambda dialog: dialog.accept())
    forms = (
        ("/inventory/new", "Add equipment"), ("/users/new", "Add user"), ("/profile/password", None),
        ("/maintenance/new?equipment=1", None), ("/categories/new", "Add"),
    )  # fmt: skip
    for path, button in forms:
        page.goto(path)
        form = page.locator("main form[method=post]")
        (form.get_by_role("button", name=button) if button else form.locator("[type=submit]")).last.click()
        expect(page.locator(".av-errors, .av-error").first).to_be_visible()
        fine(page, f"{path} refused")


def test_an_import_from_file_to_result(open_page, fine):
    page = open_page("admin", "/imports/new", **WIDE)
    wide = {"name": "wide.csv", "mimeType": "text/csv", "buffer": ",".join(map(str, range(1000))).encode()}
    rows = b"name,sku,quantity,rate\nPar,IMP-1,4,2\n,IMP-2,x,1\nFresnel,IMP-3,2,-4\n"
    page.set_input_files("input[type=file]", wide)
    page.get_by_role("button", name="Read the file").click()
    expect(page.locator(".av-error").first).to_be_visible()
    fine(page, "a file that is refused")
    page.set_input_files("input[type=file]", {"name": "list.csv", "mimeType": "text/csv", "buffer": rows})
    page.get_by_role("button", name="Read the file").click()
    page.wait_for_url("**/columns")
    fine(page, "mapping its columns")
    page.get_by_role("button", name=re.compile("^Check")).click()
    page.wait_for_url("**/check**")
    fine(page, "its rows before they are written")
    page.get_by_role("button", name=re.compile("^Import")).click()
    expect(page.get_by_role("heading", name="Done")).to_be_visible()
    fine(page, "its result")


def test_a_lost_connection(open_page, fine, api):
    page = open_page("admin", "/inventory?q=shure", **WIDE)
    page.route("**/live?**", lambda route: route.abort())
    page.reload()
    expect(page.locator("#live-state")).to_have_text("Reconnecting")
    page.context.set_offline(True)
    expect(page.locator("#offline")).to_be_visible()
    fine(page, "the connection is lost")
    page.context.set_offline(False)
    page.unroute("**/live?**")
    page.reload()
    new = {"name": "Shure arrival", "sku": "ARRIVAL-1", "category_id": 1, "quantity": 1}
    assert api("manager").post("/equipment", json=new).status_code == 201
    expect(page.locator("#arrivals")).to_contain_text("1")
    fine(page, "something new arrived")


def test_refusals_and_unknown_addresses(open_page, fine):
    page = open_page("viewer", "/users", **WIDE)
    expect(page.get_by_role("heading", name="This is not open to you")).to_be_visible()
    fine(page, "not allowed")
    page.goto("/nothing-here")
    fine(page, "not there")
    page.goto("/inventory?q=shure")
    fine(page, "a table to look at, not to edit")


def test_on_a_phone(open_page, fine, api):
    page = open_page("admin", "/inventory?q=shure", **PHONE)
    fine(page, "the table")
    page.locator("input[name=ids]").first.check()
    fine(page, "a chosen row")
    page.locator("[popovertarget=account]").click()
    fine(page, "the account menu")
    page.goto(f"/inventory/{item(api, MEGAPOINTE)['id']}")
    fine(page, "an item")
    page.goto(f"/inventory/{item(api, MEGAPOINTE)['id']}/units")
    fine(page, "its units")
