"""Signing in and out, as people do."""

import re

from playwright.sync_api import expect

from tests.e2e.conftest import PASSWORD


def test_in_to_where_one_wanted_to_go_and_out_again(open_page):
    page = open_page(None, "/maintenance")
    expect(page).to_have_url(re.compile(r"/login\?next="))
    page.get_by_label("Username").fill("technician")
    page.get_by_role("textbox", name="Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("do not fit together").first).to_be_visible()
    expect(page.get_by_label("Username")).to_have_value("technician")
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(r"/maintenance$"))
    page.get_by_role("button", name="TO, Tom Okafor, account").click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page).to_have_url(re.compile(r"/login$"))
    page.goto("/inventory")
    expect(page).to_have_url(re.compile(r"/login\?next="))


def test_the_theme_is_kept(open_page):
    page = open_page("viewer", "/inventory")
    switch = page.get_by_role("button", name=re.compile("^Theme")).first
    switch.click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    with page.expect_response(lambda answer: "theme=dark" in (answer.request.post_data or "")):
        switch.click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
