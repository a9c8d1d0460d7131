"""The client of an event in a browser: found by typing, or added without losing what was typed."""

import re

from playwright.sync_api import expect

from tests.e2e.conftest import axe_violations

TIMEOUT = 8000


def test_a_client_is_found_by_typing_or_added_in_place(open_page, api):
    manager = api("manager")
    blocked = {"name": "Übersee Blocked Ltd", "blocked": True, "block_reason": "Prepay only"}
    assert manager.post("/clients", json=blocked).status_code == 201
    page = open_page("manager", "/events/new")
    name, client = page.get_by_label("Name", exact=True), page.get_by_role("combobox", name="Client")
    chosen, offered = page.locator("[name=client_id]"), page.locator("#client_id-list")

    name.fill("Typed before")
    client.fill("uberse")
    expect(offered.get_by_role("option")).to_have_text(["Übersee Blocked Ltd", "New client “uberse”"])
    assert axe_violations(page) == []
    client.press("Enter")
    expect(client).to_have_value("Übersee Blocked Ltd")
    expect(page.locator("#client-block")).to_contain_text("Prepay only", timeout=TIMEOUT)

    # what is nobody's name is not sent as nobody
    client.fill("Rather new")
    page.get_by_role("textbox", name="Venue (optional)", exact=True).focus()
    page.get_by_role("button", name="Add event").click()
    expect(client).to_be_focused()
    expect(offered).to_be_visible()
    client.press("Enter")
    dialog = page.get_by_role("dialog", name="New client")
    expect(dialog.get_by_label("Name")).to_have_value("Rather new")
    dialog.get_by_role("button", name="Add client").click()
    expect(dialog).to_be_hidden(timeout=TIMEOUT)
    expect(client).to_have_value("Rather new")
    expect(chosen).to_have_value(re.compile(r"\d+"))
    expect(page.locator("#client-block")).to_be_hidden()
    expect(name).to_have_value("Typed before")
