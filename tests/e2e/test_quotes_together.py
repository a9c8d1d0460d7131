"""Two browsers on one draft: rows merge, a true conflict asks, and no total is ever wrong on either screen."""

import re

from playwright.sync_api import expect

TIMEOUT = 5000


def a_quote(api):
    """A quote of a held event; returns its address, and the lines with a price."""
    client = api("manager")
    event = client.get("/events?status=held").json()["data"][0]["id"]
    quote = client.post("/quotes", json={"event_id": event}).json()["data"]["id"]
    lines = client.get(f"/quotes/{quote}/versions/1/lines").json()["data"]
    keys = [one["key"] for one in lines if one["line"]["price"] is not None and not one["line"]["optional"]]
    return quote, [f"#line-{key.replace(':', '-')}" for key in keys]


def total_of(api, quote):
    """What the server says it comes to, as the pages write it."""
    document = api("manager").get(f"/quotes/{quote}/versions/1").json()["data"]["document"]
    return f"€\N{NO-BREAK SPACE}{float(document['gross']):,.2f}".replace(",", "\N{THIN SPACE}")


def open_line(page, row, field):
    page.locator(f"{row} .av-opens").nth(1 if field == "rate" else 0).click()
    editor = page.locator(f"{row}[data-editing]")
    expect(editor.locator(f"[name={field}]")).to_be_focused()
    return editor


def test_rows_merge_a_price_is_asked_about_and_totals_are_right(open_page, api, fine):
    quote, (first, second, *_) = a_quote(api)
    address = f"/quotes/{quote}"
    jonas, ada = open_page("manager", address), open_page("admin", address)
    for page in (jonas, ada):
        expect(page.locator("#live-state")).to_contain_text("Live")
        expect(page.locator("#quote-gross")).to_have_text(total_of(api, quote))

    # different lines: both are kept, and the one under edit is left alone
    under_edit = open_line(ada, first, "rate")
    under_edit.locator("[name=rate]").fill("20")
    expect(under_edit.locator("[data-preview-price]")).to_be_visible()
    fine(ada, "a line under edit", "#main")
    other = open_line(jonas, second, "quantity")
    other.locator("[name=quantity]").fill("7")
    jonas.keyboard.press("Enter")
    expect(jonas.locator(f"{second}[data-editing]")).to_have_count(0)
    for page in (jonas, ada):
        expect(page.locator("#quote-gross")).to_have_text(total_of(api, quote), timeout=TIMEOUT)
    expect(ada.locator(f"{second} .av-opens").first).to_have_text("7", timeout=TIMEOUT)
    expect(under_edit.locator("[name=rate]")).to_have_value("20")

    # the same price: the first stands until the second has chosen
    mine = open_line(jonas, first, "rate")
    mine.locator("[name=rate]").fill("30")
    jonas.keyboard.press("Enter")
    expect(jonas.locator(f"{first}[data-editing]")).to_have_count(0)
    for page in (jonas, ada):
        expect(page.locator("#quote-gross")).to_have_text(total_of(api, quote), timeout=TIMEOUT)
    under_edit.locator("[name=rate]").press("Enter")
    dialog = ada.get_by_role("dialog")
    expect(dialog).to_contain_text("Jonas changed this while you were editing")
    expect(dialog).to_contain_text("30.00")
    dialog.get_by_role("radio", name=re.compile("mine", re.IGNORECASE)).first.check()
    dialog.get_by_role("button", name=re.compile("^Save")).click()
    expect(ada.locator(f"{first}[data-editing]")).to_have_count(0)
    for page in (jonas, ada):
        expect(page.locator(f"{first} .av-opens").nth(1)).to_contain_text("20.00", timeout=TIMEOUT)
        expect(page.locator("#quote-gross")).to_have_text(total_of(api, quote), timeout=TIMEOUT)

    # a line by hand comes onto the other screen, also behind an editor that is open there
    open_line(ada, second, "quantity")
    jonas.get_by_role("link", name="Add line").click()
    dialog = jonas.get_by_role("dialog")
    dialog.get_by_label("Item").fill("Delivery")
    dialog.get_by_label("Price").fill("120")
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(jonas.locator("#quote-table")).to_contain_text("Delivery")
    for page in (jonas, ada):
        expect(page.locator("#quote-gross")).to_have_text(total_of(api, quote), timeout=TIMEOUT)
    ada.keyboard.press("Escape")
    expect(ada.locator("#quote-table")).to_contain_text("Delivery", timeout=TIMEOUT)
